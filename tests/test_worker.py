"""The background worker: nothing that a run does to it keeps the next run from being trained."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tokenizers import NormalizedString

from studio.contract import Job, Stop, never
from studio.events import EventLog, Failed, Saved, told
from studio.studio import Studio
from studio.ui import app
from studio.ui.kit.page import Page
from studio.words import LANGS, Lang
from studio.worker import Worker
from tests.fakes import FakeEngine

CHATS = [(f"第{n}号茶几点开始卖", f"{n}点") for n in range(10, 30)]


class BreakingEngine(FakeEngine):
    """Breaks as it is told when it trains for the first time; later runs go well."""

    def __init__(self, how: Callable[[Job], object]) -> None:
        super().__init__()
        object.__setattr__(self, "_ways", [how])

    def train(self, job: Job, stop: Stop) -> None:
        ways: list[Callable[[Job], object]] = self.__dict__["_ways"]
        if ways:
            ways.pop()(job)
        super().train(job, stop)


def panic(_: Job) -> None:
    """A real panic of a real tokenizer's library."""
    NormalizedString("几点").map(lambda character: 1 / 0)


def full_disk(_: Job) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_for_events(job: Job) -> None:
    """From here on the disk takes no event of this run."""
    log = job.run_dir / "events.jsonl"
    log.unlink()  # what the run was thought to take
    log.symlink_to(job.run_dir / "nowhere" / "events.jsonl")
    EventLog(log).append(Saved(step=1), durable=True)


def no_folder(job: Job) -> None:
    shutil.rmtree(job.run_dir)
    raise ValueError("gone")


def gives_up(_: Job) -> None:
    raise SystemExit(3)


def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not happen in time")


BREAKS = {
    "a panic": (panic, "failed", "run.unexpected"),
    "a full disk": (full_disk, "failed", "workspace.no_space"),
    "a disk too full to say so": (full_for_events, "interrupted", None),
    "a folder that is gone": (no_folder, None, None),
    "a library that ends the program": (gives_up, "interrupted", None),
    "a wrong value": (lambda job: [].pop(), "failed", "run.unexpected"),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_after_a_run_that_broke_the_next_one_is_trained(tmp_path: Path, kind: str) -> None:
    how, status, key = BREAKS[kind]
    with Studio(BreakingEngine(how), tmp_path, worker=True) as studio:
        config = studio.plan(studio.data.add_rows("常问", "chat", CHATS).id).config
        first, second = studio.start(config), studio.start(config.with_changes({"seed": 7}))
        until(lambda: studio.run(second).ended)
        assert studio.run(second).status == "finished"
        assert not studio.worker_died
        assert [run.status for run in studio.runs() if run.id == first] == ([status] if status else [])
        if key:
            ending = studio.run(first).progress.ending
            assert isinstance(ending, Failed) and ending.key == key
            assert all(told(ending, lang) for lang in LANGS)


def test_a_panic_fails_the_run_of_a_terminal_too(tmp_path: Path) -> None:
    with Studio(BreakingEngine(panic), tmp_path) as studio:
        run = studio.train(studio.plan(studio.data.add_rows("常问", "chat", CHATS).id).config)
        assert run.status == "failed" and "run.unexpected" in str(run.progress.ending)


def test_ctrl_c_in_a_python_program_is_no_failure(tmp_path: Path) -> None:
    def interrupt(_: Job) -> None:
        raise KeyboardInterrupt

    with Studio(BreakingEngine(interrupt), tmp_path) as studio:
        config = studio.plan(studio.data.add_rows("常问", "chat", CHATS).id).config
        with pytest.raises(KeyboardInterrupt):
            studio.train(config)
        assert studio.runs()[0].status == "interrupted"


def test_libraries_that_cannot_be_loaded_ahead_are_not_the_end(tmp_path: Path) -> None:
    class Cold(FakeEngine):
        def warm(self, stop: Stop = never) -> None:
            raise ImportError("libcudart.so.12")

    with Studio(Cold(), tmp_path, worker=True) as studio:
        run = studio.start(studio.plan(studio.data.add_rows("常问", "chat", CHATS).id).config)
        until(lambda: studio.run(run).ended)
        assert studio.run(run).status == "finished"


def test_a_worker_rests_after_work_that_failed() -> None:
    tries: list[float] = []

    def fail() -> bool:
        tries.append(time.monotonic())
        raise OSError(errno.EIO, "disk I/O error")

    worker = Worker(fail, first=lambda _: None)
    worker.start()
    until(lambda: len(tries) > 1)
    worker.close()
    assert tries[1] - tries[0] > 0.9 and not worker.died


def killed(studio: Studio) -> None:
    """Ends the worker's thread while it waits, as nothing of ours can."""
    thread = studio._worker._thread
    until(lambda: thread.ident is not None)
    while thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))
        thread.join(5)  # it wakes every second


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("lang", LANGS)
def test_the_header_says_when_the_worker_has_ended_and_only_then(tmp_path: Path, lang: Lang) -> None:
    with Studio(FakeEngine(), tmp_path) as without_one:
        assert not without_one.worker_died
    with Studio(FakeEngine(), tmp_path, worker=True) as studio:
        page = Page(studio, lang)
        assert "trouble" not in app.now(page, {})
        killed(studio)
        assert app.now(page, {})["trouble"] == page.say("ui.worker_died")
