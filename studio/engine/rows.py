"""The rows of a version in tokens, written once to an Arrow file and read from there row by row, however many they are.

Knows no run and no training. A file is named by all that decides what is in it, so that a plan, an exam and a run share
it; none is ever needed: one that is missing, damaged or of other rows is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from filelock import FileLock

from studio import commit
from studio.contract import TokenCounts
from studio.data import chat_template, frozen, thoughts
from studio.data.schema import Example, Splits
from studio.engine import catalog, encode, objectives
from studio.engine.encode import Encoded, RowEncoder
from studio.errors import StudioError

if TYPE_CHECKING:
    from datasets import Dataset

FILE = "rows.arrow"
LOCK = "making.lock"
LOOKED_AT = 100  # rows, whether the model has words for them
UNREADABLE = 0.3  # of their tokens; such a model would learn from texts of which it cannot see a third
AT_ONCE = 1000  # rows that are held before they are written
WORDS = (".json", ".model", ".txt", ".jinja")  # endings of what a tokenizer is opened from
CODE: tuple[Any, ...] = (encode, chat_template, thoughts, objectives, *objectives.OBJECTIVES.values())
COLUMNS = ("number", "prompt", "completion", "text", "cut", "rejected", "liked")
Places = np.ndarray[Any, np.dtype[np.int64]]


class Rows(Sequence[Encoded]):
    """The learnable rows of a file, or some of them. In memory are their lengths; the rest is read when asked for.

    `places`: which of the examples they are, counted from 0 · `numbers`: those of the examples · `lengths`: in tokens.
    """

    def __init__(self, table: Dataset, places: Places, numbers: Places, lengths: Places) -> None:
        self._table = table
        self.places, self.numbers, self.lengths = places, numbers, lengths

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, which: int) -> Encoded: ...

    @overload
    def __getitem__(self, which: slice) -> Rows: ...

    def __getitem__(self, which: int | slice) -> Encoded | Rows:
        return self.some(np.arange(len(self))[which]) if isinstance(which, slice) else self.take([which])[0]

    def __iter__(self) -> Iterator[Encoded]:
        for start in range(0, len(self), AT_ONCE):
            yield from self.take(range(start, min(start + AT_ONCE, len(self))))

    def take(self, which: Sequence[int] | Places) -> list[Encoded]:
        """These rows, read at once."""
        held = self._table[self.places[np.asarray(which, dtype=np.int64)].tolist()]
        columns = zip(*(held[name] for name in COLUMNS), strict=True)
        return [
            Encoded(number, tuple(asked), tuple(said), text, cut, tuple(rejected), liked)
            for number, asked, said, text, cut, rejected, liked in columns
        ]

    @property
    def name(self) -> str:
        """Of the file that holds them, which says what is in it; and which of them these are."""
        places = hashlib.sha256(self.places.tobytes()).hexdigest()
        return f"{Path(self._table.cache_files[0]['filename']).parent.name}-{places}"

    @property
    def asked(self) -> Places:
        """Of how many tokens the question of each is."""
        return _lengths(self._table, "prompt")[self.places]

    def some(self, which: Places) -> Rows:
        """These rows, none of them read."""
        return Rows(self._table, self.places[which], self.numbers[which], self.lengths[which])

    @property
    def first_wordings(self) -> Rows:
        """Of rows with one number only the first."""
        last, first = (np.unique(numbers, return_index=True)[1] for numbers in (self.numbers[::-1], self.numbers))
        return self.some(first[np.argsort(last)])

    @property
    def counts(self) -> TokenCounts:
        """How much there is to learn in the whole file."""
        asked, learned, rejected, cut = (
            _lengths(self._table, name) for name in ("prompt", "completion", "rejected", "cut")
        )
        beside = np.where(rejected, asked + rejected, 0)  # the worse answer is read after the question, too
        return TokenCounts(
            rows=len(asked),
            tokens=int((asked + learned + beside).sum()),
            learned=int((learned + rejected).sum()),
            longest=int((asked + np.maximum(learned, rejected)).max(initial=0)),
            truncated=int((cut > 0).sum()),
            unlearnable=int((learned == 0).sum()),
            taught=len(np.unique(np.asarray(self._table.data.column("number"))[learned > 0])),
        )


def rows_of(model_dir: Path, splits: Splits, examples: Sequence[Example], max_length: int, tokens: Path) -> Rows:
    """`examples`, of the task and labels of `splits`, as a model's tokenizer has them, from a file in `tokens`.

    Where none is longer than `max_length`, it is the file that was written for all that the model can read; it never
    reads more.
    """
    longest = catalog.Shape.of(catalog.check(model_dir)).context
    max_length = min(max_length, longest)
    whole = _kept(model_dir, splits, examples, longest, tokens)
    counts = whole.counts
    fits = longest == max_length or (counts.longest <= max_length and not counts.truncated)
    return whole if fits else _kept(model_dir, splits, examples, max_length, tokens)


def _kept(model_dir: Path, splits: Splits, examples: Sequence[Example], max_length: int, tokens: Path) -> Rows:
    folder = tokens / fingerprint(model_dir, splits, examples, max_length)
    tokens.mkdir(parents=True, exist_ok=True)
    with FileLock(tokens / LOCK):  # who asks for rows that another is making waits for them
        if not commit.whole(folder):
            from studio.engine import load

            _write(folder, load.encoder(model_dir, splits, max_length), examples)
        os.utime(folder)  # it was of use: what has not been for long is swept
        return _opened(folder / FILE)


def fingerprint(model_dir: Path, splits: Splits, examples: Sequence[Example], max_length: int) -> str:
    """What decides the tokens: the tokenizer's files, the code here and of the libraries, how it is asked, the rows."""
    from studio.engine.heads import head

    kind = catalog.check(model_dir)["model_type"]
    files = [path for path in sorted(model_dir.iterdir()) if path.suffix in WORDS and path.is_file()]
    code = [Path(str(module.__file__)).read_bytes() for module in (*CODE, head(kind))]
    facts = [
        [(path.name, commit.sha256(path)) for path in files],
        [hashlib.sha256(source).hexdigest() for source in code],
        [version(name) for name in ("transformers", "tokenizers", "jinja2")],
        [splits.task, splits.labels, splits.asked_in, max_length],
    ]
    return hashlib.sha256(json.dumps([*facts, frozen.digest(examples)]).encode()).hexdigest()[:32]


