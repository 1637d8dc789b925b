"""The rows of a version or of a run, written once to an Arrow file and read from there when asked for, however many.

Knows no database, no run and no token. A version and a run keep theirs in the same form, each in a folder of its own
that `studio.commit` makes whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, overload

import numpy as np

from studio import commit
from studio.data.schema import PARTS, Example, Message, Splits

if TYPE_CHECKING:
    from pyarrow import RecordBatch, Schema, Table

ROWS = "rows.arrow"
FACTS = "splits.json"  # what is to be known of the rows together
FORMAT = 1
AT_ONCE = 1000  # rows that are held before they are written, and read at once
SEEN = ("number", "text", "target", "context", "rejected", "liked")  # of a row, what a model sees of it
LATER = frozenset({"rejected", "liked"})  # columns that files of before do not have; "" in each row of these
Places = np.ndarray[Any, np.dtype[np.int64]]


class Frozen(Sequence[Example]):
    """Rows of a file, or some of them, in any order. In memory is where in the file they are: 8 bytes a row.

    Equal to any sequence of the same Examples. Another process gets the path, not the rows.
    """

    def __init__(self, path: Path, places: Places, batches: Sequence[RecordBatch] | None = None) -> None:
        self._path, self._places = path, places
        self._batches = _mapped(path) if batches is None else batches
        self._starts = np.cumsum([0, *(batch.num_rows for batch in self._batches)])

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, which: int) -> Example: ...

    @overload
    def __getitem__(self, which: slice) -> Frozen: ...

    def __getitem__(self, which: int | slice) -> Example | Frozen:
        if isinstance(which, slice):
            return Frozen(self._path, self._places[which], self._batches)
        return next(_examples(self._table(self._places[[which]])))

    def __iter__(self) -> Iterator[Example]:
        for table in self.tables():
            yield from _examples(table)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(one == its for one, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def __reduce__(self) -> tuple[Any, ...]:
        return Frozen, (self._path, self._places)

    def tables(self) -> Iterator[Table]:
        """The rows in their order, AT_ONCE in each table but the last."""
        for start in range(0, len(self), AT_ONCE):
            yield self._table(self._places[start : start + AT_ONCE])

    def _table(self, places: Places) -> Table:
        """These rows. Neighbours of one batch are taken together, and no batch is copied that has none of them."""
        from pyarrow import Table

        held = np.searchsorted(self._starts, places, side="right") - 1
        cuts = np.flatnonzero(np.diff(held)) + 1
        runs = [run for run in np.split(np.arange(len(places)), cuts) if len(run)]
        names = [one.name for one in fields(Example)]
        taken = [self._batches[held[run[0]]].take(places[run] - self._starts[held[run[0]]]) for run in runs]
        table = Table.from_batches(taken)
        for name in LATER.difference(table.column_names):
            table = table.append_column(name, [[""] * len(table)])
        return table.select(names)


def keep(folder: Path, splits: Splits) -> None:
    """Writes a version's rows and facts into a folder that is being made."""
    from pyarrow import OSFile, array, ipc

    schema = _schema()
    with OSFile(str(folder / ROWS), "wb") as file, ipc.new_stream(file, schema) as writer:
        for part in PARTS:
            for table in _tables(getattr(splits, part)):
                rows = table.append_column(schema.field("part"), [array([part] * len(table))])
                writer.write_table(rows.combine_chunks())
    facts = {one.name: getattr(splits, one.name) for one in fields(Splits) if one.name not in PARTS}
    content = json.dumps({"format": FORMAT, **facts}, ensure_ascii=False, indent=1)
    (folder / FACTS).write_text(content, encoding="utf-8")


def read(folder: Path) -> Splits | None:
    """What was kept in a folder, its rows still on the disk; None where it is not whole or of a newer format.

    What only a newer version tells of it is passed over.
    """
    try:
        return _read(folder) if commit.whole(folder) else None
    except (OSError, ValueError, KeyError, TypeError):  # pyarrow's complaints are of these kinds, too
        return None


def _read(folder: Path) -> Splits | None:
    from pyarrow import array, compute

    facts: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    if facts["format"] > FORMAT:
        return None
    batches = _mapped(folder / ROWS)
    of = [compute.index_in(batch.column("part"), array(PARTS)).to_numpy().astype(np.int8) for batch in batches]
    known = {one.name: facts[one.name] for one in fields(Splits) if one.name in facts}
    known |= {name: tuple(known.get(name, ())) for name in ("labels", "warnings", "known")}
    parts = np.concatenate([*of, np.array([], dtype=np.int8)])
    known |= {part: Frozen(folder / ROWS, np.flatnonzero(parts == at), batches) for at, part in enumerate(PARTS)}
    return Splits(**known)


def digest(rows: Sequence[Example]) -> str:
    """What decides what a model sees of rows, wherever they lie, as one number."""
    found = hashlib.sha256()
    for table in _tables(rows):
        found.update(json.dumps([table.column(name).to_pylist() for name in SEEN]).encode())
    return found.hexdigest()


def _tables(rows: Sequence[Example]) -> Iterator[Table]:
    """Any rows as tables, AT_ONCE in each but the last."""
    if isinstance(rows, Frozen):
        yield from rows.tables()
        return
    from pyarrow import Table

    schema, left = _schema(), iter(rows)
    schema = schema.remove(schema.get_field_index("part"))
    while held := list(islice(left, AT_ONCE)):
        columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in held] for name in schema.names}
        columns["context"] = [[vars(turn) for turn in turns] for turns in columns["context"]]
        yield Table.from_pydict(columns, schema)


def _examples(table: Table) -> Iterator[Example]:
    names = [one.name for one in fields(Example)]
    for number, text, target, context, *rest in zip(*(table.column(name).to_pylist() for name in names), strict=True):
        turns = tuple(Message(turn["role"], turn["content"]) for turn in context)
        yield Example(number, text, target, turns, *rest)


def _mapped(path: Path) -> list[RecordBatch]:
    """The file's batches, none of them read."""
    from pyarrow import ipc, memory_map

    with memory_map(str(path)) as file, ipc.open_stream(file) as stream:
        return list(stream)


def _schema() -> Schema:
    """An Example's fields, and the part that it is in."""
    from pyarrow import int64, list_, schema, string, struct

    kinds: Mapping[str, Any] = {"number": int64(), "context": list_(struct({"role": string(), "content": string()}))}
    names = [*(one.name for one in fields(Example)), "part"]
    return cast("Schema", schema({name: kinds.get(name, string()) for name in names}))
