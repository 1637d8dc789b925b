"""Runs looked after: names and notes, the log in words, and the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio import chronicle, views
from studio.errors import StudioError
from studio.events import Event, EventLog, Failed, Known, Named, Note, Paused, Planned, Saved, Unknown
from studio.runs import fold
from studio.studio import Studio
from studio.words import LANGS, Lang
from tests.fakes import FakeEngine
from tests.made import evaluated, started, step
from tests.studios import planned


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def made(studio: Studio, **changes: Any) -> str:
    return studio.train(planned(studio, epochs=1, **changes)).id


def test_a_name_stands_in_place_of_dataset_and_model_and_can_be_taken_away(studio: Studio) -> None:
    run = made(studio)
    assert views.run_title(studio.run(run), "en") == "reviews × starter"
    studio.keeping.name(run, "  第一次  试 ", "学习速度小一点")
    found = studio.run(run)
    assert (found.name, found.note) == ("第一次 试", "学习速度小一点")
    assert views.run_title(found, "en") == "第一次 试"
    assert "reviews × starter" in views.run_row(found, "en").detail
    studio.keeping.name(run, "")
    assert (studio.run(run).name, studio.run(run).note) == ("", "学习速度小一点")


def test_a_name_outlives_a_restart_a_resume_and_the_loss_of_the_database(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        run = made(studio)
        studio.keeping.name(run, "留着", "备注")
    for lost in (tmp_path / "home").glob("studio.db*"):
        lost.unlink()
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        studio.rebuild()
        assert (studio.run(run).name, studio.run(run).note) == ("留着", "备注")
    assert fold([Named(name="一"), started(), Named(name="二"), started()]).named.name == "二"  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "note", "key"), [("长" * 61, "", "name"), ("短", "长" * 2001, "note")])
def test_what_is_too_long_is_refused_and_nothing_changes(studio: Studio, name: str, note: str, key: str) -> None:
    run = made(studio)
    with pytest.raises(StudioError) as error:
        studio.keeping.name(run, name, note)
    assert error.value.key == f"run.{key}_too_long" and studio.run(run).name == ""


def test_a_name_in_many_lines_is_one_line(studio: Studio) -> None:
    run = made(studio)
    studio.keeping.name(run, "一\n二\r\n三\x00")
    assert "\n" not in studio.run(run).name


ALL: list[Event | Unknown] = [
    Planned(seconds=60, memory_gib=1.2, times_seconds=1, times_memory=1), started(), step(1, 0.5),
    evaluated((1, 0.4, 3, 4)), Saved(step=1), Known(step=1, total_steps=2), Note(key="engine.no_exam"),
    Named(name="$x"), Paused(),
    Failed(key="run.no_rows"), Unknown("later", {}),
]  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_every_fact_is_a_line_in_words(lang: Lang) -> None:
    lines = chronicle.lines(ALL, lang)
    assert len(lines) == len(ALL)
    for line in lines:
        assert line.text and "{" not in line.text and not line.text.startswith("log.")
    assert [line.when == "" for line in lines] == [isinstance(fact, Unknown) for fact in ALL]


def test_a_search_finds_lines_with_all_its_words_whatever_their_case() -> None:
    assert [line.kind for line in chronicle.lines(ALL, "en", "STEP loss")] == ["step", "evaluated"]
    assert [line.kind for line in chronicle.lines(ALL, "en", "gradient")] == ["step"]
    assert chronicle.lines(ALL, "en", "nothing like it") == []
    assert len(chronicle.lines(ALL, "en", "  ")) == len(ALL)


def test_the_log_has_what_a_resume_made_void(studio: Studio) -> None:
    run = made(studio)
    log = EventLog(studio.workspace.run_dir(run) / "events.jsonl")
    log.append(started())
    assert studio.run(run).progress.steps == ()
    assert "step" in {fact.kind for fact in studio.keeping.facts(run)}


def with_checkpoints(studio: Studio, run: str, size: int = 5000) -> Path:
    folder = studio.workspace.run_dir(run) / "checkpoints" / "step-1"
    folder.mkdir(parents=True)
    (folder / "adapter.safetensors").write_bytes(b"x" * size)
    return folder


def test_the_gain_of_clearing_up_is_said_before_and_is_what_is_had(studio: Studio) -> None:
    one, two = made(studio), made(studio, dropout=0.1)
    folder = with_checkpoints(studio, one)
    used = {found.run: found for found in studio.keeping.used()}
    assert (used[one].spare, used[two].spare) == (5000, 0)
    assert used[one].bytes > used[two].bytes > 0
    assert studio.keeping.clear([one, two, "run-that-is-gone"]) == 5000
    assert not folder.exists() and {found.spare for found in studio.keeping.used()} == {0}
    assert studio.run(one).has_adapter and studio.run(one).progress.steps
    assert studio.classify(one, ["很好喝，第3次来"])[0].answer == "好评"


def test_what_a_run_could_go_on_from_is_never_cleared(studio: Studio) -> None:
    run = studio.start(planned(studio, epochs=1))
    folder = with_checkpoints(studio, run)
    assert studio.keeping.clear([run]) == 0 and folder.exists()
    studio.stop(run)
    assert studio.run(run).can_resume
    assert studio.keeping.clear([run]) == 0 and folder.exists()
