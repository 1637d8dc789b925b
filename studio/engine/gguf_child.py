"""The process that reads a stranger's GGUF file, so that one made to harm ends here.

Knows no workspace: it reads one file, writes safetensors and a tokenizer into one folder, and prints one JSON object.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

from studio.data.reading.child import limit, print_answer

MEMORY = 16 * 2**30  # bytes of address space beside the weights, of which PyTorch with CUDA takes some eight
TIMES = 24  # as large as the file, at most: two bits of a weight become sixteen, and are there up to three times


def main() -> None:
    path, draft = Path(sys.argv[1]), Path(sys.argv[2])
    size = path.stat().st_size
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    limit(MEMORY + TIMES * size, int(sys.argv[3]), written=TIMES * size + 2**30)
    print_answer(lambda: {"fails": turned(path, draft)})


def turned(path: Path, draft: Path) -> str:
    """What was wrong with it, in a line of its reader's; "" when all of it was written."""
    from studio.errors import StudioError

    with contextlib.redirect_stdout(sys.stderr):  # the answer stands there alone
        try:
            return _turn(path, draft)
        except (StudioError, MemoryError, OSError):
            raise
        except Exception as error:  # noqa: BLE001  (of libraries that read what a stranger wrote)
            return (str(error).splitlines() or [type(error).__name__])[0][:200] or type(error).__name__


def _turn(path: Path, draft: Path) -> str:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    where: dict[str, Any] = {"gguf_file": path.name, "local_files_only": True, "trust_remote_code": False}
    opened: Any = AutoModelForCausalLM.from_pretrained(
        path.parent, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True), output_loading_info=True,
        **where,
    )  # fmt: skip
    model, told = opened
    if lacking := sorted(told["missing_keys"]):  # which transformers would make up
        return f"no {', '.join(lacking[:3])}"
    AutoTokenizer.from_pretrained(path.parent, **where).save_pretrained(draft)
    model.save_pretrained(draft)
    return ""


if __name__ == "__main__":
    main()
