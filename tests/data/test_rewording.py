"""The rules that reword: each is reached, keeps its topic and never asks for something else."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from studio import assets
from studio.data.near import normalise
from studio.data.reading.read import read_table
from studio.data.teaching.rewording.grammar import Pattern, written
from studio.data.teaching.rewording.rules import rules
from studio.data.teaching.templates import phrasings, ways

EXAMPLES = tomllib.loads((Path(__file__).parent / "rewording_examples.toml").read_text(encoding="utf-8"))
ALL = [(lang, name, asked) for lang in ("zh", "en") for name, asked in EXAMPLES[lang].items()]
# What a question is after: a wording of one is never understood as one of another.
KINDS = (
    {"price", "price to", "price for", "fee", "delivery fee", "dearer", "price difference", "free"},
    {"hours", "opening", "closing", "last order", "rest day", "closed day", "open then"},
    {
        "how long",
        "how long to",
        "how long takes",
        "wait",
        "until",
        "shelf life",
        "lasts",
        "validity",
        "every",
        "notice",
    },
    {"address", "where", "where can", "parking", "delivery range"},
    {"phone", "contact", "whom", "who", "who is"},
    {"refund", "refund of", "cancel"},
)


def bare(lang: str, question: str) -> str:
    plain = rules(lang).bare(question.rstrip("？?。"))
    return plain if lang == "zh" else plain[0].lower() + plain[1:]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_has_an_example(lang: str) -> None:
    assert {intent.name for intent in rules(lang).intents} == EXAMPLES[lang].keys()
    assert {turn.name for turn in rules(lang).turns} == EXAMPLES[f"turn_{lang}"].keys()


@pytest.mark.parametrize(("lang", "name", "asked"), ALL)
def test_every_form_of_a_rule_is_reached_by_its_examples(lang: str, name: str, asked: list[str]) -> None:
    forms: set[str] = set()
    for question in asked:
        met = rules(lang).intent(bare(lang, question))
        assert met is not None
        assert met[0].name == name
        said = {normalise(one) for one in ways(question)} | {normalise(question)}
        known = dict.fromkeys(met[0].topics, "") | met[1]
        forms |= {form for form in met[0].forms if said & {normalise(one) for one in written(form, known)}}
    assert forms == set(met[0].forms)


@pytest.mark.parametrize(
    ("lang", "name", "question"),
    [(lang, name, one) for lang in ("zh", "en") for name, asked in EXAMPLES[f"turn_{lang}"].items() for one in asked],
)
def test_every_turn_of_grammar_is_reached(lang: str, name: str, question: str) -> None:
    fitting = dict(rules(lang)._fitting(rules(lang).turns, bare(lang, question)))
    assert name in {turn.name for turn in fitting}


@pytest.mark.parametrize(("lang", "name", "asked"), ALL)
def test_no_wording_asks_for_something_else(lang: str, name: str, asked: list[str]) -> None:
    mine = next((kind for kind in KINDS if name in kind), None)
    for question in asked:
        for way in ways(question):
            met = rules(lang).intent(bare(lang, way))
            other = next((kind for kind in KINDS if met and met[0].name in kind), None)
            assert mine is None or other is None or other is mine, f"{question} → {way}: {met and met[0].name}"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("六寸生日蛋糕多少钱？", "六寸"),
        ("周末几点关门？", "周末"),
        ("猫绝育前要禁食多久", "禁食"),
        ("How long does a bike repair take?", "bike"),
        ("Are you open on Christmas Day?", "christmas"),
    ],
)
def test_the_topic_is_in_every_wording_but_for_its_synonyms(question: str, topic: str) -> None:
    other = {"六寸": "6寸", "周末": "星期六", "bike": "bicycle"}.get(topic, topic)
    found = phrasings(question, most=20)
    assert len(found) >= 12
    assert [one for one in found if topic not in one.lower() and other not in one.lower()] == []


def test_the_questions_of_the_example_shop_have_five_wordings_each() -> None:
    asked = [row[0] for row in read_table(assets.EXAMPLES / "milk_tea_questions.xlsx").rows]
    assert len(asked) > 300
    assert [question for question in asked if len(phrasings(question)) < 5] == []


@pytest.mark.parametrize(
    "question", ["大杯多少钱", "几点开门", "小狗可以进店吗", "What time do you open?", "Do you deliver?"]
)
def test_training_can_have_more_than_twenty(question: str) -> None:
    assert len(phrasings(question, most=40)) > 20


def test_a_thousand_questions_are_reworded_in_a_second() -> None:
    phrasings("几点开门")
    start = time.process_time()
    for number in range(1000):
        phrasings(f"{number}号套餐多少钱")
    assert time.process_time() - start < 1


def test_a_pattern_finds_a_topic_and_a_form_takes_each_choice_in_turn() -> None:
    found = Pattern.of("{x?}[要|得|]{cost}", {"cost": ["多少", "多少钱"]}).found("大杯要多少钱")
    assert found == {"x": "大杯", "cost": "多少钱"}
    assert list(written("[买|要]{x}[吗|呢|吧]", {"x": "茶"})) == ["买茶吗", "要茶呢", "买茶吧"]


def test_a_topic_twice_in_a_pattern_is_refused() -> None:
    with pytest.raises(AssertionError):
        Pattern.of("{x}比{x}", {})
