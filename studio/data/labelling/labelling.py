"""All that is asked of a dataset's labelling: a desk to sit at, a second person, suggestions to take.

Knows no screen and no model of a run; its functions are thin, the work is in `desk`, `annotators` and `suggest`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.data.labelling import annotators, first, names, suggest
from studio.data.labelling.agreement import Agreement, agreement
from studio.data.labelling.annotators import Pair
from studio.data.labelling.desk import Desk, DisputeDesk, SharedDesk
from studio.data.labelling.first import First, FirstDesk, Line
from studio.data.labelling.names import Named
from studio.data.labelling.suggest import Guess
from studio.data.store import catalog, rows
from studio.data.store.database import Database
from studio.errors import StudioError
from studio.workspace import transaction

Order = Literal["rows", "uncertain", "disputes", "first"]
LONGEST_NAME = 20


@dataclass(frozen=True)
class Team:
    """How far two people are, and how well they agree."""

    pair: Pair
    progress: tuple[tuple[int, int], ...]  # of each: rows labelled, of how many
    agreement: Agreement | None
    disputed: int


class Labelling:
    """Of one workspace. Safe to use from any thread."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def desk(self, dataset: str, who: str = "", order: Order = "rows") -> Desk:
        """The rows as they lie before `who`. While one person labels alone, who that is does not matter.

        Raises StudioError label.not_invited.
        """
        db, key = self._db(), self._key(dataset)
        pair = annotators.pair_of(db, key)
        if pair is None and order == "first":
            return FirstDesk(db, key)
        if pair is None:
            return Desk(db, key, uncertain=order == "uncertain")
        if order == "disputes":
            return DisputeDesk(db, key, pair=pair)
        if who not in pair.names:
            raise StudioError("label.not_invited", name=who, names=" · ".join(pair.names))
        return SharedDesk(db, key, pair=pair, place=pair.names.index(who))

    # what the labels are called

    def names(self, dataset: str) -> list[Named]:
        """The labels in the order of their keys, each with some of its rows and, of a code, what it may stand for."""
        return names.named(self._db(), self._key(dataset))

    def rename(self, dataset: str, wanted: Mapping[str, str]) -> int:
        """Calls labels otherwise, label → name; how many rows changed. One undo takes it all back.

        While two people label their votes are kept under the old names, so it is refused: label.rename_alone. Raises
        StudioError label.no_such_label, label.name_too_long, too.
        """
        if self.pair(dataset):
            raise StudioError("label.rename_alone")
        with transaction(self._db()) as db:
            return names.rename(db, self._key(dataset), wanted)

    # two people

    def pair(self, dataset: str) -> Pair | None:
        """None while one person labels alone."""
        return annotators.pair_of(self._db(), self._key(dataset))

    def team(self, dataset: str) -> Team | None:
        """None while one person labels alone."""
        db, key = self._db(), self._key(dataset)
        pair = annotators.pair_of(db, key)
        if pair is None:
            return None
        both = [(one, two) for _, one, two in annotators.pairs(db, key, pair)]
        progress = tuple(annotators.progress(db, key, pair, place) for place in (0, 1))
        return Team(pair, progress, agreement(both), len(annotators.disputed(db, key, pair)))

    def invite(self, dataset: str, people: Sequence[str], shared: int = annotators.SHARED) -> None:
        """Two people label from now on. Raises StudioError label.two_names, label.bad_share."""
        plain = [name.strip()[:LONGEST_NAME] for name in people]
        if len(plain) != 2 or not all(plain) or plain[0].casefold() == plain[1].casefold():
            raise StudioError("label.two_names")
        if not 0 < shared <= 100:
            raise StudioError("label.bad_share", share=shared)
        with transaction(self._db()) as db:
            annotators.invite(db, self._key(dataset), plain, shared)

    def dismiss(self, dataset: str) -> None:
        """One person labels alone again; nothing that was said is lost."""
        with transaction(self._db()) as db:
            annotators.dismiss(db, self._key(dataset))

    # what is to be looked at first

    def put_first(self, dataset: str, found: Sequence[First]) -> int:
        """Makes these rows the ones to be looked at before all others, in this order; how many of them are there."""
        with transaction(self._db()) as db:
            return first.put(db, self._key(dataset), found)

    def first(self, dataset: str) -> Line | None:
        """What waits to be looked at first; None where nothing does, or two people label."""
        key = self._key(dataset)
        return None if annotators.pair_of(self._db(), key) else first.line(self._db(), key)

    # suggestions

    def source(self, dataset: str) -> str:
        """The run, or the baseline `words-N`, that the suggestions come from; "" without any."""
        return suggest.source(self._db(), self._key(dataset))

    def count_above(self, dataset: str, threshold: float) -> int:
        """How many suggestions for rows without a label are at least so sure."""
        return suggest.count_above(self._db(), self._key(dataset), threshold)

    def accept_above(self, dataset: str, threshold: float) -> int:
        """Makes these suggestions labels; how many. One undo takes them all back."""
        found = suggest.above(self._db(), self._key(dataset), threshold)
        with transaction(self._db()) as db:
            return rows.change(db, self._key(dataset), {number: {"target": label} for number, label in found.items()})

    def examples(self, dataset: str) -> list[tuple[str, str]]:
        """Text and label of the rows to learn from that have a label now; none when there are too few."""
        pairs = suggest.examples(self._db(), self._key(dataset))
        return pairs if suggest.enough(pairs) else []

    def unsuggested(self, dataset: str, source: str) -> bool:
        """Whether a row without a label has no suggestion from `source`."""
        return bool(suggest.unsuggested(self._db(), self._key(dataset), source, 0, 1))

    def suggest(self, dataset: str, source: str, guess: Guess, after: int, limit: int) -> int | None:
        """Suggestions for the next rows behind `after` without one from `source`; the last of them, None at the end."""
        key = self._key(dataset)
        waiting = suggest.unsuggested(self._db(), key, source, after, limit)
        if not waiting:
            return None
        found = guess([row.text for row in waiting])
        with transaction(self._db()) as db:
            suggest.keep(db, key, source, zip(waiting, found, strict=True))
        return waiting[-1].number

    def _key(self, dataset: str) -> int:
        return catalog.key(self._db(), dataset)
