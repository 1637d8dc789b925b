"""The split: nothing on two sides, every class taught, the same seed the same parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.data.schema import Example, Message, Part, Splits
from studio.data.store.folds import fold_of, folds, of_fold
from studio.data.store.split import assign, expected, kept_together, near, normalise, warnings
from tests.data.conftest import refusal

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


def parted(examples: list[Example], parts: Mapping[int, Part]) -> list[tuple[Example, Part]]:
    return [(example, parts[example.number]) for example in examples if example.number in parts]


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
    keys = {warning["key"] for warning in warnings(parted(examples, parts), "manner")}
    assert keys == ({"data.few_rows", "data.no_validation", "data.no_test"} if rows else {"data.nothing_labelled"})


def test_warnings_name_a_single_class_and_classes_that_are_not_tested() -> None:
    one = reviews(好评=60)
    assert [warning["key"] for warning in warnings(parted(one, assign(one, "classify")), "labels")] == [
        "data.one_class"
    ]
    rare = reviews(好评=60, 罕见=2)
    untested = ({"key": "data.untested_classes", "labels": "罕见"},)
    assert warnings(parted(rare, assign(rare, "classify")), "labels") == untested
    few = reviews(好评=60, 少见=3)
    parts: dict[int, Part] = {**assign(few, "classify"), 61: "train", 62: "train", 63: "test"}
    assert warnings(parted(few, parts), "labels") == ({"key": "split.unwatched_classes", "labels": "少见"},)


def test_answers_that_are_asked_but_not_taught_are_counted() -> None:
    examples = [Example(number, f"问{number}", f"答{number}") for number in range(1, 101)]
    said = warnings(parted(examples, assign(examples, "chat")), "manner")
    assert said == ({"key": "split.untaught_answers", "untaught": 10, "tests": 10},)


LONG = "这家店的珍珠奶茶味道很正宗，下次还会再来的"


def twins(count: int = 60) -> list[Example]:
    """Pairs of long texts of which the second has one character more; each pair of a label."""
    drinks = ("珍珠奶茶", "椰果", "仙草冻", "芋圆", "布丁", "红豆沙", "柠檬红茶", "杨枝甘露", "烧仙草", "抹茶拿铁")
    said = [f"{drinks[n % 10] * (n // 10 + 1)}，{LONG[n // 10 :]}{drinks[n // 10]}" for n in range(count)]
    rows = [(text + tail, f"类{n % 2}") for n, text in enumerate(said) for tail in ("", "哦")]
    return [Example(number, text, label) for number, (text, label) in enumerate(rows, 1)]


def test_texts_that_differ_by_a_character_are_on_one_side() -> None:
    examples = twins()
    alike = near(examples)
    parts = assign(examples, "classify", alike=alike)
    assert len(set(parts.values())) == 3
    sides: dict[int, set[str]] = {}
    for example in examples:
        sides.setdefault(alike[example.number], set()).add(parts[example.number])
    assert len(sides) < len(examples)
    assert all(len(held) == 1 for held in sides.values())
    assert kept_together(examples, alike)["near"] > 0


def test_rows_of_a_group_are_on_one_side_however_they_are_put() -> None:
    examples = [Example(n + 1, f"第{n}种说法", f"类{n % 2}", group=f"意思{n // 4}") for n in range(200)]
    parts = assign(examples, "classify")
    sides: dict[str, set[str]] = {}
    for example in examples:
        sides.setdefault(example.group, set()).add(parts[example.number])
    assert all(len(held) == 1 for held in sides.values())
    assert Counter(parts.values())["test"] == Counter(parts.values())["validation"] == 20
    assert kept_together(examples) == {"group": 200}


def test_what_is_kept_together_may_be_so_for_several_reasons_at_once() -> None:
    a, b, c = Example(1, "好喝", "好评", group="x"), Example(2, "好喝！", "好评"), Example(3, "难喝", "差评", group="x")
    others = [Example(n, f"第{n}杯", "好评") for n in range(4, 20)]
    assert kept_together([a, b, c, *others]) == {"same": 2, "group": 2}
    for seed in range(20):
        parts = assign([a, b, c, *others], "classify", seed)
        assert len({parts[1], parts[2], parts[3]}) == 1


@given(sets(), st.sampled_from(["classify", "chat"]), st.integers(2, 5), st.integers(0, 3))
def test_every_row_is_tested_in_one_fold_and_never_beside_its_twin(
    examples: list[Example], task: str, k: int, seed: int
) -> None:
    texts = {normalise(example.text) for example in examples if example.target}
    if len(texts) < k:
        assert refusal(lambda: folds(examples, task, k, seed)) == "split.too_few_for_folds"  # type: ignore[arg-type]
        return
    found = folds(examples, task, k, seed)  # type: ignore[arg-type]
    assert found.keys() == {example.number for example in examples if example.target}
    assert set(found.values()) == set(range(k))
    sides: dict[str, set[int]] = {}
    for example in examples:
        if example.target:
            sides.setdefault(normalise(example.text), set()).add(found[example.number])
    assert all(len(held) == 1 for held in sides.values())


def test_folds_hold_the_same_share_of_every_class() -> None:
    examples = reviews(好评=30, 差评=12, 中性=5)
    found = folds(examples, "classify", 5)
    counts = Counter((example.target, found[example.number]) for example in examples)
    assert {counts["好评", fold] for fold in range(5)} == {6}
    assert {counts["差评", fold] for fold in range(5)} == {2, 3}
    assert {counts["中性", fold] for fold in range(5)} == {1}
    assert set(Counter(found.values()).values()) <= {9, 10}


def test_phrasings_of_an_answer_are_spread_over_the_folds() -> None:
    examples = [Example(3 * fact + n + 1, f"事{fact}问法{n}", f"答{fact}") for fact in range(10) for n in range(3)]
    found = folds(examples, "chat", 3)
    assert all({found[3 * fact + n + 1] for n in range(3)} == {0, 1, 2} for fact in range(10))


def test_a_fold_of_a_version_tests_its_rows_and_teaches_the_others() -> None:
    examples = reviews(好评=20, 差评=20)
    whole = Splits("data-1", 3, "classify", ("好评", "差评"), tuple(examples))
    tested: list[int] = []
    for place in range(1, 6):
        one = of_fold(whole, place, 5)
        assert (one.version, len(one.train) + len(one.validation), len(one.test)) == (3, 32, 8)
        assert one.validation and {example.target for example in one.train} == {"好评", "差评"}
        tested += [example.number for example in one.test]
    assert sorted(tested) == list(range(1, 41))
    assert refusal(lambda: of_fold(whole, 6, 5)) == "split.no_such_fold"


def test_what_a_test_of_this_size_can_tell_is_known_before() -> None:
    low, high = expected(20)
    assert (round(low, 2), round(high, 2)) == (0.70, 0.97)
    assert expected(0) == (0.0, 1.0)


@given(sets(), st.lists(st.tuples(texts, labels), max_size=20), st.sampled_from(["classify", "chat"]))
def test_rows_stay_in_their_part_when_more_come(
    examples: list[Example], more: list[tuple[str, str]], task: str
) -> None:
    """What was learned never tests; what tests may come to be learned only by what it must not be parted from, or so
    that its class is taught."""
    before = assign(examples, task)  # type: ignore[arg-type]
    grown = [*examples, *(Example(100 + n, *row) for n, row in enumerate(more))]
    after = assign(grown, task, before=before)  # type: ignore[arg-type]
    assert all(after[number] == "train" for number, part in before.items() if part == "train")
    assert after.keys() == {example.number for example in grown if example.target}
    sides = {(normalise(example.text), after[example.number]) for example in grown if example.target}
    assert len(sides) == len({text for text, _ in sides})


def test_the_exam_grows_with_the_rows_and_keeps_what_it_asked() -> None:
    before = assign(reviews(好评=50, 差评=50), "classify")
    rows = reviews(好评=50, 差评=50) + [Example(200 + n, f"又来第{n}杯", "好评") for n in range(50)]
    after = assign(rows, "classify", before=before)
    assert all(after[number] == part for number, part in before.items())
    assert Counter(after.values()) == {"train": 120, "validation": 15, "test": 15}


def test_a_fold_is_named_by_its_place_and_their_number() -> None:
    assert fold_of("2/5") == (2, 5)
    for text in ("", "5", "2-5", "a/5", "2/"):
        assert refusal(lambda text=text: fold_of(text)) == "split.not_a_fold"  # type: ignore[misc]
