"""What rules copy out of a handbook is a question with the answer that its passage gives, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.handbook.cutting import Passage
from studio.handbook.drafts import Draft, drafts
from studio.handbook.reading import read


def drafted(text: str, *under: str) -> list[tuple[str, str]]:
    return [(one.question, one.answer) for one in drafts([Passage(7, text, under)])]


@pytest.mark.parametrize(
    ("text", "under", "wanted"),
    [
        ("问：送错了怎么办？\n答：先道歉。\n再重做一杯。", (), [("送错了怎么办？", "先道歉。\n再重做一杯。")]),
        ("Q: Do you deliver?\nA: Yes, within 3 km.", (), [("Do you deliver?", "Yes, within 3 km.")]),
        ("问题：几点开门；答案：九点半", (), [("几点开门", "九点半")]),
        (
            "饮品：柠檬水；中杯：8元；大杯：10元", ("价目表",),
            [("柠檬水的中杯是多少？", "柠檬水的中杯是8元。"), ("柠檬水的大杯是多少？", "柠檬水的大杯是10元。")],
        ),
        ("Drink: Latte; Price: $4", (), [("What is the Price of Latte?", "The Price of Latte is $4.")]),
        ("少糖是减20%糖浆。其余照旧。", ("制作",), [("少糖是什么？", "少糖是减20%糖浆。")]),
        ("Oat milk is 3 yuan more.", (), [("What is Oat milk?", "Oat milk is 3 yuan more.")]),
        ("七天内凭小票，由店长批准。", ("二、退款规则",), [("退款规则是怎么定的？", "七天内凭小票，由店长批准。")]),
        ("七天内可以。", ("1.2 能退款吗？",), [("能退款吗？", "七天内可以。")]),
    ],
)  # fmt: skip
def test_each_kind_of_passage(text: str, under: tuple[str, ...], wanted: list[tuple[str, str]]) -> None:
    assert drafted(text, *under) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "这是我们的规定。",
        "如果是外卖，先打电话。",
        "English lessons on Monday",
        "只要是会员就送。",
        "长" * 500,
        "问：没有？",
    ],
)
def test_what_no_rule_is_sure_of_is_not_drafted(text: str) -> None:
    assert drafted(text) == []


def test_every_draft_names_its_passage_and_no_question_comes_twice(manual: Path) -> None:
    passages = read(manual).passages
    found = drafts([*passages, *passages])
    assert len({one.question for one in found}) == len(found) >= 4
    told = {one.number: one.told for one in passages}
    for one in found:
        assert all(number in told[one.passage] for number in ("15", "10", "20") if number in one.answer)
    assert (
        Draft("送错了怎么办？", "先道歉，再免费重做一杯。", next(n for n, text in told.items() if "送错" in text))
        in found
    )
