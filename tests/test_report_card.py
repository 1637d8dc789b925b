"""What the report card says: a report in, words out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studio.intervals import wilson
from studio.report_card import COLOURS, report_view
from studio.words import LANGS, Lang
from tests.made import made_report

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("verdict", sorted(COLOURS))
def test_every_verdict_is_said_whole_in_either_language(verdict: str, lang: Lang) -> None:
    lamp = report_view(made_report(verdict=f"engine.verdict_{verdict}"), lang).lamp
    for sentence in (lamp.name, lamp.why, lamp.action):
        assert sentence and "{" not in sentence
        assert bool(HAN.search(sentence)) == (lang == "zh")


def test_every_verdict_of_the_engine_has_words() -> None:
    source = (Path(__file__).parents[1] / "studio/engine/evaluate.py").read_text(encoding="utf-8")
    assert set(re.findall(r'"engine\.verdict_([a-z_]+)"', source)) == set(COLOURS)


def test_scores_stand_beside_what_they_must_beat_with_counts_and_intervals() -> None:
    scores = report_view(made_report(), "en").scores
    assert [score.name for score in scores] == [
        "After learning", "Before (base model)", "Always the commonest", "Counting words (TF-IDF)", "Rows it learned",
    ]  # fmt: skip
    assert (scores[0].percent, scores[0].counted, scores[0].main) == ("90%", "90 of 100", True)
    assert scores[0].sure == "its true level lies between 83% and 94%"


def test_what_both_get_together_stands_beside_the_simple_way() -> None:
    both = {"correct": 93, "count": 100, "interval": wilson(93, 100), "macro_f1": 0.93}
    names = [score.name for score in report_view(made_report(together=both), "en").scores]
    assert names[3:5] == ["Counting words (TF-IDF)", "Both together"]


def test_a_score_of_few_rows_says_so() -> None:
    few = {"correct": 9, "count": 10, "interval": wilson(9, 10), "macro_f1": 0.9}
    assert "10 rows are too few" in report_view(made_report(tuned=few, count=10), "en").scores[0].sure


def test_chat_has_no_baselines_and_tells_exact_beside_fuzzy() -> None:
    tuned = {"correct": 9, "count": 10, "interval": wilson(9, 10), "exact": 0.7, "fuzzy": 0.9, "similarity": 0.93}
    view = report_view(made_report(task="chat", baseline={}, tuned=tuned), "en")
    assert len(view.scores) == 3 and view.remarks[0].startswith("70% word for word")


def test_the_wrong_rows_are_shown_as_they_are_ten_at_most() -> None:
    row = {"number": 2, "text": "<b>难喝</b>", "target": "差评", "base": "差评", "tuned": "好评", "correct": False}
    view = report_view(made_report(rows=[row] * 30), "zh")
    assert (len(view.wrong), view.wrong_total) == (10, 30)
    assert view.wrong[0].text == "<b>难喝</b>"


def test_no_test_rows_divide_nothing() -> None:
    none = {"correct": 0, "count": 0, "interval": [0.0, 1.0], "accuracy": 0.0, "macro_f1": 0.0}
    report = made_report(tuned=none, base=none, count=0, rows=[], verdict="engine.verdict_too_few_rows")
    assert report_view(report, "en").scores[0].percent == "0%"
