"""Answers that stand in another column where the one for answers is blank: marked up, as a second answer.

Knows no cells but blank ones: the names of the columns say that they hold one answer in two ways.
"""

from __future__ import annotations

from dataclasses import replace

from studio.data.intake.arranged import Arranged
from studio.data.reading.headers import known, plain, role_of
from studio.data.schema import Table

WRITTEN = ("markdown", "plaintext", "richtext", "html", "富文本", "纯文本")
FURTHER = ("2", "alt", "alternative", "text", "zh", "en", "备用", "二")


def answers_elsewhere(table: Table) -> Arranged | None:
    """The table with its blank answers filled from such a column; None where none is blank or none can be filled."""
    answering = [j for j, name in enumerate(table.columns) if known(name) and (role_of(name) or ("",))[0] == "reply"]
    asking = [j for j, name in enumerate(table.columns) if (role_of(name) or ("",))[0] == "prompt"]
    if len(answering) != 1 or not asking:
        return None
    main = answering[0]
    called = plain(table.columns[main])
    names = {*WRITTEN, *(f"{called}{end}" for end in (*WRITTEN, *FURTHER)), *(f"{end}{called}" for end in FURTHER)}
    others = [j for j, name in enumerate(table.columns) if plain(name) in names]
    used: dict[int, int] = {}
    rows: list[tuple[str, ...]] = []
    for row in table.rows:
        source = next((j for j in others if row[j].strip()), None)
        if row[main].strip() or source is None or not any(row[j].strip() for j in asking):
            rows.append(row)
            continue
        used[source] = used.get(source, 0) + 1
        rows.append((*row[:main], row[source], *row[main + 1 :]))
    if not used:
        return None
    columns = "、".join(table.columns[j] for j in used)[:300]
    note = {"reason": "data.answer_from", "columns": columns, "n": sum(used.values())}
    return Arranged(replace(table, rows=tuple(rows), notes=(*table.notes, note)))
