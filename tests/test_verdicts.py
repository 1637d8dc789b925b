"""Curves in, one word out: made ones for each rule, and every prefix of those recorded from real runs."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.events import Evaluated, EventLog, Note
from studio.lamp import lamp
from studio.runs import Progress, Run, fold, status_of
from studio.verdicts import NONE_UNSEEN, Light, light, smooth
from studio.words import catalogue
from tests.made import evaluated, falling, made_report, made_run, step

CURVES = Path(__file__).parent / "curves"


def run_of(progress: Progress) -> Run:
    status = status_of(progress, queued=False, held=progress.ending is None, stop_asked=False)
    return replace(made_run(), progress=progress, status=status)


def replayed(name: str) -> list[Light]:
    """The light after each event of a recorded run, as whoever watches it sees it, without repetitions."""
    events = EventLog(CURVES / f"{name}.jsonl").read()
    lights = [light(run_of(fold(events[:end]))) for end in range(1, len(events) + 1)]
    return [now for before, now in zip([None, *lights], lights, strict=False) if before is None or unlike(before, now)]


def of_run(run: Run) -> str:
    return light(run).verdict


def unlike(one: Light, other: Light) -> bool:
    return (one.verdict, one.colour) != (other.verdict, other.colour)


# What each run was, and the lights it shows in their order.
RECORDED = {
    # 406 reviews whose labels the base knows; the loss goes from 0.01 to 0.05 in the first steps and back
    "reviews": [("waiting", "grey"), ("already_right", "green")],
    # the same reviews with the shop's own words for what is done with them, which the base has never heard
    "codes": [("waiting", "grey"), ("learned", "green")],
    # the first again at thirty times the learning rate
    "too_fast": [("waiting", "grey"), ("astray", "red"), ("worse", "amber"), ("astray", "red")],
    # 59 facts in six phrasings, with phrasings held out
    "questions": [("waiting", "grey"), ("not_learned", "amber"), ("by_heart", "amber")],
    # 91 introductions, each worded in its own way, of which nine were held out
    "introductions": [("waiting", "grey"), ("not_learned", "amber"), ("not_learned", "red")],
    # 30 facts, each asked once, and asked in other words by way of a test; then the same at seven times the rate
    "facts_once": [("waiting", "grey"), ("not_learned", "amber"), ("by_heart", "amber")],
    "facts_fast": [("waiting", "grey"), ("nearly", "amber"), ("by_heart", "amber")],
    # with rank 1 in one pass
    "facts_rank_one": [("waiting", "grey"), ("not_learned", "amber"), ("not_learned", "red")],
    # the 59 facts with rank 1 in one pass
    "one_pass": [("waiting", "grey"), ("not_learned", "amber"), ("not_learned", "red")],
}


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_recorded_run_is_judged_as_it_went(name: str) -> None:
    assert [(one.verdict, one.colour) for one in replayed(name)] == RECORDED[name]


def test_all_recorded_runs_are_replayed() -> None:
    assert {path.stem for path in CURVES.iterdir()} == set(RECORDED)


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_no_recorded_run_flickers_or_is_red_before_it_ends_well(name: str) -> None:
    shown = replayed(name)
    running = [one.verdict for one in shown if one.running]
    assert len(running) == len(set(running)), "a verdict came back"
    if shown[-1].colour == "green":
        assert all(one.colour != "red" for one in shown)


def test_nothing_is_judged_before_two_tests() -> None:
    assert of_run(made_run()) == "waiting"
    assert of_run(made_run(falling(1.1, 0.9, 10))) == "waiting"
    assert of_run(made_run(falling(1.1, 0.1, 60), [(50, 0.2, 38, 40)])) == "waiting"
    assert of_run(made_run(falling(1.1, 0.1, 60), [(40, 0.2, 38, 40), (50, 0.2, 38, 40)])) == "learned"


def test_the_test_of_the_untouched_base_is_not_one_of_the_two() -> None:
    run = tested([(0, 0, 40), (50, 38, 40)])
    assert of_run(run) == "waiting"


def test_a_changed_verdict_needs_two_tests_in_a_row() -> None:
    often = [(10, 10, 40), (20, 12, 40), (30, 38, 40), (40, 38, 40)]
    assert [of_run(tested(often[:end])) for end in (2, 3, 4)] == ["not_learned", "not_learned", "learned"]


def test_no_red_while_more_is_right_though_the_loss_rises() -> None:
    losses = [*falling(1.0, 0.8, 30), *falling(0.8, 6.0, 30)]
    assert of_run(tested([(0, 0, 40), (50, 5, 40), (60, 9, 40)], losses)) == "not_learned"
    assert of_run(tested([(0, 9, 40), (50, 9, 40), (60, 5, 40)], losses)) == "astray"


def test_no_red_while_more_is_recalled_though_no_other_wording_is_right() -> None:
    losses = [*falling(1.0, 0.8, 30), *falling(0.8, 6.0, 30)]
    tests = [(0, 0, 30), (50, 0, 30), (60, 0, 30)]
    assert of_run(tested(tests, losses, recalled=[0, 3, 8])) == "not_learned"
    assert of_run(tested(tests, losses, recalled=[0, 0, 0])) == "astray"


def test_red_ends_at_once_when_more_is_right_again() -> None:
    losses = [*falling(1.0, 0.8, 30), *falling(0.8, 6.0, 60)]
    tests = [(0, 38, 40), (60, 18, 40), (70, 8, 40), (80, 14, 40)]
    assert [of_run(tested(tests[:end], losses)) for end in (3, 4)] == ["astray", "worse"]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=12), st.lists(st.floats(0, 9), min_size=120, max_size=120))
def test_no_curve_at_all_is_red_at_a_test_that_knew_more_than_the_one_before(
    right: list[int], losses: list[float]
) -> None:
    tests = [(10 * at, correct, 40) for at, correct in enumerate(right)]
    if light(tested(tests, losses)).colour == "red":
        assert right[-1] <= right[-2]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=12), st.floats(0, 9))
def test_a_run_at_work_is_held_against_no_simple_method_though_a_card_of_before_would_be(
    right: list[int], loss: float
) -> None:
    tests = [(10 * at, correct, 40) for at, correct in enumerate(right)]
    better = made_report(baseline={"tfidf": {"correct": 100, "count": 100, "interval": [0.96, 1.0], "accuracy": 1.0}})
    run = tested(tests, [loss] * 120)
    assert light(run, better).verdict != "simple_is_better"
    assert light(replace(run, status="finished"), better).verdict == "simple_is_better"


def test_a_loss_that_hardly_rises_is_not_astray() -> None:
    losses = [*falling(0.01, 0.01, 30), *falling(0.01, 0.2, 30)]
    assert of_run(tested([(0, 20, 40), (50, 18, 40), (60, 18, 40)], losses)) != "astray"


def test_a_run_that_went_astray_says_so_at_its_end_unless_a_good_step_was_kept() -> None:
    losses = [*falling(1.0, 0.8, 40), *falling(0.8, 6.0, 60)]
    bad = [(0, 9, 40), (60, 9, 40), (80, 5, 40), (100, 4, 40)]
    good = [(0, 9, 40), (30, 38, 40), (80, 5, 40), (100, 4, 40)]
    assert of_run(replace(tested(bad, losses), status="finished")) == "astray"
    assert of_run(replace(tested(good, losses), status="finished")) == "learned"


def test_a_loss_that_is_no_number_is_astray() -> None:
    assert of_run(made_run([1.0, 0.9, math.nan])) == "astray"


def test_an_ended_run_without_tests_is_untested() -> None:
    assert of_run(made_run(falling(1.1, 0.1), status="finished")) == "untested"


def test_an_ended_run_without_anything_to_talk_to_is_to_be_gone_on_with() -> None:
    assert light(made_run(falling(1.1, 0.5, 20), status="interrupted")).verdict == "waiting"


def test_tests_of_learned_rows_prove_nothing() -> None:
    run = made_run(falling(1.1, 0.02), [(100, 0.02, 40, 40)], status="finished")
    told = replace(run.progress, notes=(Note(key=NONE_UNSEEN),))
    assert of_run(run) == "learned" and of_run(replace(run, progress=told)) == "untested"
    assert NONE_UNSEEN in catalogue("zh")


def test_trained_rows_known_and_unseen_rows_behind_is_by_heart_once_it_gets_no_better() -> None:
    behind = [(40, 26, 40), (60, 26, 40), (80, 26, 40), (100, 26, 40)]
    rising = [(40, 20, 40), (60, 22, 40), (80, 24, 40), (100, 26, 40)]
    assert of_run(tested(behind, falling(0.1, 0.02))) == "by_heart"
    assert of_run(tested(rising, falling(0.1, 0.02))) == "not_learned"


def test_what_once_said_more_is_not_called_not_learned_again() -> None:
    wavers = [(20, 26, 40), (30, 26, 40), (40, 26, 40), (50, 26, 40), (60, 27, 40), (70, 28, 40)]
    assert of_run(tested(wavers, falling(0.1, 0.02, 70))) == "by_heart"


def test_accuracy_far_below_its_best_is_by_heart_while_it_runs_and_forgiven_when_the_best_was_kept() -> None:
    tests = [(20, 90, 100), (40, 95, 100), (60, 62, 100), (80, 61, 100), (100, 60, 100)]
    found = light(tested(tests))
    assert (found.verdict, found.step, found.figures.unseen.correct) == ("by_heart", 40, 60)
    assert of_run(replace(tested(tests), status="finished")) == "learned"


def test_once_there_is_a_report_card_both_pages_show_the_same_light() -> None:
    run = made_run(falling(1.1, 0.02), [(50, 0.2, 38, 40), (100, 0.2, 39, 40)], status="finished")
    metrics = {"correct": 15, "count": 100}
    report = made_report(
        base=metrics, tuned={**metrics, "correct": 60}, trained={**metrics, "correct": 99}, baseline={}
    )
    assert (of_run(run), light(run, report).verdict) == ("learned", "by_heart")
    assert light(run).on_the_way and not light(run, report).on_the_way


def test_what_a_test_on_the_way_found_is_called_so_once_the_rows_of_the_end_could_be_asked() -> None:
    exams = [(50, 0.2, 38, 40), (100, 0.2, 39, 40)]
    found = {
        status: light(made_run(falling(1.1, 0.02), exams, status=status))
        for status in ("running", "failed", "finished")
    }
    assert [status for status, one in found.items() if one.on_the_way] == ["finished"]
    assert "途中考" in lamp(found["finished"], "zh").why and "途中考" not in lamp(found["running"], "zh").why


def test_a_report_card_of_facts_leaves_to_the_run_how_well_it_fits() -> None:
    run = made_run(falling(0.02, 0.02), [(50, 0.2, 38, 40), (100, 0.2, 39, 40)], status="finished")
    report = made_report(taught={"recalled": 3, "count": 30, "interval": [0.03, 0.26], "missed": []})
    found = light(run, report)
    assert (found.verdict, found.colour) == ("not_learned", "red")
    assert found.figures.trained == pytest.approx(0.98, abs=0.01)


def tested(tests: list[tuple[int, int, int]], losses: list[float] | None = None, **given: Any) -> Run:
    """A running run with tests of (step, correct, count), and `recalled` of 30 facts at each."""
    losses = falling(1.1, 0.5) if losses is None else losses
    steps = [step(number, loss) for number, loss in enumerate(losses, start=1)]
    found: list[Evaluated] = [evaluated((at, 0.5, correct, count)) for at, correct, count in tests]
    if "recalled" in given:
        found = [replace(one, recalled=known, taught=30) for one, known in zip(found, given["recalled"], strict=True)]
    return replace(made_run(), progress=replace(made_run().progress, steps=tuple(steps), evaluations=tuple(found)))


def test_smoothing_keeps_a_constant_and_never_changes_the_past() -> None:
    assert smooth([2.0] * 5, 0.9) == pytest.approx([2.0] * 5)
    assert smooth([3.0, 1.0, 4.0, 1.0, 5.0], 0.5)[:3] == smooth([3.0, 1.0, 4.0], 0.5)


def test_without_smoothing_values_stay_as_they_are() -> None:
    assert smooth([3.0, 1.0, 4.0], 0.0) == [3.0, 1.0, 4.0]
