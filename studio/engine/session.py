"""A model in memory that answers: the base, and the run's adapter beside it when there is one.

Knows no scores and no files but the two folders it opens. One thread at a time runs the model; others wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from threading import Lock

from studio.contract import ADAPTER, Job, Lane, Prediction, Progress, Sampling, Stop, no_progress
from studio.data import asking
from studio.data.asking import Conversation
from studio.data.schema import Example, Message
from studio.engine import adapters, catalog, device, drafts, generate, load, methods, reference
from studio.engine.device import Precision
from studio.engine.load import Base
from studio.heads import HEADS
from studio.methods import METHODS
from studio.tasks import TASKS

ASKED_AT_ONCE = 64  # rows, between which whoever waits for the model gets a turn


def open_model(job: Job, precision: Precision | None = None) -> Base:
    """The job's base model, with its adapter if the run has one, in the format of answers unless another is said.

    Raises StudioError as `load.base` does.
    """
    trained = methods.precision(job.config, device.device().type)
    answering = device.answering_precision(trained, catalog.count_parameters(job.model_dir))
    quantise = METHODS[job.config.method].quantise
    base = load.base(job.model_dir, quantise, precision or answering, job.splits.labels)
    folder = job.run_dir / ADAPTER
    return adapters.open_saved(base, folder, job.config) if folder.is_dir() else base


class EngineSession:
    """Answers from one copy of the weights. Its functions raise StudioError when the memory is full."""

    def __init__(self, base: Base, job: Job) -> None:
        self._base: Base | None = base
        self._encoder = base.encoder(job)
        self.talks = HEADS[catalog.head_of(catalog.check(job.model_dir)["model_type"])].talks
        self._talker = base.encoder(_talking(job)) if self.talks else self._encoder
        self.system = asking.system_text(job.splits)
        self._parameters = catalog.count_parameters(job.model_dir)
        self._lock = Lock()

    def classify(
        self, conversations: Sequence[Conversation], tuned: bool, progress: Progress = no_progress
    ) -> list[Prediction]:
        """The likeliest of the job's labels for the last text of each conversation."""
        with self._turn() as base:
            return base.head.predict(base, self._encoder, conversations, _lane(tuned), progress)

    def reply(
        self,
        conversations: Sequence[Sequence[Message]],
        tuned: bool,
        sampling: Sampling,
        progress: Progress = no_progress,
    ) -> list[str]:
        """One answer to each conversation, whose last message is the user's."""
        with self._turn() as base:
            prompts = [self._prompt(conversation, sampling) for conversation in conversations]
            return generate.replies(base, prompts, _lane(tuned), sampling, progress)

    def answers(
        self, examples: Sequence[Example], tuned: bool, longest: int, progress: Progress = no_progress
    ) -> list[str]:
        """What greedy `reply` gives to the rows' questions; rows that are answered as expected take one pass."""
        found: list[str] = []
        encoded = [(example, self._talker.encode(example)) for example in examples]
        for start in range(0, len(encoded), ASKED_AT_ONCE):
            part = encoded[start : start + ASKED_AT_ONCE]
            with self._turn() as base:
                rows = [row for _, row in part if row is not None]
                reads = drafts.read(base, rows, _lane(tuned))
                said = iter(drafts.answers(base, rows, reads, _lane(tuned), [longest] * len(rows)))
            found += ["" if row is None else next(said) for _, row in part]
            progress(len(found) / len(examples))
        return found

    def leanings(self, examples: Sequence[Example], tuned: bool, progress: Progress = no_progress) -> list[float]:
        """By how much it finds the better of each row's two answers likelier, in nats a token; of one that stands alone
        how far it has come to the side of its thumb."""
        found: list[float] = []
        encoded = [self._encoder.encode(example) for example in examples]
        for start in range(0, len(encoded), ASKED_AT_ONCE):
            part = encoded[start : start + ASKED_AT_ONCE]
            with self._turn() as base:
                rows = [row for row in part if row is not None and row.judged]
                read = iter(reference.leanings(base, rows, reference.nats(base, rows, _lane(tuned))))
            found += [next(read) if row is not None and row.judged else 0.0 for row in part]
            progress(len(found) / len(examples))
        return found

    def fits(self, conversation: Sequence[Message], sampling: Sampling) -> bool:
        """Whether nothing of the conversation is cut when it is asked."""
        *context, last = conversation
        return self._encoder.fits(last.content, context, self._reserve(sampling))

    def stream(self, lanes: Sequence[Lane], sampling: Sampling, stop: Stop) -> Iterator[tuple[str, ...]]:
        """The answers so far, one a lane, after every token of one batched generation."""
        with self._turn() as base:
            prompts = [self._prompt(lane.said, sampling) for lane in lanes]
            names = [_lane(lane.tuned) for lane in lanes]
            with closing(generate.stream(base, prompts, names, sampling, stop)) as answers:
                yield from answers

    def close(self) -> None:
        """Waits for an answer on its way, then lets the weights go. Answers nothing afterwards."""
        with self._lock:
            self._base = None
            device.release()

    @contextmanager
    def _turn(self) -> Iterator[Base]:
        """The model, for one caller at a time."""
        with self._lock:
            assert self._base is not None, "this session is closed"
            device.share_cores(self._parameters)
            with device.guarded(self._base.device):
                yield self._base

    def _prompt(self, conversation: Sequence[Message], sampling: Sampling) -> generate.Prompt:
        """The conversation in tokens; its oldest part is cut where it and the answer would not both fit."""
        *context, last = conversation
        assert last.role == "user", last.role
        return self._encoder.prompt(last.content, context, self._reserve(sampling))

    def _reserve(self, sampling: Sampling) -> int:
        """The tokens that are kept free for an answer."""
        return min(sampling.max_new_tokens, self._encoder.max_length // 2)


def _talking(job: Job) -> Job:
    """The job as one in which questions are asked as they are."""
    return job if TASKS[job.splits.task].talks else replace(job, splits=replace(job.splits, task="chat"))


def _lane(tuned: bool) -> str:
    return generate.TUNED if tuned else generate.BASE
