"""The process that opens a document, so that a hostile or broken one ends this process and not the studio.

Knows no workspace: it reads one file, prints one JSON object `{"blocks": …}` or `{"error": key, "details": …}`.
"""

from __future__ import annotations

import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

from studio.data.reading.child import CPU_SECONDS, MEMORY, limit, print_answer
from studio.errors import StudioError
from studio.handbook.kinds import KINDS

MOST_CHARACTERS = 5_000_000


def main() -> None:
    limit(MEMORY, CPU_SECONDS, written=0)
    print_answer(lambda: read(Path(sys.argv[1])))


def read(path: Path) -> dict[str, Any]:
    """Kind, blocks, pages and blank pages. Raises StudioError handbook.*, data.*."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise StudioError("handbook.empty")
    kind, reads = next((name, reads) for name, (is_one, reads) in KINDS.items() if is_one(head, path))
    found = reads(path)
    size = sum(len(block.text) for block in found.blocks)
    if size > MOST_CHARACTERS:
        raise StudioError("handbook.too_much", size=f"{size:,}", most=f"{MOST_CHARACTERS:,}")
    return {"kind": kind, "blocks": list(map(astuple, found.blocks)), "pages": found.pages, "blank": found.blank}


if __name__ == "__main__":
    main()
