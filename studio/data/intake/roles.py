"""What each column is for.

Knows no file and no row; names are judged first (`headers`), then what the columns hold (`looks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from studio.data.intake.directions import direction
from studio.data.intake.judged import judges, judges_alone, thumbs
from studio.data.intake.looks import LONGEST_LABEL, Look, look
from studio.data.intake.spelled_out import spelled_out
from studio.data.intake.together import parts
from studio.data.intake.told_apart import told_apart
from studio.data.reading.headers import LETTERS, numbered, plain, role_of
from studio.data.schema import Table
from studio.errors import StudioError
from studio.tasks import TASKS, Role, Task

INTENTS = {"intent", "意图"}
PAIRED = 0.9  # of the rows with an answer, the share that has a worse one beside it, where comparing is meant
MOSTLY = 0.6  # of a column's values, the share that says what they all are
ASKING = frozenset[Role]({"text", "prompt"})
SEVERAL = frozenset[Role]({"prompt", "paraphrase"})  # may be claimed by more than one column


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
    looks = {name: look(table, j) for j, name in enumerate(table.columns)}
    free = [name for name in table.columns if name not in given]
    by_name = _by_name(free, looks, table.nested)
    by_name |= _in_words(table, free, looks, by_name)
    by_name |= direction(free, looks, {**by_name, **given})
    liked = any(thumbs(name, [row[j] for row in table.rows]) for j, name in enumerate(table.columns) if name in free)
    task = task or _task({**by_name, **given}, looks, free, liked)
    claimed = {name: role for name, role in _for_task(by_name, task).items() if role not in given.values()}
    ignored: dict[str, Role] = {name: "ignore" for name in by_name if name not in claimed}
    alone = TASKS[task].compares and "rejected" not in (*claimed.values(), *given.values())
    judging = _judging(table, free, judges_alone if alone else judges) if TASKS[task].talks else {}
    roles = _complete({**ignored, **claimed, **judging, **given}, looks, free, task)
    source = TASKS[task].roles[0]
    if source not in given.values():  # else a person said which
        unnamed = any(entry["reason"] == "data.no_header" for entry in table.repaired)
        wordy = [name for name in free if not (name in table.nested and looks[name].structured)]
        roles |= dict.fromkeys(parts(wordy, looks, roles, task, unnamed=unnamed), source)
        roles |= _told_apart(table, roles, free, task)
    if not {source, "paraphrase"} & {*roles.values()}:
        raise StudioError("data.no_text_column", columns="、".join(table.columns)[:300])
    return {name: roles.get(name, "ignore") for name in table.columns}, task


def _in_words(
    table: Table, free: Sequence[str], looks: Mapping[str, Look], by_name: Mapping[str, Role]
) -> dict[str, Role]:
    """The label in words where it stands in numbers and another column says which is which."""
    label = next((name for name, role in by_name.items() if role == "label"), None)
    others = [name for name in free if name != label and by_name.get(name) not in ASKING]
    words = spelled_out(table, label, others, looks) if label else None
    return {label: "ignore", words: "label"} if label and words else {}


def _told_apart(table: Table, roles: Mapping[str, Role], free: Sequence[str], task: Task) -> dict[str, Role]:
    """What is asked about, as a part of the question, where without it one question has several answers."""
    if not TASKS[task].talks or TASKS[task].compares:
        return {}
    places = dict(zip(table.columns, range(len(table.columns)), strict=True))
    source, target = ([places[name] for name, held in roles.items() if held == role] for role in TASKS[task].roles)
    spare = [places[name] for name in free if roles.get(name, "ignore") == "ignore"]
    found = told_apart(table, source, target, spare)
    return {} if found is None else {table.columns[found]: TASKS[task].roles[0]}


def _judging(table: Table, free: Sequence[str], judge: Callable[[str, Iterable[str]], bool]) -> Mapping[str, Role]:
    return {
        name: "approved"
        for j, name in enumerate(table.columns)
        if name in free and judge(name, (row[j] for row in table.rows))
    }


def _by_name(names: Sequence[str], looks: Mapping[str, Look], nested: Sequence[str]) -> dict[str, Role]:
    """The roles that names claim. A role that two columns claim goes to the better word, or to the one that is filled;
    of several questions those that differ from the first in a number alone are other ways to ask it."""
    bare = set(map(plain, names))
    most = max((one.filled for one in looks.values()), default=0)
    found = {
        name: claim for name in names if (claim := role_of(name)) and (plain(name) not in LETTERS or bare >= LETTERS)
    }
    labelled = max((looks[name].filled for name, (role, _) in found.items() if role == "label"), default=0)
    claims = sorted(
        (_hollow(role, looks[name], most), _lent(role, looks[name], labelled), rank, j, name, role)
        for j, name in enumerate(names)
        for role, rank in ([found[name]] if name in found else [])
    )
    roles: dict[str, Role] = {}
    for *_, name, claimed in claims:
        role = "ignore" if _unreadable(claimed, looks[name], name in nested) else _seen(claimed, looks[name])
        taken = role in roles.values()
        if role == "label" and taken and plain(name) in INTENTS and looks[name].groups:
            role = "group"  # beside a label, what a customer is after only says which rows belong together
        elif (role == "group" and not looks[name].groups) or (taken and role not in SEVERAL):
            role = "ignore"
        roles[name] = role
    first, *others = [name for name, role in roles.items() if role == "prompt"] or [""]
    for name in others:
        roles[name] = "paraphrase" if _stem(name) == _stem(first) else "ignore"
    if {"prompt", "thought"} <= set(roles.values()) and "reply" not in roles.values():  # reasoning_content, content
        roles |= {name: "reply" for name in roles if (role_of(name) or ("",))[0] == "text"}
    if not any(role in ASKING for role in roles.values()):
        roles |= _said_again_and_again(found, looks)
    empty = [name for name, role in roles.items() if role in ASKING and not looks[name].filled]
    if any(looks[name].prose for name in names if name not in roles or roles[name] in ASKING):
        roles |= dict.fromkeys(empty, "ignore")
    return roles


def _said_again_and_again(found: Mapping[str, tuple[Role, int]], looks: Mapping[str, Look]) -> dict[str, Role]:
    """A text and its label by their names alone, where no column holds prose: sentences that come over and over."""
    texts = [name for name, (role, _) in found.items() if role in ASKING and _words(looks[name])]
    labels = [name for name, (role, _) in found.items() if role == "label" and looks[name].labels]
    if not texts or not labels or any(one.prose for one in looks.values()):
        return {}
    longest = max(texts, key=lambda name: looks[name].length)
    return {longest: "text", labels[0]: "label"} if looks[longest].length > looks[labels[0]].length else {}


def _words(look: Look) -> bool:
    return bool(look.filled) and not look.numeric and not look.lists


def _hollow(role: Role, look: Look, most: int) -> bool:
    """Whether a column holds too little for what its name says, where another can say it."""
    return not look.filled or (role in ASKING and 2 * look.filled < most)


def _lent(role: Role, look: Look, labelled: int) -> bool:
    """Whether a column would be the label against its name, and one with that name knows it for more rows: 评价 says
    超棒 or nothing where 评分 is 5 or 2."""
    return look.filled < labelled and role != "label" and _seen(role, look) == "label"


def _unreadable(role: Role, look: Look, nested: bool) -> bool:
    """Whether a column holds lists or objects where words are wanted; an answer may be JSON that a person wrote."""
    return look.structured and (role in ASKING or (role in ("reply", "rejected") and nested))


def _stem(name: str) -> str:
    return (numbered(name) or (plain(name), 1))[0]


def _seen(role: Role, look: Look) -> Role:
    """A name's claim corrected by the cells: 评价 may head a column of labels, 评级 one of remarks."""
    if (role == "text" and look.labels and not look.prose) or (role == "reply" and look.labels and look.numeric):
        return "label"  # an answer that is 1 or 0 judges the question
    if role == "label" and look.prose and not look.labels and look.length > LONGEST_LABEL and look.lists < 0.5:
        return "text"
    return role


