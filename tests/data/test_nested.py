"""Rows that lie in lists within records are read, each with what stands above it; records that are rows stay so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.data.intake.intake import Wish, understand
from studio.data.reading.nested import within
from studio.data.reading.read import read_table
from studio.data.schema import Reading

QA = [{"q": "几点开门？", "a": "早上九点"}, {"q": "几点关门？", "a": "晚上十点"}]


@pytest.mark.parametrize(
    "data",
    [
        {"title": "店里的事", "topics": [{"id": 1, "name": "时间", "questions": QA}]},
        [{"category": "时间", "items": QA}, {"category": "其他", "items": []}],
        {"chapters": [{"name": "一", "sections": [{"name": "甲", "faqs": QA[:1]}, {"name": "乙", "faqs": QA[1:]}]}]},
    ],
)
def test_questions_under_topics_are_read_as_questions(tmp_path: Path, data: Any) -> None:
    path = tmp_path / "faq.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    examples, report = understand(read_table(path, Reading()), Wish(), path.name)
    assert [(one.text, one.target) for one in examples] == [(one["q"], one["a"]) for one in QA]
    assert [note["n"] for note in report.notes if note["reason"] == "data.nested_rows"] == [2]


def test_texts_under_their_label_have_it(tmp_path: Path) -> None:
    data = [{"label": name, "comments": [{"text": f"{name}，第{n}条"} for n in range(4)]} for name in ("好评", "差评")]
    path = tmp_path / "评论.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    examples, report = understand(read_table(path, Reading()), Wish(), path.name)
    assert (report.task, report.labels) == ("classify", {"好评": 4, "差评": 4})
    assert examples[0].text == "好评，第0条"


@pytest.mark.parametrize(
    "record",
    [
        {"question": "几点开门", "answer": "九点", "sources": [{"text": "见第三页", "label": "手册"}]},
        {"text": "好喝", "label": "好评", "entities": [{"text": "喝", "label": "动作"}]},
        {"messages": [{"role": "user", "content": "几点开门"}, {"role": "assistant", "content": "九点"}]},
        {"name": "一号店", "opening": [{"day": "周一", "from": "九点"}]},
    ],
)
def test_a_record_that_is_a_row_is_not_taken_apart(record: dict[str, Any]) -> None:
    assert within([record, record]) is None
