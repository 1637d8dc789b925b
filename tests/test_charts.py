"""Runs in, figures out; and what a chart already drawn still lacks."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import charts, curves
from studio.curves import Seen
from studio.events import Evaluated, Saved
from studio.intervals import wilson
from studio.runs import Run, fold
from studio.words import LANGS, Lang
from tests.made import evaluated, falling, made_run, started, step

EXAMS = [(20, 0.8, 10, 40), (40, 0.5, 30, 40)]


def lines(figure: Any) -> list[tuple[list[float], list[float]]]:
    return [(list(trace.x), list(trace.y)) for trace in figure.data]


def all_words(figure: Any) -> str:
    return json.dumps(figure.to_plotly_json(), ensure_ascii=False, default=str)


def test_every_step_and_every_test_is_a_point() -> None:
    figures = charts.training(made_run(falling(1, 0.1, 40), EXAMS), "en")
    raw, smoothed, validation = lines(figures["loss"])
    assert raw[0] == list(range(1, 41)) == smoothed[0]
    assert raw[1] == pytest.approx(falling(1, 0.1, 40), abs=1e-5)
    assert validation == ([20, 40], [0.8, 0.5])
    low, high, accuracy, best, trained = lines(figures["accuracy"])
    assert trained == ([], [])
    assert accuracy == ([20, 40], [0.25, 0.75]) and best == ([40], [0.75])
    assert (low[1][1], high[1][1]) == pytest.approx(wilson(30, 40), abs=1e-5)


@pytest.mark.parametrize("lang", LANGS)
def test_axes_and_legends_are_in_the_language_asked_for(lang: Lang) -> None:
    figures = charts.training(made_run(falling(1, 0.1, 40), EXAMS), lang)
    for figure in (*figures.values(), charts.confusion(["a", "b"], [[1, 0], [0, 1]], lang)):
        titles = [figure.layout.xaxis.title.text, figure.layout.yaxis.title.text]
        titles += [trace.name for trace in figure.data if trace.showlegend]
        for title in titles:
            assert title and any("\u4e00" <= letter <= "\u9fff" for letter in title) == (lang == "zh"), title


@pytest.mark.parametrize(
    ("loss", "said", "unsaid"),
    [
        ("dpo", ("没学过的：更喜欢好回答", "更喜欢好回答的比例"), "方向对"),
        ("kto", ("没学过的：方向对的", "方向对的比例", "朝赞踩的方向走了多远"), "更喜欢好回答"),
    ],
)
def test_the_charts_of_opinions_say_what_was_counted(loss: str, said: tuple[str, ...], unsaid: str) -> None:
    run = made_run(falling(1, 0.1, 40), EXAMS, task="prefer", preference_loss=loss)
    drawn = charts.training(run, "zh")
    told = "".join(all_words(figure) for figure in drawn.values()) + "".join(
        charts.title(run, chart, "zh") for chart in drawn
    )
    assert all(words in told for words in said) and unsaid not in told and "答对" not in told and "考对" not in told
    for figure in charts.overlays([("a", run), ("b", run)], "zh").values():
        assert unsaid not in all_words(figure)
    mixed = charts.overlays([("a", run), ("b", made_run([1.0], EXAMS))], "zh")["accuracy"]
    assert "答对的比例" in all_words(mixed)


def test_the_zoom_survives_a_redraw_and_nothing_is_sent_to_a_cloud() -> None:
    assert all(figure.layout.uirevision == "kept" for figure in charts.training(made_run([1.0]), "en").values())
    assert charts.CONFIG["displayModeBar"] is False and charts.CONFIG["plotlyServerURL"] == ""


def test_the_axis_shows_the_whole_way_from_the_start() -> None:
    assert charts.training(made_run([1.0], total=200), "en")["loss"].layout.xaxis.range == (0, 204.0)


def extended(figures: dict[str, Any], growth: dict[str, dict[str, Any]]) -> dict[str, list[Any]]:
    """What the page has after `Plotly.extendTraces`."""
    drawn = {name: lines(figure) for name, figure in figures.items()}
    for name, more in growth.items():
        for place, x, y, keep in zip(more["lines"], more["x"], more["y"], more["keep"], strict=True):
            old_x, old_y = drawn[name][place]
            longer = ([*old_x, *x], [*old_y, *y])
            drawn[name][place] = (longer[0][-keep:], longer[1][-keep:]) if keep else longer
    return drawn


@pytest.mark.parametrize("cut", [0, 1, 19, 20, 21, 39])
def test_growing_a_chart_gives_the_same_lines_as_drawing_it_anew(cut: int) -> None:
    losses = falling(1, 0.1, 40)
    before = made_run(losses[:cut], EXAMS)
    after = made_run(losses, EXAMS)
    grown = extended(charts.training(before, "en"), charts.growth(after, curves.seen_of(before)))
    anew = {name: lines(figure) for name, figure in charts.training(after, "en").items()}
    assert grown == anew


def knowing(run: Run) -> Run:
    """The run as one of facts, of which each test asked 30 as they were taught."""
    tests = tuple(replace(test, recalled=test.correct, taught=30) for test in run.progress.evaluations)
    return replace(run, progress=replace(run.progress, evaluations=tests))


def test_facts_have_a_line_for_what_is_known_as_taught_and_other_names() -> None:
    figure = charts.training(knowing(made_run(falling(1, 0.1, 40), EXAMS)), "zh")["accuracy"]
    assert lines(figure)[4] == ([20, 40], [pytest.approx(1 / 3, abs=1e-5), 1.0])
    assert [trace.name for trace in figure.data if trace.showlegend][1:] == ["换个问法", "留下的", "学过的问法"]


@pytest.mark.parametrize("cut", [20, 21, 39])
def test_the_lines_of_facts_grow_as_they_are_drawn(cut: int) -> None:
    losses = falling(1, 0.1, 40)
    before, after = (knowing(made_run(losses[:end], EXAMS)) for end in (cut, 40))
    assert curves.still_valid(after, curves.seen_of(before))
    grown = extended(charts.training(before, "zh"), charts.growth(after, curves.seen_of(before)))
    assert grown == {name: lines(figure) for name, figure in charts.training(after, "zh").items()}


def test_the_first_test_of_facts_draws_the_charts_anew_under_their_names() -> None:
    losses = falling(1, 0.1, 40)
    assert not curves.still_valid(knowing(made_run(losses[:20], EXAMS)), curves.seen_of(made_run(losses[:19])))


def test_a_page_that_is_up_to_date_is_sent_nothing() -> None:
    run = made_run(falling(1, 0.1, 40), EXAMS)
    assert charts.growth(run, curves.seen_of(run)) == {}


def test_a_resume_that_took_steps_back_is_noticed() -> None:
    first = [started(), *(step(number, 1.0) for number in range(1, 31)), Saved(step=20)]
    base = made_run([1.0])
    before = replace(base, progress=fold(first))
    back = replace(base, progress=fold([*first, started(step=20)]))
    over = replace(base, progress=fold([*first, started(step=20), *(step(n, 1.0, 5000.0 + n) for n in range(21, 41))]))
    seen = curves.seen_of(before)
    assert curves.still_valid(before, seen)
    assert not curves.still_valid(back, seen)
    assert not curves.still_valid(over, seen)


def test_a_queued_run_that_begins_gets_its_axis() -> None:
    queued = curves.seen_of(made_run(status="queued"))
    assert not curves.still_valid(made_run([1.0]), queued)


def test_numbers_that_are_none_become_gaps() -> None:
    run = made_run([1.0, math.nan, math.inf, 0.5], [(2, math.nan, 1, 4), (4, 0.5, 0, 0)])
    figures = charts.training(run, "en")
    assert lines(figures["loss"])[0][1] == [1.0, None, None, 0.5]
    assert lines(figures["accuracy"])[2][1] == [0.25, None]
    json.dumps(charts.growth(run, Seen()), allow_nan=False)


def test_a_long_run_is_thinned_and_its_spike_stays() -> None:
    losses = [1.0] * 50_000
    losses[31_234] = 9.0
    raw = lines(charts.training(made_run(losses, total=50_000), "en")["loss"])[0]
    assert len(raw[0]) <= curves.MOST_POINTS
    assert raw[0][0] == 1 and raw[0][-1] == 50_000
    assert raw[1][raw[0].index(31_235)] == 9.0


@given(st.lists(st.one_of(st.none(), st.floats(-10, 10)), max_size=400), st.integers(10, 60))
def test_thinning_keeps_order_ends_and_extremes(values: list[float | None], most: int) -> None:
    x, y = curves.thin(list(range(len(values))), values, most)
    assert len(x) <= max(most, 0) and x == sorted(set(x))
    assert all(values[int(place)] == value for place, value in zip(x, y, strict=True))
    numbers = [value for value in values if value is not None]
    if numbers:
        kept = [value for value in y if value is not None]
        assert (min(kept), max(kept)) == (min(numbers), max(numbers))
        assert x[0] == 0 and x[-1] == len(values) - 1


PAYLOAD = '<img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>'


def test_labels_and_names_never_become_html() -> None:
    matrix = charts.confusion([PAYLOAD, "好评"], [[1, 2], [3, 4]], "en")
    overlaid = charts.overlays([(PAYLOAD, made_run(falling(1, 0.1, 40), EXAMS))], "en")
    for figure in (matrix, *overlaid.values()):
        assert "<img" not in all_words(figure) and "<a href" not in all_words(figure)
        assert "&lt;img" in all_words(figure)


def test_two_long_labels_that_begin_alike_stay_two_rows() -> None:
    labels = ["一个非常非常非常非常非常长的类别甲", "一个非常非常非常非常非常长的类别乙"]
    figure = charts.confusion(labels, [[3, 1], [0, 2]], "zh")
    assert list(figure.data[0].x) == [0, 1] and [list(row) for row in figure.data[0].text] == [[3, 1], [0, 2]]
    assert list(figure.data[0].customdata[0][1]) == labels


def test_a_class_without_rows_is_no_division_by_nothing() -> None:
    assert list(charts.confusion(["a", "b"], [[0, 0], [1, 1]], "en").data[0].z[0]) == [0, 0]


def asking_learned(run: Run) -> Run:
    """The run as one that asked 20 of the rows it learns at each test."""
    tests = tuple(replace(test, trained_correct=test.step // 2, trained_count=20) for test in run.progress.evaluations)
    return replace(run, progress=replace(run.progress, evaluations=tests))


def test_what_is_learned_has_its_line_beside_what_is_not() -> None:
    figure = charts.training(asking_learned(made_run(falling(1, 0.1, 40), EXAMS)), "zh")["accuracy"]
    assert lines(figure)[4] == ([20, 40], [0.5, 1.0])
    assert [trace.name for trace in figure.data if trace.showlegend][1:] == ["没学过的", "留下的", "学过的"]


def test_a_run_of_before_that_never_asked_what_it_learned_has_no_such_line_in_its_legend() -> None:
    figure = charts.training(made_run(falling(1, 0.1, 40), EXAMS, "finished"), "en")["accuracy"]
    assert "Rows it learns" not in [trace.name for trace in figure.data if trace.showlegend]


def test_several_runs_are_overlaid_by_name_each_in_its_colour() -> None:
    runs = [(name, asking_learned(made_run(falling(1, 0.1, 40), EXAMS))) for name in ("一", "二")]
    figures = charts.overlays(runs, "en")
    assert list(figures) == ["loss", "accuracy"]
    for figure in figures.values():
        assert [trace.name for trace in figure.data if trace.showlegend] == ["一", "二"]
        assert [trace.line.color for trace in figure.data] == [charts.TEA] * 2 + [charts.EMBER] * 2
    unseen, learned, *_ = lines(figures["accuracy"])
    assert (unseen[1], learned[1]) == ([0.25, 0.75], [0.5, 1.0])


def test_an_evaluation_done_twice_at_a_step_counts_once() -> None:
    events = [started(), step(1, 1.0), evaluated((1, 1.0, 1, 4)), evaluated((1, 1.0, 2, 4))]
    run = replace(made_run([1.0]), progress=fold(events))
    assert lines(charts.training(run, "en")["accuracy"])[2] == ([1], [0.5])


def test_facts_that_no_other_words_ask_for_show_no_line_of_other_words() -> None:
    tests = [Evaluated(step=n, epoch=n, loss=0.5, correct=0, count=0, recalled=n, taught=4) for n in (2, 4)]
    run = replace(made_run([1.0] * 4), progress=fold([started(), *(step(n, 1.0) for n in range(1, 5)), *tests]))
    figures = charts.training(run, "en")
    assert lines(figures["loss"])[2] == ([2, 4], [None, None])
    low, high, asked_otherwise, best, recall = lines(figures["accuracy"])
    assert low[1] == high[1] == asked_otherwise[1] == [None, None]
    assert recall == ([2, 4], [0.5, 1.0]) and best == ([4], [1.0])
