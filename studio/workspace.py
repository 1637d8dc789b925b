"""The one folder that is the whole state, and the only file that joins paths or invents names.

Knows no meaning of what lies in it.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from studio import removal
from studio.commit import fsync
from studio.errors import StudioError

ID = re.compile(r"[a-z]+-[0-9a-z-]{4,40}")
GIB = 2**30
UNUSED_DAYS = 14
DATABASE = "studio.db"


def _busy() -> StudioError:
    return StudioError("workspace.busy")


class Workspace:
    """`home` holds `studio.db`, `uploads/ID/`, `versions/ID/`, `runs/ID/`, `models/`, `tokens/ID/`, `handbooks/ID/`,
    `backups/`, `cache/`, `secret.key` and the lock files; nothing lies outside it."""

    def __init__(self, home: Path | None = None) -> None:
        chosen = home or os.environ.get("XIAOZAO_HOME") or Path.home() / ".xiaozao"
        self.home = Path(chosen).expanduser().resolve()
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("uploads", "versions", "runs", "models", "tokens", "handbooks", "backups", "cache"):
                (self.home / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise self._not_writable(error) from error

    def _not_writable(self, error: OSError) -> StudioError:
        return in_words(error, self.home) or StudioError(
            "workspace.not_writable", home=str(self.home), problem=error.strerror or str(error)
        )

    @property
    def database(self) -> Path:
        return self.home / DATABASE

    @property
    def backups(self) -> Path:
        return self.home / "backups"

    @property
    def cache(self) -> Path:
        """What browsers upload, and what they are given to take home, for a day."""
        return self.home / "cache"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def everyday(self) -> Path:
        """The person's own everyday questions."""
        return self.home / "everyday.json"

    def secret(self) -> bytes:
        """32 random bytes that this workspace keeps to itself. Raises StudioError workspace.not_writable."""
        path = self.home / "secret.key"
        if not path.is_file() or path.stat().st_size != 32:
            self.write(path, secrets.token_bytes(32))
        return path.read_bytes()

    def new_id(self, kind: str) -> str:
        """A name that sorts by time, such as `run-20260131-142501-3f9a`."""
        return f"{kind}-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"

    def run_dir(self, run: str) -> Path:
        return self._inside("runs", run)

    def upload_dir(self, dataset: str) -> Path:
        return self._inside("uploads", dataset)

    def versions_dir(self, dataset: str) -> Path:
        """Where the rows of a dataset's frozen versions lie."""
        return self._inside("versions", dataset)

    def tokens_dir(self, dataset: str) -> Path:
        """Where a dataset's rows lie in tokens. They can be made anew at any time."""
        return self._inside("tokens", dataset)

    def handbook_dir(self, handbook: str) -> Path:
        return self._inside("handbooks", handbook)

    def run_ids(self) -> list[str]:
        """All runs on disk, newest first."""
        return sorted((path.name for path in (self.home / "runs").iterdir() if ID.fullmatch(path.name)), reverse=True)

    def upload_folders(self) -> list[Path]:
        """Of all datasets that came from files."""
        return self._folders("uploads")

    def handbook_folders(self) -> list[Path]:
        return self._folders("handbooks")

    def _folders(self, kind: str) -> list[Path]:
        return [path for path in (self.home / kind).iterdir() if ID.fullmatch(path.name)]

    def _inside(self, folder: str, name: str) -> Path:
        """Only names that this studio made reach the disk. Raises StudioError for any other."""
        if not ID.fullmatch(name):
            raise StudioError("workspace.no_such", name=name[:80])
        return self.home / folder / name

    def make(self, folder: Path) -> None:
        """A new folder that is still there after a power cut."""
        folder.mkdir(mode=0o700)
        fsync(folder.parent)

    def write(self, path: Path, content: bytes) -> None:
        """A file that is whole and on the disk when this returns, or as it was before.

        Raises StudioError workspace.not_writable.
        """
        draft = path.with_name(f".{path.name}.draft")
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
            fsync(path.parent)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise self._not_writable(error) from error

    def settle(self, draft: Path, folder: Path) -> None:
        """Renames a folder of files when all that is in it is on the disk.

        Raises StudioError workspace.not_writable.
        """
        with self.writing():
            for path in draft.iterdir():
                with path.open("rb+") as file:
                    os.fsync(file.fileno())
            fsync(draft)
            os.rename(draft, folder)
            fsync(folder.parent)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The disk's complaints in this block become a StudioError workspace.not_writable."""
        try:
            yield
        except OSError as error:
            raise self._not_writable(error) from error

    def sweep(self, kind: Literal["runs", "uploads", "versions", "handbooks"]) -> None:
        """Removes what a crash left of discarded folders."""
        removal.sweep(self.home / kind)

    def sweep_tokens(self) -> None:
        """Removes the rows in tokens that nobody has asked for in UNUSED_DAYS, and what was discarded of them."""
        oldest = time.time() - UNUSED_DAYS * 86_400
        for rows in (self.home / "tokens").glob("*/*"):
            with suppress(OSError):  # another process sweeps, too
                if rows.parent.name.startswith(removal.DELETED) or rows.stat().st_mtime < oldest:
                    shutil.rmtree(rows, ignore_errors=True)

    def need_space(self, gib: float) -> None:
        """Raises StudioError workspace.no_room when the disk has less than `gib` GiB free."""
        need_space(self.home, gib)

    @contextmanager
    def lease(self, name: str, taken: Callable[[], StudioError] = _busy) -> Iterator[None]:
        """Holds the lock `name` across threads and processes. Raises what `taken` says at once where another has it."""
        lock = FileLock(self.home / f"{name}.lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise taken() from error
        try:
            yield
        finally:
            lock.release()

    def leased(self, name: str) -> bool:
        """Whether any thread or process holds the lock `name` now."""
        try:
            with self.lease(name):
                return False
        except StudioError:
            return True


def connect(path: Path) -> sqlite3.Connection:
    """A connection whose commits survive a power cut: WAL with synchronous=FULL."""
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    with intact(path), ExitStack() as opened:
        opened.callback(db.close)
        db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
        db.execute("PRAGMA secure_delete=ON")  # what a person deletes is nowhere in the file
        db.execute("SELECT count(*) FROM sqlite_schema")  # a file that was cut off is noticed at the first look
        opened.pop_all()
    return db


@contextmanager
def intact(database: Path) -> Iterator[None]:
    """What SQLite says of its file, and any writer of a full disk, becomes a sentence with the remedy.

    Raises StudioError workspace.damaged_database, workspace.no_space, workspace.not_writable.
    """
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        said = in_words(error, database.parent)
        if said is None:
            raise
        raise said from error


def in_words(error: BaseException, home: Path) -> StudioError | None:
    """What is wrong with the disk, or with the database on it; None where it is neither's fault."""
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return StudioError("workspace.no_space", place=str(error.filename or home)) if full else None
    if not isinstance(error, sqlite3.DatabaseError):
        return None
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # Python's own complaints have none
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StudioError("workspace.damaged_database", file=str(home / DATABASE), aside=f"{DATABASE}.damaged-…")
    if code == sqlite3.SQLITE_FULL:
        return StudioError("workspace.no_space", place=str(home))
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return StudioError("workspace.not_writable", home=str(home), problem=str(error))
    return None


def need_space(folder: Path, gib: float) -> None:
    """Raises StudioError workspace.no_room when the disk of `folder` has less than `gib` GiB free."""
    free = shutil.disk_usage(folder).free / GIB
    if free < gib:
        raise StudioError("workspace.no_room", need=_size(gib), free=_size(free), home=str(folder))


def _size(gib: float) -> str:
    return f"{gib:.1f} GiB" if gib >= 1 else f"{gib * 1024:.0f} MiB" if gib >= 0.01 else f"{gib * 1024:.1f} MiB"


def put_aside(database: Path) -> Path | None:
    """Renames a damaged database, so that a new one takes its place; where it is now, or None for one in order."""
    if not database.exists():
        return None
    with closing(sqlite3.connect(database)) as db, suppress(sqlite3.DatabaseError):
        if db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok":
            return None
    aside = database.with_name(f"{database.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    for part in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.rename(f"{database}{part}", f"{aside}{part}")
    return aside


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing: BEGIN IMMEDIATE … COMMIT, or ROLLBACK when anything is raised."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
