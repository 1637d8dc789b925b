"""Questions asked with a handbook at hand: which one lies beside a run, and what of it stands before a question.

Knows no weights: a model to ask for its room is handed in. How a passage is found and put is the handbook's own room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path

from studio.answering import GREEDY, typed
from studio.contract import Meanings, ModelCard, Sampling, Session
from studio.data.schema import Message
from studio.errors import StudioError
from studio.handbook.finding import Finder
from studio.handbook.prompt import Informed, inform
from studio.handbook.reading import read
from studio.handbook.shelf import Handbook, Shelf
from studio.roster import Roster
from studio.tasks import TASKS
from studio.workspace import ID, Workspace

BESIDE = "handbook"  # in a run's folder: which handbook lies beside it
Opened = Callable[[str], AbstractContextManager[Session]]


class LookingUp:
    """The handbooks of a workspace and the runs that they lie beside."""

    def __init__(
        self,
        workspace: Workspace,
        roster: Roster,
        opened: Opened,
        cards: Callable[[], Sequence[ModelCard]],
        meanings: Callable[[str], Meanings],
    ) -> None:
        self._workspace = workspace
        self._roster = roster
        self._opened = opened
        self.shelf = Shelf(workspace)
        self._cards = cards
        self._reader = lru_cache(1)(meanings)
        self._finder = lru_cache(4)(self._made)

    def beside(self, run: str) -> Handbook | None:
        """The handbook that lies beside a run; None for none, or one that is gone."""
        try:
            name = (self._workspace.run_dir(run) / BESIDE).read_text(encoding="utf-8").strip()
            return self.shelf.get(name) if name else None
        except (OSError, UnicodeDecodeError, StudioError):
            return None

    def lay(self, run: str, handbook: str | None) -> None:
        """Puts a handbook beside a run in place of the one that lay there, or none. Raises StudioError
        handbook.no_such, workspace.not_writable."""
        name = self.shelf.get(handbook).id if handbook else ""
        self._workspace.write(self._workspace.run_dir(run) / BESIDE, name.encode())

    def finder_for(self, run: str, handbook: str | Path | None) -> Finder | None:
        """Of this handbook, or else of the one beside the run; None without any. Raises StudioError as `finder`."""
        chosen = handbook or (beside.id if (beside := self.beside(run)) else None)
        return self.finder(chosen) if chosen else None

    def finder(self, handbook: str | Path) -> Finder:
        """What finds passages in a kept handbook, or in a file that is only read. Raises StudioError handbook.*"""
        if isinstance(handbook, str) and ID.fullmatch(handbook):
            return self._finder(handbook, self._embeds())
        return Finder(read(Path(handbook)).passages, self._meanings(self._embeds()))

    def with_beside(self, run: str, conversations: Sequence[Sequence[Message]], sampling: Sampling) -> list[Informed]:
        """Each conversation with the passages of the handbook beside the run before its question; as it is without."""
        beside = self.beside(run)
        if beside is None:
            return [Informed(list(said)) for said in conversations]
        finder = self.finder(beside.id)
        with self._opened(run) as session:
            return inform(session, conversations, finder, sampling)

    def answer(
        self, run: str, question: str, handbook: str | Path, *, tuned: bool = True, system: str | None = None
    ) -> tuple[Informed, str]:
        """One question asked with a handbook at hand: what was put before it, and the answer.

        Raises StudioError handbook.not_for_labels for a run that gives labels.
        """
        if not TASKS[self._roster.run(run).config.task].talks:
            raise StudioError("handbook.not_for_labels")
        finder = self.finder(handbook)
        with self._opened(run) as session:
            (found,) = inform(session, [typed(session, question, system)], finder, GREEDY)
            (said,) = session.reply([found.said], tuned, GREEDY)
            return found, said

    def _made(self, handbook: str, model: str) -> Finder:
        return Finder(self.shelf.passages(handbook), self._meanings(model))

    def _embeds(self) -> str:
        """The first model here that tells what texts mean; "" for none, or where they cannot be listed."""
        try:
            return next((card.id for card in self._cards() if card.embeds and card.cached), "")
        except StudioError:
            return ""

    def _meanings(self, model: str) -> Meanings | None:
        """None without a model, or where it is damaged: words find as they did."""
        try:
            return self._reader(model) if model else None
        except StudioError:
            return None
