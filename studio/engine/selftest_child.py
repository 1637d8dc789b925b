"""The process that tries a stranger's kind of model on a small copy, so that a size without bounds ends here.

Knows no folder and no method but the plainest: it reads a config.json and prints one JSON object.
"""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

from studio.data.reading.child import limit, print_answer

MEMORY = 16 * 2**30  # bytes of address space, of which PyTorch with CUDA takes some eight without using them
WRITTEN = 2**28  # bytes of a file: a small copy, merged and saved, has some million weights


def main() -> None:
    limit(MEMORY, int(sys.argv[1]), WRITTEN)
    config = json.load(sys.stdin.buffer)
    print_answer(lambda: {"fails": tried(config)})


def tried(config: dict[str, Any]) -> str:
    from studio.engine import selftest

    with contextlib.redirect_stdout(sys.stderr):  # the answer stands there alone
        return selftest.run(config)


if __name__ == "__main__":
    main()
