"""Whether answers that should be JSON are.

Knows nothing of what they say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from studio.contract import Prediction
from studio.data.thoughts import spoken
from studio.evaluation.metrics import shares
from studio.evaluation.sitting import Metrics, Schema, Sitting

MOSTLY = 0.9  # of the taught answers are JSON where that is what is taught
LOOKED_AT = 500


def format(sitting: Sitting) -> Metrics | None:
    """How many answers are JSON (`parsed`) that keeps to the schema which a person gave, or else has every key that all
    taught answers have (`correct`). None where neither JSON was taught nor a schema given."""
    taught = [_parsed(spoken(row.target)) for row in islice(sitting.job.splits.train, LOOKED_AT)]
    structured = sum(isinstance(one, dict | list) for one in taught) >= MOSTLY * len(taught) > 0
    if not sitting.replies or not sitting.test or not (structured or sitting.wish.schema):
        return None
    schema = sitting.wish.schema or _schema_of(taught)
    wrong = [
        {"number": one.number, "text": one.text, "target": one.target, "base": base.answer, "tuned": tuned.answer}
        for one, base, tuned in zip(sitting.test, sitting.base, sitting.tuned, strict=True)
        if not _keeps_to(schema, tuned.answer)
    ]
    return {**_told(schema, sitting.tuned), "before": _told(schema, sitting.base), "rows": wrong}


def _told(schema: Schema, answers: Sequence[Prediction]) -> Metrics:
    parsed = sum(_parsed(said.answer) is not None for said in answers)
    return {**shares(sum(_keeps_to(schema, said.answer) for said in answers), len(answers)), "parsed": parsed}


def _keeps_to(schema: Schema, answer: str) -> bool:
    from jsonschema import Draft202012Validator

    found = _parsed(answer)
    return found is not None and Draft202012Validator(schema or {}).is_valid(found)


def _schema_of(taught: Iterable[Any]) -> Schema:
    """That which all objects have."""
    keys = [set(one) for one in taught if isinstance(one, dict)]
    return {"type": "object", "required": sorted(set.intersection(*keys))} if keys else {"type": "array"}


def _parsed(text: str) -> Any:
    """None where it is no JSON; the word null is none that anybody asks for."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
