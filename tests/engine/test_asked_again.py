"""Whoever learned a file and is given that file again is asked the very prompts of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from studio.data import asking
from studio.data.intake.intake import Wish, understand
from studio.data.intake.later import understood
from studio.data.intake.samples import SAMPLES, Sample
from studio.data.reading.child import tabulate_file
from studio.data.schema import Example, Splits, Table
from studio.engine.encode import Encoder
from studio.predict import ASKED, Questions
from studio.tasks import Role, Task
from tests.data.nasty import CASES
from tests.data.nasty.case import Case
from tests.engine.conftest import make_tokenizer

SHARED = Path(__file__).parents[3] / "shared" / "cases"
TOKENIZER = make_tokenizer()
ENOUGH = 40  # rows of a file


def splits_of(examples: Sequence[Example], task: Task, labels: Mapping[str, int]) -> Splits:
    texts = [example.text for example in examples]
    return Splits("data-1", 1, task, tuple(labels), tuple(examples), asked_in=asking.language_of(texts))


def asked_as_taught(table: Table, wish: Wish, later: Table | None = None) -> None:
    """`later` is given to who learned `table`; the same table without another."""
    examples, report = understand(table, wish, "表")
    splits = splits_of(examples, report.task, report.labels)
    known = understood(later or table, report.roles, report.task)
    assert not known.guessed and not known.missing
    asker = Questions("", later or table, known, report.task, None, asking.system_text(splits))
    said = [one.said for _, _, state, one in asker if state == ASKED and one is not None]
    taught = [asking.of(example) for example in examples]
    if "paraphrase" in report.roles.values():  # each further way to ask is learned, but the row asks once
        assert len([one for one in taught if one in said]) >= len({example.group for example in examples})
        examples = [example for example in examples if asking.of(example) in said]
    elif report.dropped:  # an answer that is called bad is not learned, but its question can be asked
        assert [one for one in taught if one not in said] == []
    else:
        assert said == taught
    encoder = Encoder.of(TOKENIZER, splits, 10**6)
    for example in examples[:ENOUGH]:
        conversation = said[said.index(asking.of(example))]
        row = encoder.encode(replace(example, target=example.target or "好"))
        assert row is not None and row.prompt == encoder.prompt(conversation[-1].content, conversation[:-1])


@pytest.mark.parametrize("case", [case for case in CASES if not case.refusal], ids=lambda case: case.name)
def test_a_nasty_file_given_again(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "表"
    path.write_bytes(case.content)
    asked_as_taught(tabulate_file(path, case.reading), Wish())


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.path], ids=lambda sample: sample.id)
def test_an_example_given_again(sample: Sample) -> None:
    assert sample.path is not None
    asked_as_taught(tabulate_file(sample.path), Wish())


@pytest.mark.parametrize("name", ["p_two_text.csv", "p_alpaca_sys.jsonl", "c05_dolly.jsonl", "c13_belle_multi.jsonl"])
def test_a_reported_file_given_again(name: str) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not part of the project")
    texts: dict[str, Role] = {"标题": "text", "正文": "text"} if name == "p_two_text.csv" else {}
    asked_as_taught(tabulate_file(SHARED / name), Wish(roles=texts))


def test_columns_in_another_order_are_joined_as_they_were_taught(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    rows = [f"单{n},很好喝{n},好评" if n % 2 else f"单{n},太难喝{n},差评" for n in range(12)]
    path.write_text("标题,正文,标签\n" + "\n".join(rows), encoding="utf-8")
    table = tabulate_file(path)
    turned = replace(table, columns=table.columns[1::-1], rows=tuple(row[1::-1] for row in table.rows))
    asked_as_taught(table, Wish(roles={"标题": "text", "正文": "text"}), turned)
    examples, _ = understand(table, Wish(roles={"标题": "text", "正文": "text"}), "表")
    assert examples[0].text == "单0\n太难喝0"


def test_rows_without_a_system_text_are_asked_below_the_one_that_was_taught(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    rows = [f"你是喵星客服,第{n}桌几点上菜,{n}点喵" for n in range(12)]
    path.write_text("system,问题,回答\n" + "\n".join(rows), encoding="utf-8")
    table = tabulate_file(path)
    asked_as_taught(table, Wish(), replace(table, columns=table.columns[1:], rows=tuple(row[1:] for row in table.rows)))