def _write(folder: Path, encoder: RowEncoder, examples: Sequence[Example]) -> None:
    """One row an example, in their order; one without a completion is not learnable. Raises StudioError where the model
    has no words for what they say."""
    from datasets import Features, List, Value
    from datasets.arrow_writer import ArrowWriter

    ids, text = List(Value("int32")), Value("string")
    tokens = unknown = 0
    types = (Value("int64"), ids, ids, text, text, ids, text)
    features = Features(dict(zip(COLUMNS, types, strict=True)))
    with commit.committed(folder, rows=len(examples)) as draft:
        writer = ArrowWriter(path=str(draft / FILE), features=features, writer_batch_size=AT_ONCE)
        for place, example in enumerate(examples):
            row = encoder.encode(example) or Encoded(example.number, (), (), "")
            if place < LOOKED_AT:
                tokens += len(row.prompt)
                unknown += row.prompt.count(encoder.unknown)
            writer.write(vars(row))
        writer.finalize()
        if unknown > UNREADABLE * tokens:
            raise StudioError("engine.cannot_read", share=f"{unknown / tokens:.0%}")


def _opened(path: Path) -> Rows:
    from datasets import Dataset

    table = Dataset.from_file(str(path))
    learned, rejected = _lengths(table, "completion"), _lengths(table, "rejected")
    places = np.flatnonzero(learned)
    numbers = np.asarray(table.data.column("number"))
    return Rows(table, places, numbers[places], (_lengths(table, "prompt") + np.maximum(learned, rejected))[places])


def _lengths(table: Dataset, column: str) -> Places:
    """How long each list or text of a column is; the lists and texts themselves are not read."""
    from pyarrow import compute

    held = table.data.column(column)
    measure = compute.binary_length if column == "cut" else compute.list_value_length
    return np.asarray(measure(held), dtype=np.int64)
