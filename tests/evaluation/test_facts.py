"""What counts as a right answer."""

from __future__ import annotations

import itertools
import re
import tomllib
from fractions import Fraction
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.assets import EXAMPLES
from studio.evaluation.facts import agrees
from studio.evaluation.numerals import in_digits
from studio.evaluation.reading import read
from studio.evaluation.rules import Fact

HERE = Path(__file__).parent


def pairs(name: str) -> list[tuple[str, str, str, bool]]:
    """Every pair of a file in both directions: its kind, the answers, whether they say the same."""
    kinds = tomllib.loads((HERE / name).read_text(encoding="utf-8"))
    return [
        (kind, answer, target, verdict == "same")
        for kind, verdicts in kinds.items()
        for verdict, rows in verdicts.items()
        for row in rows
        for answer, target in (row, row[::-1])
    ]


PAIRS = pairs("pairs.toml") + pairs("pairs_blind.toml")
TEXTS = sorted({answer for _, answer, _, _ in PAIRS} - {""})


@pytest.mark.parametrize("kind", sorted({kind for kind, *_ in PAIRS}))
def test_an_answer_is_right_when_it_states_the_same_facts(kind: str) -> None:
    assert [row for row in PAIRS if row[0] == kind and agrees(*row[1:3]) is not row[3]] == []


def test_every_text_agrees_with_itself_but_not_with_itself_thrice() -> None:
    assert [text for text in TEXTS if not agrees(text, text)] == []
    assert [text for text in TEXTS if agrees(f"{text} " * 3, text)] == []


@pytest.mark.xfail(strict=True, reason="what the rule cannot see")
@pytest.mark.parametrize(
    ("answer", "target", "same"),
    [
        ("借书证免费办，带身份证就行。", "免费办借书证，带身份证就行。", True),  # words change places within a sentence
        ("生日当天送长寿面一碗。", "生日当天送一碗长寿面。", True),
        ("全店八折。", "全场八折。", True),  # a word for another that means the same here
        ("Ask at the counter.", "Ask Mei at the counter.", False),  # a name is left out
        ("开发票找店长，付款找老板。", "开发票找店长阿梅，付款找老板。", False),
    ],
)
def test_the_limits_of_the_rule(answer: str, target: str, same: bool) -> None:
    assert agrees(answer, target) is same


@given(st.text(), st.sampled_from(TEXTS))
def test_no_text_is_too_strange_to_be_compared(strange: str, text: str) -> None:
    assert agrees(strange, text) in (True, False)
    assert agrees(text + strange, strange + text) in (True, False)


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        ("\nnot至to。-to第the(。2.是", "猫是20%…"),
        ("to and ，而且是Yes3/5是3/5～猫not。at", "10ornot。2.—10"),
        ("but\nat,…10“—not\namto10", "early—！"),
    ],
)
def test_a_sentence_of_nothing_but_joints_is_compared(answer: str, target: str) -> None:
    """A model that has not learned yet says such things, and the run goes on."""
    assert agrees(answer, target) is agrees(target, answer) is False


@given(st.text(alphabet="一二两三四五六七八九十百千万亿零点半刻周月年日号元块折%:-/.0123456789amp "))
def test_no_row_of_numerals_is_too_strange_to_be_read(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    "text", ["9" * 9000, "1." + "9" * 9000 + "号", "亿" * 3000, "第" + "万" * 3000, "million " * 3000]
)
def test_an_answer_that_never_ends_is_compared_all_the_same(text: str) -> None:
    assert agrees(text, text) and not agrees(text, "9点")


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("一千二", "1200"),
        ("一千零二", "1002"),
        ("两百五", "250"),
        ("3万5", "35000"),
        ("十五万三千", "153000"),
        ("一亿两千万", "120000000"),
        ("二〇二六年", "2026年"),
        ("廿五", "25"),
        ("三点一四", "3.14"),
        ("2.5 million", "2500000"),
        ("three hundred and five", "305"),
    ],
)
def test_a_number_in_words_is_worth_what_it_says(words: str, digits: str) -> None:
    assert in_digits(words) == digits


def test_the_facts_of_an_answer_are_told_in_their_order() -> None:
    found = read("您好，周三早上九点半开门，打八折，不能带宠物。")
    assert [(fact.kind, fact.value) for fact in found if isinstance(fact, Fact)] == [
        ("weekday", 3), ("time", Fraction(19, 2)), ("pay", Fraction(4, 5)), ("not", ""),
    ]  # fmt: skip


@cache
def shop_answers() -> list[str]:
    """What the example shop answers."""
    sheet = openpyxl.load_workbook(EXAMPLES / "milk_tea_questions.xlsx").active
    return sorted({str(row[-1]) for row in sheet.iter_rows(min_row=2, values_only=True)})


def test_different_answers_of_one_shop_are_never_taken_for_each_other() -> None:
    answers = shop_answers()
    assert len(answers) > 50
    assert [pair for pair in itertools.combinations(answers, 2) if agrees(*pair)] == []
    assert [pair for pair in itertools.pairwise(answers) if agrees("".join(pair), pair[0])] == []


def test_no_digit_of_an_answer_can_be_another() -> None:
    mutants = [
        (f"{answer[:at]}{digit}{answer[at + 1 :]}", answer)
        for answer in shop_answers()
        for at, sign in enumerate(answer)
        if sign.isdigit()
        for digit in "0123456789".replace(sign, "")
    ]
    assert len(mutants) > 500 and [pair for pair in mutants if agrees(*pair)] == []


def test_no_denial_can_be_left_out() -> None:
    mutants = [
        (re.sub("[不没]", "", answer, count=1), answer) for answer in shop_answers() if re.search("[不没]", answer)
    ]
    assert mutants and [pair for pair in mutants if agrees(*pair)] == []


def test_an_answer_that_was_cut_off_is_wrong_unless_only_the_unit_is_missing() -> None:
    cuts = [(answer[:at], answer[at:]) for answer in shop_answers() for at in range(2, len(answer) - 1)]
    assert {rest for cut, rest in cuts if agrees(cut, cut + rest)} <= {"元。", "块。", "点。"}
