"""Each number of a plan has its reason, in both languages, and the reason is of that plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.config import RunConfig
from studio.methods import METHODS, only_for
from studio.plan import COURSES, paced, settings
from studio.reasons import Grounds, reasons
from studio.studio import Studio
from studio.tasks import Lesson
from tests.fakes import FakeEngine
from tests.test_plan import SIZES, card, counts

TASKS = {"labels": "classify", "preference": "prefer"}


def grounds(lesson: Lesson, rows: int = 300, size: str = "starter", method: str = "lora", **changes: Any) -> Grounds:
    of = counts(rows), card(SIZES[size])
    computed = paced(settings(lesson, *of, "balanced", rows if lesson == "facts" else 0), method)
    base = {"task": TASKS.get(lesson, "chat"), "dataset": "d", "dataset_version": 1, "method": method}
    own = {name: value for name, value in computed.items() if not only_for(name) or method in only_for(name)}
    config = RunConfig.of({**base, **own, **changes})
    return Grounds(config, "balanced", lesson, *of, rows, rows if lesson == "facts" else 0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lesson", COURSES)
def test_every_number_that_is_not_nothing_has_a_reason(lesson: Lesson, size: str) -> None:
    found = grounds(lesson, size=size)
    decided = settings(lesson, found.counts, found.card, "balanced", found.facts)
    assert {name for name, value in decided.items() if value} <= reasons(found).keys()


@pytest.mark.parametrize("method", METHODS)
def test_a_method_gives_reasons_of_its_own_settings_only(method: str) -> None:
    said = reasons(grounds("manner", method=method))
    assert ("rank" in said) == (method in only_for("rank"))
    assert (METHODS[method].title in said["learning_rate"]["zh"]) == (METHODS[method].rate != 1.0)


def test_what_a_person_decided_is_said_to_be_theirs() -> None:
    assert reasons(grounds("labels", epochs=3))["epochs"]["en"] == "You decided this number yourself."


def test_passes_tell_why_there_are_so_many() -> None:
    said = [reasons(one)["epochs"]["en"] for one in (
        grounds("facts"), grounds("manner", 9), grounds("manner", 300), grounds("manner", 50_000)
    )]  # fmt: skip
    assert ["300 things" in said[0], "only 9 rows" in said[1], "steps" in said[2], "once" in said[3]] == [True] * 4


def test_a_plan_of_real_rows_tells_its_reasons(tmp_path: Path) -> None:
    rows = [(f"第{n}次来，{taste}", label) for n in range(30) for taste, label in (("好喝", "好评"), ("难喝", "差评"))]
    with Studio(FakeEngine(), tmp_path) as studio:
        planned = studio.plan(studio.data.add_rows("评价", "classify", rows).id, changes={"patience": 2})
    assert planned.reasons["patience"]["zh"] == "这个数是你自己定的。"
    assert f"{planned.config.batch_size}" in planned.reasons["batch_size"]["zh"]


def test_rare_classes_count_more_where_they_are_rare_and_it_is_said_how_rare(tmp_path: Path) -> None:
    rows = [(f"第{n}杯很好喝", "好评") for n in range(60)] + [(f"第{n}杯太难喝", "差评") for n in range(6)]
    with Studio(FakeEngine(), tmp_path) as studio:
        dataset = studio.data.add_rows("评价", "classify", rows).id
        planned = studio.plan(dataset)
        even = studio.plan(dataset, changes={"class_weights": 0.0})
    assert planned.config.class_weights == 0.5 and "倍" in planned.reasons["class_weights"]["zh"]
    assert even.config.class_weights == 0.0 and even.reasons["class_weights"]["zh"] == "这个数是你自己定的。"
