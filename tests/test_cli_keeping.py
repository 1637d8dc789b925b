"""Runs looked after from a terminal, on a workspace that an earlier version wrote."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner

from studio.cli import app
from studio.signals import ENDING

FIXTURE = Path(__file__).parent / "workspaces" / "numbered-11"
Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def xiaozao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """`xiaozao WORDS`: exit code and the JSON object."""
    copytree(FIXTURE, tmp_path / "home")
    monkeypatch.setenv("XIAOZAO_LANG", "en")
    before = {one: signal.getsignal(one) for one in ENDING}

    def command(*words: str) -> tuple[int, dict[str, Any]]:
        done = CliRunner().invoke(app, [*words, "--home", str(tmp_path / "home"), "--json"])
        return done.exit_code, json.loads(done.stdout)

    yield command
    for one, handler in before.items():
        signal.signal(one, handler)


def test_a_run_is_named_its_log_read_its_curves_written_and_its_disk_told(xiaozao: Command, tmp_path: Path) -> None:
    run = xiaozao("runs")[1]["runs"][0]["run"]
    assert xiaozao("name", run, "六月", "--note", "先试一遍") == (0, {"run": run, "name": "六月", "note": "先试一遍"})
    assert xiaozao("runs")[1]["runs"][0]["name"] == "六月"
    lines = xiaozao("log", run, "--search", "tested")[1]["lines"]
    assert lines and {line["kind"] for line in lines} == {"evaluated"}
    for ending, begins in (("csv", b"step,"), ("png", b"\x89PNG"), ("svg", b"<?xml"), ("html", b"<!doctype html>")):
        out = tmp_path / f"curves.{ending}"
        assert xiaozao("curves", run, str(out)) == (0, {"run": run, "path": str(out), "bytes": out.stat().st_size})
        assert out.read_bytes().startswith(begins)
    used = xiaozao("disk", "--clear")[1]
    assert used["freed"] == 0 and used["bytes"] == sum(one["bytes"] for one in used["runs"]) > 0


def test_the_queue_is_shown_held_and_let_go(xiaozao: Command) -> None:
    assert xiaozao("queue") == (0, {"waiting": [], "held": False, "past_failures": True})
    assert xiaozao("queue", "--hold", "--no-past-failures")[1] == {"waiting": [], "held": True, "past_failures": False}
    assert xiaozao("queue", "--go")[1]["held"] is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("curves", "RUN", "out.pdf"), "csv, png, svg, html"),
        (("curves", "RUN", "no/such/folder/out.csv"), "cannot be written"),
        (("curves", "run-20200101-000000-0000", "out.csv"), "no “run-20200101"),
        (("name", "RUN", "x" * 61), "60 characters"),
        (("pause", "RUN"), "not running"),
        (("queue", "--move", "run-20200101-000000-0000"), "no “run-20200101"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(xiaozao: Command, words: tuple[str, ...], said: str) -> None:
    run = xiaozao("runs")[1]["runs"][0]["run"]
    code, answer = xiaozao(*(run if word == "RUN" else word for word in words))
    assert code == 1 and said in answer["error"]["en"]
