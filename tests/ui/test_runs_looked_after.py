"""The list of runs, the queue, a run's own panel, the disk and the header: handlers as plain functions."""

from __future__ import annotations

import base64
import time
from typing import Any

from studio.config import RunConfig
from studio.studio import Studio
from studio.ui import app
from studio.ui.train import about, disk, history
from studio.ui.train import tab as train_tab
from tests.ui.test_train_tab import begin, finished, page, slow, studio, updates, wait_until, words

__all__ = ["slow", "studio"]  # fixtures


def test_what_learns_what_waits_and_what_was_stand_in_three_lists(slow: Studio) -> None:
    done = finished(slow, name="一")
    now = begin(slow, name="二", epochs=100)
    wait_until(slow, now, "running")
    first, second = (begin(slow, name=name) for name in "三四")
    slow.waiting.move(second, -1)
    listed = updates(train_tab.refresh(page(slow), now))["history"].value
    lists = {name: [run["id"] for run in listed[name]] for name in ("now", "waiting", "before")}
    assert lists == {"now": [now], "waiting": [second, first], "before": [done]}
    assert {listed[name][0]["state"] for name in lists} == {"running", "queued", "finished"}
    slow.stop(now)


def test_another_page_learns_of_a_new_order_a_hold_and_a_name(slow: Studio) -> None:
    now = begin(slow, name="一", epochs=100)
    wait_until(slow, now, "running")
    first, second = (begin(slow, name=name) for name in "二三")

    def state() -> str:
        return str(train_tab.live_run(page(slow), {"run": second, "drawn": "", "seen": None})["state"])

    seen = [state()]
    for change in (
        lambda: history.move_run(page(slow), {"run": second, "by": -1}),
        lambda: history.hold_queue(page(slow), {"held": True}),
        lambda: history.go_past_failures(page(slow), {"on": False}),
        lambda: about.name_run(page(slow), {"run": first, "name": "晚上的", "note": ""}),
    ):
        change()
        assert state().split("\n")[1:] != seen[-1].split("\n")[1:]
        seen.append(state())
    slow.stop(now)


def test_a_run_that_waits_says_how_many_are_before_it_in_the_order_of_the_queue(slow: Studio) -> None:
    now = begin(slow, name="一", epochs=100)
    wait_until(slow, now, "running")
    first, second = (begin(slow, name=name) for name in "二三")

    def headline(run: str) -> str:
        return words(train_tab.live_run(page(slow), {"run": run, "drawn": "", "seen": None})["nodes"])

    assert "Waiting, 1 before it" in headline(first) and "Waiting, 2 before it" in headline(second)
    slow.waiting.move(second, -1)
    assert "Waiting, 2 before it" in headline(first) and "Waiting, 1 before it" in headline(second)
    slow.waiting.hold(True)
    assert "press “Go on”" in headline(first)
    slow.stop(now)


def test_pause_rests_and_resume_stands_out(slow: Studio) -> None:
    run = begin(slow, epochs=60)
    wait_until(slow, run, "running")
    assert updates(train_tab.refresh(page(slow), run))["pause"].visible
    until = time.monotonic() + 20
    while not slow.run(run).progress.steps and time.monotonic() < until:
        time.sleep(0.01)
    train_tab.pause_run(page(slow), run)
    wait_until(slow, run, "paused")
    shown = updates(train_tab.refresh(page(slow), run))
    assert shown["resume"].visible and shown["resume"].variant == "primary" and not shown["pause"].visible


def test_curves_come_as_files_and_the_log_page_by_page(studio: Studio) -> None:
    run = finished(studio)
    file = about.curves_file(page(studio), {"run": run, "format": "csv"})
    assert file["name"] == f"{run}.csv" and base64.b64decode(file["content"]).startswith(b"step,epoch")
    lines = about.log_lines(page(studio), {"run": run, "search": "", "page": 0})
    assert lines["lines"][0]["kind"] == "finished" and lines["total"] == len(studio.keeping.facts(run))
    found = about.log_lines(page(studio), {"run": run, "search": "tested", "page": 0})
    assert {line["kind"] for line in found["lines"]} == {"evaluated"}


def test_a_run_is_repeated_over_the_data_as_they_are_now(studio: Studio) -> None:
    run = finished(studio, dropout=0.2)
    config = studio.run(run).config

    def repeated() -> tuple[Any, Any]:
        _, _, dataset, *filled = app.to_repeat(page(studio), run)
        return dataset, filled[len(RunConfig.knobs())]

    assert repeated() == (config.dataset, config.model_dump())
    studio.data.edit(config.dataset, 1, target="差评")
    assert (repeated()[1]["dataset_version"], repeated()[1]["dropout"]) == (2, 0.2)


def test_the_gain_is_said_before_anything_is_cleared(studio: Studio) -> None:
    run = finished(studio)
    assert "nothing to clear" in disk.disk_used(page(studio), {})["gain"]
    folder = studio.workspace.run_dir(run) / "checkpoints"
    folder.mkdir()
    (folder / "x").write_bytes(b"x" * 2_500_000)
    said = disk.disk_used(page(studio), {})
    assert "2.5 MB" in said["gain"] and said["runs"] == [run]
    assert "2.5 MB" in disk.clear_disk(page(studio), {"runs": said["runs"]})["words"]
    assert not folder.exists()


def test_the_header_tells_how_the_run_that_it_asked_about_ended(studio: Studio) -> None:
    run = finished(studio, name="店")
    assert app.now(page(studio), {"was": run})["ended"] == "“店 × starter”: Finished"
    assert "ended" not in app.now(page(studio), {"was": ""})
