"""Whatever asks the studio to end, and whenever: what was learned is kept, and the program is gone soon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from studio import signals
from studio.console import Console, watch
from studio.serve.server import create_app, free_port, serve
from studio.studio import Studio
from tests.children import child
from tests.fakes import FakeEngine
from tests.studios import until

ROOT = Path(__file__).parents[1]
ROWS = [(f"{taste}，第{n}次来", label) for n in range(12) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))]
SOON = 10  # seconds of the processor
LONGEST = 400  # seconds by the clock, of a processor that others use, too


def before_it_begins(go: Callable[..., Any], one: signal.Signals) -> Callable[..., Any]:
    def act(started: Callable[[str], None]) -> Any:
        signal.raise_signal(one)
        return go(started)

    return act


def as_it_is_listed(go: Callable[..., Any], one: signal.Signals) -> Callable[..., Any]:
    def listed(run: str, started: Callable[[str], None]) -> None:
        signal.raise_signal(one)
        started(run)

    return lambda started: go(lambda run: listed(run, started))


def while_it_learns(go: Callable[..., Any], one: signal.Signals) -> Callable[..., Any]:
    def act(started: Callable[[str], None]) -> Any:
        timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), one))
        timer.start()
        return go(started)

    return act


@pytest.mark.parametrize("one", signals.ENDING)
@pytest.mark.parametrize("moment", [before_it_begins, as_it_is_listed, while_it_learns])
def test_a_run_that_is_followed_stops_at_any_signal_at_any_moment(
    tmp_path: Path, one: signal.Signals, moment: Callable[..., Any]
) -> None:
    with Studio(FakeEngine(pace=0.05), tmp_path / "home") as studio:
        dataset = studio.data.add_rows("评价", "classify", ROWS).id
        config = studio.plan(dataset, "starter", changes={"epochs": 100}).config
        before = signal.getsignal(one)
        run = watch(studio, Console(True), moment(lambda started: studio.train(config, started), one))
        assert run.status == "stopped" and run.progress.step < run.progress.total_steps
        assert signal.getsignal(one) is before


@contextmanager
def serving(home: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "studio.cli", "serve", "--home", str(home), "--port", "8760", "--json"]
    env = {**os.environ, "XIAOZAO_LANG": "en", "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with child(command, cwd=ROOT, env=env, text=True, stderr=pipe, stdout=pipe) as process:
        yield process


def gone(process: subprocess.Popen[str], one: signal.Signals) -> float:
    """Seconds of the processor that it took to end. Its exit code is what a wish fulfilled has."""
    known = psutil.Process(process.pid)
    used = sum(known.cpu_times()[:2])
    process.send_signal(one)
    last = used
    deadline = time.monotonic() + LONGEST
    while process.poll() is None and last - used < SOON and time.monotonic() < deadline:
        with suppress(psutil.Error):
            last = sum(known.cpu_times()[:2])
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    _, said = process.communicate(timeout=SOON)
    assert process.returncode in (0, 130) and "Traceback" not in said, said[-2000:]
    return last - used


def wait_until_it_says(process: subprocess.Popen[str], words: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError("it ended without saying so")


@pytest.mark.parametrize("one", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_an_idle_server_is_gone_soon(tmp_path: Path, one: signal.Signals) -> None:
    with serving(tmp_path / "home") as process:
        wait_until_it_says(process, "is ready")
        assert gone(process, one) < SOON


def test_a_server_that_trains_commits_its_step_and_is_gone_soon(tmp_path: Path) -> None:
    from studio.assembled import Studio as Assembled

    with Assembled(tmp_path / "home") as studio:
        dataset = studio.data.add_rows("评价", "classify", ROWS).id
        run = studio.start(studio.plan(dataset, "starter", changes={"epochs": 200}).config)
    with serving(tmp_path / "home") as process, Assembled(tmp_path / "home") as studio:
        until(lambda: studio.run(run).progress.step >= 3 or studio.run(run).ended, LONGEST)
        assert gone(process, signal.SIGHUP) < SOON
        left = studio.run(run)
        assert left.status == "stopped" and left.progress.step >= 3
        assert any((studio.workspace.run_dir(run) / "checkpoints").iterdir())


def test_a_server_that_is_asked_to_end_while_it_starts_ends(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as process:
        until((tmp_path / "home" / "studio.db").exists, LONGEST)
        assert gone(process, signal.SIGTERM) < SOON


def test_a_wish_to_end_from_before_the_server_listens_to_signals_is_heard(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio, signals.noted() as asked:
        signal.raise_signal(signal.SIGTERM)
        serve(create_app(studio), "127.0.0.1", free_port("127.0.0.1", 8780), [], asked)  # comes back by itself
