"""Copies of the database in the workspace's `backups/`, made while nothing else is done, and how one comes back.

Knows no table. What a copy lists and the disk no longer has, or the other way round, is for whoever rebuilds.
"""

from __future__ import annotations

import logging
import math
import os
import re
import sqlite3
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from studio.errors import StudioError
from studio.migrations import opened
from studio.workspace import GIB, Workspace, intact, need_space, put_aside

log = logging.getLogger(__name__)
NAME = re.compile(r"studio-(\d{8})-(\d{6})\.db")
EVERY = 3600.0  # seconds from one copy to the next, at least
NEWEST, DAYS = 3, 7  # that are kept: the newest copies, and the last one of each of so many days


@dataclass(frozen=True)
class Backup:
    """A copy, by the name that `restore` takes."""

    name: str
    made: float  # seconds since 1970
    bytes: int


class Keeper:
    """Makes a copy when it is called and one is due; one that fails is written to the log, and tried when the next is
    due."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tried = -math.inf  # time.monotonic()

    def __call__(self) -> bool:
        """Whether there is more to be done: never."""
        if time.monotonic() - self._tried >= EVERY:
            self._tried = time.monotonic()
            try:
                keep(self._workspace)
            except StudioError as error:
                log.warning("no copy of the database was made: %s", error)
        return False


def listed(workspace: Workspace) -> list[Backup]:
    """All copies, newest first."""
    found = [path for path in workspace.backups.glob("studio-*.db") if NAME.fullmatch(path.name)]
    facts = [Backup(path.name, path.stat().st_mtime, path.stat().st_size) for path in found]
    return sorted(facts, key=lambda one: one.name, reverse=True)


def keep(workspace: Workspace) -> bool:
    """Makes a copy where the last is an hour old and something was changed since; whether it did.

    Raises StudioError workspace.no_room, workspace.no_space, workspace.damaged_database.
    """
    newest = next(iter(listed(workspace)), None)
    if newest and (time.time() - newest.made < EVERY or newest.made > _changed(workspace.database)):
        return False
    _copy(workspace)
    _rotate(workspace)
    return True


def restore(workspace: Workspace, name: str) -> str:
    """Puts the copy in the database's place, also while others have it open; the name of a copy of what was there, or
    "" where that was too damaged to be copied: then it is beside it, renamed.

    Raises StudioError workspace.no_backup, workspace.damaged_database where the copy itself is, workspace.no_room.
    """
    source = workspace.backups / name
    names = "、".join(one.name for one in listed(workspace)[:9])
    if not NAME.fullmatch(name) or not source.is_file():
        raise StudioError("workspace.no_backup", name=name[:80], names=names)
    with intact(source), closing(sqlite3.connect(source)) as copy:
        if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise StudioError("workspace.no_backup", name=name, names=names)
        before = _copy(workspace).name if put_aside(workspace.database) is None and workspace.database.is_file() else ""
        with intact(workspace.database), closing(sqlite3.connect(workspace.database, timeout=30)) as live:
            copy.backup(live)
    opened(workspace.database).close()  # brought forward, should it be of an earlier version
    return before


def _changed(database: Path) -> float:
    """When the database was last written, in seconds since 1970."""
    parts = [database, database.with_name(f"{database.name}-wal")]
    return max((part.stat().st_mtime for part in parts if part.exists()), default=0.0)


def _copy(workspace: Workspace) -> Path:
    need_space(workspace.home, 2 * workspace.database.stat().st_size / GIB)
    path = workspace.backups / f"studio-{time.strftime('%Y%m%d-%H%M%S')}.db"
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        with ExitStack() as open_:
            open_.enter_context(intact(workspace.database))
            live, copy = (open_.enter_context(closing(sqlite3.connect(one))) for one in (workspace.database, draft))
            live.backup(copy)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _rotate(workspace: Workspace) -> None:
    found = listed(workspace)
    days: dict[str, str] = {}
    for one in found:
        days.setdefault(one.name[:15], one.name)
    kept = {one.name for one in found[:NEWEST]} | set(list(days.values())[:DAYS])
    for one in found:
        if one.name not in kept:
            (workspace.backups / one.name).unlink(missing_ok=True)
