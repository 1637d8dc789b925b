"""What a user takes home, where they want it: a verified model, or a version of the data; whole there or not at all.

Knows no weights and no file format: the engine makes and checks a model, `data.export` writes rows.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zipstream import ZipStream

from studio.contract import Exported, Progress, no_progress
from studio.data.export import write_folder, write_version
from studio.data.schema import PARTS, Part, Splits
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.studio import Studio
    from studio.tasks import Task


def export_to(studio: Studio, run: str, format: str, out: Path, progress: Progress = no_progress) -> Exported:
    """What `Engine.export` tells; for a zip, `bytes` and `sha256` are those of the zip file.

    Raises StudioError when `out` exists already or cannot be written.
    """
    out = _free(out)
    if out.suffix.lower() != ".zip":
        return studio.export(run, format, out, progress)
    result = studio.export(run, format, None, progress)
    with _whole(out) as draft:
        digest = _zip(Path(result.path), draft)
    return replace(result, path=str(out), bytes=out.stat().st_size, sha256=digest)


def export_data(studio: Studio, dataset: str, format: str, out: Path, version: int | None = None) -> dict[str, Any]:
    """Writes a version of a dataset, the rows as they stand now without a number, and tells `path, rows, version`.

    `format` is a table's ending, or `datasets` for a folder of that library, a zip of it where `out` ends in .zip.
    Raises StudioError as `export_to` does, data.nothing_labelled, and for what the format cannot hold.
    """
    out, card = _free(out), studio.data.get(dataset)
    splits = studio.data.splits(dataset, studio.data.freeze(dataset) if version is None else version)
    rows = sum(len(getattr(splits, part)) for part in PARTS)
    if not rows:
        raise StudioError("data.nothing_labelled")
    with _whole(out) as draft:
        if format != "datasets":
            write_version(draft.with_suffix(f".{format}"), card, splits)
            os.replace(draft.with_suffix(f".{format}"), draft)
        elif out.suffix.lower() == ".zip":
            draft.write_bytes(zipped_version(card.task, splits))
        else:
            write_folder(draft, card.task, splits)
    return {"path": str(out), "rows": rows, "version": splits.version}


def zipped_version(task: Task, splits: Splits, part: Part | None = None) -> bytes:
    """A version, or one part of it, as a zip of the folder that `datasets` opens."""
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), task, splits, part)
        return b"".join(zip_of(Path(folder)))


def _free(out: Path) -> Path:
    """The whole path. Raises StudioError when something is there already, or there is no folder to write into."""
    out = out.expanduser().absolute()
    if out.exists():
        raise StudioError("export.exists", path=str(out))
    if not out.parent.is_dir():
        raise StudioError("export.no_folder", path=str(out.parent))
    return out


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A place beside `out` whose file or folder becomes `out` when the block ends, and is gone when it fails."""
    with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=out.parent) as folder:
        draft = Path(folder) / "draft"
        try:
            yield draft
            os.replace(draft, out)
        except OSError as error:
            raise StudioError("export.not_written", path=str(out), problem=error.strerror or "") from error


def _zip(folder: Path, path: Path) -> str:
    """Writes a folder as a zip that is on the disk when this returns; the SHA-256 of it."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in zip_of(folder):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def zip_of(folder: Path) -> ZipStream:
    """A folder as a stored (not compressed) zip whose length is known before the first byte."""
    stream = ZipStream(sized=True)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            stream.add_path(path, arcname=str(path.relative_to(folder)))
    return stream
