"""What the tests' engine reports of a step and of a test on the way: figures that follow from the rows alone.

Knows no folder.
"""

from __future__ import annotations

import math

from studio.config import RunConfig
from studio.contract import Job
from studio.data.teaching import lesson
from studio.evaluation.verdict import MOST_TAUGHT
from studio.events import Evaluated, Step
from studio.tasks import TASKS


def steps_of(rows: int, config: RunConfig) -> int:
    return max(1, math.ceil(rows / config.batch_size) * config.epochs)


def step_of(step: int, total: int, job: Job) -> Step:
    config = job.config
    return Step(
        step=step,
        epoch=step * config.epochs / total,
        loss=2.0 * math.exp(-3 * step / total) + 0.1,
        learning_rate=config.learning_rate * (1 - step / total),
        grad_norm=1.0,
        tokens_per_second=1000.0,
        memory_gib=0.5,
        seconds=0.1 * step,
        margin=step / total if TASKS[config.task].compares else None,
    )


def evaluated(step: int, total: int, job: Job) -> Evaluated:
    count = len(job.splits.validation)
    taught = min(len(lesson.facts(job.splits.train)), MOST_TAUGHT) if job.splits.lesson == "facts" else 0
    share = step / total
    return Evaluated(
        step=step,
        epoch=share * job.config.epochs,
        loss=2.0 - 1.8 * share,
        correct=round(0.9 * share * count),
        count=count,
        recalled=math.floor(share * taught),
        taught=taught,
        margin=share if TASKS[job.config.task].compares else None,
        trained_correct=0 if taught else round(share * count),
        trained_count=0 if taught else count,
    )
