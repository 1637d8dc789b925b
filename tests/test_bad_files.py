"""Every place of the terminal that takes a file, given every bad one: a sentence or an honest answer, and soon."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from typer.testing import CliRunner

from studio import assembled
from studio import studio as facade
from studio.cli import app
from studio.signals import ENDING
from tests.bad_files import BAD_FILES
from tests.fakes import FakeEngine
from tests.ui.learned import learned

Xiaozao = Callable[[str, tuple[str, ...], Path], dict[str, Any]]
SECONDS = 60  # within which even a busy machine has said something
RUN, DATASET, FILE = "RUN", "DATASET", "FILE"
# the words of a command for each of its places, with the ending of a file that is wanted there
PLACES: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("import", "files"): (".csv", (FILE,)),
    ("add-rows", "file"): (".csv", (DATASET, FILE)),
    ("train", "dataset"): (".yaml", (FILE,)),
    ("evaluate", "file"): (".csv", (RUN, "--file", FILE)),
    ("evaluate", "everyday"): (".txt", (RUN, "--everyday", FILE)),
    ("evaluate", "schema"): (".json", (RUN, "--schema", FILE)),
    ("evaluate", "handbook"): (".docx", (RUN, "--handbook", FILE)),
    ("predict", "source"): (".csv", (RUN, FILE, "OUT.csv")),
    ("ask", "handbook"): (".docx", (RUN, "几点开门", "--handbook", FILE)),
    ("fetch", "token_file"): (".txt", ("made/no-such", "--token-file", FILE)),
    ("handbooks", "add"): (".docx", ("--add", FILE)),
    ("drafts", "file"): (".docx", (FILE,)),
    ("marks", "sheet"): (".xlsx", (FILE, "--by", "小王")),
}
TEXTS = {("train", "dataset"), ("evaluate", "handbook"), ("ask", "handbook")}  # which may also be a name
NO_INPUTS = {"home", "out"}
# read by the same reader as another place, which is given all of them: here a few
AS_ELSEWHERE = {
    ("add-rows", "file"), ("evaluate", "file"), ("evaluate", "handbook"), ("ask", "handbook"), ("handbooks", "add"),
    ("fetch", "token_file"),
}  # fmt: skip
FEW = ("empty", "noise", "a zip bomb", "half a document")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A workspace, a run in it that talks, and its dataset."""
    folder = tmp_path_factory.mktemp("workspace")
    with facade.Studio(FakeEngine(), folder, worker=True) as studio:
        run = learned(studio, "chat")
        return folder, run, studio.run(run).config.dataset


@pytest.fixture
def xiaozao(home: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Xiaozao]:
    """`xiaozao COMMAND WORDS` on an engine without torch: what it said, in JSON."""
    monkeypatch.setattr(assembled, "Studio", partial(facade.Studio, FakeEngine()))
    before = {one: signal.getsignal(one) for one in ENDING}

    def say(command: str, words: tuple[str, ...], file: Path) -> dict[str, Any]:
        meant = {FILE: str(file), RUN: home[1], DATASET: home[2], "OUT.csv": str(tmp_path / "out.csv")}
        with soon():
            done = CliRunner().invoke(
                app, [command, *(meant.get(word, word) for word in words), "--home", str(home[0]), "--json"]
            )
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        assert "Traceback" not in done.output
        answer: dict[str, Any] = json.loads(done.stdout)
        return {**answer, "code": done.exit_code}

    yield say
    for one, handler in before.items():
        signal.signal(one, handler)


@contextmanager
def soon() -> Iterator[None]:
    def late(_number: int, _frame: Any) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_every_place_of_the_terminal_that_takes_a_file_is_among_those_that_are_tried() -> None:
    found = set()
    for one in app.registered_commands:
        assert one.callback
        name = one.name or one.callback.__name__.replace("_", "-")
        hints = get_type_hints(one.callback)
        found |= {(name, place) for place, type_ in hints.items() if "Path" in repr(type_) and place not in NO_INPUTS}
    assert found == PLACES.keys() - TEXTS


@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_a_bad_file_is_answered_with_a_sentence(place: tuple[str, str], xiaozao: Xiaozao, tmp_path: Path) -> None:
    ending, words = PLACES[place]
    for kind in FEW if place in AS_ELSEWHERE else BAD_FILES:
        own, content = BAD_FILES[kind]
        path = tmp_path / f"表{own or ending}"
        path.write_bytes(content())
        said = xiaozao(place[0], words, path)
        assert said["code"] == 0 or (said["code"] == 1 and said["error"]["zh"]), kind


@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_what_is_no_file_is_answered_with_a_sentence(place: tuple[str, str], xiaozao: Xiaozao, tmp_path: Path) -> None:
    ending, words = PLACES[place]
    pipe, folder = tmp_path / f"pipe{ending}", tmp_path / f"folder{ending}"
    os.mkfifo(pipe)
    folder.mkdir()
    (device := tmp_path / f"device{ending}").symlink_to("/dev/zero")
    (nowhere := tmp_path / f"nowhere{ending}").symlink_to("gone")
    for path in (pipe, folder, device, nowhere, tmp_path / f"{'长' * 5000}{ending}", tmp_path / f"a\n{ending}"):
        said = xiaozao(place[0], words, path)
        assert said["code"] == 1 and said["error"]["zh"], path.name[:20]


def test_a_file_of_settings_or_questions_is_not_read_without_end(xiaozao: Xiaozao, tmp_path: Path) -> None:
    for place in (("evaluate", "everyday"), ("evaluate", "schema"), ("train", "dataset")):
        ending, words = PLACES[place]
        endless = tmp_path / f"endless{ending}"
        with endless.open("wb") as file:
            file.truncate(2**40)  # a hole that takes no room
        assert xiaozao(place[0], words, endless)["code"] == 1
