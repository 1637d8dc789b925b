"""Suggestions: learned from labelled rows, kept beside the others, gone when their row changes, never a label."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from studio.data.datastore import DataStore
from studio.data.labelling import suggest
from studio.data.labelling.suggest import Suggestion, enough, lesson
from studio.errors import StudioError
from studio.suggesting import Suggesting

TASTES = (("很好喝，还会再来", "好评"), ("太难喝了，不来了", "差评"))


def rows(labelled: int, unlabelled: int) -> list[tuple[str, str]]:
    """So many rows of each taste."""
    told = [(f"{text}{n}", label) for n in range(labelled) for text, label in TASTES]
    return told + [(f"{text}！{n}", "") for n in range(unlabelled) for text, _ in TASTES]


def fixed(label: str, confidence: float) -> suggest.Guess:
    return lambda texts: [Suggestion(label, confidence) for _ in texts]


def waiting(store: DataStore, dataset: str) -> dict[int, str]:
    found = {}
    for number in range(1, store.progress(dataset)[1] + 1):
        said = store.labelling.desk(dataset).card(number).suggestion
        if said:
            found[number] = said.label
    return found


@pytest.mark.parametrize("pairs", [[], rows(4, 0), [("好", "好评")] * 30])
def test_too_few_rows_of_a_label_are_nothing_to_learn_from(pairs: list[tuple[str, str]]) -> None:
    assert not enough(pairs) and enough(rows(5, 0))


def test_it_learns_anew_with_every_half_as_many_more_labels() -> None:
    names = [lesson(labelled) for labelled in range(100)]
    assert names[9] == ""
    assert sorted({name for name in names if name}, key=names.index) == [f"words-{n}" for n in (10, 15, 22, 33, 49, 73)]


def test_a_suggestion_is_gone_with_the_text_it_was_made_for(store: DataStore) -> None:
    dataset = store.add_rows("评价", "classify", rows(5, 2)).id
    store.labelling.suggest(dataset, "words-10", fixed("好评", 0.9), 0, 50)
    assert waiting(store, dataset) == dict.fromkeys(range(11, 15), "好评")
    store.edit(dataset, 11, text="别的话")
    store.edit(dataset, 12, target="差评")
    store.remove(dataset, 14)
    assert store.labelling.count_above(dataset, 0.5) == 1
    store.undo(dataset)
    store.undo(dataset)
    assert store.labelling.count_above(dataset, 0.5) == 2  # the label was taken back: what was suggested counts again


def test_a_suggestion_that_comes_late_does_not_stick_to_what_changed_meanwhile(store: DataStore) -> None:
    dataset = store.add_rows("评价", "classify", rows(5, 2)).id

    def slow(texts: Sequence[str]) -> list[Suggestion]:
        store.edit(dataset, 11, text="别的话")
        store.edit(dataset, 12, target="差评")
        return [Suggestion("好评", 0.9) for _ in texts]

    store.labelling.suggest(dataset, "words-10", slow, 0, 50)
    assert waiting(store, dataset) == {13: "好评", 14: "好评"}


def test_a_label_that_no_longer_exists_is_not_suggested(store: DataStore) -> None:
    dataset = store.add_rows("评价", "classify", rows(5, 2)).id
    store.labelling.suggest(dataset, "run-1", fixed("旧名字", 0.9), 0, 50)
    assert waiting(store, dataset) == {}
    assert store.labelling.accept_above(dataset, 0.1) == 0


def test_suggestions_are_never_frozen_into_a_version(store: DataStore) -> None:
    dataset = store.add_rows("评价", "classify", rows(10, 5)).id
    store.labelling.suggest(dataset, "words-10", fixed("好评", 0.9), 0, 50)
    splits = store.splits(dataset, store.freeze(dataset))
    assert len(splits.train) + len(splits.validation) + len(splits.test) == 20


def test_the_newest_run_is_asked_before_the_baseline(store: DataStore) -> None:
    dataset = store.add_rows("评价", "classify", rows(6, 3)).id
    asked: list[str] = []

    def classify(run: str, texts: Sequence[str]) -> list[Suggestion]:
        asked.extend(texts)
        return [Suggestion("差评", 0.7) for _ in texts]

    run: list[str] = []
    suggesting = Suggesting(store, lambda _: run[0] if run else None, classify)
    suggesting.ask(dataset)
    suggesting.wait()
    assert (store.labelling.source(dataset), asked) == ("words-10", [])
    run.append("run-1")
    for _ in range(2):  # the second time there is nothing left to ask
        suggesting.ask(dataset)
        suggesting.wait()
    assert (store.labelling.source(dataset), len(asked)) == ("run-1", 6)


def test_a_device_that_is_taken_and_a_dataset_that_is_gone_harm_nobody(store: DataStore) -> None:
    dataset = store.add_rows("评价", "classify", rows(6, 3)).id

    def busy(run: str, texts: Sequence[str]) -> list[Suggestion]:
        raise StudioError("workspace.busy")

    suggesting = Suggesting(store, lambda _: "run-1", busy)
    for wanted in (dataset, "data-20260101-000000-dead"):
        suggesting.ask(wanted)
    suggesting.wait()
    assert store.labelling.source(dataset) == ""
    suggesting.close()
    suggesting.ask(dataset)  # after the end: nothing begins anew
    assert store.labelling.source(dataset) == ""
