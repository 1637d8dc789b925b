"""The four lines of the report card: a report in; lights, sentences and steps out, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from studio.card_lines import Line, card_lines, lights
from studio.config import Task
from studio.evaluation.lights import BOUNDS, colour
from studio.evaluation.measures import MEASURES
from studio.evaluation.report import Measured, Report
from studio.words import LANGS, Lang
from tests.made import made_report, made_run

RUN = made_run([2.0, 1.0], [(1, 1.0, 20, 40), (2, 0.5, 38, 40)], "finished")
PARTS = ["learned", "kept", "honest", "manner"]


def report(task: Task = "chat", labels: tuple[str, ...] = (), **found: tuple[int, int]) -> Report:
    """A report in which these measures found so many of so many."""
    details = {"before_invented": 7, "asked": 100}
    further = {name: Measured(*shares, details=details) for name, shares in found.items()}
    return replace(made_report(), task=task, labels=labels, further=further)


def line(part: str, made: Report, lang: Lang = "zh") -> Line:
    return next(one for one in card_lines(RUN, made, lang) if one.part == part)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("task", ["chat", "classify", "prefer"])
@pytest.mark.parametrize("share", [0, 5, 70, 85, 100])
def test_a_card_is_always_four_lines_in_whole_sentences(share: int, task: Task, lang: Lang) -> None:
    measures = [{}, *({name: (share, 100)} for name in BOUNDS), {name: (share // 20, 5) for name in BOUNDS}]
    for found in measures:
        made = report(task, ("上墙", "回电"), **found)
        lines = card_lines(RUN, made, lang)
        assert [one.part for one in lines] == PARTS
        for one in lines:
            assert one.title and one.lamp.name and re.search(r"[。.]$", one.lamp.why), one
            assert not re.search(r"[{}]|\d\.\d{3}", "".join((one.lamp.why, one.lamp.action)))
            assert one.score or one.part == "learned" or one.lamp.colour == "grey"
            assert bool(one.lamp.action) or one.part == "learned" or one.lamp.colour in ("green", "grey")
        assert lights(RUN, made) == {one.part: one.lamp.colour for one in lines}


@pytest.mark.parametrize(
    ("name", "found", "wanted"),
    [
        ("kept", (95, 100), "green"), ("kept", (94, 100), "amber"), ("kept", (79, 100), "red"),
        ("kept", (9, 9), "grey"),
        ("unknown", (24, 30), "green"), ("unknown", (15, 30), "amber"), ("unknown", (14, 30), "red"),
        ("strangers", (24, 30), "green"), ("strangers", (0, 30), "amber"), ("format", (99, 100), "green"),
        ("consistency", (99, 100), "grey"),
    ],
)  # fmt: skip
def test_a_share_has_one_light(name: str, found: tuple[int, int], wanted: str) -> None:
    assert colour(name, Measured(*found)) == wanted


def test_what_is_made_up_is_counted_beside_what_the_base_made_up() -> None:
    found = line("honest", report(unknown=(14, 30)))
    assert found.lamp.why == "问了 30 件没人教过的事，编了 16 件；学之前编 7 件。"
    assert found.score and found.score.percent == "47%" and "20 条" in found.lamp.action


def test_a_manner_is_as_good_as_its_worst_part() -> None:
    found = line("manner", report(length=(30, 30), tone=(20, 30), terms=(29, 30)))
    assert (found.lamp.colour, found.score and found.score.percent) == ("amber", "67%")
    assert "口气" in found.lamp.why and "20 处" in found.lamp.why


def test_a_line_without_a_figure_says_why() -> None:
    assert "一道也不会" in line("kept", report(kept=(0, 0))).lamp.why
    assert "“其他”这一类" in line("honest", report("classify", ("好评", "其他"))).lamp.why
    assert line("manner", report("classify", ("好评",))).lamp.why == "它只归类，不说话。"
    assert "100 段" not in line("honest", report("classify", ("好评",))).lamp.why
    assert line("kept", report()).score is None


def test_of_labels_strangers_stand_where_of_answers_inventions_do() -> None:
    found = line("honest", report("classify", ("好评",), strangers=(10, 30)), "en")
    assert found.lamp.why == "Of 30 texts that belong to no class, it was as sure of 20 as it is of its own."
    assert found.lamp.colour == "amber" and "other" in found.lamp.action


def test_every_measure_beside_what_was_learned_has_a_light() -> None:
    parts: dict[str, Any] = {name: one.part for name, one in MEASURES.items()}
    assert {name for name, part in parts.items() if part in PARTS[1:]} == set(BOUNDS)
