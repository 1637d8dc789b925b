"""Downloads in the background: seen from anywhere, stopped and gone on with, one of a model at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from studio.cli.app import app
from studio.contract import Source
from studio.downloads import Downloads, Seen
from studio.engine import TorchEngine
from tests.engine.conftest import make_model
from tests.hub_shelf import Shelf, in_place_of_the_hubs

WEIGHTS = "model.safetensors"
MODEL = "maker/model"
HF = Source("hugging_face")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def shelf(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    with in_place_of_the_hubs(model, tmp_path / "shelf", monkeypatch) as made:
        yield made


@pytest.fixture
def downloads(tmp_path: Path) -> Iterator[Downloads]:
    (tmp_path / "models").mkdir()
    made = Downloads(TorchEngine(), tmp_path / "models")
    yield made
    made.close()


def until(downloads: Downloads, *states: str) -> Seen:
    """The download once it is in one of the states."""
    waiting = threading.Event()
    for _ in range(1200):
        if (seen := downloads.seen()[MODEL]).state in states:
            return seen
        waiting.wait(0.05)
    raise AssertionError(seen)


def half(downloads: Downloads, shelf: Shelf) -> Seen:
    """Begun, and held at the last byte of the weights."""
    shelf.waits[WEIGHTS] = threading.Event()
    downloads.start(MODEL, HF)
    waiting = threading.Event()
    for _ in range(1200):
        seen = downloads.seen()[MODEL]
        if seen.done and seen.done >= (shelf.folder / WEIGHTS).stat().st_size:
            return seen
        waiting.wait(0.05)
    raise AssertionError(seen)


def test_a_download_is_seen_with_its_bytes_and_ends_as_a_model(downloads: Downloads, shelf: Shelf) -> None:
    seen = half(downloads, shelf)
    assert seen.state == "running" and 0 < seen.done < seen.total
    downloads.start(MODEL, HF)  # a second click
    shelf.waits[WEIGHTS].set()
    seen = until(downloads, "finished", "failed")
    assert seen.state == "finished" and seen.done == seen.total and seen.left is None


def test_it_is_stopped_and_begun_again_in_one_breath(downloads: Downloads, shelf: Shelf) -> None:
    half(downloads, shelf)
    downloads.stop(MODEL)
    assert downloads.seen()[MODEL].state == "stopped"
    shelf.waits.pop(WEIGHTS).set()
    downloads.start(MODEL, HF)
    assert until(downloads, "finished", "failed").state == "finished"


def test_a_refusal_is_kept_for_who_looks_later(downloads: Downloads, shelf: Shelf) -> None:
    shelf.token = "secret"
    downloads.start(MODEL, HF)
    seen = until(downloads, "finished", "failed")
    assert seen.state == "failed" and seen.why and seen.why.key == "engine.gated"


def test_the_terminal_fetches_a_model_and_lists_it(shelf: Shelf, tmp_path: Path) -> None:
    shelf.token = "secret"
    (tmp_path / "token").write_text("secret\n", encoding="utf-8")
    home = ["--home", str(tmp_path / "home"), "--json"]
    refused = CliRunner().invoke(app, ["fetch", MODEL, "--from", "hugging_face", *home])
    assert refused.exit_code == 1 and "engine.gated" in refused.stdout
    done = CliRunner().invoke(app, ["fetch", MODEL, "--token-file", str(tmp_path / "token"), *home])
    assert done.exit_code == 0, done.output
    assert f'"model": "{MODEL}"' in CliRunner().invoke(app, ["models", *home]).stdout
    assert CliRunner().invoke(app, ["fetch", "maker/..", *home]).exit_code == 1
