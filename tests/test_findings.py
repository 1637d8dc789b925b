"""What the measures of a report card say, in both languages: a report in, words out."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from studio.contract import Prediction
from studio.evaluation.report import of, read
from studio.evaluation.verdict import judge, of_report
from studio.findings import lines, sections
from studio.lamp import lamp
from studio.verdicts import Light
from studio.words import LANGS, Lang
from tests.evaluation.asked import Said, card, job
from tests.made import made_report

FACTS = [("你们几点开门？", "亲，早上八点开门哦～"), ("可以退款吗？", "亲，七天内可以退哦～")]


def talked() -> dict[str, Any]:
    return card(Said(after=dict(FACTS)), job(FACTS, FACTS, lesson="facts"))


def classified() -> dict[str, Any]:
    rows = [("很好喝", "好评"), ("太难喝", "差评")]
    said = {text: Prediction(label, 0.9, {label: 0.9}) for text, label in rows}
    return card(Said(said, said), job(rows, rows, task="classify", labels=["好评", "差评"], lesson="labels"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("made", [talked, classified])
def test_every_measure_speaks_in_whole_sentences(made: Any, lang: Lang) -> None:
    for part in sections(of(made()), lang):
        assert part.title and part.findings + part.figures
        for one in part.findings:
            assert one.title and (one.said or one.table)
            assert not re.search(r"[{}]|\d\.\d{3}", one.said + one.about), one.said
        assert all(one.about for one in part.figures)


def test_the_parts_come_in_their_order_with_figures_last() -> None:
    parts = sections(of(talked()), "zh")
    assert [part.part for part in parts] == ["learned", "kept", "honest", "manner", "texts"]
    assert [one.name for one in parts[-1].figures][:3] == ["BLEU", "ROUGE-L", "chrF"] and not parts[-1].findings
    assert parts[-1].figures[0].before == "0.0" and parts[-1].figures[0].after == "100.0"


def test_the_terminal_says_the_same_a_line_each() -> None:
    said = lines(of(talked()), "zh")
    assert any(re.match(r"换着问，答得一样 \d+% \(实际水平在", line) for line in said)
    assert any(line.startswith("BLEU 0.0 → 100.0") for line in said)
    assert any("100 道日常题，学之前一道也不会" in line for line in said)


def test_shares_in_a_sentence_and_a_table_are_percent() -> None:
    learned, *_ = sections(of(classified()), "zh")
    classes, calibration = learned.findings
    assert calibration.said == "它报的把握，和真的答对的比例，平均差 10%。"
    assert calibration.table and calibration.table.rows == (("90%–100%", "2", "90%", "100%"),)
    assert classes.table and classes.table.heads == ("类别", "查准", "查全", "F1", "题数")


def test_a_report_of_before_there_were_measures_has_none_to_show() -> None:
    assert sections(made_report(), "zh") == ()


@pytest.mark.parametrize(
    "damaged", [{"count": "many"}, {"rows": 7}, 7, "x", None, {"before": 3}, {"table": [1]}, [], [3]]
)
def test_a_measure_that_cannot_be_read_hides_no_other(damaged: Any) -> None:
    content = json.dumps({**talked(), "kept": damaged}).encode()
    report = read(content)
    assert report is not None and "consistency" in report.further
    for lang in LANGS:
        assert sections(report, lang)


def test_where_looking_up_does_better_that_is_said_and_not_that_words_were_counted() -> None:
    rows = [(f"第{n}种茶怎么泡？", f"第{n}种茶用{n}度的水泡。") for n in range(10, 30)]
    test = [(f"请问第{n}种茶怎么泡", answer) for (_, answer), n in zip(rows, range(10, 30), strict=True)]
    wrong = {text: "不知道" for text, _ in test}
    found = of(
        card(Said({}, {**wrong, **dict(rows[:16])} | {text: answer for text, answer in test[:15]}), job(rows, test))
    )
    figures = of_report(found)
    assert judge(figures) == "simple_is_better" and figures.looked_up
    said = lamp(Light("simple_is_better", figures), "zh")
    assert said.name == "直接查更准" and "答对 100%" in said.why
