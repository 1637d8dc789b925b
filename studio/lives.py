"""The lives of runs: each waits for the device, is trained to its end, and whatever goes wrong becomes its last fact.

Knows no engine and no dataset: how a run is trained is handed in.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event as Flag

from studio.contract import Stop
from studio.data.reading.panics import is_panic
from studio.errors import StudioError
from studio.events import EventLog, Failed, Paused, Stopped
from studio.queue import Queue
from studio.roster import Roster, lock_of
from studio.runs import EVENTS, Run
from studio.stop import StopMark
from studio.workspace import Workspace, in_words

log = logging.getLogger("xiaozao")
RUN_DISK_GIB = 0.1  # checkpoints and adapter of a small run; the engine adds what a large model needs
Flags = dict[str, Flag]  # of each run that this process trains now, whether it is asked to stop


class Lives:
    """`train(run, stop)` trains a run and raises what went wrong."""

    def __init__(
        self, workspace: Workspace, queue: Queue, roster: Roster, training: Flags, train: Callable[[str, Stop], None]
    ) -> None:
        self._workspace = workspace
        self._queue = queue
        self._roster = roster
        self._training = training
        self._train = train
        self._closing = False

    def close(self) -> None:
        """Asks what is trained now to stop, and begins nothing new."""
        self._closing = True
        for flag in list(self._training.values()):
            flag.set()

    def next(self) -> bool:
        """Lives the first of the runs that wait; False when there is none, or not now."""
        run = None if self._closing else self._queue.next()
        if run is None:
            return False
        try:
            self._roster.folder(run)
        except StudioError as error:
            log.warning("%s leaves the queue: %s", run, error)
            self._queue.dequeue(run)
            return True
        try:
            with self._workspace.lease(lock_of(run)), self._waiting_for_device(run):
                self._live(run)
        except StudioError as error:
            log.info("%s: %s", run, error)
            return False
        if self._roster.run(run).status == "failed" and not self._queue.rules().past_failures:
            self._queue.hold(bool(self._queue.waiting()))
        return True

    def live(self, run: str) -> None:
        """Trains a run to its end, in this thread. Raises StudioError workspace.busy when the device is taken."""
        with self._workspace.lease(lock_of(run)), self._workspace.lease("device"):
            self._live(run)

    def resume(self, run: str, *, here: bool) -> None:
        """Lets a run go on: from the queue, which is held no more, or `here`, in this thread, to its end."""
        self._mark(run).remove()
        self._queue.hold(False)
        if here:
            self.live(run)
        else:
            self._queue.enqueue(run)

    def stop(self, run: Run) -> None:
        """Asks a run, in whatever process, to stop; one in this process stops even where the disk takes no mark.

        Raises StudioError run.not_running, workspace.not_writable.
        """
        if run.ended:
            raise StudioError("run.not_running", run=run.id)
        if flag := self._training.get(run.id):
            flag.set()
            with suppress(StudioError):
                self._mark(run.id).put()  # for whoever looks on from another process
            return
        self._mark(run.id).put()  # first, in case that a worker takes it from the queue just now
        self._queue.dequeue(run.id)
        if run.status == "queued":
            self._roster.folder(run.id).log.append(Stopped(step=0, best_step=0), durable=True)

    def pause(self, run: Run) -> None:
        """Has a run rest where it stands, and all that wait with it, so that the machine is free.

        Raises StudioError run.not_running, workspace.not_writable.
        """
        if run.status != "running":
            raise StudioError("run.not_running", run=run.id)
        self._roster.folder(run.id).log.append(Paused(), durable=True)
        self._queue.hold(bool(self._queue.waiting()))
        self.stop(run)

    def _live(self, run: str) -> None:
        flag = self._training[run] = Flag()
        if self._closing:  # since it was decided to live this run
            flag.set()
        mark = self._mark(run)
        try:
            self._queue.dequeue(run)
            self._train_to_the_end(run, lambda: flag.is_set() or mark())
        finally:
            del self._training[run]
            with suppress(StudioError):  # one that stays means nothing
                mark.remove()

    def _mark(self, run: str) -> StopMark:
        return StopMark(self._workspace, run)

    def _train_to_the_end(self, run: str, stop: Stop) -> None:
        try:
            self._roster.folder(run).job.to_train()
            self._train(run, stop)
        except StudioError as error:
            self._note_failure(run, error)
        except BaseException as error:
            if not (isinstance(error, Exception) or is_panic(error)):
                raise
            log.exception("%s failed", run)
            self._note_failure(run, self._reason(error))

    def _reason(self, error: BaseException) -> StudioError:
        if said := in_words(error, self._workspace.home):
            return said
        return StudioError("run.unexpected", problem=f"{type(error).__name__}: {error}"[:300])

    def _note_failure(self, run: str, why: StudioError) -> None:
        """Tells why a run ended; where the disk takes no more, a run without an ending is shown as interrupted."""
        try:
            events = EventLog(self._workspace.run_dir(run) / EVENTS)
            events.append(Failed(key=why.key, details=why.details), durable=True)
        except OSError:
            log.exception("%s failed, and it could not be written down: %s", run, why)

    @contextmanager
    def _waiting_for_device(self, run: str) -> Iterator[None]:
        """The device as soon as chat or another process lets go of it; gives up when another is to be next."""
        while not self._closing and self._queue.next() == run:
            try:
                with self._workspace.lease("device"):
                    yield
                    return
            except StudioError as error:
                if error.key != "workspace.busy":
                    raise
                time.sleep(0.2)
        raise StudioError("workspace.busy")
