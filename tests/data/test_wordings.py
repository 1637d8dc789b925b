"""What is learned beside the taught questions: more wordings, none of them the exam's or another answer's."""

from __future__ import annotations

import time

from studio.data.near import normalise
from studio.data.schema import Example, Message, Splits
from studio.data.teaching.wordings import learned


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
    assert time.process_time() - start < 2
