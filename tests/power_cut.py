"""Every state in which a power cut may leave files, from the operations that were recorded while code wrote them.

What counts as kept is what POSIX promises and no more: a file's content when the file was forced to the disk, a name
when its folder was. All else may be there or not, in any order; a file that was not forced may be old, empty, cut or
full of zeros.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, combinations
from pathlib import Path
from typing import Any

NAMES = ("create", "mkdir", "rename", "unlink", "rmdir", "link")
FATES: dict[str, Callable[[bytes, bytes], bytes]] = {
    "new": lambda _, new: new,
    "old": lambda old, _: old,
    "empty": lambda _old, _new: b"",
    "zeros": lambda _, new: bytes(len(new)),
    "short": lambda _, new: new[: len(new) // 2],
    "zeroed tail": lambda _, new: new[: len(new) // 2] + bytes(len(new) - len(new) // 2),
}
FEW = 4  # of which all subsets are tried


@dataclass(frozen=True)
class Operation:
    """`path` and `to` lie below the folder that is recorded; "." is that folder. `mark`: what had come back by then."""

    kind: str
    path: str = ""
    to: str = ""
    content: bytes = b""
    mark: Any = None


@dataclass(frozen=True)
class Cut:
    """The power goes after so many operations; of the names that were not kept these are `lost`, and files end so."""

    after: int
    lost: frozenset[int]
    fate: str
    only: str = ""  # the one file that ends so, while others are as they were written


@dataclass(eq=False)
class File:
    kept: bytes = b""
    content: bytes = b""
    dirty: bool = False


@dataclass(eq=False)
class Folder:
    inside: dict[str, Any] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)  # operations on its names that it was not forced after


class Recorder:
    """Writes down what happens below `root` while it is active; what libraries write is seen by what has changed."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.operations: list[Operation] = []
        self._known: dict[str, bytes] = {}

    def mark(self, what: Any) -> None:
        """Something has come back: from now on it must be there, whatever happens."""
        self._look()
        self.operations.append(Operation("mark", mark=what))

    @contextmanager
    def recording(self) -> Iterator[Recorder]:
        watched = ("fsync", "rename", "replace", "mkdir", "unlink", "remove", "rmdir", "link")
        real = {name: getattr(os, name) for name in watched}
        for name in watched:
            setattr(os, name, self._watched(name, real[name]))
        try:
            yield self
        finally:
            for name in watched:
                setattr(os, name, real[name])
            self._look()

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        kind = {"replace": "rename", "remove": "unlink"}.get(name, name)

        def call(first: Any, *others: Any, **more: Any) -> Any:
            two = name in ("rename", "replace", "link")
            path = self._below(first, more.get("dir_fd") or more.get("src_dir_fd"))
            to = self._below(others[0], more.get("dst_dir_fd")) if two else ""
            if path is None or to is None:
                return real(first, *others, **more)
            self._look()
            done = real(first, *others, **more)
            self.operations.append(Operation(kind, path, to))
            self._move(kind, path, to)
            return done

        return call

    def _below(self, path: Any, beside: int | None) -> str | None:
        """Relative to the root, or None where it is elsewhere."""
        if isinstance(path, int):
            whole = Path(os.readlink(f"/proc/self/fd/{path}"))
        elif beside is not None:
            whole = Path(os.readlink(f"/proc/self/fd/{beside}")) / os.fsdecode(path)
        else:
            whole = Path(os.path.abspath(os.fsdecode(path)))
        return whole.relative_to(self.root).as_posix() if whole.is_relative_to(self.root) else None

    def _move(self, kind: str, path: str, to: str) -> None:
        if kind == "unlink":
            self._known.pop(path, None)
        elif kind == "link":
            self._known[to] = self._known[path]
        elif kind == "rename":
            below = {name: name[len(path) :] for name in self._known if name == path or name.startswith(f"{path}/")}
            moved = {f"{to}{rest}": self._known.pop(name) for name, rest in below.items()}
            self._known |= moved

    def _look(self) -> None:
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if not path.is_file() or (content := path.read_bytes()) == self._known.get(name):
                continue
            if name not in self._known:
                self.operations.append(Operation("create", name))
            self.operations.append(Operation("write", name, content=content))
            self._known[name] = content


