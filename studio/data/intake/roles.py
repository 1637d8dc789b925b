"""What each column is for, and the rows as a model learns from them.

Knows no file and no database; names are judged first (`headers`), then what the columns hold.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from studio.data.intake.judged import bad, judges
from studio.data.intake.labels import respell
from studio.data.reading.headers import plain, role_of
from studio.data.reading.nothing_left import all_left_out
from studio.data.reading.shapes.turns import MEDIA_MARK
from studio.data.schema import Example, Message, Table
from studio.data.thoughts import written
from studio.errors import StudioError
from studio.tasks import TASKS, Role, Task

LETTERS = {"q", "a"}  # they name roles only together; A alone is what a column without a name is called
INTENTS = {"intent", "意图"}
LOOKED_AT = 2_000  # rows, spread over the table
MOST_LABELS = 50
LONGEST_LABEL = 20  # characters, on average
SHORT_LABEL = 6
ASKS = re.compile(
    r"[?？吗呢嘛]\s*$|^(怎么|如何|什么|为什么|几|哪|能不能|how|what|when|where|why|who|can|do|is)", re.IGNORECASE
)


@dataclass(frozen=True)
class Look:
    """What a column holds: the number of values, how many differ, and their mean length in characters."""

    filled: int
    distinct: int
    length: float
    numeric: bool
    asks: float = 0.0  # the share that are questions

    @property
    def labels(self) -> bool:
        """Few distinct short values that come again and again."""
        again = 2 if self.length <= SHORT_LABEL else 3
        few = 2 <= self.distinct <= min(MOST_LABELS, max(2, self.filled // again))
        return few and self.length <= LONGEST_LABEL

    @property
    def groups(self) -> bool:
        """Values that come again, of so many kinds that a tenth of them can be held out."""
        return 10 <= self.distinct <= 0.8 * self.filled

    @property
    def prose(self) -> bool:
        """Values that differ and are words."""
        return self.filled > 0 and not self.numeric and self.distinct > 0.3 * self.filled and self.length >= 2


def guess(
    table: Table, task: Task | None = None, given: Mapping[str, Role] | None = None
) -> tuple[dict[str, Role], Task]:
    """Each column's role and the task, starting from the roles that a person gave.

    A table without a label or a reply is taken when a person names the task: its rows are still to be labelled.
    Raises StudioError data.no_such_column, data.one_column (no task given, nothing to learn from), data.no_text_column.
    """
    given = dict(given or {})
    for name in given:
        if name not in table.columns:
            raise StudioError("data.no_such_column", column=name[:80], columns="、".join(table.columns)[:300])
    looks = {name: _look(table, j) for j, name in enumerate(table.columns)}
    free = [name for name in table.columns if name not in given]
    by_name = _by_name(free, looks)
    task = task or _task({**by_name, **given}, looks, free)
    claimed = {name: role for name, role in _for_task(by_name, task).items() if role not in given.values()}
    ignored: dict[str, Role] = {name: "ignore" for name in by_name if name not in claimed}
    judging = {name: role for name, role in _judging(table, free).items() if TASKS[task].talks}
    roles = _complete({**ignored, **claimed, **judging, **given}, looks, free, task)
    if not any(role == TASKS[task].roles[0] for role in roles.values()):
        raise StudioError("data.no_text_column", columns="、".join(table.columns)[:300])
    return {name: roles.get(name, "ignore") for name in table.columns}, task


def _judging(table: Table, free: Sequence[str]) -> dict[str, Role]:
    return {
        name: "approved"
        for j, name in enumerate(table.columns)
        if name in free and judges(name, (row[j] for row in table.rows))
    }


def _look(table: Table, j: int) -> Look:
    values = [row[j].strip() for row in table.rows[:: len(table.rows) // LOOKED_AT + 1]]
    values = [value for value in values if value]
    if not values:
        return Look(0, 0, 0.0, False)
    numeric = sum(value.replace(".", "", 1).lstrip("-+").isdigit() for value in values) > 0.9 * len(values)
    asks = sum(1 for value in values if ASKS.search(value)) / len(values)
    return Look(len(values), len(set(values)), fmean(map(len, values)), numeric, asks)


def _by_name(names: Sequence[str], looks: Mapping[str, Look]) -> dict[str, Role]:
    """The roles that names claim. A role that two columns claim goes to the better word, prompts to both."""
    bare = set(map(plain, names))
    claims = sorted(
        (found[1], j, name, found[0])
        for j, name in enumerate(names)
        if (found := role_of(name)) and (plain(name) not in LETTERS or bare >= LETTERS)
    )
    roles: dict[str, Role] = {}
    for _, _, name, claimed in claims:
        role = _seen(claimed, looks[name])
        taken = role in roles.values()
        if role == "label" and taken and plain(name) in INTENTS and looks[name].groups:
            role = "group"  # beside a label, what a customer is after only says which rows belong together
        elif (role == "group" and not looks[name].groups) or (taken and role != "prompt"):
            role = "ignore"
        roles[name] = role
    if not bare >= {"instruction", "input"}:  # only alpaca's two make one prompt together
        for name in [name for name, role in roles.items() if role == "prompt"][1:]:
            roles[name] = "ignore"
    if {"prompt", "thought"} <= set(roles.values()) and "reply" not in roles.values():  # reasoning_content, content
        roles |= {name: "reply" for name in roles if (role_of(name) or ("",))[0] == "text"}
    return roles


def _seen(role: Role, look: Look) -> Role:
    """A name's claim corrected by the cells: 评价 may head a column of labels, 评级 one of remarks."""
    if role == "text" and look.labels and not look.prose:
        return "label"
    if role == "label" and look.prose and not look.labels and look.length > LONGEST_LABEL:
        return "text"
    return role


