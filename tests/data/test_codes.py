"""Labels that are codes are asked for, guessed at from their texts, and called otherwise in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data.datastore import DataStore
from studio.data.intake.codes import guesses, is_code, keys, said_by
from studio.errors import StudioError

GLAD = ["很好吃，下次还来", "味道不错，推荐", "送得很快，满意"]
ANGRY = ["太难吃了", "送来都凉了，差评", "一点也不新鲜，不会再买"]
BETWEEN = ["一般般吧", "就那样", "分量还可以，味道普通"]


@pytest.mark.parametrize("label", ["1", "0", "-1", "+1", "2.0", "A", "b", "LABEL_0", "class 3", "类别2", "标签-1"])
def test_a_label_that_says_nothing_by_itself_is_a_code(label: str) -> None:
    assert is_code(label)


@pytest.mark.parametrize("label", ["好评", "good", "5星", "Y", "n", "true", "1234", "2024-01-01", "A型", "OK", ""])
def test_a_label_that_says_something_is_none(label: str) -> None:
    assert not is_code(label)


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        ({"1": GLAD, "0": ANGRY}, {"1": "好评", "0": "差评"}),
        ({"0": GLAD, "1": ANGRY}, {"0": "好评", "1": "差评"}),
        ({"1": GLAD, "0": ANGRY, "2": BETWEEN}, {"1": "好评", "0": "差评", "2": "中评"}),
        ({"2": GLAD, "1": BETWEEN, "0": ANGRY}, {"2": "好评", "1": "中评", "0": "差评"}),
        ({"a": ["Great food, loved it"], "b": ["Not good at all, cold and late"]}, {"a": "good", "b": "bad"}),
        ({"5": GLAD, "4": GLAD, "3": BETWEEN, "2": ANGRY, "1": ANGRY}, {str(n): f"{n}星" for n in range(1, 6)}),
        ({"1": ["发票怎么开"], "0": ["几点开门"]}, {}),  # neither praises: the texts do not tell
        ({"1": GLAD, "0": GLAD}, {}),
        (
            {"5": GLAD, "4": GLAD, "1": ANGRY},
            {"5": "5星", "4": "4星", "1": "1星"},
        ),
        (
            {"1": ["好吃的秘诀", *["央行降息"] * 9], "2": ["差劲的一季", *["主队夺冠"] * 9]},
            {},
        ),
        ({"0": ["Boring", "it broke"], "4": ["love this", "so good"]}, {"4": "good", "0": "bad"}),
        ({"1": GLAD, "差评": ANGRY}, {}),  # words beside codes: `respell` knows
        ({"1": GLAD, "2": ANGRY, "3": ANGRY}, {}),
    ],
)
def test_what_a_code_stands_for_is_told_by_its_texts(texts: dict[str, list[str]], names: dict[str, str]) -> None:
    assert guesses(texts) == names


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("Responsible (0-Operator, 1-AI Agent)", {"0": "Operator", "1": "AI Agent"}),
        ("情感（1好评 0差评）", {"1": "好评", "0": "差评"}),
        ("标签(0:负面;1:中性;2:正面)", {"0": "负面", "1": "中性", "2": "正面"}),
        ("是否好评(1=是,0=否)", {"1": "是", "0": "否"}),
        ("情绪：1为满意，2为不满意", {"1": "满意", "2": "不满意"}),
        ("好评=1，差评=0", {"1": "好评", "0": "差评"}),
        ("评分(1-5)", {}),
        ("label", {}),
        ("2024年3月满意度", {}),
        ("问题1的答案", {}),
    ],
)
def test_a_column_that_names_its_codes_is_believed(column: str, names: dict[str, str]) -> None:
    assert said_by(column) == names


def test_what_a_column_says_goes_before_what_the_texts_tell(store: DataStore, tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    lines = [f"{text},{label}" for label, texts in (("1", GLAD), ("0", ANGRY)) for text in texts]
    path.write_text("\n".join(["评论内容,态度（1老顾客 0新顾客）", *lines]), encoding="utf-8")
    named = store.labelling.names(store.add(path).id)
    assert {one.label: one.guess for one in named} == {"1": "老顾客", "0": "新顾客"}


def test_the_key_of_a_digit_is_that_digit_and_words_take_what_is_left() -> None:
    assert keys(["1", "0", "2"]) == ["1", "0", "2"]
    assert keys(["好评", "差评"]) == ["1", "2"]
    assert keys(["2", "好评", "1"]) == ["2", "3", "1"]
    assert keys([f"类{n}" for n in range(12)])[9:] == ["0", "", ""]


@pytest.fixture
def reviews(store: DataStore, tmp_path: Path) -> str:
    lines = [f"{text},{label}" for label, texts in (("1", GLAD), ("0", ANGRY), ("2", BETWEEN)) for text in texts]
    path = tmp_path / "reviews.csv"
    path.write_text("\n".join(["评论内容,标签", *lines, "还没标的一条,"]), encoding="utf-8")
    return store.add(path).id


def test_codes_come_with_three_of_their_rows_and_a_guess(store: DataStore, reviews: str) -> None:
    named = store.labelling.names(reviews)
    assert [(one.label, one.rows, one.guess) for one in named] == [("1", 3, "好评"), ("0", 3, "差评"), ("2", 3, "中评")]
    assert sorted(named[1].texts) == sorted(ANGRY)


def test_a_new_name_is_everywhere_in_its_place_and_one_undo_takes_it_back(store: DataStore, reviews: str) -> None:
    before = store.pairs(reviews)
    assert store.labelling.rename(reviews, {"1": "好评", "0": " 差评 ", "2": "2"}) == 6
    assert store.labels(reviews) == ["好评", "差评", "2"]
    assert store.progress(reviews) == (9, 10)
    version = store.splits(reviews, store.freeze(reviews))
    assert set(version.labels) == {"好评", "差评", "2"}
    store.undo(reviews)
    assert store.pairs(reviews) == before
    assert sorted(store.labels(reviews)) == ["0", "1", "2"]


def test_two_labels_may_get_one_name_and_swap_theirs(store: DataStore, reviews: str) -> None:
    assert store.labelling.rename(reviews, {"1": "0", "0": "1"}) == 6
    assert dict(store.pairs(reviews))[GLAD[0]] == "0"
    assert store.labelling.rename(reviews, {"2": "1"}) == 3
    assert sorted(store.labels(reviews)) == ["0", "1"]


def test_a_label_without_rows_can_be_renamed(store: DataStore, reviews: str) -> None:
    store.declare_labels(reviews, ["退款"])
    assert store.labelling.rename(reviews, {"退款": "要退款"}) == 0
    assert store.labels(reviews) == ["1", "0", "2", "要退款"]


def test_a_label_that_is_not_there_a_name_that_is_too_long_and_a_second_person_are_refused(
    store: DataStore, reviews: str
) -> None:
    for names, key in (({"3": "很好"}, "label.no_such_label"), ({"1": "好" * 41}, "label.name_too_long")):
        with pytest.raises(StudioError) as refused:
            store.labelling.rename(reviews, names)
        assert refused.value.key == key
    store.labelling.invite(reviews, ["小王", "小李"])
    with pytest.raises(StudioError) as refused:
        store.labelling.rename(reviews, {"1": "好评"})
    assert refused.value.key == "label.rename_alone"
    assert store.labels(reviews) == ["1", "0", "2"]
