"""What a task is: which columns it needs, what it can teach, and what kind of answer it wants.

Knows no row and no model. Whoever must tell tasks apart asks for a trait here, never for a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Task = Literal["classify", "chat", "prefer"]
Role = Literal[
    "text", "label", "prompt", "reply", "rejected", "system", "history", "paraphrase", "group", "approved", "thought",
    "ignore",
]  # fmt: skip
# What a dataset teaches: the label of a text; facts, to be known however they are asked for; a manner of speech; or
# which of two answers is better.
Lesson = Literal["labels", "facts", "manner", "preference"]


@dataclass(frozen=True)
class TaskRules:
    """`roles`: of the column that asks and of the one that answers. `lessons`: what it can teach, the plainest last."""

    roles: tuple[Role, Role]
    lessons: tuple[Lesson, ...]
    labelled: bool = False  # the answer is one of a few labels, and every text has its probability of each
    talks: bool = False  # the answer is said: in a conversation, in words of its own
    compares: bool = False  # beside the answer stands a worse one, in a column `rejected`


TASKS: Mapping[str, TaskRules] = {
    "classify": TaskRules(roles=("text", "label"), lessons=("labels",), labelled=True),
    "chat": TaskRules(roles=("prompt", "reply"), lessons=("facts", "manner"), talks=True),
    "prefer": TaskRules(roles=("prompt", "reply"), lessons=("preference",), talks=True, compares=True),
}
