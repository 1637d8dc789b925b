"""What customers ask about the matters of every shop: recognised by the owner's words, never said for another's."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

import pytest

from studio.data.schema import Example, Splits
from studio.data.teaching import heard, matters, wordings
from studio.data.teaching.matters import Told

LANGS = pytest.mark.parametrize("lang", ["zh", "en"])
DEPOSIT = Told(["要交定金吗？"], "要先付200元定金。", "zh")
DOGS = Told(["可以带狗吗？"], "狗可以进店，要牵绳。", "zh")


@LANGS
def test_every_line_is_written_in_the_notation_and_stands_under_one_matter(lang: str) -> None:
    known = matters.matters(lang)
    assert len({matter.name for matter in known}) == len(known) > 50
    lines = Counter(line for matter in known for line in {*matter.lines()})
    assert [line for line, times in lines.items() if times > 1] == []
    assert not [line for line in lines if re.search(r"[\[\]{}|]", line)]
    said = {line for lines in heard.book(lang).said.values() for line in lines}
    assert not {*lines} & said


@pytest.mark.parametrize(
    ("lang", "question", "name"),
    [
        ("zh", "剧本杀几岁能玩？", "age"),
        ("zh", "西装改完还能返工吗？", "guarantee"),
        ("zh", "雪板能租一天吗，最少租几天？", "minimum term"),
        ("zh", "机票丢了怎么办？", "lost"),
        ("zh", "团建能包场吗？", "party"),
        ("zh", "拔牙疼吗？", "pain"),
        ("zh", "琴行能试听吗？", "trial"),
        ("en", "Do I have to bring my own helmet?", "own or provided"),
        ("en", "What is the shortest contract length?", "minimum term"),
        ("en", "Is there a late fee for tools?", "late payment"),
        ("en", "What should I wear for the pottery class?", "clothes"),
        ("en", "Do you take walk-ins?", "book ahead"),
        ("en", "Is the harbour tour cancelled in rain?", "weather"),
        ("en", "What documents do I need for the boat?", "papers"),
    ],
)
def test_a_matter_is_known_in_any_trade(lang: str, question: str, name: str) -> None:
    assert name in {matter.name for matter in matters.matters(lang) if matter.asked.search(question)}


def test_a_matter_of_one_fact_alone_is_asked_for_without_its_name() -> None:
    asked, other = (list(islice(found, 40)) for found in matters.questions([DEPOSIT, DOGS]))
    assert any("先给" in one and "定金" not in one for one in asked)
    assert any("柯基" in one or "橘猫" in one for one in other)
    assert not {*asked} & {*other}


def test_a_matter_of_two_facts_is_asked_for_with_the_topic_of_each() -> None:
    first, second = matters.questions(
        [
            Told(["猫砂多少钱？"], "猫砂每袋30元。", "zh"),
            Told(["狗粮多少钱？"], "狗粮每袋90元。", "zh"),
        ]
    )
    assert all(one.startswith("猫砂，") for one in islice(first, 10))
    assert all(one.startswith("狗粮，") for one in islice(second, 10))


def test_what_the_answer_alone_tells_of_is_asked_for_with_the_topic() -> None:
    [found] = matters.questions([Told(["Do you have a museum?"], "The museum opens at 8 am.", "en")])
    assert all(one.startswith("a museum, ") for one in list(found))


def test_another_language_has_no_matters() -> None:
    assert list(matters.questions([Told(["¿Se puede pagar con tarjeta?"], "Sí, con tarjeta.", "")])[0]) == []


def test_matters_are_learned_among_the_wordings() -> None:
    row = Example(1, "要交定金吗？", "要先付200元定金。")
    splits = Splits("data-1", 1, "chat", (), (row,), (), (), lesson="facts")
    learned = {one.text for one in wordings.learned(splits, 60)}
    [found] = matters.questions([Told([row.text], row.target, "zh")])
    assert len(learned & {*islice(found, 15)}) >= round(60 * wordings.MATTERS)
