"""What a dataset teaches, and how it is asked for: facts are all taught, and the exam asks for them in other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data.datastore import DataStore
from studio.data.near import normalise
from studio.data.reading.read import read_table
from studio.data.schema import Example, Message, Splits
from studio.data.teaching.exam import Change, compose
from studio.data.teaching.lesson import facts, guess
from studio.data.teaching.wordings import learned
from studio.errors import StudioError
from studio.workspace import Workspace

ONCE = [
    ("你们几点开门？", "早上七点半开门。"),
    ("学生有优惠吗？", "学生凭证件打八八折。"),
    ("怎么办理退款？", "三天内拿小票到前台退款。"),
    ("停车场在哪里？", "停车场在商场地下二层。"),
]


def rows(pairs: list[tuple[str, str]]) -> list[Example]:
    return [Example(number, text, target) for number, (text, target) in enumerate(pairs, 1)]


@pytest.fixture
def store(workspace: Workspace) -> DataStore:
    return DataStore(workspace)


def test_short_answers_are_facts_and_long_or_many_ones_a_manner() -> None:
    assert guess(rows(ONCE), "chat") == "facts"
    assert guess(rows(ONCE), "classify") == "labels"
    essay = "这要从很久以前说起，那时候镇上还没有一家像样的茶铺。" * 8
    assert guess(rows([(text, essay) for text, _ in ONCE]), "chat") == "manner"
    assert guess(rows([(f"问题{n}", f"第{n}个回答") for n in range(6_000)]), "chat") == "manner"
    before = (Message("user", "你好"), Message("assistant", "您好"))
    assert guess([Example(n, text, target, before) for n, (text, target) in enumerate(ONCE)], "chat") == "manner"
    assert guess([], "chat") == "manner"


def test_real_files_are_guessed_as_a_person_would() -> None:
    data = Path(__file__).parents[3] / "shared" / "data"
    if not data.is_dir():
        pytest.skip("the public data are not beside this folder")
    for name, lesson in (("identity.json", "facts"), ("alpaca_zh_demo.json", "manner")):
        table = read_table(data / name)
        pairs = [(row[0], row[table.columns.index("output")]) for row in table.rows]
        assert guess(rows(pairs), "chat") == lesson


def test_one_answer_is_one_fact_but_a_bare_yes_is_the_answer_to_many_things() -> None:
    found = facts(rows([*ONCE, ("啥时候开门", "早上七点半开门"), ("能刷卡吗", "可以"), ("能带狗吗", "可以。")]))
    assert [[row.number for row in fact] for fact in found] == [[1, 5], [2], [3], [4], [6], [7]]


def test_facts_asked_once_are_all_taught_and_asked_in_other_words() -> None:
    exam = compose(rows(ONCE))
    assert exam.held == {}
    taught = {normalise(text) for text, _ in ONCE}
    for example, part in exam.asked:
        assert example.origin == "rule" and normalise(example.text) not in taught and part in ("validation", "test")
        assert example.target == ONCE[example.number - 1][1]
    assert {example.number for example, _ in exam.asked} == {1, 2, 3, 4}
    assert {part for _, part in exam.asked} == {"validation", "test"}


def test_of_three_own_phrasings_one_is_held_out_and_never_the_first() -> None:
    asked = ["你们几点开门？", "早上多早能进店", "一大早去开门了没", "啥时候营业", "几点能来", "最早几点"]
    exam = compose(rows([(text, ONCE[0][1]) for text in asked[:3]]))
    assert len(exam.held) == 1 and 1 not in exam.held and {one.origin for one, _ in exam.asked} == {"own"}
    assert len(compose(rows([(text, ONCE[0][1]) for text in asked])).held) == 2
    repeated = compose(rows([(text, ONCE[0][1]) for text in ("几点开门", "几点开门？", "几点开门！")]))
    assert repeated.held == {}  # one phrasing, written three times


def test_rows_made_from_one_another_are_not_held_out() -> None:
    made = [Example(n, f"第{n}种问法", ONCE[0][1], group="#1") for n in range(1, 9)]
    assert compose(made).held == {}


def test_a_struck_question_is_not_asked_and_a_written_one_is() -> None:
    first = compose(rows(ONCE)).asked[0][0]
    changes = [Change(first.number, first.text, kept=False), Change(2, "读书的人便宜吗", kept=True)]
    exam = compose(rows(ONCE), changes)
    texts = {(one.number, one.text): one.origin for one, _ in exam.asked}
    assert (first.number, first.text) not in texts and first in exam.struck
    assert texts[2, "读书的人便宜吗"] == "written"


def test_an_own_phrasing_that_is_struck_from_the_exam_is_taught_again() -> None:
    asked = rows([(text, ONCE[0][1]) for text in ("几点开门", "早上多早能进店", "啥时候营业")])
    (number,) = compose(asked).held
    assert compose(asked, [Change(number, asked[number - 1].text, kept=False)]).held == {}


def test_wordings_are_learned_beside_the_taught_and_none_of_them_is_in_the_exam() -> None:
    exam = compose(rows(ONCE))
    parts = {part: tuple(one for one, its in exam.asked if its == part) for part in ("validation", "test")}
    splits = Splits("data-1", 1, "chat", (), tuple(rows(ONCE)), parts["validation"], parts["test"], lesson="facts")
    assert learned(splits, 0) == splits.train
    more = learned(splits, 3)
    assert more[:4] == splits.train and 4 < len(more) <= 16
    asked = {normalise(one.text) for one, _ in exam.asked}
    assert not asked & {normalise(row.text) for row in more}
    assert all(row.target == ONCE[row.number - 1][1] for row in more)


def test_the_lesson_and_the_exam_are_frozen_with_the_version(store: DataStore) -> None:
    dataset = store.add_rows("健身房", "chat", ONCE).id
    assert store.lesson(dataset) == "facts"
    first = store.splits(dataset, store.freeze(dataset))
    assert first.lesson == "facts" and len(first.train) == 4 and first.test and first.validation
    store.write_question(dataset, 2, "读书的人便宜吗")
    store.strike(dataset, first.test[0].number, first.test[0].text)
    second = store.splits(dataset, store.freeze(dataset))
    asked = {one.text for one in (*second.validation, *second.test)}
    assert "读书的人便宜吗" in asked and first.test[0].text not in asked
    assert store.splits(dataset, first.version) == first
    store.strike(dataset, 2, "读书的人便宜吗")
    store.strike(dataset, first.test[0].number, first.test[0].text, kept=True)
    assert store.freeze(dataset) == first.version
    store.teach(dataset, "manner")
    third = store.splits(dataset, store.freeze(dataset))
    assert third.lesson == "manner" and third.version not in (first.version, second.version)


def test_what_cannot_be_asked_or_taught_is_refused(store: DataStore) -> None:
    dataset = store.add_rows("健身房", "chat", ONCE).id
    for number, text, key in ((1, "你们几点开门！", "split.question_is_taught"), (1, " ", "data.empty_text"),
                              (99, "别的问法", "data.no_such_row")):  # fmt: skip
        with pytest.raises(StudioError) as refused:
            store.write_question(dataset, number, text)
        assert refused.value.key == key
    with pytest.raises(StudioError) as refused:
        store.teach(dataset, "labels")
    assert refused.value.key == "lesson.not_of_task"
    with pytest.raises(StudioError) as refused:
        store.splits(dataset, store.freeze(dataset), fold=(1, 3))
    assert refused.value.key == "split.no_folds_of_facts"


def test_facts_that_nobody_asks_for_in_other_words_are_counted(store: DataStore) -> None:
    dataset = store.add_rows("没有问句", "chat", [("。。。", "第一件事在这里"), ("！！！", "第二件事在那里")]).id
    assert [said["key"] for said in store.splits(dataset, store.freeze(dataset)).warnings] == ["split.no_exam"]
    store.write_question(dataset, 1, "第一件在哪")
    said = store.splits(dataset, store.freeze(dataset)).warnings
    assert said == ({"key": "split.unasked_facts", "rows": 1},)


def test_the_table_says_from_the_first_look_which_rows_are_taught(store: DataStore) -> None:
    """Facts are all taught but for phrasings that are held out; no row looks held out before that is drawn."""
    more = [*ONCE, *((f"{text[:-1]}，请问{n}？", answer) for text, answer in ONCE[:2] for n in range(3))]
    dataset = store.add_rows("店", "chat", more).id
    shown = {row.number: row.part for row in store.rows(dataset, limit=100)[0]}
    store.freeze(dataset)
    drawn = {row.number: row.part for row in store.rows(dataset, limit=100)[0]}
    assert shown == drawn and set(drawn.values()) > {"train"}