def _task(roles: Mapping[str, Role], looks: Mapping[str, Look], free: Sequence[str]) -> Task:
    held = set(roles.values())
    if "reply" in held and ("prompt" in held or "label" not in held):
        return "chat"
    if "label" in held:
        return "classify"
    if any(looks[name].labels for name in free if roles.get(name) not in ("ignore", "text", "prompt")):
        return "classify"
    prose = [name for name in free if looks[name].prose and roles.get(name) != "ignore"]
    answers = [name for name in prose if roles.get(name) != "prompt"]
    if "text" not in held and (len(prose) > 1 or ("prompt" in held and answers)):
        return "chat"
    raise StudioError("data.one_column", column=prose[0] if prose else next(iter(looks)))


def _for_task(roles: Mapping[str, Role], task: Task) -> dict[str, Role]:
    """The claims, read for the task: a question can be classified, a comment can be answered."""
    if TASKS[task].labelled:
        if "text" in roles.values():
            return {name: role for name, role in roles.items() if role in ("text", "label", "group", "ignore")}
        renamed: dict[Role, Role] = {
            "prompt": "text", "text": "text", "label": "label", "group": "group", "ignore": "ignore"
        }  # fmt: skip
        return {name: renamed[role] for name, role in roles.items() if role in renamed}
    if "prompt" in roles.values():
        return {name: role for name, role in roles.items() if role not in ("text", "label")}
    return {name: "prompt" if role == "text" else role for name, role in roles.items() if role != "label"}


def _complete(roles: dict[str, Role], looks: Mapping[str, Look], free: Sequence[str], task: Task) -> dict[str, Role]:
    """Fills the roles that no name claimed by what the columns hold."""
    source, target = TASKS[task].roles
    open_columns = [name for name in free if name not in roles]
    ignored = [name for name in free if roles.get(name) == "ignore"]
    if target == "label" and target not in roles.values():
        candidates = [name for name in open_columns if looks[name].labels]
        if candidates and (source in roles.values() or len(looks) > 1):  # a lone column is what is to be labelled
            best = min(candidates, key=lambda name: (looks[name].numeric, looks[name].distinct))
            roles[best] = target
            open_columns.remove(best)
    prose = [name for name in open_columns if looks[name].prose] or [name for name in ignored if looks[name].prose]
    if source not in roles.values() and prose:
        longest = max(prose, key=lambda name: looks[name].length)
        asking = max(prose, key=lambda name: looks[name].asks)  # the first of those that ask as much
        roles[asking if TASKS[task].talks else longest] = source
        prose = [name for name in prose if name not in roles]
    if target == "reply" and target not in roles.values() and prose:
        roles[max(prose, key=lambda name: looks[name].length)] = target
    return roles


