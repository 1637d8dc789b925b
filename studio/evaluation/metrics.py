"""How good answers are, in numbers that say how sure they are.

Knows no model: strings and counts in, numbers out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


def classified(answers: Sequence[str], targets: Sequence[str]) -> Metrics:
    """Accuracy and macro F1 (the mean over labels that occur as truth or answer, each counting the same)."""
    from sklearn.metrics import f1_score  # here, because it takes a second to import

    correct = sum(answer == target for answer, target in zip(answers, targets, strict=True))
    return {
        "accuracy": correct / len(targets) if targets else 0.0,
        "macro_f1": float(f1_score(targets, answers, average="macro")) if targets else 0.0,
        **shares(correct, len(targets)),
    }


def confusion(answers: Sequence[str], targets: Sequence[str], labels: Sequence[str]) -> list[list[int]]:
    """Rows: the true label; columns: the answer; in the order of `labels`."""
    from sklearn.metrics import confusion_matrix

    table: list[list[int]] = confusion_matrix(targets, answers, labels=labels).tolist() if targets else []
    return table or [[0] * len(labels) for _ in labels]


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


def preferred(answers: Sequence[str], targets: Sequence[str]) -> Metrics:
    """Of how many pairs the better answer was found the likelier one."""
    correct = sum(answer == target for answer, target in zip(answers, targets, strict=True))
    return {"accuracy": correct / len(targets) if targets else 0.0, **shares(correct, len(targets))}


@dataclass(frozen=True)
class Marking:
    """How a task's answers are marked: whether one is right, and what many come to."""

    is_right: Callable[[str, str], bool]
    metrics: Callable[[Sequence[str], Sequence[str]], Metrics]


MARKINGS: Mapping[str, Marking] = {
    "classify": Marking(str.__eq__, classified),
    "chat": Marking(agrees, replied),
    "prefer": Marking(str.__eq__, preferred),
}
