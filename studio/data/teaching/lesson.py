"""What a dataset teaches: the label of a text, facts that are to be known, a manner of speech, or what is better.

Knows no database and no screen. The guess may be wrong, which is why a person can say otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import get_args

from studio.data.checkup.wording import tokens
from studio.data.near import normalise
from studio.data.schema import Example
from studio.errors import StudioError
from studio.tasks import TASKS, Lesson, Task

MOST_ROWS = 5_000  # a longer list of facts is a library, and asking for all of it no exam
SHORT = 60  # tokens of the median answer; longer ones say in their own way what no exam could check
LONG = 150  # tokens of an answer that is an essay
FEW_LONG = 0.1  # share of answers that may be essays
TALKS = 0.3  # share of rows that go on with a conversation, from which on it is the talking that is taught
TELLING = 6  # letters of an answer that tells by itself what it is about


def guess(examples: Sequence[Example], task: Task) -> Lesson:
    """Facts have short answers, few enough to be asked for one by one; whatever else answers questions is a manner."""
    if len(TASKS[task].lessons) == 1:
        return TASKS[task].lessons[0]
    sizes = [tokens(one.target) for one in examples if one.target]
    if not sizes or len(sizes) > MOST_ROWS:
        return "manner"
    essays = sum(size > LONG for size in sizes)
    talks = sum(any(turn.role != "system" for turn in one.context) for one in examples)
    short = median(sizes) <= SHORT and essays <= FEW_LONG * len(sizes)
    return "facts" if short and talks <= TALKS * len(examples) else "manner"


def allowed(lesson: str, task: Task) -> Lesson:
    """`lesson` if a dataset of this task can teach it. Raises StudioError lesson.not_of_task."""
    found = next((one for one in get_args(Lesson) if one == lesson and one in TASKS[task].lessons), None)
    if found is None:
        raise StudioError("lesson.not_of_task", lesson=lesson[:40], allowed=" / ".join(TASKS[task].lessons))
    return found


def facts(examples: Sequence[Example]) -> list[list[Example]]:
    """The rows by the thing they are about, in their order: those with one answer ask for one fact.

    An answer that says little by itself, such as 可以, is the answer to many things: there only rows of one group are
    about the same.
    """
    by_fact: dict[tuple[str, str], list[Example]] = {}
    for example in examples:
        answer = normalise(example.target)
        about = "" if len(answer) >= TELLING else example.group or normalise(example.text)
        by_fact.setdefault((answer, about), []).append(example)
    return list(by_fact.values())
