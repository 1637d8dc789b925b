"""What the training page says: runs in, words and permissions out."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from studio import views
from studio.events import Known
from studio.runs import Status
from studio.words import LANGS, Lang
from tests.made import falling, made_run

HAN = re.compile(r"[\u4e00-\u9fff]")
ALL: tuple[Status, ...] = ("queued", "running", "stopping", "paused", "finished", "stopped", "failed", "interrupted")
EXAMS = [(50, 0.5, 30, 40), (100, 0.2, 37, 40)]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("status", ALL)
def test_every_status_is_said_whole_in_either_language(status: Status, lang: Lang) -> None:
    run = made_run([] if status == "queued" else falling(1.1, 0.05), EXAMS, status=status, name="reviews")
    view, row = views.train_view(run, lang), views.run_row(run, lang)
    said = [view.headline, row.status, *(fact.name for fact in view.facts)]
    said += [view.lamp.name, view.lamp.why, view.lamp.action] if view.lamp else []
    said += [view.problem.reason, view.problem.remedy] if view.problem else []
    for sentence in said:
        assert sentence and "{" not in sentence
        # the tabs carry the same numbers ①…④ in both languages
        assert bool(HAN.search(sentence)) == (lang == "zh"), sentence


def test_there_are_always_four_figures() -> None:
    for run in (made_run(), made_run(falling(1, 0.1)), made_run([1.0], [(1, 1.0, 0, 0)])):
        assert len(views.train_view(run, "en").facts) == 4


def test_a_running_run_tells_step_time_left_speed_memory_and_best_test() -> None:
    view = views.train_view(made_run(falling(1.1, 0.3, 60), [(50, 0.5, 30, 40)]), "en")
    assert view.headline == "Pass 3 of 4, step 60 of 100"
    assert [fact.value for fact in view.facts] == ["40 seconds", "2,060", "1.5 GiB", "75% (30 of 40)"]
    assert view.share == pytest.approx(0.6) and view.busy


def test_of_facts_the_figure_and_the_history_tell_how_many_are_known() -> None:
    run = made_run(falling(1.1, 0.05), EXAMS, status="finished")
    tests = tuple(replace(test, recalled=29, taught=30) for test in run.progress.evaluations)
    known = replace(run, progress=replace(run.progress, evaluations=tests))
    figures = {fact.name: fact.value for fact in views.train_view(known, "zh").facts}
    assert figures["你教的事"] == "记住 29 / 30 件" and figures["途中换个问法"].endswith("37 / 40 题）")
    assert views.run_row(known, "en").detail.endswith("29 of 30 facts")


def test_of_a_thousand_facts_it_says_that_64_questions_were_asked() -> None:
    run = made_run(falling(1.1, 0.05), EXAMS, status="finished")
    tests = tuple(replace(test, recalled=63, taught=64) for test in run.progress.evaluations)
    sampled = replace(run, progress=replace(run.progress, evaluations=tests))
    assert views.train_view(sampled, "zh").facts[3].value == "抽问 64 个问法，答对 63"


@pytest.mark.parametrize(("status", "said"), [("running", "都记住了，正在收尾"), ("finished", "都记住了，提前学完")])
def test_a_run_that_knows_it_all_says_that_it_ends_early(status: Status, said: str) -> None:
    run = made_run(falling(1.1, 0.05), EXAMS, status=status, total=400)
    known = replace(run, progress=replace(run.progress, known=Known(step=40, total_steps=120)))
    assert views.train_view(known, "zh").headline.startswith(said)


def test_a_queued_run_tells_how_many_are_before_it() -> None:
    assert views.train_view(made_run(status="queued"), "en", ahead=2).headline == "Waiting, 2 before it"
    assert "2" not in views.train_view(made_run(status="queued"), "en").headline


@pytest.mark.parametrize(
    ("status", "allowed", "primary"),
    [
        ("queued", {"stop"}, "stop"),
        ("running", {"pause", "stop"}, "stop"),
        ("paused", {"start", "ask", "resume"}, "resume"),
        ("stopping", set(), "start"),
        ("finished", {"start", "ask"}, "ask"),
        ("stopped", {"start", "ask", "resume"}, "ask"),
        ("failed", {"start", "resume"}, "resume"),
        ("interrupted", {"start", "resume"}, "resume"),
    ],
)
def test_what_can_be_done_follows_from_the_status(status: Status, allowed: set[str], primary: str) -> None:
    run = made_run([] if status == "queued" else falling(1, 0.1), EXAMS, status=status)
    assert views.actions(run) == allowed
    assert views.primary(run) == primary


@pytest.mark.parametrize(("correct", "wanted"), [(24, "resume"), (40, "ask")])
def test_a_run_that_was_stopped_too_early_is_to_go_on_first(correct: int, wanted: str) -> None:
    """Of the button that stands out the same is true as the light says."""
    exams = [(0, 0.9, 10, 40), (30, 0.5, correct, 40), (60, 0.4, correct, 40)]
    run = made_run(falling(1, 0.1, 70), exams, status="stopped")
    shown = views.train_view(run, "zh").lamp
    assert shown is not None and views.primary(run) == wanted
    assert ("还有 30 步" in shown.action) == (wanted == "resume")


def test_without_a_run_only_a_start_is_possible() -> None:
    assert views.actions(None) == {"start"} and views.primary(None) == "start"


def test_a_stop_before_anything_was_learned_offers_no_chat() -> None:
    run = made_run(status="stopped")
    assert "ask" not in views.actions(run)
    assert views.train_view(run, "en").headline == "Stopped before anything was learned"


def test_a_failure_is_a_reason_and_a_remedy() -> None:
    details = {"need": "0.50", "free": "0.10", "home": "/data"}
    run = made_run(falling(1, 0.5), status="failed", failure=("workspace.disk_full", details))
    problem = views.train_view(run, "en").problem
    assert problem == views.Problem(
        "Not enough disk space: this step needs 0.50 GiB and /data has 0.10 GiB left.",
        "Make room and try again; nothing was lost.",
    )
    assert views.train_view(run, "en").lamp is None


@pytest.mark.parametrize(
    ("sentence", "reason", "remedy"),
    [
        ("磁盘满了。请清一清。", "磁盘满了。", "请清一清。"),
        ("Version 2.5 is too old. Update it.", "Version 2.5 is too old.", "Update it."),
        ("Only a reason", "Only a reason", ""),
    ],
)
def test_the_first_sentence_is_the_reason(sentence: str, reason: str, remedy: str) -> None:
    assert views.split_problem(sentence) == views.Problem(reason, remedy)


def test_an_interrupted_run_says_what_is_saved() -> None:
    problem = views.train_view(made_run(falling(1, 0.5, 60), [(50, 0.5, 30, 40)], status="interrupted"), "en").problem
    assert problem is not None and "step 50" in problem.remedy


def test_a_loss_that_is_no_number_breaks_no_sentence() -> None:
    lamp = views.train_view(made_run([1.0, math.nan], [(2, math.nan, 1, 4)]), "en").lamp
    assert lamp is not None and lamp.colour == "red"


@pytest.mark.parametrize(
    ("model", "name"), [("starter", "starter"), ("Qwen/Qwen3-0.6B", "Qwen3-0.6B"), ("/models/mine/", "mine")]
)
def test_a_model_is_called_by_its_last_name(model: str, name: str) -> None:
    assert views.model_name(model, "en") == name


def test_an_early_end_says_that_going_on_gives_nothing() -> None:
    learned = made_run(falling(1.1, 0.05, 60), [(40, 0.5, 37, 40), (60, 0.2, 38, 40)], status="finished")
    stuck = made_run(falling(1.1, 0.9, 60), [(40, 0.5, 9, 40), (60, 0.5, 9, 40)], status="finished")
    assert views.train_view(learned, "zh").headline == "提前学完：第 60 / 100 步，再学不会更好"
    assert views.train_view(stuck, "en").headline == "Ended early, at step 60 of 100: its tests no longer got better"


def test_the_history_tells_name_status_and_score_and_changes_no_text() -> None:
    run = made_run(falling(1, 0.1), EXAMS, status="finished", name="<img src=x>")
    row = views.run_row(run, "en")
    assert row.title == "<img src=x> × starter" and row.status == "Finished" and row.detail.endswith("92% on the way")
