"""Folders that are either whole or not there: written aside, forced to the disk, then renamed into place.

Knows nothing of what the files mean. The order of the steps is the one that survived every simulated power cut:
write, fsync each file, manifest with SHA-256, fsync the folder, rename, fsync the parent.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from studio.errors import StudioError

MANIFEST = "manifest.json"
Fact = int | str | list[str]


@contextmanager
def committed(folder: Path, **facts: Fact) -> Iterator[Path]:
    """A temporary folder to write into; it takes the place of `folder` when the block ends, and is gone when it fails.

    `facts` go into the manifest. Raises StudioError when the disk is full.
    """
    make(folder.parent)
    draft = folder.parent / f".tmp-{folder.name}-{uuid4().hex[:8]}"
    draft.mkdir()
    try:
        yield draft
        write_manifest(draft, facts)
        for path in sorted(draft.rglob("*"), reverse=True):
            fsync(path)
        fsync(draft)
        _put(draft, folder)
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
        if "No space left on device" in str(error):  # an OSError, or how safetensors passes one on
            raise StudioError("engine.disk_full", folder=str(folder.parent)) from error
        raise


def make(folder: Path) -> None:
    """A folder, and those above it where they were missing, whose names a power cut leaves there."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        fsync(one.parent)


def copy(folder: Path, to: Path) -> None:
    """A folder whose files nobody changes, once more: it costs no room where the disk can do so, stays when the first
    one goes, and appears whole or not at all."""
    draft = to.parent / f".tmp-{to.name}-{uuid4().hex[:8]}"
    shutil.copytree(folder, draft, copy_function=_link)
    for inner in (*(path for path in draft.rglob("*") if path.is_dir()), draft):
        fsync(inner)
    _put(draft, to)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no links
        shutil.copy2(source, target)
        fsync(Path(target))


def _put(draft: Path, folder: Path) -> None:
    old = folder.parent / f".old-{folder.name}"
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        os.rename(folder, old)
    os.rename(draft, folder)
    fsync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Clears what a crash left in `parent`: drafts go, and a folder caught between two renames comes back."""
    if not parent.is_dir():
        return
    for path in parent.glob(".old-*"):
        folder = parent / path.name.removeprefix(".old-")
        if folder.exists():
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.rename(path, folder)
    for path in parent.glob(".tmp-*"):
        shutil.rmtree(path, ignore_errors=True)


def write_manifest(folder: Path, facts: Mapping[str, Fact]) -> None:
    """Lists every file of `folder` with its size and SHA-256, and says the facts."""
    files = {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    (folder / MANIFEST).write_text(json.dumps({**facts, "files": files}, indent=1), encoding="utf-8")


def whole(folder: Path) -> bool:
    """Whether `folder` holds exactly the files of its manifest, byte for byte."""
    try:
        listed = facts_of(folder)["files"]
        present = {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.name != MANIFEST
        }
        return present == set(listed) and all(
            (folder / name).stat().st_size == entry["bytes"] and sha256(folder / name) == entry["sha256"]
            for name, entry in listed.items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def facts_of(folder: Path) -> dict[str, Any]:
    """The manifest of a committed folder."""
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return found


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fsync(path: Path) -> None:
    """Forces a file or folder to the disk. Windows cannot open folders, and needs no fsync to keep a rename."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
