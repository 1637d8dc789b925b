"""SQuAD's questions about passages, flat as the hubs have them or nested as they were published (CMRC, DRCD too).

Knows no file: a record comes in as parsed JSON.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from studio.data.reading.shapes import Cells, Shaped, cell


def squad(record: Mapping[str, Any]) -> Shaped | None:
    """A row for each question, with the answer that most people gave; none where the passage does not tell."""
    if isinstance(record.get("paragraphs"), list):
        asked = [one for passage in record["paragraphs"] if isinstance(passage, dict) for one in _asked(passage)]
        return _shaped(asked) if asked else None
    answers = record.get("answers")
    if isinstance(answers, dict) and isinstance(answers.get("text"), list) and "question" in record:
        told = {str(key): cell(value) for key, value in record.items() if key != "answers"}
        return _shaped([(told, answers["text"])])
    return None


def _asked(passage: Mapping[str, Any]) -> Iterator[tuple[Cells, list[Any]]]:
    context = cell(passage.get("context"))
    for asked in passage.get("qas") or ():
        if isinstance(asked, dict) and isinstance(asked.get("question"), str):
            given = [one.get("text") for one in asked.get("answers") or () if isinstance(one, dict)]
            yield {"question": asked["question"], "context": context}, given


def _shaped(asked: Sequence[tuple[Cells, list[Any]]]) -> Shaped:
    rows: list[Cells] = []
    others = 0
    for told, given in asked:
        counts = Counter(answer.strip() for answer in given if isinstance(answer, str) and answer.strip())
        rows.append({**told, "answer": counts.most_common(1)[0][0] if counts else ""})
        others += max(0, len(counts) - 1)
    return Shaped(rows, counted={"data.further_answers_left_out": others} if others else {})
