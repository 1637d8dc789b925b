"""A model to take home: a folder that appears when what is in it is proved, or not at all.

Knows no zip, no download and no format: each of `FORMATS` has its room here, which writes a draft and proves it.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from studio import commit
from studio.contract import ADAPTER, Exported, Job, Progress, no_progress
from studio.engine import device
from studio.engine.export.describe import describe
from studio.errors import StudioError
from studio.formats import FORMATS
from studio.going_home import why_not


class Room(Protocol):
    """What a format's module holds."""

    def write(self, job: Job, draft: Path, progress: Progress) -> float:
        """Fills the folder `draft` with a model shown equal to the trained one; returns how far answers may differ.

        Raises StudioError when the disk is too small, a weight not finite, or the model answers otherwise.
        """
        ...


def export(job: Job, format: str, out: Path, progress: Progress = no_progress) -> Exported:
    """Writes the run's model to `out`, a folder that must not exist or be empty.

    With what the format's room writes come a README in two languages, job.yaml and a manifest with SHA-256 sums.
    Raises StudioError when nothing was learned yet or the place is taken, and as the rooms do.
    """
    if refused := why_not(job.config.method, format):
        raise refused
    source = job.run_dir / ADAPTER
    if not source.is_dir():
        raise StudioError("engine.no_adapter")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StudioError("engine.out_exists", out=str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists():
        out.rmdir()
    room = cast("Room", import_module(FORMATS[format].room))
    with device.guarded(device.device()), commit.committed(out) as draft:
        difference = room.write(job, draft, progress)
        describe(job, format, draft)
    progress(1.0)
    device.release()
    return Exported(
        path=str(out),
        bytes=sum(path.stat().st_size for path in out.rglob("*") if path.is_file()),
        sha256=commit.sha256(out / commit.MANIFEST),
        verified=True,
        max_difference=difference,
    )
