"""Suggests labels in the background: from the newest run of the dataset, else from the rows labelled so far.

Knows no page and no engine: which run is the newest, and what it says to texts, are handed in.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from studio.data.datastore import DataStore
from studio.data.labelling import suggest
from studio.data.labelling.suggest import Guess, Suggestion
from studio.errors import StudioError
from studio.evaluation import baselines

log = logging.getLogger("xiaozao")
ROWS = 200  # at a time: the page is answered between two such chunks
AHEAD = 2000  # rows for which a run is asked at once; baselines are quick and do all rows


class Suggesting:
    """One thread while there is something to do. `classify` raises StudioError while the device is taken."""

    def __init__(
        self,
        data: DataStore,
        newest_run: Callable[[str], str | None],
        classify: Callable[[str, Sequence[str]], list[Suggestion]],
    ) -> None:
        self._data = data
        self._newest_run = newest_run
        self._classify = classify
        self._asked: list[str] = []
        self._lock = threading.Lock()
        self._closing = False
        self._thread: threading.Thread | None = None

    def ask(self, dataset: str) -> None:
        """Sees to it that the rows without a label get suggestions from the best source there is. Returns at once."""
        with self._lock:
            if self._closing or dataset in self._asked:
                return
            self._asked.append(dataset)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="suggesting")
                self._thread.start()

    def close(self) -> None:
        """Finishes the present chunk."""
        self._closing = True
        self.wait()

    def wait(self) -> None:
        """Returns when all that was asked for is done."""
        with self._lock:
            thread = self._thread
        if thread:
            thread.join()

    def _work(self) -> None:
        while (dataset := self._next()) is not None:
            self._try(dataset)

    def _next(self) -> str | None:
        """What was asked for first; when there is nothing left, the thread ends."""
        with self._lock:
            if self._asked and not self._closing:
                return self._asked.pop(0)
            self._thread = None
            return None

    def _try(self, dataset: str) -> None:
        try:
            self._suggest(dataset)
        except StudioError as error:  # the dataset is gone, or the device is taken: asked again with the next label
            log.info("no suggestions for %s: %s", dataset, error)
        except Exception:
            log.exception("suggesting for %s failed", dataset)

    def _suggest(self, dataset: str) -> None:
        run = self._newest_run(dataset)
        if run is not None:
            self._fill(dataset, run, lambda: lambda texts: self._classify(run, texts), AHEAD)
        elif source := suggest.lesson(self._data.progress(dataset)[0]):
            self._fill(dataset, source, lambda: _simple(self._data.labelling.examples(dataset)), None)

    def _fill(self, dataset: str, source: str, learn: Callable[[], Guess | None], most: int | None) -> None:
        """Row after row, until all have a suggestion from `source` or `most` more have."""
        if not self._data.labelling.unsuggested(dataset, source):
            return
        guess = learn()
        last: int | None = 0
        done = 0
        while guess and last is not None and not self._closing and (most is None or done < most):
            last = self._data.labelling.suggest(dataset, source, guess, last, ROWS)
            done += ROWS


def _simple(pairs: Sequence[tuple[str, str]]) -> Guess | None:
    """The simple method's guesses, learned from `pairs`; None where there are none to learn from."""
    answers = baselines.letters(pairs)
    return answers and (lambda texts: [Suggestion(said.answer, said.confidence or 0.0) for said in answers(texts)])
