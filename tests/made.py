"""Runs made of given curves, for the tests of what is said and drawn about a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from studio.config import RunConfig
from studio.evaluation.report import Report, of
from studio.events import Evaluated, Event, Failed, Finished, Paused, Saved, Started, Step, Stopped
from studio.runs import Run, Status, fold

Exam = tuple[int, float, int, int]  # step, loss, correct, count


def started(step: int = 0, total: int = 100) -> Started:
    return Started(
        step=step, total_steps=total, device="cpu", precision="fp32", trainable_parameters=1, parameters=10
    )  # fmt: skip


def step(number: int, loss: float, at: float | None = None) -> Step:
    return Step(
        at=1000.0 + number if at is None else at,
        step=number,
        epoch=number / 25,
        loss=loss,
        learning_rate=1e-3,
        grad_norm=1.0,
        tokens_per_second=2000.0 + number,
        memory_gib=1.5,
        seconds=0.5 * number,
    )


def evaluated(exam: Exam) -> Evaluated:
    number, loss, correct, count = exam
    return Evaluated(step=number, epoch=number / 25, loss=loss, correct=correct, count=count)


def made_run(
    losses: Sequence[float] = (),
    exams: Sequence[Exam] = (),
    status: Status = "running",
    **given: Any,
) -> Run:
    """A run whose step i has the loss `losses[i - 1]`; `given` overrides id, name, task, model, total, failure."""
    total = given.get("total", 100)
    events: list[Event] = [] if status == "queued" else [started(total=total)]
    by_step = {exam[0]: exam for exam in exams}
    for number, loss in enumerate(losses, start=1):
        events.append(step(number, loss))
        if number in by_step:
            events += [evaluated(by_step[number]), Saved(step=number)]
    last = len(losses)
    best = max((exam[0] for exam in exams), default=last)
    if status == "finished":
        events.append(Finished(step=last, best_step=best))
    if status == "paused":
        events.append(Paused())
    if status in ("stopped", "paused"):
        events.append(Stopped(step=last, best_step=best))
    if status == "failed":
        key, details = given.get("failure", ("workspace.busy", {}))
        events.append(Failed(key=key, details=details))
    return Run(
        id=given.get("id", "run-20260101-000000-0000"),
        config=RunConfig.of(
            {
                "task": given.get("task", "classify"),
                "dataset": "data-0001",
                "dataset_version": 1,
                "epochs": 4,
                "model": given.get("model", "starter"),
                "target": given.get("target", 0.0),
                "preference_loss": given.get("preference_loss", "dpo"),
            }
        ),
        status=status,
        created=1767225600.0,
        dataset_name=given.get("name", "奶茶评论"),
        progress=fold(events),
    )


def falling(first: float, last: float, count: int = 100) -> list[float]:
    return [first + (last - first) * place / (count - 1) for place in range(count)]


def made_report(**given: Any) -> Report:
    """A report card of 100 rows of which the tuned model has 90 right and the base 40."""
    metrics = {"correct": 90, "count": 100, "interval": [0.826, 0.945], "accuracy": 0.9, "macro_f1": 0.88}
    values = {
        "task": "classify",
        "part": "test",
        "count": 100,
        "tuned": metrics,
        "base": {**metrics, "correct": 40, "interval": [0.31, 0.50]},
        "trained": {**metrics, "correct": 99, "interval": [0.945, 0.998]},
        "baseline": {"majority": {**metrics, "correct": 34}, "tfidf": {**metrics, "correct": 80}},
        "interval": [0.826, 0.945],
        "verdict": "verdicts.learned",
        "labels": ["好评", "差评"],
        "confusion": [[45, 5], [5, 45]],
        "rows": [
            {"number": 1, "text": "很好喝", "target": "好评", "base": "差评", "tuned": "好评", "correct": True},
            {"number": 2, "text": "<b>难喝</b>", "target": "差评", "base": "差评", "tuned": "好评", "correct": False},
        ],
        **given,
    }
    return of(values)
