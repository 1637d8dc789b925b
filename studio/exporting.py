"""A verified model where the user wants it: a new folder, or one zip file that appears whole or not at all.

Knows no weights: the folder is made and checked by the engine.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from zipstream import ZipStream

from studio.contract import Exported, Progress, no_progress
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.studio import Studio


def export_to(studio: Studio, run: str, format: str, out: Path, progress: Progress = no_progress) -> Exported:
    """What `Engine.export` tells; for a zip, `bytes` and `sha256` are those of the zip file.

    Raises StudioError when `out` exists already or cannot be written.
    """
    out = out.expanduser().absolute()
    if out.exists():
        raise StudioError("export.exists", path=str(out))
    if not out.parent.is_dir():
        raise StudioError("export.no_folder", path=str(out.parent))
    if out.suffix.lower() != ".zip":
        return studio.export(run, format, out, progress)
    result = studio.export(run, format, None, progress)
    draft = out.with_name(out.name + ".part")
    digest = hashlib.sha256()
    try:
        with draft.open("wb") as file:
            for piece in zip_of(Path(result.path)):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, out)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StudioError("export.not_written", path=str(out), problem=error.strerror or "") from error
    return replace(result, path=str(out), bytes=out.stat().st_size, sha256=digest.hexdigest())


def zip_of(folder: Path) -> ZipStream:
    """A folder as a stored (not compressed) zip whose length is known before the first byte."""
    stream = ZipStream(sized=True)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            stream.add_path(path, arcname=str(path.relative_to(folder)))
    return stream
