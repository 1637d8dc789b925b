"""What customers say for what an owner wrote: lists that hold together, and words that never change what is asked."""

from __future__ import annotations

import re
from itertools import combinations, islice

import pytest

from studio.data.schema import Example, Splits
from studio.data.teaching import heard, wordings
from studio.data.teaching.rewording.rules import rules

LANGS = pytest.mark.parametrize("lang", ["zh", "en"])
# What is said of both opening and closing is said of the hours, too.
SHARED = ({"hours", "opening"}, {"hours", "closing"}, {"price", "price to"}, {"refund", "refund of"})


@LANGS
def test_every_list_belongs_to_a_rule_and_is_written_in_the_notation(lang: str) -> None:
    known = {intent.name for intent in rules(lang).intents}
    pages = heard.book(lang)
    assert pages.said.keys() <= known and sum(map(len, pages.said.values())) > 600
    for line in (line for lines in pages.said.values() for line in lines):
        assert set(re.findall(r"{(\w*)}", line)) <= {"it", "place"}, line
        written = {heard._written(line, turn, {"it": "茶", "place": "店"}) for turn in range(6)}
        assert not any(re.search(r"[\[\]{}|]", one) for one in written), line


@LANGS
def test_nothing_that_is_said_for_one_matter_is_said_for_another(lang: str) -> None:
    said = heard.book(lang).said
    both = {
        (one, other): found
        for one, other in combinations(said, 2)
        if {one, other} not in SHARED and (found := {*said[one]} & {*said[other]})
    }
    assert both == {}


def test_a_question_is_put_in_many_ways_and_a_thing_by_many_names() -> None:
    found = list(dict.fromkeys(islice(heard.wordings("洗牙多少钱？"), 40)))
    assert len(found) > 25
    assert sum("牙" in one for one in found) > 15 and any("洁牙" in one for one in found)
    assert any("贵不贵" in one for one in found)
    assert any("pitch" in one and "tenner" in one for one in heard.wordings("How much is a tent pitch?"))


@pytest.mark.parametrize(
    ("question", "word"),
    [("有校车吗？", "班车"), ("孩子发烧了怎么办？", "发热"), ("Can we have a campfire?", "bonfire")],
)
def test_everyday_words_have_others(question: str, word: str) -> None:
    assert word in heard.synonyms(question)
    assert any(word in one for one in heard.wordings(question))


def test_the_hours_are_asked_for_by_those_who_come_early_and_by_those_who_come_late() -> None:
    found = list(islice(heard.wordings("你们几点开门几点关门？"), 10))
    assert any("早" in one or "开" in one for one in found) and any("晚" in one or "关" in one for one in found)


@pytest.mark.parametrize("question", ["随便看看", "wibble", ""])
def test_where_no_rule_knows_what_is_asked_nothing_is_put_in_anybody_s_mouth(question: str) -> None:
    assert list(heard.wordings(question)) == []


def test_what_customers_say_is_learned_and_never_what_the_exam_asks() -> None:
    row = Example(1, "洗牙多少钱？", "洗牙168元一次。")
    first = next(one for one in heard.wordings(row.text) if "贵" in one)
    exam = Example(1, first, row.target, origin="rule")
    splits = Splits("data-1", 1, "chat", (), (row,), (exam,), (), lesson="facts")
    texts = [one.text for one in wordings.learned(splits, 30)]
    assert first not in texts and any(one in texts for one in islice(heard.wordings(row.text), 12))


def test_another_phrasing_of_a_fact_is_put_in_other_words() -> None:
    first, second = (list(islice(heard.wordings("能带自己的杯子吗？", turn), 10)) for turn in (0, 1))
    assert first[0] != second[0] and len({*first} - {*second}) >= 3
