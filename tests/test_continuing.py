"""A run that goes on from an earlier one: what it learns, what tests it, and what it keeps when that one goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.contract import BEFORE
from studio.data.schema import Example, Splits
from studio.errors import StudioError
from studio.lessons import read
from studio.studio import Studio
from tests.fakes import FakeEngine
from tests.studios import REVIEWS

MANY = [(f"{taste}，第{n}回来", label) for n in range(60) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))]
NEW = [(f"珍珠有点硬，第{n}杯", "差评") for n in range(10)]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def learned(studio: Studio, dataset: str, **changes: Any) -> str:
    return studio.train(studio.plan(dataset, changes={"epochs": 1, **changes}).config).id


def texts(rows: Any) -> set[str]:
    return {row.text for row in rows}


def refused(studio: Studio, dataset: str, **changes: Any) -> str:
    with pytest.raises(StudioError) as caught:
        studio.plan(dataset, changes=changes)
    assert "{" not in caught.value.say("zh") + caught.value.say("en")
    return caught.value.key


def test_new_rows_are_learned_beside_some_old_ones_and_nothing_learned_tests(studio: Studio) -> None:
    dataset = studio.data.add_rows("评价", "classify", MANY).id
    first = learned(studio, dataset)
    for text, label in NEW:
        studio.data.insert(dataset, text, label)
    plan = studio.plan(dataset, changes={"continues": first, "epochs": 1})
    run = studio.train(plan.config).id
    before, after = studio.lessons(first), studio.lessons(run)
    new = texts(NEW_ROWS for NEW_ROWS in after.lessons) & {text for text, _ in NEW}
    assert new == {row.text for row in after.train if row.text in {text for text, _ in NEW}} and new
    assert len(after.lessons) == len(new) + 64 == plan.rows and plan.known == len(after.known)
    assert texts(after.lessons) - new <= texts(before.train)
    assert texts(before.test) <= texts(after.test) and not texts(after.test) & texts(before.train)
    assert "接着上次学" in plan.sentence["zh"]
    assert studio.classify(run, ["珍珠有点硬，第3杯"])[0].answer == "差评"
    assert studio.classify(run, ["很好喝，第7回来"])[0].answer == "好评"  # of what it began with


def test_with_the_run_that_it_went_on_from_nothing_of_it_goes(studio: Studio) -> None:
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    first = learned(studio, dataset)
    studio.data.insert(dataset, *NEW[0])
    second = learned(studio, dataset, continues=first)
    studio.data.insert(dataset, *NEW[1])
    third = learned(studio, dataset, continues=second)
    card = studio.evaluate(third)
    for run in (first, second):
        studio.delete(run)
    studio.delete_data(dataset)
    assert (studio.workspace.run_dir(third) / BEFORE / "knowledge.json").is_file()
    assert studio.evaluate(third) == card
    kept = read(studio.workspace.run_dir(third))
    assert kept and [(one["run"], one["version"]) for one in kept.chain] == [(first, 1), (second, 2)]
    assert studio.classify(third, [NEW[0][0]])[0].answer == "差评"


def test_a_run_goes_on_with_the_way_of_learning_that_it_has(studio: Studio) -> None:
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    first = learned(studio, dataset, rank=4, alpha=8, method="qlora")
    config = studio.plan(dataset, changes={"continues": first}).config
    assert (config.rank, config.alpha, config.method) == (4, 8, "qlora")
    assert studio.plan(dataset, changes={"continues": first, "dropout": 0.1}).config.dropout == 0.1
    assert refused(studio, dataset, continues=first, rank=8) == "run.continues_otherwise"
    assert refused(studio, dataset, continues=first, method="lora") == "run.continues_otherwise"
    assert refused(studio, dataset, continues=first, folds=5) == "run.continues_a_fold"
    assert refused(studio, dataset, continues="run-20260101-000000-0000") == "run.parent_gone"
    other = studio.data.add_rows("别的", "classify", REVIEWS).id
    assert refused(studio, other, continues=first) == "run.continues_other_data"
    pointed = learned(studio, dataset, method="ptuning")
    assert refused(studio, dataset, continues=pointed) == "run.cannot_be_continued"


def test_a_changed_label_is_learned_and_what_was_taught_in_an_older_version_tests_no_more() -> None:
    from studio.config import RunConfig
    from studio.continuing import Before, lessons

    config = RunConfig(task="classify", dataset="d", dataset_version=1)
    old = [Example(n, f"第{n}条", "好") for n in range(1, 201)]
    before = Before("r", config, Splits("d", 1, "classify", ("好",), old[:190], (), old[190:]))
    changed = [Example(1, "第1条", "坏"), *old[1:180]]
    found = lessons(Splits("d", 2, "classify", ("坏", "好"), changed, old[180:190], old[190:]), before, config)
    assert found.lessons[0].target == "坏" and len(found.lessons) == 1 + 64
    assert found.labels == ("好", "坏")  # those that were there stay where they were
    assert found.validation == [] and texts(found.test) == texts(old[190:])
    assert len(found.train) == 190  # what tested in this version had been learned: it counts as known


def test_of_facts_all_are_learned_again_and_without_anything_new_so_is_everything() -> None:
    from studio.config import RunConfig
    from studio.continuing import Before, lessons

    rows = [Example(n, f"问{n}", f"答{n}") for n in range(1, 301)]
    config = RunConfig(task="chat", dataset="d", dataset_version=1)
    facts = Splits("d", 1, "chat", (), rows[:299], lesson="facts")
    grown = Splits("d", 2, "chat", (), rows, lesson="facts")
    assert lessons(grown, Before("r", config, facts), config).known == ()
    manner = Splits("d", 1, "chat", (), rows)
    assert lessons(manner, Before("r", config, manner), config).known == ()
