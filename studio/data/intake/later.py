"""A later table understood as the one that was taught: which of its columns ask, and what is missing of them.

Knows no file and no model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.data.intake.intake import arrange
from studio.data.intake.roles import guess
from studio.data.schema import Table
from studio.errors import StudioError
from studio.tasks import TASKS, Role, Task


@dataclass(frozen=True)
class Understood:
    """`table`: as its arrangement is meant. `roles`: column → role, taught columns first, in the order in which they
    were taught. `guessed`: none of the columns that asked is there by its name. `missing`: those that are not there."""

    table: Table
    roles: Mapping[str, Role]
    guessed: bool = False
    missing: tuple[str, ...] = ()

    def asking(self, task: Task) -> tuple[str, ...]:
        """The columns whose cells are the question."""
        return asking_names(self.roles, task)


def asking_names(roles: Mapping[str, Role], task: Task) -> tuple[str, ...]:
    """The columns whose cells are the question."""
    return tuple(name for name, role in roles.items() if role == TASKS[task].roles[0])


def understood(table: Table, taught: Mapping[str, Role], task: Task, chosen: Sequence[str] = ()) -> Understood:
    """By the names of training, or by the columns that a person chose; else guessed as a file to learn from is.

    Raises StudioError data.no_such_column, predict.no_column.
    """
    asked, source = asking_names(taught, task), TASKS[task].roles[0]
    known: dict[str, Role] = {name: role for name, role in taught.items() if name in table.columns and role != "ignore"}
    arranged = arrange(table, {**known, **dict.fromkeys(chosen, source)})
    table = arranged.table
    here: dict[str, Role] = {name: role for name, role in taught.items() if name in table.columns}
    if chosen:
        here = {name: "ignore" if role == source else role for name, role in here.items()}
        here |= dict.fromkeys(chosen, source)
    elif len(table.columns) == 1:
        here = {table.columns[0]: source}
    try:
        roles, _ = guess(table, task, {**arranged.roles, **here})
    except StudioError as error:
        if error.key != "data.no_text_column":
            raise
        raise StudioError(
            "predict.no_column", columns="、".join(table.columns)[:300], wanted="、".join(asked)
        ) from error
    roles = {**{name: roles[name] for name in taught if name in roles}, **roles}
    found = asking_names(roles, task)
    if chosen:
        return Understood(table, roles)
    return Understood(table, roles, not set(found) & set(asked), tuple(name for name in asked if name not in found))
