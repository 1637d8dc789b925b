"""A base model and its tokenizer in memory, from a folder that the catalogue has checked.

Knows no adapter and no run. Nothing here executes or unpickles what came with a model.
"""

from __future__ import annotations

import json
import logging
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from studio.config import Method
from studio.contract import Job
from studio.data.encode import PLAIN_TEMPLATE, Encoder
from studio.engine import catalog, device
from studio.engine.device import Precision
from studio.errors import StudioError

# What the libraries say about themselves helps nobody who trains.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated")

TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json")


@dataclass(frozen=True)
class Base:
    """A frozen base model, ready to run.

    `model` is the transformers causal model, its layers with a LoRA beside them once `peft`, peft's view of it, is set.
    """

    model: Any
    tokenizer: Any
    folder: Path
    precision: Precision
    method: Method = "lora"
    peft: Any = None

    @property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    @property
    def context(self) -> int:
        return catalog.Shape.of(self.model.config.to_dict()).context

    @cached_property
    def end_ids(self) -> list[int]:
        """Every token that ends an answer: the template's, the tokenizer's, and those the model's makers listed."""
        ends = {Encoder(self.tokenizer, "chat", (), self.context).end_id, self.tokenizer.eos_token_id}
        path = self.folder / "generation_config.json"
        listed = json.loads(path.read_text(encoding="utf-8")).get("eos_token_id") if path.is_file() else None
        ends |= set(listed if isinstance(listed, list) else [listed])
        return sorted(number for number in ends if isinstance(number, int))

    def encoder(self, job: Job, max_length: int | None = None) -> Encoder:
        """What turns the job's rows into tokens; by default as long as the model can read."""
        return Encoder(self.tokenizer, job.config.task, job.splits.labels, max_length or self.context)


def tokenizer(folder: Path) -> Any:
    """The folder's tokenizer, with a plain chat template if it has none of its own. Raises StudioError."""
    from transformers import AutoTokenizer

    catalog.check(folder)
    if not any((folder / name).is_file() for name in TOKENIZERS):  # transformers would make up an empty one
        raise StudioError("engine.no_tokenizer", folder=str(folder), problem=" / ".join(TOKENIZERS))
    try:
        loaded = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError, ImportError) as error:
        raise StudioError("engine.no_tokenizer", folder=str(folder), problem=_first_line(error)) from error
    if loaded.eos_token_id is None:
        raise StudioError("engine.no_end_token", folder=str(folder))
    if not loaded.chat_template:
        loaded.chat_template = PLAIN_TEMPLATE
    return loaded


def base(folder: Path, method: Method, precision: Precision) -> Base:
    """The model in `folder`, frozen and in evaluation mode, its linear layers in 4 bits for `qlora`.

    4-bit is NF4 with double quantisation (QLoRA, arXiv 2305.14314). Raises StudioError when the folder is damaged, the
    model may not be used, or the memory is full.
    """
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging as reports

    reports.disable_progress_bar()
    reports.set_verbosity_error()
    words = tokenizer(folder)
    where = device.device()
    device.share_cores(catalog.count_parameters(folder))
    dtype = device.dtype_of(precision)
    try:
        with device.guarded(where):
            model = AutoModelForCausalLM.from_pretrained(
                folder,
                trust_remote_code=False,
                use_safetensors=True,
                local_files_only=True,
                dtype=dtype,
                device_map={"": where},
                quantization_config=_four_bits(dtype) if method == "qlora" else None,
            )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise StudioError("engine.damaged", file=f"{folder.name} ({_first_line(error)})") from error
    if len(words) > model.config.vocab_size:
        raise StudioError("engine.tokenizer_does_not_fit", folder=str(folder))
    if method == "qlora":
        _keep_gradients(model)
    return Base(model.requires_grad_(False).eval(), words, folder, precision, method)


def _four_bits(dtype: torch.dtype) -> Any:
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def _keep_gradients(model: torch.nn.Module) -> None:
    """Forbids bitsandbytes to repack its weights when it evaluates on an AVX512-BF16 CPU.

    It never unpacks them, and no gradient flows through the packed form: after one evaluation, training would go on
    with wrong gradients and say nothing.
    """
    from bitsandbytes.nn import Linear4bit

    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.support_avx512bf16_for_cpu = False


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