def _task(roles: Mapping[str, Role], looks: Mapping[str, Look], free: Sequence[str], liked: bool) -> Task:
    held = set(roles.values())
    if "reply" in held and (_paired(roles, looks) if "rejected" in held else liked):
        return "prefer"
    if "reply" in held and (held & SEVERAL or "label" not in held):
        return "chat"
    if "label" not in held and _asked_and_answered(roles, looks, free):
        return "chat"
    if "label" in held:
        return "classify"
    if any(looks[name].labels for name in free if roles.get(name) not in ("ignore", *ASKING, *SEVERAL)):
        return "classify"
    prose = [name for name in free if looks[name].prose and roles.get(name) != "ignore"]
    answers = [name for name in prose if roles.get(name) not in SEVERAL]
    if "text" not in held and (len(prose) > 1 or ("prompt" in held and answers)):
        return "chat"
    raise StudioError("data.one_column", column=prose[0] if prose else next(iter(looks)))


def _paired(roles: Mapping[str, Role], looks: Mapping[str, Look]) -> bool:
    """Whether beside nearly every answer stands a worse one."""
    filled = {role: looks[name].filled for name, role in roles.items()}
    return filled["rejected"] > 0 and filled["rejected"] >= PAIRED * filled["reply"]


def _asking(look: Look) -> tuple[bool, bool, float]:
    """How much a column asks: by questions, else by keywords of which a text is made."""
    return look.asks >= 1 - MOSTLY, look.keywords, look.asks


def _asked_and_answered(roles: Mapping[str, Role], looks: Mapping[str, Look], free: Sequence[str]) -> bool:
    """Whether of the columns whose names say nothing one asks and another answers at length, whatever else there is,
    or with figures, where there is nothing else.

    Yes or no beside them judges the two, as in pairs of sentences.
    """
    unclaimed = [looks[name] for name in free if name not in roles]
    prose = [one for one in unclaimed if one.prose and not one.labels]
    asking = [one for one in prose if one.asks >= MOSTLY]
    told = [one for one in prose if one.asks < 1 - MOSTLY and one not in asking and not one.keywords]
    judged = any(one.labels and one.numeric and one.distinct == 2 for one in unclaimed)
    if len(unclaimed) == len(looks) == 2 and asking and any(one.numeric and not one.labels for one in unclaimed):
        return True
    return not judged and any(other.length > one.length for one in asking for other in told)


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
    if target == "label" and not prose and source not in roles.values():  # sentences that come over and over
        label = max((looks[name].length for name, role in roles.items() if role == target), default=0)
        prose = [name for name in open_columns if _words(looks[name]) and looks[name].length > label > 0]
    if source not in roles.values() and prose:
        longest = max(prose, key=lambda name: (not looks[name].keywords, looks[name].length))
        asking = max(prose, key=lambda name: _asking(looks[name]))  # the first of those that ask as much
        roles[asking if TASKS[task].talks else longest] = source
        prose = [name for name in prose if name not in roles]
    if target == "reply" and target not in roles.values() and prose:
        roles[max(prose, key=lambda name: looks[name].length)] = target
    elif target == "reply" and target not in roles.values() and len(looks) == 2:  # 1+1=? 2
        roles |= dict.fromkeys([name for name in open_columns if name not in roles and looks[name].numeric], target)
    return roles
