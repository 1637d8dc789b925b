"""What labelling tools hand out.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

import json

from tests.data.nasty.case import QUESTIONS, REVIEWS, Case
from tests.data.nasty.make import as_json, as_lines, parquet, table


def label_studio() -> list[Case]:
    studio_tasks = [
        {"id": n, "data": {"text": a}, "predictions": [], "annotations": [{"id": n, "completed_by": 1, "was_cancelled": False, "result": [
            {"from_name": "choice", "to_name": "text", "type": "choices", "value": {"choices": [b]}}]}]}
        for n, (a, b) in enumerate(REVIEWS, 1)
    ]  # fmt: skip
    divided = json.loads(json.dumps(studio_tasks))
    divided[0]["annotations"].append(json.loads(json.dumps(divided[1]["annotations"][0])))
    written = [
        {"id": n, "data": {"question": q}, "annotations": [{"result": [
            {"from_name": "my_words", "to_name": "q", "type": "textarea", "value": {"text": [a]}}]}]}
        for n, (q, a) in enumerate(QUESTIONS, 1)
    ]  # fmt: skip
    least = [
        {
            "text": a,
            "id": n,
            "sentiment": b,
            "annotator": 1,
            "annotation_id": n,
            "created_at": "2024-05-01T00:00:00Z",
            "lead_time": 1.5,
        }
        for n, (a, b) in enumerate(REVIEWS, 1)
    ]
    names = ("annotation_id", "annotator", "created_at", "id", "lead_time", "choice", "text", "updated_at")
    lines = [(str(n), "1", "2024-05-01", str(n), "1.5", b, a, "2024-05-01") for n, (a, b) in enumerate(REVIEWS, 1)]
    return [
        Case("Label Studio json", as_json(studio_tasks), REVIEWS),
        Case(
            "Label Studio json, divided",
            as_json(divided),
            [(REVIEWS[0][0], ""), *REVIEWS[1:]],
            [(1, "annotators_disagree")],
        ),
        Case("Label Studio json, written answers", as_json(written), QUESTIONS),
        Case("Label Studio json-min", as_json(least), REVIEWS),
        Case("Label Studio csv", table(lines, names).encode(), REVIEWS),
    ]


def argilla() -> list[Case]:
    two = [
        {"id": str(n), "fields": {"text": a}, "metadata": {}, "suggestions": {"label": {"value": "差评", "score": 0.5}},
         "responses": {"label": [{"value": b, "user_id": "u"}]}, "status": "completed"}
        for n, (a, b) in enumerate(REVIEWS)
    ]  # fmt: skip
    flat = [
        {"id": str(n), "status": "completed", "text": a, "label.responses": [b], "label.responses.users": ["u"],
         "label.responses.status": ["submitted"], "label.suggestion": "差评", "label.suggestion.score": 0.5}
        for n, (a, b) in enumerate(REVIEWS)
    ]  # fmt: skip
    flat_csv = [(str(n), "completed", a, f"['{b}']", "差评") for n, (a, b) in enumerate(REVIEWS)]
    feedback = [
        {"fields": {"prompt": q}, "responses": [{"status": "submitted", "values": {"answer": {"value": a}}}]}
        for q, a in QUESTIONS
    ]
    old = [
        {
            "text": a,
            "inputs": {"text": a},
            "prediction": [{"label": "差评", "score": 0.6}],
            "annotation": b,
            "status": "Validated",
        }
        for a, b in REVIEWS
    ]
    return [
        Case("Argilla 2 records", as_json(two), REVIEWS),
        Case("Argilla 2 flat", as_lines(flat), REVIEWS),
        Case(
            "Argilla 2 csv",
            table(flat_csv, ("id", "status", "text", "label.responses", "label.suggestion")).encode(),
            REVIEWS,
        ),
        Case("Argilla 1 feedback", as_json(feedback), QUESTIONS),
        Case("Argilla 1 classification", as_lines(old), REVIEWS),
        Case(
            "Argilla parquet",
            parquet({"id": [1, 2, 3, 4, 5, 6], "text": [a for a, _ in REVIEWS], "label": [b for _, b in REVIEWS]}),
            REVIEWS,
        ),
    ]


def kiln() -> list[Case]:
    kiln_runs = [{"v": 1, "input": q, "output": {"v": 1, "output": a, "rating": {"value": 5}}} for q, a in QUESTIONS]
    kiln_rows = [(q, a, "想了想", "shop") for q, a in QUESTIONS]
    kiln_lines = [
        {
            "messages": [
                {"role": "system", "content": "你是店员"},
                {"role": "user", "content": q},
                {"role": "assistant", "content": a},
            ]
        }
        for q, a in QUESTIONS
    ]
    return [
        Case("Kiln runs", as_lines(kiln_runs), QUESTIONS),
        Case(
            "Kiln csv",
            table(kiln_rows, ("input", "output", "reasoning", "tags")).encode(),
            [(q, f"<think>\n想了想\n</think>\n\n{a}") for q, a in QUESTIONS],
            [(0, "thoughts")],
        ),
        Case("Kiln messages", as_lines(kiln_lines), QUESTIONS, context=[("system", "你是店员")]),
    ]
