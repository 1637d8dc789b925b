"""A goal is called reached or missed only where the interval says so, and the rows that would tell do tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.evaluation.goal import goal
from studio.evaluation.report import Report
from studio.intervals import wilson
from studio.lamp import goal_words
from studio.report_card import report_view
from studio.views import train_view
from studio.words import LANGS
from tests.made import made_report, made_run


@pytest.mark.parametrize(
    ("correct", "count", "share", "state", "rows"),
    [(10, 10, 0.9, "unsure", 35), (35, 35, 0.9, "reached", None), (20, 100, 0.9, "missed", None),
     (90, 100, 0.9, "unsure", None)],
)  # fmt: skip
def test_ten_of_ten_do_not_prove_nine_of_ten_and_thirty_five_of_as_many_do(
    correct: int, count: int, share: float, state: str, rows: int | None
) -> None:
    found = goal(correct, count, share)
    assert found and (found.state, found.rows) == (state, rows)


def test_without_a_goal_or_a_test_nothing_is_said() -> None:
    assert goal(9, 10, 0.0) is None and goal(0, 0, 0.9) is None


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.05, 0.99))
def test_the_rows_that_would_tell_do(score: tuple[int, int], share: float) -> None:
    found = goal(*score, share)
    assert found is not None
    if found.rows is not None:
        low, high = wilson(round(score[0] / score[1] * found.rows), found.rows)
        assert low >= share or high < share
        assert found.rows > score[1]


def test_card_and_training_page_say_how_it_stands() -> None:
    report: Report = made_report(goal={"share": 0.9, "state": "unsure", "rows": 163})
    run = made_run([1.0] * 10, [(10, 0.5, 10, 10)], "finished", target=0.9)
    for lang in LANGS:
        assert "63" in " ".join(report_view(run, report, lang).remarks)
        assert any("25" in note and "35" in note for note in train_view(run, lang).notes)
        assert "{" not in goal_words(report.goal, 100, lang)  # type: ignore[arg-type]
