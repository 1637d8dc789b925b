"""How each label fares by itself, and whether the model is as often right as it is sure.

Knows nothing of which labels are taken for which.
"""

from __future__ import annotations

from typing import Any

from studio.evaluation.sitting import Metrics, Sitting

BINS = 10  # of equal width, from 0 to 1


def classes(sitting: Sitting) -> list[dict[str, Any]] | None:
    """Of each label that occurs: how many of those so answered are right (precision), how many of its rows are found
    (recall), the harmonic mean of both, and its rows."""
    if not sitting.labelled or not sitting.test:
        return None
    from sklearn.metrics import precision_recall_fscore_support

    answers, targets = [one.answer for one in sitting.tuned], [one.target for one in sitting.test]
    labels = [label for label in sitting.labels if label in {*answers, *targets}]
    found = precision_recall_fscore_support(targets, answers, labels=labels, zero_division=0.0)
    lines = zip(labels, *(column.tolist() for column in found), strict=True)
    return [
        {"label": label, "precision": precision, "recall": recall, "f1": f1, "rows": rows}
        for label, precision, recall, f1, rows in lines
    ]


def calibration(sitting: Sitting) -> Metrics | None:
    """The expected calibration error (`ece`, Guo et al. 2017, ten bins of equal width): by how much the share right is
    off the mean confidence, each bin as heavy as its rows. `table`: the reliability of each bin that has any. None
    where there are no probabilities."""
    right = sitting.right(sitting.tuned, sitting.test)
    sure = [
        (one.confidence, good) for one, good in zip(sitting.tuned, right, strict=True) if one.confidence is not None
    ]
    if not sure:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, good in sure:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, good))
    table: list[dict[str, Any]] = [
        {
            "between": [place / BINS, (place + 1) / BINS],
            "rows": len(rows),
            "confidence": sum(confidence for confidence, _ in rows) / len(rows),
            "right": sum(good for _, good in rows) / len(rows),
        }
        for place, rows in sorted(bins.items())
    ]
    off = sum(line["rows"] * abs(line["confidence"] - line["right"]) for line in table)
    return {"ece": off / len(sure), "table": table}
