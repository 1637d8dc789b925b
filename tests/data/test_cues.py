"""Questions made of what points to a fact: never to two, never for what the fact doesn't tell, the same every time."""

from __future__ import annotations

import re
from itertools import islice

import pytest

from studio.data.teaching.cues import Fact, questions

CARDS = [
    Fact(("月卡多少钱", "办一个月要多少钱"), "月卡是269元。"),
    Fact(("年卡多少钱", "办一年要多少钱"), "年卡是1980元，送两个月。"),
    Fact(("年卡能停卡吗",), "最多停三十天。"),
]
SCHOOL = [
    Fact(("How much is a driving lesson?",), "A lesson costs $48."),
    Fact(("How much is the theory test?",), "The theory test costs $23."),
    Fact(("Where is your office?",), "At 14 Mill Lane, behind the bank."),
]


def some(facts: list[Fact], count: int = 60) -> list[list[str]]:
    return [list(islice(made, count)) for made in questions(facts)]


def test_what_two_facts_share_points_to_neither() -> None:
    month, year, pause = some(CARDS)
    assert all("月" in one or "三十天" in one or "30天" in one or "269" in one for one in month)
    assert all(re.search("年|1980|送|月|两", one) for one in year)
    assert all(re.search("停|三十|十天|30", one) for one in pause)
    assert not set(month) & set(year) and not set(year) & set(pause)


def test_english_is_made_of_words() -> None:
    lesson, theory, office = some(SCHOOL)
    assert all("lesson" in one or "driving" in one or "48" in one for one in lesson)
    assert all("theory" in one or "test" in one or "23" in one for one in theory)
    assert any("behind" in one or "lane" in one for one in office) and "  " not in " ".join(office)


def test_a_price_is_asked_only_of_a_fact_that_tells_one() -> None:
    price, place = some([CARDS[0], Fact(("停车场在哪里",), "在大楼背后。")])
    assert any("多少钱" in one or "贵" in one or "啥价" in one for one in price)
    assert not any("钱" in one or "贵" in one or "价" in one for one in place)


def test_the_same_facts_give_the_same_questions_and_none_twice() -> None:
    assert some(CARDS) == some(CARDS)
    assert all(len(set(made)) == len(made) == 60 for made in some(CARDS))


@pytest.mark.parametrize("asked", ["多少钱", "有吗", "what is it", "？！", ""])
def test_words_that_are_in_any_question_point_to_nothing(asked: str) -> None:
    assert some([Fact((asked,), "OK"), *CARDS])[0] == []


def test_two_facts_with_the_same_words_have_no_questions_of_their_own() -> None:
    assert some([Fact(("月卡",), "月卡"), Fact(("月卡",), "月卡")]) == [[], []]


@pytest.mark.parametrize(
    "asked",
    ["¿Cuánto cuesta la entrada?", "Cuanto cuesta entrar al museo", "Сколько стоит билет", "入場料はいくらですか",
     "입장료가 얼마예요", "Combien coûte un billet ?", "Was kostet der Eintritt am Abend"],
)  # fmt: skip
def test_other_languages_are_asked_with_their_own_words_and_no_others(asked: str) -> None:
    made = some([Fact((asked,), "12."), CARDS[0]])[0]
    assert made
    assert all(set(one) <= set(asked.casefold()) | set(" ,") for one in made)


def test_an_english_topic_is_english_for_the_sheet_that_it_stands_in() -> None:
    topic = some([Fact(("leather and fur",), "Leather goes to a specialist, two weeks."), *SCHOOL])[0]
    assert any("how long" in one for one in topic)
