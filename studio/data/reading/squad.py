"""SQuAD's questions about passages, flat as the hubs have them or nested as they were published (CMRC, DRCD too).

Knows no file: a record comes in as parsed JSON.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from studio.data.reading.shapes import Cells, Shaped, cell


def squad(record: Mapping[str, Any]) -> Shaped | None:
    """A row for each question, with the answer that most people gave; none where the passage does not tell."""
    if isinstance(record.get("paragraphs"), list):
        rows = [row for passage in record["paragraphs"] if isinstance(passage, dict) for row in _asked(passage)]
        return Shaped(rows) if rows else None
    answers = record.get("answers")
    if isinstance(answers, dict) and isinstance(answers.get("text"), list) and "question" in record:
        told = {str(key): cell(value) for key, value in record.items()}
        return Shaped([{**told, "answers": _most(answers["text"])}])
    return None


def _asked(passage: Mapping[str, Any]) -> Iterator[Cells]:
    context = cell(passage.get("context"))
    for asked in passage.get("qas") or ():
        if isinstance(asked, dict) and isinstance(asked.get("question"), str):
            given = [one.get("text") for one in asked.get("answers") or () if isinstance(one, dict)]
            yield {"question": asked["question"], "context": context, "answer": _most(given)}


def _most(answers: list[Any]) -> str:
    counts = Counter(answer.strip() for answer in answers if isinstance(answer, str) and answer.strip())
    return counts.most_common(1)[0][0] if counts else ""
