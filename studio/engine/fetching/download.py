"""Files fetched into a folder piece by piece: what broke off goes on, and none has its name before it is whole.

Knows no hub and no model. A part is called by the sum that the whole must have, so that it never goes on as another's.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from studio.commit import fsync
from studio.engine.fetching.remote import File, Remote, Unwell

PIECE = 2**24  # bytes that are read at once for their sum
DONE = ".done.json"  # in the folder: which files are whole, by their sums
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds before each further try, counted anew whenever something came

Told = Callable[[int, int], None]  # bytes that are here, of how many; what it raises ends the download


class BrokenOff(Exception):
    """The network failed, and did so again; what is here stays."""


class WrongSum(Exception):
    """A file that came whole was not what the hub says it is, twice. Its name is the text."""


@dataclass
class Download:
    """Of `files` into `folder`. Bytes that were here before count as done."""

    remote: Remote
    folder: Path
    files: Sequence[File]
    told: Told
    here: dict[str, int] = field(default_factory=dict)  # path → bytes
    kept: dict[str, bool] = field(default_factory=dict)  # path → whether it is whole

    def before(self) -> int:
        """Bytes of the files that are here already."""
        whole = _whole(self.folder)
        for file in self.files:
            path, part = self.folder / file.path, _part(self.folder, file)
            kept = file.digest and whole.get(file.path) == file.digest
            known = path if kept and path.is_file() and path.stat().st_size == file.size else part
            self.here[file.path] = known.stat().st_size if known.is_file() else 0
            self.kept[file.path] = known == path
        return sum(self.here.values())

    def run(self) -> None:
        """Raises BrokenOff, WrongSum, OSError when the disk is full, as `Remote.asked`, and what `told` raises."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.before()
        self._tell()
        whole = _whole(self.folder)
        for file in self.files:
            if not self.kept[file.path]:
                self._fetch(file)
                whole[file.path] = file.digest
                (self.folder / DONE).write_text(json.dumps(whole), encoding="utf-8")

    def _tell(self) -> None:
        self.told(sum(self.here.values()), sum(file.size for file in self.files))

    def _fetch(self, file: File) -> None:
        path, part = self.folder / file.path, _part(self.folder, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f".{path.name}.*.part"):  # of what the file was before the hub changed it
            if old != part:
                old.unlink()
        for last in (False, True):
            self._whole_part(file, part)
            if self._is_right(file, part):
                fsync(part)
                part.replace(path)
                return
            part.unlink()
            if last:
                raise WrongSum(file.path)

    def _whole_part(self, file: File, part: Path) -> None:
        """Until the part has the file's size. Raises BrokenOff when nothing more comes."""
        pauses = list(PAUSES)
        while (before := part.stat().st_size if part.is_file() else 0) < file.size or not part.is_file():
            try:
                self._more(file, part, before)
                cut = ""
            except (httpx.HTTPError, Unwell) as error:
                cut = str(error) or type(error).__name__
            after = part.stat().st_size if part.is_file() else 0
            if after >= file.size:
                return
            if after > before:
                pauses = list(PAUSES)
            elif pauses:
                self._wait(pauses.pop(0))
            else:
                raise BrokenOff(cut or "closed early")

    def _more(self, file: File, part: Path, first: int) -> None:
        with self.remote.asked(file.url, first) as answer:
            goes_on = first > 0 and answer.status_code == 206
            with part.open("ab" if goes_on else "wb") as out:
                self.here[file.path] = first if goes_on else 0
                for piece in answer.iter_bytes():
                    out.write(piece)
                    self.here[file.path] += len(piece)
                    if self.here[file.path] > file.size:
                        raise Unwell(f"{file.path}: {self.here[file.path]} > {file.size}")
                    self._tell()

    def _wait(self, seconds: float) -> None:
        """Told in between, so that who gives up is heard."""
        never = threading.Event()
        for _ in range(int(seconds * 4)):
            never.wait(0.25)
            self._tell()

    def _is_right(self, file: File, part: Path) -> bool:
        if part.stat().st_size != file.size:
            return False
        if not file.digest:
            return True
        digest: Any = hashlib.sha256()
        if file.kind == "git":
            digest = hashlib.sha1(f"blob {file.size}\0".encode(), usedforsecurity=False)
        with part.open("rb") as content:
            while piece := content.read(PIECE):
                digest.update(piece)
                self._tell()
        return bool(digest.hexdigest() == file.digest)


def _part(folder: Path, file: File) -> Path:
    path = folder / file.path
    return path.with_name(f".{path.name}.{file.digest[:12] or 'unknown'}.part")


def _whole(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / DONE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
