"""The examples that come with the studio, and public sets in the shapes of other tools: read without a hint."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from studio.data.datastore import DataStore
from studio.data.intake import identity
from studio.data.intake.samples import SAMPLES
from studio.data.store.split import normalise
from tests.data.conftest import SHARED

FILES = {sample.id: sample.path for sample in SAMPLES if sample.path}


def rows(store: DataStore, path: Path) -> list[tuple[str, str]]:
    return [(row.text, row.target) for row in store.rows(store.add(path).id, limit=10_000)[0]]


def test_every_example_is_there_and_imports_without_a_hint_or_a_repair(store: DataStore) -> None:
    assert FILES.keys() == {"reviews", "shop"}
    for sample in SAMPLES:
        if sample.path:
            dataset = store.add(sample.path)
            assert dataset.task == sample.task
            assert (dataset.report.repaired, dataset.report.dropped, dataset.report.unlabelled) == ((), (), 0)
            store.freeze(dataset.id)
            assert store.splits(dataset.id).warnings == ()


def test_the_reviews_are_many_different_and_of_three_kinds(store: DataStore) -> None:
    reviews = rows(store, FILES["reviews"])
    assert len(reviews) >= 300
    assert len({normalise(text) for text, _ in reviews}) == len(reviews)
    shares = {label: count / len(reviews) for label, count in Counter(label for _, label in reviews).items()}
    assert shares == pytest.approx({"上墙": 0.45, "回电": 0.35, "存档": 0.2}, abs=0.03)
    assert sum(text.isascii() for text, _ in reviews) >= 20


def test_a_simple_baseline_learns_the_reviews_but_not_by_heart(store: DataStore) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from threadpoolctl import threadpool_limits

    texts, labels = zip(*rows(store, FILES["reviews"]), strict=True)
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10, max_iter=1000)
    )
    with threadpool_limits(1):  # more threads than cores only wait for each other
        assert 0.75 <= cross_val_score(model, texts, labels, cv=3).mean() <= 0.92


def test_every_answer_of_the_shop_is_short_and_asked_for_in_several_ways(store: DataStore) -> None:
    asked = defaultdict(set)
    for question, answer in rows(store, FILES["shop"]):
        asked[answer].add(normalise(question))
    assert sum(map(len, asked.values())) >= 100
    assert min(map(len, asked.values())) >= 2
    assert max(map(len, asked)) <= 40
    assert any("20%糖浆" in answer for answer in asked) and any("煮15分钟" in answer for answer in asked)


def test_the_wizard_asks_each_thing_about_the_assistant_in_several_ways(store: DataStore) -> None:
    pairs = identity.pairs(" 小甜 ", "甜滋滋奶茶")
    assert len(pairs) >= 60
    assert len({normalise(question) for question, _ in pairs}) == len(pairs)
    assert min(Counter(answer for _, answer in pairs).values()) >= 4
    assert all("小甜" in answer or "甜滋滋奶茶" in answer for _, answer in pairs)
    dataset = store.add_rows("我是谁", "chat", pairs)
    assert dataset.report.placeholders == ()
    splits = store.splits(dataset.id, store.freeze(dataset.id))
    assert {example.target for example in splits.test} <= {example.target for example in splits.train}


def test_braces_in_a_name_are_only_braces() -> None:
    assert identity.fill([("{{name}}?", "{{author}}")], "{0}", "a{b}") == [("{0}?", "a{b}")]


@pytest.mark.parametrize(
    ("name", "task", "count"),
    [
        ("waimai_reviews.csv", "classify", 4000),
        ("identity.json", "chat", 91),
        ("alpaca_zh_demo.json", "chat", 1000),
        ("dpo_zh_demo.json", "prefer", 150),
    ],
)
def test_public_sets_in_the_shapes_of_other_tools_import_without_a_hint(
    store: DataStore, name: str, task: str, count: int
) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not part of the project; it lies in ../shared/data where it was downloaded")
    dataset = store.add(SHARED / name)
    assert (dataset.task, dataset.report.rows, dataset.report.unlabelled) == (task, count, 0)
    assert dataset.report.dropped == ()
    if name == "waimai_reviews.csv":
        assert dict(dataset.report.labels) == {"0": 2680, "1": 1320}
    if name == "identity.json":
        assert store.fill(dataset.id, "小甜", "甜滋滋") == 85
        assert store.get(dataset.id).report.placeholders == ()
