"""Small files that were once read wrongly, each with what a careful person reads in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from studio.data.intake.intake import Wish, understand
from studio.data.reading.child import tabulate_file
from studio.data.schema import Example, ImportReport

CASES = [folder / "shared" / "cases" for folder in Path(__file__).parents]  # beside a checkout, where there are any
ONE_OF_EACH = {"好评": 8, "差评": 8}


def read(name: str) -> tuple[list[Example], ImportReport]:
    path = next((folder / name for folder in CASES if (folder / name).is_file()), None)
    if path is None:
        pytest.skip("the shared files are not here")
    return understand(tabulate_file(path), Wish(), name)


@pytest.mark.parametrize(
    ("name", "labels", "first"),
    [
        ("c06_doccano.jsonl", {"好评": 2, "差评": 2, "": 2}, "服务差极了"),
        ("d01_empty_text_col.csv", ONE_OF_EACH, "很好喝"),
        ("d07_onehot.csv", ONE_OF_EACH, "很好喝"),
        ("d19_pair.tsv", {"1": 8, "0": 8}, "怎么退0\n0怎么退货"),
        ("f13_label_ws.csv", {"好评": 3, "差评": 2}, "好喝"),
        ("c10_fasttext.txt", {"好评": 3, "差评": 3}, "很好喝"),
        ("f04_mysql.csv", {"好评": 2, "差评": 2}, '他说"好喝"，真的'),
        ("g1_root_layout.xlsx", {"好评": 2, "差评": 2}, "很好喝"),
    ],
)  # fmt: skip
def test_texts_have_the_labels_that_a_person_sees(name: str, labels: dict[str, int], first: str) -> None:
    examples, report = read(name)
    assert report.task == "classify"
    assert Counter(example.target for example in examples) == labels
    assert examples[0].text == first


@pytest.mark.parametrize(
    ("name", "rows", "first"),
    [
        ("c05_dolly.jsonl", 8, ("第1次活动在哪办？\n店庆第1次活动在西湖边的1号草坪举行。", "西湖边1号草坪。")),
        ("c11_problem_solution.jsonl", 12, ("已知x+1=10，求x", "两边同减1，得 x=9。")),
        ("d04_trailing.json", 2, ("几点开门？", "九点。")),
        ("d11_faq.csv", 21, ("怎么退1号货", "去订单页点退货1。")),
    ],
)  # fmt: skip
def test_questions_have_the_answers_that_a_person_sees(name: str, rows: int, first: tuple[str, str]) -> None:
    examples, report = read(name)
    assert report.task == "chat"
    assert len(examples) == rows
    assert (examples[0].text, examples[0].target) == first


def test_the_ways_to_ask_of_one_fact_are_of_one_group() -> None:
    examples, _ = read("d11_faq.csv")
    assert {example.group for example in examples[:3]} == {"怎么退1号货"}
