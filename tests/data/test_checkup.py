"""The check-up finds what was put there, counts it exactly, and leaves clean rows alone."""

from __future__ import annotations

import pytest

from studio.data.checkup import checkup
from studio.data.schema import Row


def rows(*pairs: tuple[str, str]) -> list[Row]:
    return [Row(number, text, target, None, 0, False) for number, (text, target) in enumerate(pairs, 1)]


CLEAN = [(f"第{n}杯奶茶很好喝", "好评") for n in range(60)] + [(f"第{n}杯奶茶太难喝", "差评") for n in range(60)]


def found(*pairs: tuple[str, str], task: str = "classify") -> dict[str, tuple[int, ...]]:
    return {finding.kind: finding.rows for finding in checkup(rows(*pairs), task)}  # type: ignore[arg-type]


def test_clean_rows_have_no_findings() -> None:
    assert found(*CLEAN) == {}


def test_the_same_text_with_two_labels_is_a_contradiction_and_with_one_a_duplicate() -> None:
    spoiled = [*CLEAN, ("珍珠 很Q弹！", "好评"), ("珍珠很q弹", "差评"), ("布丁不错", "好评"), ("布丁不错。", "好评")]
    assert found(*spoiled) == {"contradiction": (121, 122), "duplicate": (124,)}


@pytest.mark.parametrize(
    "text",
    [
        "打我电话13800138000吧",
        "电话 138-0013-8000",
        "邮箱 lihua@example.com",
        "加微信：milktea_88",
        "身份证11010519491231002X",
    ],
)
def test_personal_data_is_found(text: str) -> None:
    assert found(*CLEAN, (text, "好评")) == {"personal_data": (121,)}


@pytest.mark.parametrize("text", ["订单号20260131142501333", "一共1380013元", "价格 13.80", "等了138分钟才到"])
def test_ordinary_numbers_are_not_personal_data(text: str) -> None:
    assert found(*CLEAN, (text, "好评")) == {}


def test_balance_is_about_classes_only() -> None:
    crowded = [(f"好喝{n}", "好评") for n in range(150)] + [(f"难喝{n}", "差评") for n in range(9)]
    assert found(*crowded) == {"imbalance": (), "rare_class": tuple(range(151, 160))}
    assert found(*[(text, "好评") for text, _ in CLEAN]) == {"one_class": ()}
    assert found(*crowded, task="chat") == {}


def test_unlabelled_few_short_and_long_rows_are_told() -> None:
    told = found(("好", ""), ("难喝的奶茶", "差评"), ("长" * 2001, "好评"), ("不错的奶茶", "好评"))
    assert told["unlabelled"] == (1,) and told["too_short"] == (1,) and told["too_long"] == (3,) and "few_rows" in told


def test_the_gravest_comes_first() -> None:
    kinds = [finding.severity for finding in checkup(rows(("一样", "好"), ("一样", "坏"), ("空", "")), "classify")]
    assert kinds == sorted(kinds, key=["error", "warning", "info"].index)
