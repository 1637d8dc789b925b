"""The untouched files behind the datasets: copied aside, read, and put in their place with what was said about them.

Knows no row and no database: which datasets there are is told to it.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from studio import removal
from studio.data.intake.intake import Wish
from studio.workspace import Workspace

UPLOAD = "file"  # an untouched file's name, whatever it was called; the next ones get a number
FACTS = "facts.json"  # beside the files: what they were called, and how they were to be read
READING = ".reading-"  # begins the name of a folder whose files are being read: no dataset's yet
ABANDONED = 3600  # seconds after which such a folder is what a killed import left
Source = tuple[str, Path]  # what a file is called, and where it lies


@dataclass(frozen=True)
class Facts:
    """What is known of a dataset's files beside their content."""

    name: str  # of the dataset
    files: tuple[str, ...]
    wish: Wish


class Uploads:
    """`uploads/ID/` of every dataset that came from files."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._sweep()

    @contextmanager
    def reading(self, dataset: str, sources: Sequence[Source]) -> Iterator[Path]:
        """A folder with copies of the files, to be read and then settled; when anything is raised, nothing stays."""
        draft = self._draft(dataset)
        draft.mkdir(mode=0o700)
        try:
            for number, (_, source) in enumerate(sources, 1):
                shutil.copyfile(source, draft / (UPLOAD if number == 1 else f"{UPLOAD}-{number:03d}"))
            yield draft
        except BaseException:
            for folder in (draft, self._workspace.upload_dir(dataset)):
                removal.discard(folder)
            raise

    def settle(self, dataset: str, facts: Facts) -> None:
        """Puts what was being read in its place, whole and on the disk."""
        draft = self._draft(dataset)
        self._write(draft, facts)
        self._workspace.settle(draft, self._workspace.upload_dir(dataset))

    def files(self, folder: Path) -> list[Path]:
        """The untouched files, in the order in which they came."""
        return sorted(folder.glob(f"{UPLOAD}*")) if folder.exists() else []

    def of(self, dataset: str) -> list[Path]:
        return self.files(self._workspace.upload_dir(dataset))

    def facts(self, dataset: str) -> Facts:
        """As far as they were kept; of files from before, the dataset's id is the name."""
        folder = self._workspace.upload_dir(dataset)
        unnamed = tuple(path.name for path in self.files(folder))
        try:
            kept: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            said = {one.name: kept["wish"][one.name] for one in fields(Wish) if one.name in kept["wish"]}
            files = tuple(map(str, kept["files"]))
            return Facts(str(kept["name"]), files if len(files) == len(unnamed) else unnamed, Wish(**said))
        except (OSError, ValueError, KeyError, TypeError):
            return Facts(dataset, unnamed, Wish())

    def note(self, dataset: str, **news: Any) -> None:
        """Brings what is known of the files up to date: another `name`, another `wish`."""
        if self.of(dataset):
            self._write(self._workspace.upload_dir(dataset), replace(self.facts(dataset), **news))

    def lost(self, known: Collection[str]) -> list[str]:
        """Folders with files that no dataset knows, as when the database was lost. They are never swept."""
        found = sorted(path.name for path in self._workspace.upload_folders())
        return [dataset for dataset in found if dataset not in known and self.of(dataset)]

    def discard(self, dataset: str) -> None:
        removal.discard(self._workspace.upload_dir(dataset))

    def _draft(self, dataset: str) -> Path:
        folder = self._workspace.upload_dir(dataset)
        return folder.with_name(f"{READING}{folder.name}")

    def _write(self, folder: Path, facts: Facts) -> None:
        content = json.dumps({"format": 1, **asdict(facts)}, ensure_ascii=False, indent=1)
        self._workspace.write(folder / FACTS, content.encode())

    def _sweep(self) -> None:
        """Removes what a killed import or deletion of this studio left, told by its name: never anything else."""
        self._workspace.sweep("uploads")
        for folder in (self._workspace.home / "uploads").glob(f"{READING}*"):
            if time.time() - folder.stat().st_mtime > ABANDONED:
                shutil.rmtree(folder, ignore_errors=True)
