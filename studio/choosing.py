"""Which base model to take: what is known of each, what it would take here, whether it is here or on its way.

Knows no words: what is to be said of a choice, and how, is the page's and the terminal's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.config import STARTER
from studio.contract import Estimate, ModelCard, Unready
from studio.downloads import Downloads, Seen
from studio.errors import StudioError
from studio.gallery import GIB, PATIENCE, Known, best, known
from studio.hubs import is_id
from studio.planner import Planner
from studio.tasks import Task


@dataclass(frozen=True)
class Choice:
    """A model that can be taken, or downloaded first. `estimate` is None without a dataset."""

    card: ModelCard
    known: Known | None = None
    estimate: Estimate | None = None
    in_four_bits: bool = False  # it fits only so
    reads: bool = True  # the language of the rows, as far as its makers say
    recommended: bool = False
    download: Seen | None = None

    @property
    def here(self) -> bool:
        return self.card.cached

    @property
    def packed(self) -> bool:
        """Whether it is a file that nobody has looked into yet."""
        return self.here and not self.card.parameters


@dataclass(frozen=True)
class Choosing:
    planner: Planner
    downloads: Downloads

    def here(self) -> list[ModelCard]:
        """The models that are on this machine, the starter first."""
        return self.planner.cards()

    def must_be_here(self, model: str) -> None:
        """Raises StudioError gallery.not_here where a plan would have to download the model first, unseen."""
        if is_id(model) and model not in {card.id for card in self.here()}:
            raise StudioError("gallery.not_here", model=model)

    def unready(self) -> Unready:
        return self.planner.engine.unready(self.planner.models)

    def choices(self, dataset: str | None) -> list[Choice]:
        """Those for a dataset's task, or all: the recommended one, then those that are here, then by what they take.

        Raises StudioError as `Planner.plan` where the dataset cannot teach anything.
        """
        cards = {**{id: row.card for id, row in known().items()}, **{card.id: card for card in self.here()}}
        if dataset is None:
            return self._told([Choice(card, known().get(id)) for id, card in cards.items()])
        task = self.planner.data.get(dataset).task
        wanted = [card for id, card in cards.items() if self._suits(card, known().get(id), task)]
        weighed = self.planner.weighed(dataset, wanted)
        choices = [
            Choice(
                card, row := known().get(card.id), estimate, packed, row is None or weighed.language in row.languages
            )
            for card, (estimate, packed) in zip(wanted, weighed.by_card, strict=True)
        ]
        rows = [(known()[one.card.id], one.estimate) for one in choices if one.known and one.estimate]
        chosen = best(sorted(rows, key=lambda row: list(known()).index(row[0].card.id)), weighed.language) or STARTER
        return self._told([replace(one, recommended=one.card.id == chosen) for one in choices])

    def _suits(self, card: ModelCard, row: Known | None, task: Task) -> bool:
        """One that is here is a choice for whatever it is able to learn."""
        return self.planner.able(card, task) and (card.cached or row is None or row.suits(task))

    def _told(self, choices: list[Choice]) -> list[Choice]:
        """In order, each with its download; those that are only on their way, too, and files to be turned first."""
        unready = self.unready()
        seen = {model: Seen(model, "stopped", here) for model, here in unready.partly.items()}
        seen |= {model: one for model, one in self.downloads.seen().items() if one.state != "finished"}
        told = [replace(one, download=None if one.here else seen.pop(one.card.id, None)) for one in choices]
        unknown = [Choice(_unknown(model), download=one) for model, one in seen.items() if model not in known()]
        packed = [Choice(_packed(path, size)) for path, size in unready.packed.items()]
        return [*sorted([*told, *packed], key=_order), *unknown]


def _unknown(model: str) -> ModelCard:
    return ModelCard(model, "hub", 0, 0, 0, 0, 0, 0.0, cached=False)


def _packed(path: str, size: int) -> ModelCard:
    return ModelCard(path, "local", 0, 0, 0, 0, 0, size / GIB, cached=True)


def _order(choice: Choice) -> tuple[bool, bool, bool, bool, int, float]:
    """Those that read the rows' language, toys last; then as the table has them, but of those that take long the
    quicker."""
    if (estimate := choice.estimate) is None:
        return True, not choice.here, False, False, 0, 0.0
    fits = ("fits", "tight", "too_big").index(estimate.fit)
    slow = estimate.seconds if estimate.seconds > PATIENCE else 0.0
    toy = choice.known is not None and choice.known.toy
    return not choice.recommended, not choice.here, not choice.reads, toy, fits, slow
