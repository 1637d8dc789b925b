"""What a run of a test is told, and what it told.

Knows no model.
"""

from __future__ import annotations

from typing import Any

from studio import commit
from studio.contract import Job
from studio.events import EventLog, Step


class After:
    """Says stop at the given look."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def __call__(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def facts(job: Job, kind: type[Any]) -> list[Any]:
    return [event for event in EventLog(job.run_dir / "events.jsonl").read() if isinstance(event, kind)]


def losses(job: Job) -> dict[int, tuple[float, float, float]]:
    """Loss, gradient norm and rate by step; of a step done twice, the later."""
    return {step.step: (step.loss, step.grad_norm, step.learning_rate) for step in facts(job, Step)}


def adapter(job: Job) -> str:
    (file,) = (job.run_dir / "adapter").glob("*.safetensors")
    return commit.sha256(file)