def cuts(operations: Sequence[Operation]) -> Iterator[Cut]:
    """Every cut that is told apart here: each moment, each fate of what was waiting then."""
    for after in range(len(operations) + 1):
        waiting, dirty = _unkept(operations[:after])
        for lost in _losses(waiting):
            for fate in FATES if dirty else ("new",):
                yield Cut(after, lost, fate)
                if len(dirty) > 1 and fate != "new":
                    yield from (Cut(after, lost, fate, only) for only in dirty)


def some(operations: Sequence[Operation], most: int, seed: int = 0) -> list[Cut]:
    found = list(cuts(operations))
    return found if len(found) <= most else random.Random(seed).sample(found, most)


def _losses(waiting: Sequence[int]) -> Iterator[frozenset[int]]:
    """All subsets of few; of many none, all, each alone, all but each, and all from some point on."""
    if len(waiting) <= FEW:
        subsets = chain.from_iterable(combinations(waiting, size) for size in range(len(waiting) + 1))
        yield from map(frozenset, subsets)
        return
    whole = frozenset(waiting)
    yield from {frozenset(), whole, *(frozenset({one}) for one in waiting), *(whole - {one} for one in waiting)} | {
        frozenset(waiting[place:]) for place in range(len(waiting))
    }


def _unkept(operations: Sequence[Operation]) -> tuple[list[int], list[str]]:
    root = _replayed(operations, frozenset())
    waiting = sorted({number for one in _folders(root) for number in one.waiting})
    return waiting, [name for name, one in _files(root, "") if one.dirty]


def left(operations: Sequence[Operation], cut: Cut) -> dict[str, bytes | None]:
    """What lies on the disk afterwards: the content of files, None for folders."""
    root = _replayed(operations[: cut.after], cut.lost)
    found: dict[str, bytes | None] = {}

    def walk(folder: Folder, above: str) -> None:
        for name, one in folder.inside.items():
            if isinstance(one, Folder):
                found[f"{above}{name}"] = None
                walk(one, f"{above}{name}/")
            else:
                ends = cut.fate if one.dirty and cut.only in ("", f"{above}{name}") else "new"
                found[f"{above}{name}"] = FATES[ends](one.kept, one.content)

    walk(root, "")
    return found


def lay(state: dict[str, bytes | None], folder: Path) -> None:
    """Puts a state on a real disk."""
    for name, content in state.items():
        if content is None:
            (folder / name).mkdir(parents=True)
        else:
            (folder / name).write_bytes(content)


def marks(operations: Sequence[Operation], cut: Cut) -> list[Any]:
    """What had come back when the power went."""
    return [one.mark for one in operations[: cut.after] if one.kind == "mark"]


def _files(folder: Folder, above: str) -> Iterator[tuple[str, File]]:
    for name, one in folder.inside.items():
        if isinstance(one, Folder):
            yield from _files(one, f"{above}{name}/")
        else:
            yield f"{above}{name}", one


def _folders(folder: Folder) -> Iterator[Folder]:
    yield folder
    for one in folder.inside.values():
        if isinstance(one, Folder):
            yield from _folders(one)


def _replayed(operations: Sequence[Operation], lost: frozenset[int]) -> Folder:
    """The tree after `operations`, but those on names that were `lost`, and whatever needed one of them."""
    root = Folder()
    for number, one in enumerate(operations):
        if number in lost:
            continue
        try:
            _apply(root, number, one)
        except KeyError:  # in a folder that was lost
            continue
    return root


def _apply(root: Folder, number: int, one: Operation) -> None:
    if one.kind == "mark":
        return
    above, _, name = one.path.rpartition("/")
    folder = _at(root, above)
    if one.kind == "fsync":
        found = _at(root, one.path) if one.path == "." else folder.inside[name]
        if isinstance(found, Folder):
            found.waiting = []
        else:
            found.kept, found.dirty = found.content, False
        return
    if one.kind == "write":
        folder.inside[name].content, folder.inside[name].dirty = one.content, True
        return
    assert one.kind in NAMES
    folder.waiting.append(number)
    if one.kind in ("create", "mkdir"):
        folder.inside[name] = Folder() if one.kind == "mkdir" else File()
    elif one.kind in ("unlink", "rmdir"):
        del folder.inside[name]
    else:
        to, _, called = one.to.rpartition("/")
        target = _at(root, to)
        target.inside[called] = folder.inside[name] if one.kind == "link" else folder.inside.pop(name)
        if target is not folder:
            target.waiting.append(number)


def _at(root: Folder, path: str) -> Folder:
    found = root
    for part in path.split("/") if path not in ("", ".") else ():
        found = found.inside[part]
    return found
