"""How good answers are, in numbers that say how sure they are.

Knows no model: strings and counts in, numbers out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from rapidfuzz.fuzz import ratio

from studio.evaluation.facts import agrees
from studio.intervals import wilson

Metrics = dict[str, Any]
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def normal(text: str) -> str:
    """`text` as it is compared: width, case, spaces and punctuation do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] not in "ZPC" or sign in "%")


def numbers(text: str) -> list[str]:
    """The numbers in `text` in their order."""
    return _NUMBER.findall(unicodedata.normalize("NFKC", text))


def similarity(answer: str, target: str) -> float:
    """0 … 1: the share of characters that match (normalised insertions and deletions), after `normal`."""
    return ratio(normal(answer), normal(target)) / 100


def shares(correct: int, count: int) -> Metrics:
    return {"correct": correct, "count": count, "interval": list(wilson(correct, count))}


def classified(answers: Sequence[str], targets: Sequence[str], labels: Sequence[str]) -> Metrics:
    """Accuracy and macro F1 (the mean over labels that occur, each counting the same)."""
    correct = sum(answer == target for answer, target in zip(answers, targets, strict=True))
    return {
        "accuracy": correct / len(targets) if targets else 0.0,
        "macro_f1": macro_f1(confusion(answers, targets, labels)),
        **shares(correct, len(targets)),
    }


def confusion(answers: Sequence[str], targets: Sequence[str], labels: Sequence[str]) -> list[list[int]]:
    """Rows: the true label; columns: the answer; in the order of `labels`."""
    place = {label: at for at, label in enumerate(labels)}
    table = [[0] * len(labels) for _ in labels]
    for answer, target in zip(answers, targets, strict=True):
        table[place[target]][place[answer]] += 1
    return table


def macro_f1(table: Sequence[Sequence[int]]) -> float:
    """The mean F1 of the labels that occur as truth or answer."""
    scores = []
    for at, row in enumerate(table):
        occurs = sum(row) + sum(line[at] for line in table)
        if occurs:
            scores.append(2 * row[at] / occurs)
    return sum(scores) / len(scores) if scores else 0.0


def replied(answers: Sequence[str], targets: Sequence[str]) -> Metrics:
    """Answers that agree with their targets (`correct`), those that equal them (`exact`), and the mean similarity."""
    pairs = list(zip(answers, targets, strict=True))
    exact = sum(normal(answer) == normal(target) and numbers(answer) == numbers(target) for answer, target in pairs)
    count = len(pairs)
    return {
        "exact": exact / count if count else 0.0,
        "similarity": sum(similarity(*pair) for pair in pairs) / count if count else 0.0,
        **shares(sum(agrees(*pair) for pair in pairs), count),
    }
