"""Figures in, one word out; and everything that a word needs is said in both languages."""

from __future__ import annotations

from typing import get_args

import pytest

from studio.evaluation.verdict import COLOURS, Figures, Score, Verdict, advice, judge, of_report
from studio.words import LANGS, catalogue
from tests.made import made_report


def of_100(unseen: int, base: int = 0, trained: int | None = None, simple: int = 0) -> Figures:
    better = Score(simple, 100) if simple else Score()
    return Figures(Score(unseen, 100), Score(base, 100), better, trained=None if trained is None else trained / 100)


@pytest.mark.parametrize(
    ("base", "unseen", "trained", "simple", "verdict"),
    [
        (20, 90, 99, 0, "learned"),
        (20, 70, 99, 0, "by_heart"),
        (20, 40, 99, 0, "by_heart"),
        (20, 70, 80, 0, "nearly"),
        (20, 70, 80, 76, "simple_is_better"),
        (20, 40, 99, 76, "simple_is_better"),
        (75, 80, 99, 0, "no_clear_gain"),
        (95, 98, 99, 0, "already_right"),
        (95, 93, 99, 0, "already_right"),
        (80, 70, 90, 0, "worse"),
        (95, 50, 50, 0, "worse"),
        (20, 40, 45, 76, "not_learned"),
        (20, 40, None, 0, "not_learned"),
    ],
)
def test_the_verdict_on_rows_names_what_matters_most(
    base: int, unseen: int, trained: int | None, simple: int, verdict: str
) -> None:
    assert judge(of_100(unseen, base, trained, simple)) == verdict


@pytest.mark.parametrize(
    ("recalled", "unseen", "verdict"),
    [
        (29, Score(24, 30), "learned"),
        (29, Score(), "learned"),
        (29, Score(10, 30), "by_heart"),
        (24, Score(24, 30), "nearly"),
        (12, Score(30, 30), "not_learned"),
        (0, Score(1, 3), "not_learned"),
        (30, Score(2, 3), "learned"),  # three questions do not condemn
        (30, Score(0, 3), "by_heart"),
    ],
)
def test_of_facts_what_was_taught_decides_first_then_other_wordings(recalled: int, unseen: Score, verdict: str) -> None:
    assert judge(Figures(unseen, taught=Score(recalled, 30))) == verdict


def test_nothing_right_of_what_was_taught_is_not_learned_however_few_other_rows_there_are() -> None:
    for unseen in (Score(), Score(0, 1), Score(3, 3)):
        assert judge(Figures(unseen, taught=Score(0, 24))) == "not_learned"
        assert judge(Figures(unseen, trained=0.0)) == "not_learned"


def test_few_rows_are_said_to_be_few_unless_they_are_clearly_wrong() -> None:
    assert judge(Figures(Score(8, 9), trained=0.99)) == "too_few"
    assert judge(Figures(Score(0, 9), trained=0.7)) == "not_learned"
    assert judge(Figures(Score(1, 9), Score(9, 9), trained=0.99)) == "worse"


def test_facts_that_the_base_knew_are_called_known_beforehand() -> None:
    assert judge(Figures(Score(30, 30), Score(29, 30), taught=Score(30, 30))) == "already_right"


def test_without_unseen_rows_nothing_is_claimed() -> None:
    assert judge(Figures()) == "untested" and judge(Figures(trained=0.99)) == "untested"


def test_more_passes_are_advised_only_while_there_is_something_left_to_fit() -> None:
    learning, fitted = (Figures(taught=Score(3, 30), trained=trained) for trained in (0.5, 0.99))
    assert (advice("not_learned", learning), advice("not_learned", fitted)) == ("facts_missing", "facts_stuck")


def test_rows_it_got_wrong_are_spoken_of_only_where_there_are_some() -> None:
    assert advice("no_clear_gain", Figures(Score(12, 12), Score(10, 12))) == "all_right"
    assert advice("no_clear_gain", Figures(Score(11, 12), Score(10, 12))) == "no_clear_gain"


def test_a_report_card_tells_how_many_facts_are_known() -> None:
    taught = {"recalled": 29, "count": 30, "interval": [0.83, 0.99], "missed": []}
    found = of_report(made_report(taught=taught))
    assert (found.unseen, found.base, found.taught) == (Score(90, 100), Score(40, 100), Score(29, 30))
    assert found.trained == 0.99


@pytest.mark.parametrize(
    ("tfidf", "told"),
    [
        ({"correct": 92}, Score()),  # two rows of a hundred are luck
        ({"correct": 94}, Score(94, 100)),
        ({"correct": 92, "clearly_better": True}, Score(92, 100)),
        ({"correct": 94, "clearly_better": False}, Score()),
    ],
)
def test_a_simple_method_is_told_where_it_clearly_does_better(tfidf: dict[str, int], told: Score) -> None:
    baseline = {"majority": {"correct": 34, "count": 100}, "tfidf": {**tfidf, "count": 100}}
    assert of_report(made_report(baseline=baseline)).simple == told


def test_what_does_better_is_the_next_step_of_a_model_that_has_not_learned() -> None:
    figures = of_100(40, 20, 45, simple=76)
    assert advice(judge(figures), figures) == "simple_is_better"


@pytest.mark.parametrize("lang", LANGS)
def test_every_verdict_has_its_name_reason_and_next_steps(lang: str) -> None:
    said = {key for key in catalogue(lang) if key.startswith("verdicts.")}  # type: ignore[arg-type]
    verdicts = get_args(Verdict)
    assert set(COLOURS) == set(verdicts)
    needed = {f"verdicts.{kind}{verdict}" for verdict in verdicts for kind in ("", "why_", "running_", "ended_")}
    advised = {
        f"verdicts.ended_{name}"
        for name in ("all_right", "facts_missing", "facts_stuck", "facts_by_heart", "facts_learned")
    }
    facts = {f"verdicts.facts_{name}" for name in ("known", "sampled", "as_taught", "otherwise")}
    never = {"verdicts.running_simple_is_better"}  # the simple method is only tried once a run has ended
    goals = {f"verdicts.goal_{name}" for name in ("reached", "missed", "unsure", "at_the_edge")}
    others = {f"verdicts.{name}" for name in ("why_learned_rows", "on_the_way", "paused", "spared")}
    assert said == (needed - never) | advised | facts | goals | others
