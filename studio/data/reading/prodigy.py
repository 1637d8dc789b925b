"""A Prodigy task as a row: its label where it was accepted, or the options that were chosen.

Knows no file: a record comes in as parsed JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from studio.data.reading.shapes import Shaped

ANSWERS = ("accept", "reject", "ignore")


def prodigy(record: Mapping[str, Any]) -> Shaped | None:
    """One row; with no label where the annotator passed the text over, or said that the label does not hold."""
    text, answer = record.get("text"), record.get("answer")
    if not isinstance(text, str) or answer not in ANSWERS or not {"_task_hash", "options", "accept"} & record.keys():
        return None
    labels = _chosen(record) if "accept" in record or "options" in record else [str(record.get("label") or "")]
    if answer != "accept":
        return Shaped([{"text": text, "label": ""}], repaired="data.rejected_label" if answer == "reject" else "")
    label = labels[0] if len(labels) == 1 else json.dumps(labels, ensure_ascii=False)
    return Shaped([{"text": text, "label": label}])


def _chosen(record: Mapping[str, Any]) -> list[str]:
    """The accepted options as they are written on the screen."""
    options = [one for one in record.get("options") or () if isinstance(one, dict)]
    shown = {str(one.get("id")): str(one.get("text") or one.get("id")) for one in options}
    accepted = record.get("accept")
    return [shown.get(str(one), str(one)) for one in accepted] if isinstance(accepted, list) else []
