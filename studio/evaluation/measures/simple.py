"""What simple methods would get on the same rows, and what the tuned model and the letters get that vote as one.

Knows no base model.
"""

from __future__ import annotations

from studio.evaluation.baselines import beats, together
from studio.evaluation.sitting import Metrics, Sitting

LEARNING = {"tfidf", "nearest"}


def baseline(sitting: Sitting) -> dict[str, Metrics]:
    """By the method's name; `clearly_better` says whether one that learns from rows beats the tuned model, row by
    row."""
    found = {name: sitting.score(answers, sitting.test) for name, answers in sitting.simple.items()}
    for name in LEARNING & found.keys():
        right = (sitting.right(answers, sitting.test) for answers in (sitting.simple[name], sitting.tuned))
        found[name]["clearly_better"] = beats(*right)
    return found


def together_right(sitting: Sitting) -> Metrics | None:
    votes = sitting.simple.get("tfidf")
    return sitting.score(list(map(together, sitting.tuned, votes)), sitting.test) if votes else None
