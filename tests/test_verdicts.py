"""Curves in, one word out."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from studio.events import Note
from studio.verdicts import NONE_UNSEEN, astray, fit, of_run, smooth
from studio.words import catalogue
from tests.made import falling, made_run


@pytest.mark.parametrize(
    ("trained", "unseen", "verdict"),
    [
        (0.95, 0.70, "by_heart"),
        (0.60, 0.55, "not_yet"),
        (0.95, 0.90, "good"),
        (0.85, 0.80, "nearly"),
        (0.5, 0.9, "good"),
    ],
)
def test_the_rule_for_trained_and_unseen_rows(trained: float, unseen: float, verdict: str) -> None:
    assert fit(trained, unseen) == verdict


def test_nothing_is_judged_before_the_first_test() -> None:
    assert of_run(made_run()) == "waiting"
    assert of_run(made_run(falling(1.1, 0.9, 10))) == "waiting"


def test_an_ended_run_without_tests_is_untested() -> None:
    assert of_run(made_run(falling(1.1, 0.1), status="finished")) == "untested"


def test_tests_of_learned_rows_prove_nothing() -> None:
    run = made_run(falling(1.1, 0.02), [(100, 0.02, 40, 40)], status="finished")
    told = replace(run.progress, notes=(Note(key=NONE_UNSEEN),))
    assert of_run(run) == "good" and of_run(replace(run, progress=told)) == "untested"
    assert NONE_UNSEEN in catalogue("zh")


def test_both_right_is_good() -> None:
    assert of_run(made_run(falling(1.1, 0.02), [(50, 0.4, 30, 40), (100, 0.2, 37, 40)])) == "good"


def test_trained_rows_known_and_unseen_rows_behind_is_by_heart() -> None:
    assert of_run(made_run(falling(1.1, 0.02), [(100, 0.9, 26, 40)])) == "by_heart"


def test_little_known_of_either_is_not_learned_yet() -> None:
    assert of_run(made_run(falling(1.1, 0.6), [(100, 0.7, 22, 40)])) == "not_yet"


def test_accuracy_far_below_its_best_is_by_heart_while_it_runs_and_forgiven_when_the_best_was_kept() -> None:
    exams = [(50, 0.2, 95, 100), (100, 0.9, 60, 100)]
    assert of_run(made_run(falling(1.1, 0.02), exams)) == "by_heart"
    assert of_run(made_run(falling(1.1, 0.02), exams, status="finished")) == "good"


def test_validation_loss_that_climbs_while_training_loss_is_low_is_by_heart() -> None:
    exams = [(50, 0.5, 32, 40), (100, 0.8, 31, 40)]
    assert of_run(made_run(falling(0.5, 0.01), exams)) == "by_heart"


def test_a_loss_that_rises_is_astray() -> None:
    assert of_run(made_run([*falling(1.0, 0.8, 30), *falling(0.8, 6.0, 30)])) == "astray"


def test_a_loss_that_is_no_number_is_astray() -> None:
    assert of_run(made_run([1.0, 0.9, math.nan])) == "astray"
    assert astray([1.0, math.inf])


def test_noise_alone_is_not_astray() -> None:
    noisy = [1.0 + (0.3 if place % 2 else -0.3) for place in range(60)]
    assert not astray(smooth(noisy, 0.9))


def test_smoothing_keeps_a_constant_and_never_changes_the_past() -> None:
    assert smooth([2.0] * 5, 0.9) == pytest.approx([2.0] * 5)
    assert smooth([3.0, 1.0, 4.0, 1.0, 5.0], 0.5)[:3] == smooth([3.0, 1.0, 4.0], 0.5)


def test_without_smoothing_values_stay_as_they_are() -> None:
    assert smooth([3.0, 1.0, 4.0], 0.0) == [3.0, 1.0, 4.0]
