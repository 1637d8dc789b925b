"""The split: nothing on two sides, every class taught, the same seed the same parts."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.data.schema import Example, Message
from studio.data.split import assign, normalise, warnings

texts = st.one_of(
    st.sampled_from(["好喝", "好 喝！", "Good", "good.", "茶", "！", "！！"]), st.text(min_size=1, max_size=6)
)
labels = st.sampled_from(["好评", "差评", "中性", "x", ""])


@st.composite
def sets(draw: st.DrawFn) -> list[Example]:
    rows = draw(st.lists(st.tuples(texts, labels), max_size=60))
    return [Example(number, text, target) for number, (text, target) in enumerate(rows, 1)]


def reviews(**counts: int) -> list[Example]:
    rows = [(f"{label}的第{n}杯", label) for label, count in counts.items() for n in range(count)]
    return [Example(number, text, target) for number, (text, target) in enumerate(rows, 1)]


@given(sets(), st.sampled_from(["classify", "chat"]), st.integers(0, 3))
def test_no_normalised_text_is_on_two_sides_and_every_labelled_row_on_one(
    examples: list[Example], task: str, seed: int
) -> None:
    parts = assign(examples, task, seed)  # type: ignore[arg-type]
    assert parts.keys() == {example.number for example in examples if example.target}
    sides: dict[str, set[str]] = {}
    for example in examples:
        if example.target:
            sides.setdefault(normalise(example.text), set()).add(parts[example.number])
    assert all(len(held) == 1 for held in sides.values())
    assert not parts or "train" in parts.values()


@given(sets(), st.integers(0, 3))
def test_every_class_is_taught(examples: list[Example], seed: int) -> None:
    parts = assign(examples, "classify", seed)
    wanted = {example.target for example in examples if example.target}
    assert {example.target for example in examples if parts.get(example.number) == "train"} == wanted


@given(sets(), st.sampled_from(["classify", "chat"]), st.randoms())
def test_the_order_of_the_rows_does_not_matter(examples: list[Example], task: str, random) -> None:  # type: ignore[no-untyped-def]
    mixed = list(examples)
    random.shuffle(mixed)
    assert assign(mixed, task, 7) == assign(examples, task, 7)  # type: ignore[arg-type]


def test_a_tenth_of_every_class_is_held_out_twice() -> None:
    examples = reviews(好评=180, 差评=130, 中性=50)
    parts = assign(examples, "classify")
    found = Counter((example.target, parts[example.number]) for example in examples)
    assert [found[label, "test"] for label in ("好评", "差评", "中性")] == [18, 13, 5]
    assert [found[label, "validation"] for label in ("好评", "差评", "中性")] == [18, 13, 5]


def test_three_rows_of_a_class_are_one_for_each_part() -> None:
    assert Counter(assign(reviews(好评=3), "classify").values()) == {"train": 1, "validation": 1, "test": 1}
    assert set(assign(reviews(好评=2, 差评=1), "classify").values()) == {"train"}


def test_another_seed_gives_another_split_of_the_same_sizes() -> None:
    examples = reviews(好评=100, 差评=100)
    one, other = assign(examples, "classify", 1), assign(examples, "classify", 2)
    assert one != other
    assert Counter(one.values()) == Counter(other.values())


def test_held_out_questions_ask_for_answers_that_are_taught() -> None:
    examples = [
        Example(3 * fact + n + 1, f"事情{fact}的问法{n}", f"答案{fact}") for fact in range(40) for n in range(3)
    ]
    parts = assign(examples, "chat")
    taught = {example.target for example in examples if parts[example.number] == "train"}
    assert Counter(parts.values()) == {"train": 96, "validation": 12, "test": 12}
    assert taught == {example.target for example in examples}
    held = Counter(example.target for example in examples if parts[example.number] != "train")
    assert max(held.values()) == 1  # one phrasing of 24 answers, not all of 12


def test_answers_that_stand_alone_are_held_out_when_nothing_else_is() -> None:
    examples = [Example(number, f"问{number}", f"答{number}") for number in range(1, 101)]
    assert Counter(assign(examples, "chat").values()) == {"train": 80, "validation": 10, "test": 10}


def test_the_turns_of_a_conversation_stay_together() -> None:
    examples = []
    for talk in range(30):
        opening = (Message("user", f"你好，我是{talk}号"), Message("assistant", "您好"))
        examples.append(Example(2 * talk + 1, f"你好，我是{talk}号", "您好"))
        examples.append(Example(2 * talk + 2, "几点开门", "九点", opening))
    parts = assign(examples, "chat")
    assert all(parts[2 * talk + 1] == parts[2 * talk + 2] for talk in range(30))
    assert len(set(parts.values())) == 3


@pytest.mark.parametrize("rows", [0, 1, 2, 4])
def test_a_tiny_chat_set_is_all_taught_and_says_so(rows: int) -> None:
    examples = [Example(number, f"问{number}", f"答{number}") for number in range(1, rows + 1)]
    parts = assign(examples, "chat")
    assert set(parts.values()) <= {"train"}
    keys = {warning["key"] for warning in warnings(examples, parts, "chat")}
    assert keys == ({"data.few_rows", "data.no_validation", "data.no_test"} if rows else {"data.nothing_labelled"})


def test_warnings_name_a_single_class_and_classes_that_are_not_tested() -> None:
    one = reviews(好评=60)
    assert [warning["key"] for warning in warnings(one, assign(one, "classify"), "classify")] == ["data.one_class"]
    rare = reviews(好评=60, 罕见=2)
    assert warnings(rare, assign(rare, "classify"), "classify") == ({"key": "data.untested_classes", "labels": "罕见"},)
