"""Two people: who gets which row, what follows from two opinions, and how well they agree."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from studio.data.datastore import DataStore
from studio.data.labelling.agreement import agreement
from studio.errors import StudioError
from tests.data.conftest import refusal

NAMES = ("小王", "小李")


def shared_dataset(store: DataStore, rows: int, share: int = 20, labelled: int = 0) -> str:
    texts = [(f"第{n}条", "好评" if n < labelled else "") for n in range(rows)]
    dataset = store.add_rows("留言", "classify", texts).id
    store.declare_labels(dataset, ["好评", "差评"])
    store.labelling.invite(dataset, NAMES, share)
    return dataset


def all_of(store: DataStore, dataset: str, who: str) -> list[int]:
    """The rows that wait for `who`, in their order, without labelling one."""
    desk, found, at = store.labelling.desk(dataset, who), [], 0
    while (number := desk.waiting(at)) is not None and number > at:
        found.append(number)
        at = number
    return found


def put(store: DataStore, dataset: str, who: str, number: int, label: str) -> None:
    desk = store.labelling.desk(dataset, who)
    desk.put(number, label, desk.card(number).revision)


@pytest.mark.parametrize("share", [1, 20, 50, 100])
def test_the_share_is_everybodys_and_the_rest_is_divided(store: DataStore, share: int) -> None:
    dataset = shared_dataset(store, 1000, share)
    first, second = (set(all_of(store, dataset, who)) for who in NAMES)
    assert first | second == set(range(1, 1001))
    assert abs(len(first & second) - 10 * share) <= 5
    assert abs(len(first) - len(second)) <= 15
    pair = store.labelling.pair(dataset)
    assert pair is not None
    assert first & second == {number for number in range(1, 1001) if pair.is_shared(number)}


def test_everybody_moves_among_their_own_rows_only(store: DataStore) -> None:
    dataset = shared_dataset(store, 100)
    for who in NAMES:
        mine, desk = all_of(store, dataset, who), store.labelling.desk(dataset, who)
        assert [desk.beside(number, 1) for number in mine] == [*mine[1:], mine[-1]]
        assert [desk.beside(number, -1) for number in mine] == [mine[0], *mine[:-1]]
        assert {desk.nearest(number) for number in range(1, 101)} == set(mine)


def test_two_equal_opinions_are_a_label_and_two_different_ones_are_none(store: DataStore) -> None:
    dataset = shared_dataset(store, 5, share=100)
    put(store, dataset, "小王", 1, "好评")
    assert store.row(dataset, 1).target == "好评"
    put(store, dataset, "小李", 1, "好评")
    assert store.row(dataset, 1).target == "好评"
    put(store, dataset, "小李", 1, "差评")
    assert store.row(dataset, 1).target == ""
    judge = store.labelling.desk(dataset, order="disputes")
    assert (judge.waiting(0), judge.card(1).votes) == (1, {"小王": "好评", "小李": "差评"})
    judge.put(1, "差评", 0)
    assert (judge.waiting(0), store.row(dataset, 1).target) == (None, "差评")


def test_undo_takes_back_ones_own_last_opinion_and_nobody_elses(store: DataStore) -> None:
    dataset = shared_dataset(store, 5, share=100)
    put(store, dataset, "小王", 1, "好评")
    put(store, dataset, "小王", 2, "好评")
    put(store, dataset, "小李", 3, "差评")
    desk = store.labelling.desk(dataset, "小王")
    for number in (2, 1):
        last = desk.card(number).last
        assert desk.undo(last) == number
        assert desk.undo(last) == number  # sent again: done already
    assert desk.undo(desk.card(1).last) is None
    assert [store.row(dataset, number).target for number in (1, 2, 3)] == ["", "", "差评"]


def test_what_was_labelled_before_counts_as_the_firsts_and_comes_back_with_undo(store: DataStore) -> None:
    dataset = shared_dataset(store, 50, share=20, labelled=50)
    assert all_of(store, dataset, "小王") == []
    to_check = all_of(store, dataset, "小李")
    assert 8 <= len(to_check) <= 12
    put(store, dataset, "小李", to_check[0], "差评")
    assert store.row(dataset, to_check[0]).target == ""
    desk = store.labelling.desk(dataset, "小李")
    assert desk.undo(desk.card(to_check[0]).last) == to_check[0]
    assert store.row(dataset, to_check[0]).target == "好评"
    alone = next(number for number in range(1, 51) if number not in to_check and desk.nearest(number) == number)
    put(store, dataset, "小李", alone, "差评")
    assert desk.undo(desk.card(alone).last) == alone
    assert store.row(dataset, alone).target == "好评"


def test_two_tabs_of_one_person_do_not_overwrite_each_other(store: DataStore) -> None:
    dataset = shared_dataset(store, 5, share=100)
    here, there = store.labelling.desk(dataset, "小王"), store.labelling.desk(dataset, "小王")
    there.put(1, "差评", 0)
    assert refusal(lambda: here.put(1, "好评", 0)) == "data.row_changed_elsewhere"
    here.put(1, "差评", 0)  # the same once more is no change
    assert here.card(1).revision == 1


def test_progress_counts_ones_own_rows(store: DataStore) -> None:
    dataset = shared_dataset(store, 100)
    for who in NAMES:
        for number in all_of(store, dataset, who)[:30]:
            put(store, dataset, who, number, "好评")
    team = store.labelling.team(dataset)
    assert team is not None
    assert [done for done, _ in team.progress] == [30, 30]
    assert sum(total for _, total in team.progress) == 100 + sum(map(team.pair.is_shared, range(1, 101)))


def test_a_stranger_is_asked_for_a_name(store: DataStore) -> None:
    dataset = shared_dataset(store, 5)
    assert refusal(lambda: store.labelling.desk(dataset, "小赵")) == "label.not_invited"


def test_one_person_again_keeps_all_and_the_same_two_go_on(store: DataStore) -> None:
    dataset = shared_dataset(store, 5, share=100)
    put(store, dataset, "小王", 1, "好评")
    store.labelling.dismiss(dataset)
    assert (store.labelling.team(dataset), store.progress(dataset)) == (None, (1, 5))
    store.labelling.invite(dataset, NAMES, 100)
    assert all_of(store, dataset, "小王") == [2, 3, 4, 5]
    assert all_of(store, dataset, "小李") == [1, 2, 3, 4, 5]


def test_a_deleted_row_is_nobodys_disagreement(store: DataStore) -> None:
    dataset = shared_dataset(store, 5, share=100)
    put(store, dataset, "小王", 1, "好评")
    put(store, dataset, "小李", 1, "差评")
    store.remove(dataset, 1)
    team = store.labelling.team(dataset)
    assert team is not None
    assert (team.disputed, team.progress) == (0, ((0, 4), (0, 4)))


def drawn(rows: int, agree: float, seed: int, labels: str = "abc") -> list[tuple[str, str]]:
    draw = random.Random(seed)
    firsts = draw.choices(labels, weights=range(1, len(labels) + 1), k=rows)
    return [(one, one if draw.random() < agree else draw.choice(labels)) for one in firsts]


@pytest.mark.parametrize("agree", [0.0, 0.3, 0.6, 0.9, 1.0])
def test_kappa_is_that_of_scikit_learn(agree: float) -> None:
    for seed in range(20):
        pairs = drawn(60, agree, seed)
        found = agreement(pairs)
        assert found is not None
        assert found.kappa == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))
        assert found.low - 1e-9 <= found.kappa <= found.high + 1e-9


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    truth = agreement(drawn(200_000, 0.6, 0))
    found = [agreement(drawn(80, 0.6, seed)) for seed in range(1, 401)]
    assert truth is not None
    held = np.mean([one is not None and one.low <= truth.kappa <= one.high for one in found])
    assert 0.92 <= held <= 0.99


@pytest.mark.parametrize(
    ("pairs", "word"),
    [
        ([("a", "b"), ("b", "a")] * 5, "poor"),
        ([("a", "a"), ("b", "b"), ("a", "b"), ("b", "a")] * 5, "poor"),
        ([("a", "a")] * 7 + [("b", "b")] * 7 + [("a", "b")] * 6, "moderate"),
        ([("a", "a")] * 8 + [("b", "b")] * 8 + [("a", "b")] * 4, "substantial"),
        ([("a", "a"), ("b", "b")] * 10, "almost_perfect"),
    ],
)
def test_agreement_is_called_as_landis_and_koch_call_it(pairs: Sequence[tuple[str, str]], word: str) -> None:
    found = agreement(pairs)
    assert found is not None
    assert found.word == word


def test_few_rows_are_never_sure_and_none_are_nothing() -> None:
    assert agreement([]) is None
    same = agreement([("a", "a"), ("b", "b")] * 2)
    assert same is not None
    assert (same.kappa, same.sure) == (1.0, False)
    assert same.low < 0.2
    one_label = agreement([("a", "a")] * 30)
    assert one_label is not None
    assert (one_label.kappa, one_label.low) == (1.0, 0.0)


def test_names_and_shares_that_are_none_are_refused(store: DataStore) -> None:
    dataset = store.add_rows("留言", "classify", [("好", "")]).id
    assert refusal(lambda: store.labelling.invite(dataset, ["小王", " "])) == "label.two_names"
    assert refusal(lambda: store.labelling.invite(dataset, NAMES, 0)) == "label.bad_share"
    with pytest.raises(StudioError):
        store.labelling.invite("data-20260101-000000-dead", NAMES)
