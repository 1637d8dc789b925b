"""Downloaded models on the disk: what each takes, deleted whole, refused while needed, nothing followed or guessed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.contract import Lane
from studio.data.schema import Message
from studio.engine import hub
from studio.errors import StudioError
from studio.studio import Studio
from studio.words import LANGS
from tests.fakes import FakeEngine
from tests.studios import ended, planned, until
from tests.test_cli import Terminal

MODEL, HALF = "made/large", "made/half"
WEIGHTS = b"0" * 1000


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(pace=0.02, spoken_pace=0.01), tmp_path / "home", worker=True) as made:
        yield made


@pytest.fixture
def models(studio: Studio) -> Path:
    """A model that is whole, and half of another, in the folder of models."""
    place = studio.workspace.models
    put(place / "made--large" / "model.safetensors")
    put(place / ".part-made--half" / ".model.safetensors.abc.part")
    return place


def put(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(WEIGHTS)
    return path


def refusal(studio: Studio, model: str) -> StudioError:
    with pytest.raises(StudioError) as caught:
        studio.stored.delete(model)
    assert all(caught.value.say(lang) for lang in LANGS)
    return caught.value


def test_what_is_whole_and_what_is_half_is_told_with_its_bytes(studio: Studio, models: Path) -> None:
    put(models / "made--large" / "sub" / "tokenizer.json")
    assert [(one.model.model, one.model.bytes, one.model.whole) for one in studio.stored.all()] == [
        (MODEL, 2000, True), (HALF, 1000, False),
    ]  # fmt: skip


def test_one_goes_whole_and_leaves_the_other(studio: Studio, models: Path) -> None:
    assert studio.stored.delete(MODEL).model.bytes == 1000
    assert [one.model.model for one in studio.stored.all()] == [HALF]
    assert not (models / "made--large").exists() and not list(models.glob(".deleted-*"))
    studio.stored.delete(HALF)
    assert studio.stored.all() == [] and not studio.choosing.unready().partly
    assert refusal(studio, MODEL).key == "stored.unknown"


def test_a_download_that_was_stopped_is_thrown_away_and_forgotten(studio: Studio) -> None:
    from studio.contract import Source

    studio.downloads.start(MODEL, Source())
    assert refusal(studio, MODEL).key in ("stored.downloading", "stored.unknown"), "nothing is there yet"
    put(studio.workspace.models / ".part-made--large" / ".model.safetensors.abc.part")
    assert refusal(studio, MODEL).key == "stored.downloading"
    studio.downloads.stop(MODEL)
    until(lambda: studio.downloads.seen()[MODEL].state == "stopped" and not _alive(studio))
    studio.stored.delete(MODEL)
    assert MODEL not in studio.downloads.seen() and studio.stored.all() == []


def _alive(studio: Studio) -> bool:
    thread = studio.downloads._known[MODEL].thread
    return bool(thread and thread.is_alive())


def test_a_run_that_learns_waits_or_rests_keeps_its_model(studio: Studio, models: Path) -> None:
    config = studio.plan(planned(studio, epochs=1).dataset, MODEL, changes={"epochs": 100}).config
    run = studio.start(config)
    waiting = studio.start(config.with_changes({"epochs": 99}))
    until(lambda: studio.run(run).status == "running")
    said = refusal(studio, MODEL)
    assert said.key == "stored.needed" and "reviews" in said.say("en") and MODEL in said.say("zh")
    studio.waiting.pause(run)
    until(lambda: studio.run(run).status == "paused")
    assert studio.run(waiting).status == "queued" and refusal(studio, MODEL).key == "stored.needed"
    studio.stop(waiting)
    until(lambda: studio.run(waiting).ended)
    assert refusal(studio, MODEL).key == "stored.needed", "it is to go on"
    assert (models / "made--large" / "model.safetensors").read_bytes() == WEIGHTS
    studio.delete(run)
    assert [one.id for one in studio.stored.delete(MODEL).runs] == [waiting]


def test_a_model_that_answers_stays_until_it_has_answered(studio: Studio, models: Path) -> None:
    dataset = studio.data.add_rows("问答", "chat", [(f"第{n}问是什么", f"是{n}号" * 20) for n in range(20)]).id
    run = studio.start(studio.plan(dataset, MODEL, changes={"epochs": 1}).config)
    assert ended(studio, run) == "finished"
    answer = studio.chat(run, [Lane([Message("user", "第3问是什么")], tuned=True)])
    next(answer)
    assert refusal(studio, MODEL).key == "stored.answering"
    answer.close()
    assert [one.id for one in studio.stored.delete(MODEL).runs] == [run]
    for asks in (
        lambda: studio.ask(run, "第3问是什么"),
        lambda: studio.evaluate(run),
        lambda: studio.export(run, "adapter"),
    ):
        with pytest.raises(StudioError) as caught:
            asks()
        assert caught.value.key == "gallery.not_here"
    assert [one.model.model for one in studio.stored.all()] == [HALF], "nothing is downloaded unasked"


def test_nothing_that_a_link_leads_to_is_counted_or_removed(studio: Studio, tmp_path: Path) -> None:
    outside = put(tmp_path / "elsewhere" / "precious.safetensors")
    models = studio.workspace.models
    os.symlink(outside.parent, models / "made--linked")
    put(models / "made--inside" / "model.safetensors")
    os.symlink(outside.parent, models / "made--inside" / "deep")
    os.symlink(outside, models / "made--inside" / "file.safetensors")
    assert {one.model.model: one.model.bytes < 2000 for one in studio.stored.all()} == {
        "made/linked": True, "made/inside": True,
    }  # fmt: skip
    for model in ("made/linked", "made/inside"):
        studio.stored.delete(model)
    assert outside.read_bytes() == WEIGHTS and os.listdir(outside.parent) == ["precious.safetensors"]
    assert not [name for name in os.listdir(models) if "made" in name and not name.startswith(".lock-")]


NAMES = (
    "..", "../..", "../uploads", "made/..", "..--uploads", ".", "", "/etc", "~", "starter", "made", "a/b/c",
    "made/large/../..", "made--large", "own", "MADE/LARGE", "made/large\x00",
)  # fmt: skip


def test_a_name_that_is_none_of_those_listed_removes_nothing(studio: Studio, models: Path) -> None:
    put(models / "own" / "model.safetensors")
    put(studio.workspace.home / "uploads" / "data-1" / "file")
    before = {path for place in ("models", "uploads") for path in (studio.workspace.home / place).rglob("*")}
    for name in NAMES:
        assert refusal(studio, name).key == "stored.unknown", name
        with pytest.raises(StudioError) as caught:
            studio.engine.remove(name, models)
        assert caught.value.key == "engine.not_stored", name
    assert len(before) == 8 and all(path.exists() for path in before)


def test_what_a_crash_left_half_removed_is_swept_and_is_no_model(tmp_path: Path) -> None:
    place = tmp_path / "home" / "models"
    left = put(place / ".deleted-made--large" / "model.safetensors")
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        assert studio.stored.all() == [] and not left.exists()


def test_another_process_that_downloads_it_keeps_it(models: Path) -> None:
    with hub._alone(HALF, models / "made--half"), pytest.raises(StudioError) as caught:
        hub.remove(HALF, models)
    assert caught.value.key == "engine.already_fetching" and (models / ".part-made--half").is_dir()


def test_the_terminal_deletes_one_by_its_name(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    assert terminal.ok("models")["incomplete"] == {}
    put(tmp_path / "home" / "models" / ".part-made--half" / "model.safetensors")
    assert terminal.ok("models")["incomplete"] == {HALF: 1000}
    code, told, _ = terminal.run("models", "--delete", "../../uploads")
    assert code == 1 and told["error"]["key"] == "stored.unknown"
    assert terminal.ok("models", "--delete", HALF) == {"deleted": HALF, "bytes": 1000, "runs": []}
    assert terminal.ok("models")["incomplete"] == {}
