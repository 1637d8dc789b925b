"""A Prodigy task as a row: its label where it was accepted, or the options that were chosen.

Knows no file: a record comes in as parsed JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from studio.data.reading.shapes import Shaped

LEFT_OPEN = {"accept": "", "reject": "data.rejected_label", "ignore": "data.passed_over"}
HAN = re.compile(r"[\u4e00-\u9fff]")
OTHER = {True: "不是{}", False: "not {}"}  # in Chinese, else in English


def prodigy(record: Mapping[str, Any]) -> Shaped | None:
    """One row; with no label where the annotator passed the text over, or said that the label does not hold."""
    text, answer = record.get("text"), str(record.get("answer"))
    if not isinstance(text, str) or not _is_task(record):
        return None
    labels = _chosen(record) if "accept" in record or "options" in record else [str(record.get("label") or "")]
    if answer != "accept":
        return Shaped([{"text": text, "label": ""}], repaired=LEFT_OPEN[answer])
    label = labels[0] if len(labels) == 1 else json.dumps(labels, ensure_ascii=False)
    return Shaped([{"text": text, "label": label}])


def _chosen(record: Mapping[str, Any]) -> list[str]:
    """The accepted options as they are written on the screen."""
    options = [one for one in record.get("options") or () if isinstance(one, dict)]
    shown = {str(one.get("id")): str(one.get("text") or one.get("id")) for one in options}
    accepted = record.get("accept")
    return [shown.get(str(one), str(one)) for one in accepted] if isinstance(accepted, list) else []


def judged(records: Sequence[Any]) -> tuple[str, str] | None:
    """The one label that every task offered and what its rejection says, where people did both; None elsewhere."""
    tasks = [
        one for one in records if isinstance(one, dict) and _is_task(one) and not {"options", "accept"} & one.keys()
    ]
    labels = {held if isinstance(held := one.get("label"), str) else "" for one in tasks}
    label = next(iter(labels)) if len(labels) == 1 and len(tasks) == len(records) else ""
    if not label or {"accept", "reject"} - {one["answer"] for one in tasks}:
        return None
    return label, OTHER[bool(HAN.search(label))].format(label)


def rejected(record: Mapping[str, Any], other: str) -> Mapping[str, Any]:
    """The task with the other label, where the one offered was rejected."""
    return {**record, "label": other, "answer": "accept"} if record["answer"] == "reject" else record


def _is_task(record: Mapping[str, Any]) -> bool:
    return str(record.get("answer")) in LEFT_OPEN and bool({"_task_hash", "options", "accept"} & record.keys())
