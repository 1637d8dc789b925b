"""The traffic light says every verdict whole, and no share or interval says more than is known."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest

from studio.evaluation.verdict import Figures, Score, Verdict
from studio.intervals import wilson
from studio.lamp import interval_words, lamp, percent
from studio.verdicts import Light
from studio.words import LANGS, Lang

FROM_A_CARD = {"simple_is_better"}  # what a simple method gets is told by a report card, which a run at work has not
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("verdict", "running"),
    [(one, running) for one in get_args(Verdict) for running in (True, False) if not running or one not in FROM_A_CARD],
)
def test_every_verdict_is_said_whole_in_either_language(verdict: Verdict, running: bool, lang: Lang) -> None:
    figures = Figures(Score(20, 40), Score(10, 40), Score(30, 40))
    for known in (figures, replace(figures, taught=Score(29, 30)), Figures(), Figures(taught=Score(3, 5), trained=1)):
        shown = lamp(Light(verdict, known, running, 20), lang)
        for sentence in (shown.name, shown.why, shown.action):
            assert sentence and "{" not in sentence
            assert bool(HAN.search(sentence)) == (lang == "zh")


def test_only_what_goes_astray_is_red_before_the_end() -> None:
    for verdict in get_args(Verdict):
        assert (Light(verdict, Figures(), running=True).colour == "red") == (verdict == "astray")
    assert Light("not_learned", Figures()).colour == "red"


def test_who_stops_before_the_end_is_asked_to_go_on_unless_it_is_learned_or_spoilt() -> None:
    figures = Figures(Score(20, 40), Score(10, 40))
    for verdict in get_args(Verdict):
        said = lamp(Light(verdict, figures, left=22), "zh").action
        assert ("还有 22 步" in said) == (verdict in {"not_learned", "worse", "nearly", "no_clear_gain"})


@pytest.mark.parametrize(("share", "said"), [(0, "0%"), (0.914, "91%"), (0.995, "99%"), (0.999, "99%"), (1.0, "100%")])
def test_less_than_all_is_never_a_hundred_percent(share: float, said: str) -> None:
    assert percent(share) == said


def test_a_score_lies_within_its_interval_as_both_are_shown() -> None:
    for correct, count in ((right, rows) for rows in range(1, 301) for right in range(rows + 1)):
        low, high = map(int, re.findall(r"(\d+)%", interval_words(wilson(correct, count), count, "en")))
        assert low <= int(percent(correct / count)[:-1]) <= high, (correct, count)


def test_few_rows_are_called_too_few() -> None:
    assert interval_words((0.6, 0.98), 10, "en") == (
        "its true level lies between 60% and 98%; 10 rows are too few to be sure"
    )
    assert "too few" not in interval_words((0.83, 0.94), 100, "en")
    assert "还说不准" in interval_words((0.6, 0.98), 10, "zh")
