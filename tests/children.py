"""Processes that a test starts, which do not outlive it; those of the terminal have their libraries already.

Knows nothing of what they do.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from runpy import run_module
from tempfile import TemporaryDirectory
from typing import Any

PATIENCE = 120  # seconds for what takes a few: two cores may have other tests to run
LONGEST = 280  # seconds of a command
WARM = {"studio.engine.selftest_child", "studio.engine.gguf_child"}  # limited processes that need all libraries
RUN = subprocess.run


@contextmanager
def child(command: Sequence[str], **given: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that is killed at the end of the block, whatever became of the test."""
    with subprocess.Popen(command, **given) as process:
        try:
            yield process
        finally:
            process.kill()


def warmed() -> ForkServerContext:
    """Makes processes by forking one that has imported what the engine needs, which takes seconds, once."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.warm"])
    return context


def commanded(words: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `xiaozao` with these words, in a process of its own."""
    with TemporaryDirectory() as folder:
        said = Path(folder) / "out", Path(folder) / "err"
        process = warmed().Process(target=_act, args=(list(words), dict(environment), *map(str, said)), daemon=False)
        process.start()
        process.join(LONGEST)
        assert process.exitcode is not None or process.kill(), "it takes too long"
        out, err = (path.read_text(encoding="utf-8") for path in said)
        return process.exitcode or 0, out, err


def ran(code: str, folder: Path) -> str:
    """What Python code prints, that runs in `folder` in a process of its own. Raises AssertionError where it fails."""
    with TemporaryDirectory() as kept:
        said = Path(kept) / "out"
        process = warmed().Process(target=_run, args=(code, str(folder), str(said)), daemon=False)
        process.start()
        process.join(LONGEST)
        assert process.exitcode is not None or process.kill(), "it takes too long"
        out = said.read_text(encoding="utf-8")
        assert process.exitcode == 0, out[-2000:]
        return out


def run(command: Sequence[str], **given: Any) -> subprocess.CompletedProcess[bytes]:
    """As `subprocess.run`, but that those of our modules that are WARM come of a process that has their libraries."""
    _, _, module, *words = command
    if module not in WARM:
        return RUN(command, **given)
    with TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("in", "out", "err")]
        for path in files:
            path.write_bytes(given["input"])
        process = warmed().Process(target=_module, args=(module, words, *map(str, files)), daemon=False)
        process.start()
        process.join(given["timeout"])
        assert process.exitcode is not None or process.kill(), "it takes too long"
        return subprocess.CompletedProcess(command, process.exitcode or 0, *(path.read_bytes() for path in files[1:]))


def _module(module: str, words: list[str], given: str, out: str, err: str) -> None:
    for number, path, how in ((0, given, os.O_RDONLY), (1, out, os.O_RDWR), (2, err, os.O_RDWR)):
        os.dup2(os.open(path, how | (os.O_TRUNC if number else 0)), number)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, how, encoding="utf-8", closefd=False) for number, how in ((0, "r"), (1, "w"), (2, "w"))
    )
    sys.argv = [module, *words]
    try:
        run_module(module, run_name="__main__")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _run(code: str, folder: str, out: str) -> None:
    os.chdir(folder)
    for number in (1, 2):
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.stdout = sys.stderr = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    try:
        exec(compile(code, "readme", "exec"), {"__name__": "__main__"})
    finally:
        sys.stdout.flush()


def _act(words: list[str], environment: dict[str, str], out: str, err: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    sys.argv = ["xiaozao", *words]
    from studio.cli import main

    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
