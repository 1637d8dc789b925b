"""What benchmarks/planner.py makes of a sweep: what is behind, by how much, and what took longer than it had to."""

from __future__ import annotations

import pytest

from benchmarks.plan_table import PLANNED, Cell, Found, Row, behind, line, together, verdict


def found(right: int, count: int = 100, seconds: float = 10.0) -> Found:
    return Found(120, 100, 90, seconds, (1.0,) * right + (0.0,) * (count - right))


def test_a_row_is_told_by_its_name() -> None:
    for row in (Row("labels", 100), Row("english", 30, "full", "minilm", 8)):
        assert Row.of(str(row)) == row


def test_points_behind_are_counted_on_the_same_questions_with_their_error() -> None:
    assert behind(found(80), found(80)) == (0.0, 0.0)
    points, error = behind(found(80), found(84))
    assert points == pytest.approx(4) and error == pytest.approx(1.97, abs=0.01)  # four won, none lost


@pytest.mark.parametrize(
    ("points", "error", "times", "said"),
    [
        (2.0, 0.1, 1.5, "holds"),
        (2.1, 1.0, 1.0, "behind"),
        (2.1, 2.0, 1.0, "behind, maybe by chance"),
        (0.0, 0.0, 1.6, "longer than needed"),
        (5.0, 1.0, 3.0, "behind, longer than needed"),
    ],
)
def test_a_plan_holds_near_the_best_and_near_the_shortest(points: float, error: float, times: float, said: str) -> None:
    assert verdict(points, error, times) == said


def test_the_shortest_is_looked_for_among_those_that_are_near_the_best() -> None:
    sweep = {
        PLANNED: Cell("24 × 8", found(83, seconds=30)),
        "half the passes": Cell("12 × 8", found(84, seconds=20)),
        "twice the rate": Cell("24 × 8", found(50, seconds=1)),
    }
    said = line(Row("labels", 100), 1, sweep)
    assert said[-2:] == ("1.50", "holds") and "84.0% half the passes of 3" in said


def test_seeds_of_a_row_are_one_and_only_what_all_of_them_have_is_compared() -> None:
    first, second = (Row("labels", 100, seed=seed) for seed in (7, 8))
    sweeps = {
        first: {PLANNED: Cell("a", found(80)), "half the rate": Cell("b", found(90))},
        second: {PLANNED: Cell("a", found(70))},
    }
    ((seeds, sweep),) = together(sweeps).values()
    assert seeds == 2 and list(sweep) == [PLANNED]
    assert sweep[PLANNED].found.share == 0.75 and len(sweep[PLANNED].found.marks) == 200
