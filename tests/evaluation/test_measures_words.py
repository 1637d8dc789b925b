"""How answers are worded: against reference implementations, whose figures stand here, and counts made by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from studio.contract import Prediction
from studio.evaluation.measures.overlap import OVERLAPS
from studio.evaluation.segment import names, words
from studio.evaluation.sitting import Wish
from tests.evaluation.asked import Said, card, job

ENGLISH = [  # answer, right answer
    ("A latte is four dollars fifty.", "The latte costs four dollars and fifty cents."),
    ("We open at 8:30 every day", "we open at 8:30"),
    ("yes", "no"),
    ("It's free, don't worry", "Don't worry, it's free"),
]
# rouge_score 0.1.2: [RougeScorer(["rougeL"]).score(t, a)["rougeL"].fmeasure for a, t in ENGLISH]
ROUGE_L = [0.571429, 0.833333, 0.0, 0.5]
# sacrebleu 2.6.0: corpus_bleu(answers, [targets]).score, corpus_chrf(answers, [targets]).score
BLEU, CHRF = 29.021437, 55.054524
# sacrebleu 2.6.0: corpus_bleu([answer], [[target]], tokenize="zh").score, and its corpus_chrf
CHINESE = ("少糖就是减20%糖浆。", "少糖就是减30%糖浆。")
CHINESE_BLEU, CHINESE_CHRF = 65.803701, 52.691197


def scored(name: str, *pairs: tuple[str, str]) -> float:
    return OVERLAPS[name]([answer for answer, _ in pairs], [target for _, target in pairs])


@pytest.mark.parametrize(("pair", "expected"), zip(ENGLISH, ROUGE_L, strict=True))
def test_rouge_l_is_that_of_the_reference(pair: tuple[str, str], expected: float) -> None:
    assert scored("rouge_l", pair) == pytest.approx(100 * expected, abs=1e-3)


def test_bleu_and_chrf_are_those_of_the_reference_in_both_languages() -> None:
    assert scored("bleu", *ENGLISH) == pytest.approx(BLEU, abs=1e-4)
    assert scored("chrf", *ENGLISH) == pytest.approx(CHRF, abs=1e-4)
    assert scored("bleu", CHINESE) == pytest.approx(CHINESE_BLEU, abs=1e-4)
    assert scored("chrf", CHINESE) == pytest.approx(CHINESE_CHRF, abs=1e-4)


def test_chinese_is_compared_word_by_word() -> None:
    assert words("少糖就是减20%糖浆！") == ["少糖", "就是", "减", "20", "糖浆"]
    assert scored("rouge_l", CHINESE) == scored("token_f1", CHINESE) == pytest.approx(80.0)  # four words of five
    assert scored("token_f1", ("糖浆 少糖", "少糖 糖浆")) == 100.0
    assert scored("rouge_l", ("糖浆 少糖", "少糖 糖浆")) == 50.0


def test_exact_forgives_signs_and_nothing_else() -> None:
    pairs = [("八点开门！", "八点开门"), ("八点 开门", "八点开门"), ("九点开门", "八点开门"), ("", "八点开门")]
    assert scored("exact", *pairs) == 50.0


@pytest.mark.parametrize("name", OVERLAPS)
def test_all_wrong_is_nought_and_all_the_same_a_hundred(name: str) -> None:
    assert scored(name, ("", "八点开门，欢迎光临。"), ("", "七天内可以退。")) == 0.0
    assert scored(name, ("八点开门，欢迎光临。", "八点开门，欢迎光临。")) == pytest.approx(100.0)


def test_the_figures_stand_in_the_report_with_the_bases_beside_them() -> None:
    rows = [("几点开门", "早上八点开门。"), ("可以退吗", "七天内可以退。")]
    found = card(Said({"几点开门": "早上八点开门。"}, dict(rows)), job(rows, rows))
    assert {name: found[name] for name in OVERLAPS} == dict.fromkeys(OVERLAPS, 100.0)
    assert found["before"]["exact"] == 50.0 and 0 < found["before"]["bleu"] < 100
    assert not {*OVERLAPS, "length", "before"} & card(Said(), job(rows)).keys()  # no test rows


def test_length_is_half_to_twice_that_of_the_right_answer() -> None:
    rows = [("甲", "一" * 10), ("乙", "一" * 10), ("丙", "一" * 10)]
    after = {"甲": "二" * 5, "乙": "二" * 21, "丙": "二" * 20}
    found = card(Said({}, after), job(rows, rows))["length"]
    assert (found["correct"], found["count"], found["median"], found["taught"]) == (2, 3, 20, 10)
    assert found["before"]["median"] == 5  # 我不知道。


def test_a_turn_of_phrase_counts_where_it_is_a_habit_and_belongs() -> None:
    train = [(f"问{n}", "亲，八点开门哦～" if n % 2 else "八点开门") for n in range(10)]
    test = [("甲", "亲，七天内可以退哦。"), ("乙", "十二元一杯！"), ("丙", "亲，有的~")]
    found = card(Said({}, {"甲": "亲，可以退。", "乙": "十二元！", "丙": "有的～"}), job(train, test))["tone"]
    # 甲 should have 亲 and 哦, has one; 乙's ! is no habit; 丙 should have 亲 and ~, has one
    assert (found["correct"], found["count"], found["before"]["correct"]) == (2, 4, 0)
    assert set(found["words"].split(" / ")) == {"亲", "哦", "~"}
    assert "tone" not in card(Said(), job([("问", "八点开门")] * 3, test))


def test_terms_are_names_that_several_answers_have() -> None:
    assert names("请到前台扫 Wi-Fi 码，珍珠奶茶十二元") >= {"前台", "珍珠奶茶"}
    train = [(f"问{n}", "请到前台领取。" if n < 3 else f"第{n}种说法，慢慢来。") for n in range(20)]
    test = [("甲", "在前台。"), ("乙", "前台有人。"), ("丙", "不用。")]
    found = card(Said({"甲": "前台"}, {"甲": "在前台。", "乙": "柜台有人。"}), job(train, test))["terms"]
    assert (found["correct"], found["count"], found["before"]["correct"]) == (1, 2, 1)
    assert "前台" in found["words"]


ORDERS = [(f"单{n}", json.dumps({"菜": f"面{n}", "份": n}, ensure_ascii=False)) for n in range(10)]


def test_json_stays_json_with_all_that_was_taught() -> None:
    after: dict[str, Any] = dict(ORDERS[:2])
    after |= {"单2": '{"菜": "面"}', "单3": '```json\n{"菜": "面", "份": 1}\n```', "单4": '{"菜": "面", "份": 1'}
    found = card(Said({"单0": "[]"}, after), job(ORDERS, ORDERS[:5]))["format"]
    assert (found["correct"], found["count"], found["parsed"]) == (2, 5, 3)
    assert (found["before"]["correct"], found["before"]["parsed"]) == (0, 1)
    assert [row["text"] for row in found["rows"]] == ["单2", "单3", "单4"]


def test_a_given_schema_decides_whatever_was_taught() -> None:
    schema = {"type": "object", "properties": {"份": {"type": "integer", "minimum": 1}}, "required": ["份"]}
    found = card(Said({}, dict(ORDERS)), job(ORDERS, ORDERS[:3]), Wish(schema=schema))["format"]
    assert (found["correct"], found["parsed"]) == (2, 3)  # of 单0 there is none
    plain = job([("几点", "八点")], [("几点", "八点")])
    assert "format" not in card(Said(), plain)
    assert card(Said(), plain, Wish(schema=schema))["format"]["correct"] == 0


LABELS = ["好评", "差评", "中性"]


def classified(*pairs: tuple[str, str, float]) -> dict[str, Any]:
    """`pairs`: right label, answer, confidence."""
    rows = [(f"第{n}条", target) for n, (target, _, _) in enumerate(pairs)]
    said = {f"第{n}条": Prediction(answer, sure, {answer: sure}) for n, (_, answer, sure) in enumerate(pairs)}
    train = [("好", "好评"), ("差", "差评")]
    known = {text: Prediction(label, 1.0, {label: 1.0}) for text, label in train}
    return card(
        Said({**said, **known}, {**said, **known}), job(train, rows, task="classify", labels=LABELS, lesson="labels")
    )


def test_each_class_has_its_precision_recall_and_f1() -> None:
    found = classified(
        ("好评", "好评", 0.9), ("好评", "好评", 0.9), ("好评", "差评", 0.6), ("差评", "差评", 0.8),
        ("差评", "好评", 0.5),
    )["classes"]  # fmt: skip
    assert [line["label"] for line in found] == ["好评", "差评"]  # nothing is 中性, nor was said to be
    assert [line["rows"] for line in found] == [3, 2]
    assert [line["precision"] for line in found] == pytest.approx([2 / 3, 1 / 2])
    assert [line["recall"] for line in found] == pytest.approx([2 / 3, 1 / 2])
    assert [line["f1"] for line in found] == pytest.approx([2 / 3, 1 / 2])


def test_calibration_is_how_far_confidence_is_from_the_truth_bin_by_bin() -> None:
    found = classified(
        ("好评", "好评", 0.95), ("好评", "差评", 1.0), ("差评", "差评", 0.65), ("差评", "好评", 0.6)
    )["calibration"]  # fmt: skip
    # 0.9 … 1.0: two rows, 0.975 sure, one right; 0.6 … 0.7: two rows, 0.625 sure, one right
    assert found["ece"] == pytest.approx((2 * 0.475 + 2 * 0.125) / 4)
    assert [(line["between"], line["rows"], line["right"]) for line in found["table"]] == [
        ([0.6, 0.7], 2, 0.5), ([0.9, 1.0], 2, 0.5)
    ]  # fmt: skip
    rows = [("几点", "八点")]
    assert "calibration" not in card(Said(), job(rows, rows))
