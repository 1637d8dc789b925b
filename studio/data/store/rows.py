"""What a person does to the rows of a dataset: each thing is done whole, and one undo takes it back whole.

Knows no upload and no version; every function runs inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from studio.data.intake import identity
from studio.data.schema import Row
from studio.data.store import catalog, edits, queries
from studio.errors import StudioError


def checked(text: str) -> str:
    """The text as a row keeps it. Raises StudioError data.empty_text."""
    if not text.strip():
        raise StudioError("data.empty_text")
    return text.strip()


def edit(db: sqlite3.Connection, dataset: int, number: int, values: Mapping[str, str], revision: int | None) -> Row:
    """The row with its new values of `edits.SAID`. Raises StudioError data.row_changed_elsewhere when the row
    is no longer at `revision`."""
    now = edits.find(db, dataset, number)
    if revision is not None and now["revision"] != revision:
        raise StudioError("data.row_changed_elsewhere", number=number, target=now["target"][:80])
    edits.overwrite(db, dataset, number, values)
    return edits.to_row(edits.find(db, dataset, number))


def insert(db: sqlite3.Connection, dataset: int, values: Mapping[str, str]) -> Row:
    """A new last row of these values of `edits.SAID`."""
    return edits.to_row(edits.find(db, dataset, edits.append(db, dataset, values)))


def insert_like(
    db: sqlite3.Connection, dataset: int, number: int, texts: Sequence[str], batch: int | None = None
) -> int:
    """New last rows with the answers of row `number` and in one group with it; how many."""
    batch = edits.next_batch(db) if batch is None else batch
    like = edits.find(db, dataset, number)
    group = like["group_name"] or f"#{number}"
    db.execute("UPDATE rows SET group_name = ? WHERE dataset = ? AND number = ?", (group, dataset, number))
    new = [text.strip() for text in texts if text.strip()]
    for text in new:
        edits.append(db, dataset, {name: like[name] for name in edits.SAID} | {"text": text}, batch, group)
    return len(new)


def change(db: sqlite3.Connection, dataset: int, changes: Mapping[int, Mapping[str, str] | None]) -> int:
    """Many rows at once, each to its new values, or away with it for None; how many changed."""
    batch, before = edits.next_batch(db), catalog.changes(db, dataset)
    known = {number for (number,) in db.execute("SELECT number FROM rows WHERE dataset = ?", (dataset,))}
    for number, values in changes.items():
        if number in known and values is None:
            edits.drop(db, dataset, number, batch)
        elif number in known and values is not None:
            edits.overwrite(db, dataset, number, values, batch)
    return catalog.changes(db, dataset) - before


def fill(db: sqlite3.Connection, dataset: int, name: str, maker: str) -> int:
    """Puts the names into `{{name}}` and `{{author}}`; how many rows changed."""
    held = " OR ".join(f"{name} LIKE '%{{{{%'" for name in edits.SAID)
    query = f"SELECT number, {', '.join(edits.SAID)} FROM rows WHERE dataset = ? AND ({held})"  # noqa: S608
    batch, changed = edits.next_batch(db), 0
    for number, *before in db.execute(query, (dataset,)).fetchall():
        after = [identity.fill_text(text, name, maker) for text in before]
        if after != before:
            edits.overwrite(db, dataset, number, dict(zip(edits.SAID, after, strict=True)), batch)
            changed += 1
    left = identity.placeholders("".join(said) for _, *said in db.execute(query, (dataset,)))
    catalog.note(db, dataset, placeholders=left)
    return changed


def name_labels(db: sqlite3.Connection, dataset: int, names: Mapping[str, str]) -> int:
    """Gives labels other names, each in its place among them; two may get one name. How many rows changed.

    Raises StudioError label.no_such_label.
    """
    known = queries.labels(db, dataset)
    for label, name in names.items():
        if label not in known:
            raise StudioError("label.no_such_label", label=label[:40], labels="、".join(known)[:300])
        edits.move(db, dataset, label, name)
    rows = db.execute("SELECT number, target FROM rows WHERE dataset = ?", (dataset,)).fetchall()
    return change(db, dataset, {number: {"target": names[label]} for number, label in rows if label in names})


def undo(db: sqlite3.Connection, dataset: int, batch: int | None = None) -> Row | None:
    """Takes back the last change of any kind, or with `batch` only if it is that one; the row it was about, or None
    when nothing is left to undo."""
    row = edits.undo(db, dataset, batch)
    if row and (held := identity.placeholders([row.text + row.target + row.rejected])):
        catalog.note(db, dataset, placeholders=held)
    return row
