"""A document as passages: opened in a child process under limits of memory and time, then cut.

Knows no file format: the child does, and only the child opens the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.data.reading.read import ask_child, fit_to_read
from studio.handbook.blocks import Block
from studio.handbook.cutting import Passage, cut


@dataclass(frozen=True)
class Read:
    """A handbook as it was read. Of `pages`, none where its format has none, `blank` ones are pictures."""

    kind: str
    passages: tuple[Passage, ...]
    pages: int = 0
    blank: int = 0


def read(path: Path, name: str | None = None) -> Read:
    """The passages of a docx, pdf, md, txt, html or xlsx file, known by its content.

    Raises StudioError handbook.*, data.* that calls the file by `name` (its own if none is given) and says what to do.
    """
    name = name or path.name
    fit_to_read(path, name)
    found = ask_child("studio.handbook.child", [str(path.resolve())], name)
    passages = cut([Block(*block) for block in found["blocks"]])
    return Read(found["kind"], tuple(passages), found["pages"], found["blank"])
