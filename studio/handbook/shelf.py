"""The handbooks that a workspace keeps: `handbooks/ID/` with the untouched file and what was read in it.

Knows no question and no model. A folder appears whole or not at all, and what lies in it says all that is known of it:
no list can lose it.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from studio import removal
from studio.errors import StudioError
from studio.handbook.cutting import Passage
from studio.handbook.reading import Read, read
from studio.workspace import GIB, Workspace

FILE, FACTS, PASSAGES = "file", "handbook.json", "passages.json"
READING = ".reading-"  # begins the name of a folder that is no handbook yet
LONGEST_NAME = 80


@dataclass(frozen=True)
class Handbook:
    """What is known of a handbook without its text. `created`: seconds since 1970."""

    id: str
    name: str
    created: float
    kind: str = ""
    pages: int = 0
    blank: int = 0
    passages: int = 0


class Shelf:
    """Of one workspace. Safe to use from any thread: what was kept never changes."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        workspace.sweep("handbooks")

    def add(self, path: Path, name: str | None = None) -> Handbook:
        """Reads a document and keeps it, untouched, with its passages. Raises StudioError handbook.*, data.*,
        workspace.*"""
        found = read(path, name or path.name)
        self._workspace.need_space(2 * path.stat().st_size / GIB)
        made = self._workspace.new_id("book")
        draft = self._workspace.handbook_dir(made).with_name(f"{READING}{made}")
        kept = Handbook(
            made, (name or path.name)[:LONGEST_NAME], time.time(), found.kind, found.pages, found.blank,
            len(found.passages),
        )  # fmt: skip
        try:
            with self._workspace.writing():
                draft.mkdir(mode=0o700)
                shutil.copyfile(path, draft / FILE)
                self._write(draft, kept, found)
            self._workspace.settle(draft, self._workspace.handbook_dir(made))
        except BaseException:
            removal.discard(draft)
            raise
        return kept

    def list(self) -> list[Handbook]:
        """Newest first; one that cannot be read is passed over."""
        found = (self._facts(folder) for folder in self._workspace.handbook_folders())
        return sorted(filter(None, found), key=lambda one: (one.created, one.id), reverse=True)

    def get(self, handbook: str) -> Handbook:
        """Raises StudioError handbook.no_such."""
        found = self._facts(self._workspace.handbook_dir(handbook))
        if found is None:
            raise StudioError("handbook.no_such", name=handbook)
        return found

    def passages(self, handbook: str) -> Sequence[Passage]:
        """Raises StudioError handbook.no_such."""
        try:
            rows = json.loads((self._workspace.handbook_dir(handbook) / PASSAGES).read_text(encoding="utf-8"))
            return [Passage(one["number"], one["text"], tuple(one["under"]), one["place"]) for one in rows]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StudioError("handbook.no_such", name=handbook) from error

    def delete(self, handbook: str) -> None:
        """For good, the file and what was read in it."""
        removal.discard(self._workspace.handbook_dir(handbook))

    def _write(self, folder: Path, kept: Handbook, found: Read) -> None:
        contents = {FACTS: {"format": 1, **asdict(kept)}, PASSAGES: [asdict(one) for one in found.passages]}
        for name, content in contents.items():
            self._workspace.write(folder / name, json.dumps(content, ensure_ascii=False, indent=1).encode())

    def _facts(self, folder: Path) -> Handbook | None:
        try:
            said: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            known = {name: said[name] for name in Handbook.__dataclass_fields__ if name in said}
            return Handbook(**{**known, "id": folder.name})
        except (OSError, ValueError, TypeError):
            return None