def to_rows(
    table: Table, roles: Mapping[str, Role], task: Task, normalise_labels: bool = False
) -> tuple[list[Example], list[dict[str, Any]], list[dict[str, Any]]]:
    """The table's rows as Examples numbered 1, 2, 3 …, with what was repaired and what was dropped, row by row.

    Cells of several columns with one role are joined by newlines. A row without a target is kept, to be labelled;
    one without a text is dropped. Cells are trimmed; labels are respelled only if asked.
    """
    source, target = (_columns(table, roles, role) for role in TASKS[task].roles)
    system, history = _columns(table, roles, "system"), _columns(table, roles, "history")
    group, approved = _columns(table, roles, "group"), _columns(table, roles, "approved")
    thought = _columns(table, roles, "thought") if TASKS[task].talks else []
    repaired: list[dict[str, Any]] = []
    dropped: list[dict[str, Any]] = []
    spelling: dict[str, str] = {}
    if normalise_labels and TASKS[task].labelled:
        spelling = respell(count_labels([_join(row, target) for row in table.rows]))
    examples: list[Example] = []
    for place, row in zip(table.numbers, table.rows, strict=True):
        text, wanted = _join(row, source), _join(row, target)
        wanted = written(_join(row, thought), wanted) if wanted and thought else wanted
        if not text:
            dropped.append({"row": place, "reason": "data.no_text"})
            continue
        if reason := _unfit(row, (*source, *target, *history), approved):
            dropped.append({"row": place, "reason": reason})
            continue
        if TASKS[task].labelled and target and wanted != row[target[0]] and len(target) == 1:
            repaired.append({"row": place, "reason": "data.trimmed", "text": wanted[:40]})
        if wanted in spelling:
            repaired.append({"row": place, "reason": "data.respelled", "before": wanted, "after": spelling[wanted]})
            wanted = spelling[wanted]
        context = _context(_join(row, system), _join(row, history)) if (system or history) and TASKS[task].talks else ()
        if context is None:
            dropped.append({"row": place, "reason": "data.bad_history"})
            continue
        examples.append(Example(len(examples) + 1, text, wanted, context, _join(row, group) if group else ""))
    if not examples and any(entry["reason"] != "data.no_text" for entry in dropped):
        raise all_left_out(dropped)
    if not examples:
        raise StudioError("data.no_text_at_all", columns="、".join(table.columns)[:300])
    return examples, repaired, dropped


def _unfit(row: Sequence[str], said: Sequence[int], approved: Sequence[int]) -> str:
    """Why no model should learn the row, whatever its task; empty where it may."""
    if any(bad(row[j]) for j in approved):
        return "data.rejected_answer"
    if any("<" in row[j] and MEDIA_MARK.search(row[j]) for j in said):
        return "data.has_media"
    return ""


def _columns(table: Table, roles: Mapping[str, Role], role: Role) -> list[int]:
    return [j for j, name in enumerate(table.columns) if roles.get(name) == role]


def _join(row: Sequence[str], columns: Sequence[int]) -> str:
    if len(columns) == 1:
        return row[columns[0]].strip()
    return "\n".join(cell for j in columns if (cell := row[j].strip()))


def _context(system: str, history: str) -> tuple[Message, ...] | None:
    """What was said before, from JSON `[[question, answer], …]` or `[[speaker, words], …]`; None: not readable."""
    messages = [Message("system", system)] if system else []
    if history and history != "[]":
        try:
            turns = json.loads(history)
            for first, second in turns:
                if first in ("user", "assistant"):
                    messages.append(Message(first, second))
                else:
                    messages += [Message("user", first), Message("assistant", second)]
        except (ValueError, TypeError):
            return None
    return tuple(messages)


def count_labels(targets: Sequence[str]) -> dict[str, int]:
    """Label → rows, most frequent first; rows without a label are not counted."""
    return dict(Counter(target for target in targets if target).most_common())
