"""What tools for labelling hand out: Label Studio, Argilla, Kiln.

Knows no conversation but that a labelled one holds turns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from studio.data.reading.headers import role_of
from studio.data.reading.shapes.replies import question
from studio.data.reading.shapes.shape import Cells, Record, Shaped, cell
from studio.data.reading.shapes.turns import Turn, turns_in

NOT_ANSWERS = ("discarded", "draft", "cancelled")
PLAIN_NAMES = {"choices": "label", "rating": "label", "taxonomy": "label", "text": "reply", "number": "label"}


def label_studio(record: Record) -> Shaped | None:
    given = record.get("annotations", record.get("completions"))
    if not isinstance(record.get("data"), dict) or not isinstance(given, list):
        return None
    made = [one for one in given if isinstance(one, dict)]
    given = [one for one in made if not one.get("was_cancelled")]
    passed = bool(made) and not given
    given = [one for one in given if one.get("ground_truth")] or given
    answers: dict[str, list[str]] = {}
    for one in given:
        for result in one.get("result") or ():
            if isinstance(result, dict) and (found := _result(result)):
                answers.setdefault(found[0], []).append(found[1])
    cells: Cells = {}
    for key, value in record["data"].items():
        turns = turns_in(value) if isinstance(value, list) and value and isinstance(value[0], dict) else None
        cells |= _dialogue(str(key), turns, answers) if turns else {str(key): cell(value)}
    agreed = _agreed(cells, answers)
    return replace(agreed, repaired="data.passed_over") if passed else agreed


def _dialogue(name: str, turns: Sequence[Turn], answers: Mapping[str, Any]) -> Cells:
    """A conversation to be answered, or one to be put into a class: then as one text, a line a turn."""
    written = any((claimed := role_of(one)) and claimed[0] == "reply" for one in answers)
    if written and turns[-1].speaker == "user":
        asked = question(turns)
        return {key: asked[key] for key in asked if key != "reply"}
    return {name: "\n".join(f"{turn.speaker}: {turn.words}" for turn in turns)}


def _result(result: Mapping[str, Any]) -> tuple[str, str] | None:
    """A Label Studio result as the column that it fills and its value; None for spans and boxes."""
    value, kind = result.get("value"), str(result.get("type"))
    kind = {"textarea": "text"}.get(kind, kind)
    if not isinstance(value, dict) or kind not in PLAIN_NAMES or kind not in value:
        return None
    name, held = str(result.get("from_name", "")), value[kind]
    if isinstance(held, list):
        parts = [" / ".join(map(cell, part)) if isinstance(part, list) else cell(part) for part in held]
        held = ("\n" if kind == "text" else "、").join(parts)
    return (name if role_of(name) else PLAIN_NAMES[kind]), cell(held)


def argilla(record: Record) -> Shaped | None:
    if not isinstance(record.get("fields"), dict) or "responses" not in record:
        return None
    answers: dict[str, list[str]] = {}
    for asked, value in _responses(record["responses"]):
        answers.setdefault(asked, []).append(value)
    return _agreed({str(key): cell(value) for key, value in record["fields"].items()}, answers)


def _responses(responses: Any) -> Iterable[tuple[str, str]]:
    """(question, value): `{question: [{value, status}]}` in Argilla 2, `[{values: {question: {value}}}]` in 1."""
    if isinstance(responses, dict):
        for asked, given in responses.items():
            yield from ((str(asked), value) for value in _submitted(given))
    elif isinstance(responses, list):
        for one in responses:
            if isinstance(one, dict) and one.get("status") not in NOT_ANSWERS and isinstance(one.get("values"), dict):
                for asked, held in one["values"].items():
                    yield str(asked), cell(held.get("value") if isinstance(held, dict) else held)


def _submitted(given: Any) -> list[str]:
    answers = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return [_choice(one.get("value")) for one in answers if one.get("status") not in NOT_ANSWERS]


def _choice(value: Any) -> str:
    return "、".join(map(cell, value)) if isinstance(value, list) else cell(value)


def argilla_flat(record: Record) -> Shaped | None:
    """As Argilla hands it to pandas and Hugging Face: `label.responses`, or `label` as a list of answers."""
    answers: dict[str, list[str]] = {}
    for key, value in record.items():
        if key.endswith(".responses") and isinstance(value, list | None):
            status = record.get(f"{key}.status")
            kept = zip(value or (), status if isinstance(status, list) else [""] * len(value or ()), strict=False)
            answers[key.removesuffix(".responses")] = [_choice(one) for one, state in kept if state not in NOT_ANSWERS]
        elif (
            isinstance(value, list)
            and value
            and all(isinstance(v, dict) and {"user_id", "value"} <= set(v) for v in value)
        ):
            answers[key] = _submitted(value)
    if not answers:
        return None
    parts = (".responses", ".suggestion", "-suggestion")
    others = {k: cell(v) for k, v in record.items() if k not in answers and not any(part in k for part in parts)}
    return _agreed(others, answers)


def argilla_old(record: Record) -> Shaped | None:
    if "annotation" not in record or not {"prediction", "inputs", "annotation_agent"} & record.keys():
        return None
    inputs = record.get("inputs")
    cells = {str(k): cell(v) for k, v in inputs.items()} if isinstance(inputs, dict) else {}
    if isinstance(record.get("text"), str) and record["text"] not in cells.values():
        cells["text"] = record["text"]
    return _agreed(cells, {"label": [_choice(record["annotation"])]})


def _agreed(cells: Cells, answers: Mapping[str, Sequence[str]]) -> Shaped:
    """One row with the answer that most people gave; where they are divided it stays open, and the report says so."""
    divided = False
    for name, given in answers.items():
        counts = Counter(value for value in given if value).most_common(2)
        tied = len(counts) == 2 and counts[0][1] == counts[1][1]
        divided |= tied
        cells[name if name not in cells else f"{name} label"] = counts[0][0] if counts and not tied else ""
    return Shaped([cells], repaired="data.annotators_disagree" if divided else "")


def kiln(record: Record) -> Shaped | None:
    """A Kiln task run; a repaired answer is better than the first one."""
    held = record.get("repaired_output") or record.get("output")
    if not isinstance(held, dict) or not isinstance(held.get("output"), str) or "input" not in record:
        return None
    return Shaped([{"prompt": cell(record["input"]), "reply": held["output"]}])
