"""The training page's handlers as plain functions, with real runs of an engine without torch."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.config import Task
from studio.contract import Job
from studio.errors import StudioError
from studio.events import EventLog, Saved
from studio.roster import Roster
from studio.studio import Studio
from studio.ui import app
from studio.ui.kit.page import Page
from studio.ui.train import tab as train_tab
from tests.fakes import FakeEngine
from tests.made import started, step
from tests.studios import until

REVIEWS = [
    (f"第{number}条，{word}", label) for word, label in (("好喝", "好评"), ("难喝", "差评")) for number in range(20)
]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home", worker=True) as opened:
        yield opened


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(pace=0.01), tmp_path / "home", worker=True) as opened:
        yield opened


def begin(studio: Studio, name: str = "评论", task: Task = "classify", **changes: Any) -> str:
    dataset = studio.data.add_rows(name, task, REVIEWS)
    return studio.start(studio.plan(dataset.id, changes={"epochs": 5, **changes}).config)


def wait_until(studio: Studio, run: str, *statuses: str) -> None:
    until = time.monotonic() + 20
    while studio.run(run).status not in statuses:
        assert time.monotonic() < until, studio.run(run).status
        time.sleep(0.01)


def finished(studio: Studio, **given: Any) -> str:
    run = begin(studio, **given)
    wait_until(studio, run, "finished", "failed")
    return run


def page(studio: Studio) -> Page:
    return Page(studio, "en")


def updates(answer: tuple[Any, ...]) -> dict[str, Any]:
    """The handler's answer by component: what the page will be told about each."""
    names = (
        "live", "about", "pause", "stop", "resume", "to_chat", "again", "history", "delete", "sure", "compared", "disk",
    )  # fmt: skip
    return dict(zip(names, answer, strict=True))


def words(nodes: list[Any]) -> str:
    """All text of a fragment."""
    return " ".join(node if isinstance(node, str) else words(node["children"]) for node in nodes)


def test_without_a_run_the_page_says_what_to_do(studio: Studio) -> None:
    answer = train_tab.live_run(page(studio), {"run": "", "drawn": "", "seen": None})
    assert "Start training" in words(answer["nodes"]) and answer["run"] == "" and "charts" not in answer
    assert train_tab.choose(page(studio), None) == ""


def test_a_finished_run_offers_the_chat_and_no_stop(studio: Studio) -> None:
    shown = updates(train_tab.refresh(page(studio), finished(studio)))
    assert not shown["stop"].visible and not shown["resume"].visible
    assert shown["to_chat"].visible and shown["to_chat"].variant == "primary"


def test_stop_keeps_what_was_learned_and_resume_goes_on_to_the_end(slow: Studio) -> None:
    run = begin(slow, epochs=60)
    wait_until(slow, run, "running")
    until = time.monotonic() + 20
    while not slow.run(run).progress.evaluations and time.monotonic() < until:
        time.sleep(0.01)
    assert updates(train_tab.refresh(page(slow), run))["stop"].visible
    train_tab.stop_run(page(slow), run)
    wait_until(slow, run, "stopped")
    shown = updates(train_tab.refresh(page(slow), run))
    assert shown["resume"].visible and shown["to_chat"].visible
    train_tab.resume_run(page(slow), run)
    wait_until(slow, run, "finished")
    assert slow.run(run).progress.step == slow.run(run).progress.total_steps


def test_a_failed_run_shows_reason_remedy_and_the_button_that_goes_on(tmp_path: Path) -> None:
    full = StudioError("workspace.disk_full", need="0.50", free="0.10", home="/data")
    with Studio(FakeEngine(breaks=full), tmp_path / "home", worker=True) as studio:
        run = finished(studio)
        answer = train_tab.live_run(page(studio), {"run": run, "drawn": "", "seen": None})
        assert "Not enough disk space" in words(answer["nodes"]) and "Make room" in words(answer["nodes"])
        assert updates(train_tab.refresh(page(studio), run))["resume"].variant == "primary"


class Interrupting(FakeEngine):
    """Learns three steps and never says how it ended, as after a power cut."""

    def train(self, job: Job, stop: Any) -> None:
        log = EventLog(job.run_dir / "events.jsonl")
        for event in (started(), step(1, 1.0), step(2, 0.9), step(3, 0.8), Saved(step=3)):
            log.append(event)


def test_a_run_without_an_ending_shows_as_interrupted_and_can_go_on(tmp_path: Path) -> None:
    with Studio(Interrupting(), tmp_path / "home", worker=True) as studio:
        run = begin(studio)
        wait_until(studio, run, "interrupted")
    with Studio(FakeEngine(), tmp_path / "home", worker=True) as studio:
        answer = train_tab.live_run(page(studio), {"run": run, "drawn": "", "seen": None})
        assert "press “Continue”" in words(answer["nodes"])
        train_tab.resume_run(page(studio), run)
        wait_until(studio, run, "finished")


