"""Facts of shops that nobody tuned to: how many are known as they were taught, and how many however they are asked.

Knows the studio by its façade only. The sheets in `benchmarks/sheets/` hold facts with the ways in which an owner asks
for them (`taught`, of which the first few are taught and the rest is asked) and ways in which customers would
(`unseen`), of which nothing is ever taught. `python -m benchmarks.facts FILE …` does the same with sheets from
elsewhere.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.table import Figure
from studio.assembled import Studio
from studio.config import STARTER
from studio.data.schema import Message
from studio.intervals import wilson
from studio.starter.questions import Question
from studio.starter.taught import general_questions

SHEETS = Path(__file__).with_name("sheets")
CATALOGUE = "catalogue"  # no sheet: a shop's list, made up
# Sheet, facts, phrasings taught. What was tuned to comes first; the others were looked at once, at the end.
TRIED = (
    ("bakery", 5, 1), ("bakery", 10, 1), ("bakery", 10, 2), ("bakery", 10, 3), ("gym", 30, 1), ("gym", 30, 2),
    ("florist_en", 12, 2), ("pet_clinic", 10, 2), ("phone_repair", 10, 2), ("hotel", 30, 1), ("hotel", 30, 2),
    ("building_materials", 100, 1), ("building_materials", 300, 1), (CATALOGUE, 1000, 1),
    ("dentist", 10, 2), ("photo_studio", 10, 2), ("bike_rental", 10, 2), ("cooking_school_en", 10, 2),
    ("noodle_shop", 10, 2), ("moving_company", 10, 2), ("kindergarten", 10, 2), ("campsite_en", 10, 2),
    ("locksmith", 10, 2), ("aquarium", 10, 2), ("car_wash", 10, 2), ("tailor", 10, 2), ("cake_shop_en", 10, 2),
    ("self_storage_en", 10, 2), ("pet_boarding", 10, 2), ("parcel_point", 10, 2), ("nail_salon_en", 10, 2),
    ("swimming_pool_en", 10, 2), ("laundry_en", 12, 2), ("driving_school_en", 30, 1), ("pharmacy", 300, 1),
    ("escape_room", 10, 2), ("eyeglasses", 10, 2), ("vineyard_tours_en", 10, 2), ("tea_room_hall", 30, 1),
)  # fmt: skip
GOODS = ("钉子", "螺丝", "铁丝", "水管", "电线", "灯泡", "插座", "开关", "胶带", "砂纸", "油漆", "刷子", "锤子",
         "扳手", "钳子", "锯条", "合页", "门锁", "龙头", "地漏", "瓷砖", "水泥", "腻子", "滤网", "绳子")  # fmt: skip
KINDS = ("小号", "中号", "大号", "加厚", "红色", "白色", "黑色", "不锈钢", "家用", "工业")
Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sheet:
    """Rows that are taught, and questions that are not, each with its answer."""

    taught: Rows
    otherwise: Rows  # as the owner of the sheet would ask, too
    unseen: Rows  # as customers ask


def sheet(name: str, facts: int, phrasings: int) -> Sheet:
    """The first `facts` facts of a sheet, each taught in up to `phrasings` ways."""
    if name == CATALOGUE:
        return catalogue(facts)
    return read(SHEETS / f"{name}.json", facts, phrasings)


def read(file: Path, facts: int, phrasings: int) -> Sheet:
    """The same of any file of this form."""
    found = json.loads(file.read_text(encoding="utf-8"))["facts"][:facts]
    return Sheet(
        tuple((text, fact["answer"]) for fact in found for text in fact["taught"][:phrasings]),
        tuple((text, fact["answer"]) for fact in found for text in fact["taught"][phrasings:]),
        tuple((text, fact["answer"]) for fact in found for text in fact["unseen"]),
    )


def catalogue(facts: int) -> Sheet:
    """Up to a thousand facts as a shop's list has them: price, shelf, stock and maker of so many goods."""
    draw, taught, otherwise = random.Random(5), [], []
    for good, kind in itertools.product(GOODS, KINDS):
        price, shelf, left, maker = (
            draw.randint(3, 99),
            draw.randint(1, 40),
            draw.randint(5, 300),
            draw.choice("浙粤鲁苏"),
        )
        name = kind + good
        taught += [
            (f"{name}多少钱？", f"{name}{price}元一件。"),
            (f"{name}放在哪里？", f"{name}在{shelf}号货架。"),
            (f"{name}还剩多少？", f"{name}还剩{left}件。"),
            (f"{name}是哪里产的？", f"{name}是{maker}产的。"),
        ]
        otherwise += [(f"想买{name}，什么价", taught[-4][1]), (f"请问{name}在几号货架", taught[-3][1])]
    kept = {answer for _, answer in taught[:facts]}
    asked = draw.sample([row for row in otherwise if row[1] in kept], min(100, facts // 4))
    return Sheet(tuple(taught[:facts]), tuple(asked), ())


def figures() -> Iterator[Figure]:
    """Every sheet by the default plan, on the starter, or on the model that XIAOZAO_BENCH_MODEL names."""
    model = os.environ.get("XIAOZAO_BENCH_MODEL", STARTER)
    for name, facts, phrasings in TRIED:
        yield from taught(name, sheet(name, facts, phrasings), f"{facts} facts in {phrasings}, {name}", model)


def taught(name: str, rows: Sheet, title: str, model: str = STARTER, **changes: Any) -> Iterator[Figure]:
    """What the default plan makes of a sheet."""
    with tempfile.TemporaryDirectory() as folder, Studio(Path(folder) / "home") as studio:
        dataset = studio.data.add(_write(Path(folder) / f"{name}.csv", rows.taught)).id
        began = time.process_time()
        run = studio.train(studio.plan(dataset, model, changes=changes).config)
        seconds = time.process_time() - began
        recall = studio.evaluate(run.id)["taught"]
        yield Figure(f"{title}: known as taught", _share(recall["recalled"], recall["count"]), "≥ 98 %")
        for how, asked in (("asked otherwise", rows.otherwise), ("in customers' words", rows.unseen)):
            if asked:
                found = studio.evaluate(run.id, file=_write(Path(folder) / "asked.csv", asked))["tuned"]
                yield Figure(f"{title}: {how}", _share(found["correct"], found["count"]), "≥ 75 %")
        if model == STARTER:
            yield Figure(f"{title}: general answers kept", _kept(studio, run.id, general_questions()), "≥ 95 %")
        yield Figure(f"{title}: training", f"{run.progress.step} steps, {seconds:.0f} CPU s")


def _kept(studio: Studio, run: str, questions: Sequence[Question]) -> str:
    """Of what the untouched model has right, what the tuned one still has."""
    talks = [[Message("user", question.ask)] for question in questions]
    before, after = (studio.replies(run, talks, tuned=tuned) for tuned in (False, True))
    right = [question for question, said in zip(questions, before, strict=True) if question.is_answered(said)]
    still = dict(zip(questions, after, strict=True))
    return _share(sum(question.is_answered(still[question]) for question in right), len(right))


def _share(correct: int, count: int) -> str:
    low, high = wilson(correct, count)
    return f"{correct / max(count, 1):.0%} of {count} ({low:.0%} … {high:.0%})"


def _write(file: Path, rows: Sequence[tuple[str, str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("问题", "答案"), *rows])
    return file


def main(files: Sequence[str]) -> None:
    """Each file's sheet, all its facts, in as many phrasings as the first fact is taught in."""
    for file in map(Path, files):
        facts = json.loads(file.read_text(encoding="utf-8"))["facts"]
        rows = read(file, len(facts), len(facts[0]["taught"]))
        for figure in taught(file.stem, rows, f"{file.stem}, {len(facts)} facts"):
            print(figure.what, figure.value, figure.goal, sep=" | ", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
