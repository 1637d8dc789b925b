"""What is learned beside the taught questions: more wordings, none of them the exam's or another answer's."""

from __future__ import annotations

import time

import pytest

from studio.data.near import normalise
from studio.data.schema import Example, Message, Splits
from studio.data.teaching.exam import compose
from studio.data.teaching.languages import units
from studio.data.teaching.wordings import learned, rewordable


def taught(*rows: Example, test: tuple[Example, ...] = ()) -> Splits:
    return Splits("d", 1, "chat", (), rows, test=test, lesson="facts")


def test_each_question_is_learned_in_so_many_further_wordings_with_its_answer() -> None:
    rows = learned(taught(Example(1, "几点开门", "九点。"), Example(2, "停车要钱吗", "免费。")), 20)
    assert [row.number for row in rows].count(1) == 21
    assert {row.target for row in rows if row.number == 2} == {"免费。"}
    assert len({normalise(row.text) for row in rows}) == len(rows)


def test_no_wording_is_asked_in_the_exam() -> None:
    row = Example(1, "几点开门", "九点。")
    asked = tuple(Example(9, one.text, "九点。") for one in learned(taught(row), 3)[1:])
    exam = {normalise(one.text) for one in asked}
    assert [one for one in learned(taught(row, test=asked), 20) if normalise(one.text) in exam] == []


def test_a_later_turn_of_a_conversation_is_learned_as_it_is() -> None:
    row = Example(1, "几点开门", "九点。", context=(Message("user", "你好"), Message("assistant", "你好")))
    assert learned(taught(row), 5) == (row,)


def test_a_thousand_facts_find_their_wordings_in_seconds() -> None:
    rows = tuple(Example(number, f"{number}号套餐多少钱", "十元。") for number in range(1000))
    start = time.process_time()
    assert len(learned(taught(*rows), 5)) == 6000
    assert time.process_time() - start < 10  # of a core that others heat; pair by pair it would take minutes


SHEETS = {
    "Spanish": [
        ("¿Cuánto cuesta el corte de pelo?", "Cuesta 15 euros."),
        ("¿Hay wifi en el hotel?", "La clave es Sol2024."),
    ],
    "Japanese": [("営業時間は何時からですか？", "朝10時からです。"), ("予約は必要ですか？", "予約は不要です。")],
    "French": [("Quel est le prix du menu ?", "Le menu coûte 18 euros."), ("Faut-il réserver ?", "Oui, la veille.")],
    "plain French": [("Quel est le prix du menu", "18 euros le menu."), ("Le menu du dimanche", "Un menu de saison.")],
    "Korean": [("주차 가능한가요?", "건물 뒤에 가능합니다."), ("예약이 필요한가요?", "필요 없습니다.")],
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_sheet_in_another_language_is_learned_and_asked_in_its_own_words_only(sheet: list[tuple[str, str]]) -> None:
    rows = tuple(Example(number, *pair) for number, pair in enumerate(sheet, 1))
    assert not compose(rows).asked
    splits = Splits("data-1", 1, "chat", (), rows, (), (), lesson="facts")
    own = {unit for pair in sheet for line in pair for unit in units(line)}
    more = learned(splits, 20)
    assert len(more) > 2 * len(rows)
    assert {unit for one in more for unit in units(one.text)} <= own


def test_a_cafe_in_an_english_sheet_is_english() -> None:
    rows = (Example(1, "Is there a café?", "Yes, by the gate."), Example(2, "How much is a crêpe?", "Six dollars."))
    texts = [one.text for one in learned(Splits("data-1", 1, "chat", (), rows, (), (), lesson="facts"), 60)]
    assert any("tenner" in text for text in texts) and compose(rows).asked


def test_a_question_with_its_choices_is_asked_in_no_other_words() -> None:
    offered = [Example(n, f"第{n}种茶什么时候采？\nA. 清明前\nB. 立秋后\nC. 冬至", "A. 清明前") for n in range(4)]
    plain = Example(9, "你们几点开门？", "早上九点开门。")
    bank = taught(*offered)
    assert (learned(bank, 20), rewordable(bank)) == (tuple(offered), 0)
    mixed = taught(*offered, plain)
    assert {row.number for row in learned(mixed, 20)[5:]} == {9}
    many = taught(offered[0], plain)
    assert rewordable(many) == 2