def test_the_first_poll_brings_all_charts_and_the_next_only_what_is_new(slow: Studio) -> None:
    run = begin(slow)
    until(lambda: slow.run(run).progress.started is not None)
    asked: dict[str, Any] = {"run": run, "drawn": "", "seen": None}
    first = train_tab.live_run(page(slow), asked)
    assert set(first["charts"]) == {"loss", "accuracy", "speed"} and "growth" not in first
    drawn = list(first["charts"]["loss"]["data"][0]["x"])
    seen = first["seen"]
    wait_until(slow, run, "finished")
    later = train_tab.live_run(page(slow), {"run": run, "drawn": run, "seen": seen})
    assert "charts" not in later
    drawn += later["growth"]["loss"]["x"][0]
    assert drawn == [step.step for step in slow.run(run).progress.steps]
    again = train_tab.live_run(page(slow), {"run": run, "drawn": run, "seen": later["seen"]})
    assert again["growth"] == {} and "charts" not in again


def test_a_poll_looks_at_the_list_of_runs_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    run, looks, listed = finished(studio), [], Roster.listed
    monkeypatch.setattr(Roster, "listed", lambda roster: looks.append(run) or listed(roster))
    train_tab.live_run(page(studio), {"run": run, "seen": None, "drawn": ""})
    assert len(looks) == 1
    app.now(page(studio), {})
    assert len(looks) == 2


def test_two_pages_show_the_same_within_two_seconds_and_sooner_where_a_run_begins(slow: Studio) -> None:
    waits = begin(slow, epochs=50)
    after = begin(slow, "之后", epochs=50)
    wait_until(slow, waits, "running")
    until(lambda: len(slow.run(waits).progress.steps) > 0)
    rests = [train_tab.live_run(page(slow), {"run": run, "drawn": "", "seen": None})["rest"] for run in (waits, after)]
    assert rests[1] < rests[0] < 2000
    for run in (after, waits):
        slow.stop(run)
    wait_until(slow, waits, "stopped", "finished")
    assert train_tab.live_run(page(slow), {"run": waits, "drawn": "", "seen": None})["rest"] > 2000


def test_what_a_page_drew_of_another_run_is_drawn_anew(studio: Studio) -> None:
    one, two = finished(studio, name="一"), finished(studio, name="二")
    seen = train_tab.live_run(page(studio), {"run": one, "drawn": "", "seen": None})["seen"]
    answer = train_tab.live_run(page(studio), {"run": two, "drawn": one, "seen": seen})
    assert answer["run"] == two and "charts" in answer


def test_a_poll_can_be_sent_as_json(studio: Studio) -> None:
    answer = train_tab.live_run(page(studio), {"run": finished(studio), "drawn": "", "seen": None})
    json.dumps(answer, allow_nan=False, default=str)


def test_a_name_with_markup_stays_text(studio: Studio) -> None:
    run = finished(studio, name="<img src=x onerror=alert(1)>")
    nodes = train_tab.live_run(page(studio), {"run": run, "drawn": "", "seen": None})["nodes"]
    titles = [child for child in nodes[0]["children"][0]["children"] if child["tag"] == "h2"]
    assert titles[0]["children"] == ["<img src=x onerror=alert(1)> × starter"]


def test_the_history_lists_the_newest_first_and_selects_the_shown_one(studio: Studio) -> None:
    one, two = finished(studio, name="一"), finished(studio, name="二")
    listed = updates(train_tab.refresh(page(studio), one))["history"].value
    assert [run["id"] for run in listed["before"]] == [two, one] and listed["chosen"] == one
    assert (listed["before"][0]["title"], listed["before"][0]["status"]) == ("二 × starter", "Finished")
    assert listed["now"] == listed["waiting"] == []


def test_delete_removes_the_run_and_shows_another(studio: Studio) -> None:
    one, two = finished(studio, name="一"), finished(studio, name="二")
    assert train_tab.delete_run(page(studio), two) == one
    assert [run.id for run in studio.runs()] == [one]


def test_a_page_shows_the_run_it_showed_before_else_the_one_that_trains(slow: Studio) -> None:
    one = finished(slow, name="一")
    two = begin(slow, name="二", epochs=100)
    wait_until(slow, two, "running")
    assert train_tab.choose(page(slow), one) == one
    assert train_tab.choose(page(slow), "run-that-is-gone") == two
    assert train_tab.choose(page(slow), None) == two
    slow.stop(two)


def test_runs_are_compared_in_one_chart_and_none_in_no_chart(studio: Studio) -> None:
    runs = [finished(studio, name="一"), finished(studio, name="二", dropout=0.1)]
    column, settings, loss, accuracy = train_tab.compare(page(studio), runs)
    assert column.visible and [len(one["figure"]["data"]) for one in (loss, accuracy)] == [4, 4]
    assert "Dropout – 0 0.1" in " ".join(words(settings).split()) or "0.1" in words(settings)
    assert "一" in words(settings) and "Passes" not in words(settings)
    assert not train_tab.compare(page(studio), [])[0].visible
