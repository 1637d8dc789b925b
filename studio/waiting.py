"""The runs that wait: their order, whether they are held, and the rest that a run takes.

Knows no page and no training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.lives import Lives
from studio.queue import Queue, Rules
from studio.roster import Roster


@dataclass(frozen=True)
class Waiting:
    """`wake` tells whoever trains that there is something to do."""

    queue: Queue
    lives: Lives
    roster: Roster
    wake: Callable[[], None]

    def order(self) -> list[str]:
        """The runs that wait, the next one first."""
        return self.queue.waiting()

    def rules(self) -> Rules:
        return self.queue.rules()

    def move(self, run: str, by: int) -> None:
        """Up (-1) or down (1). A run that waits no more stays where it is."""
        self.queue.move(run, by)

    def hold(self, held: bool) -> None:
        """Begins none that waits until this is taken back; what runs goes on."""
        self.queue.hold(held)
        self.wake()

    def go_past_failures(self, on: bool) -> None:
        """Whether, when one fails, the next is begun all the same."""
        self.queue.go_past_failures(on)

    def pause(self, run: str) -> None:
        """A run rests where it stands until `Studio.resume`, and those that wait with it.

        Raises StudioError workspace.no_such, run.not_running.
        """
        self.lives.pause(self.roster.run(run))
