"""What the studio asks of an engine: four small groups of functions and the plain values that cross between them.

Knows no torch: the real engine, and the light one of the tests, both fit this shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from studio.config import RunConfig
from studio.data.asking import Conversation
from studio.data.schema import Example, Message, Splits
from studio.hubs import Hub

Fit = Literal["fits", "tight", "too_big"]
Shade = Literal["ignored", "learned", "cut", "end", "worse"]
Progress = Callable[[float], None]  # called with 0.0 … 1.0
Told = Callable[[int, int], None]  # called with the bytes that are here, of how many; what it raises ends the work
Stop = Callable[[], bool]  # whether to end, asked before every step and after every token
ADAPTER = "adapter"  # the folder, in a run's, of what it learned
BEFORE = "before"  # and of a copy of what an earlier run had learned, if it goes on from one


def no_progress(_: float) -> None:
    """For callers whom nobody watches."""


def never() -> bool:
    """For work that nobody stops."""
    return False


@dataclass(frozen=True)
class Machine:
    """What this computer has. `problems` are sentences of engine.toml: {"key": …, details …}."""

    device: Literal["cpu", "cuda", "mps"]
    name: str
    memory_gib: float
    free_gib: float
    cores: int
    versions: Mapping[str, str]
    problems: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class ModelCard:
    """A base model as far as its config.json tells. `cached`: its weights are on this machine. `head`: of HEADS."""

    id: str
    source: Literal["starter", "local", "hub"]
    parameters: int
    hidden: int
    layers: int
    vocabulary: int
    context: int  # tokens
    size_gib: float
    cached: bool
    head: str = "causal"
    kind: str = ""  # as transformers calls it
    embeds: bool = False  # it was made to tell what texts mean, and nothing else

    @property
    def inner(self) -> float:
        """The width of the feed-forward layers, from what the blocks' parameters leave after attention."""
        body = max(self.parameters - self.vocabulary * self.hidden, self.parameters / 2) / self.layers
        return max(2 * self.hidden, (body - 4 * self.hidden**2) / (3 * self.hidden))


@dataclass(frozen=True)
class Source:
    """Where a model is fetched from: a hub, None for the first that has it; and its token, which nobody writes down."""

    hub: Hub | None = None
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Unready:
    """What lies in the folder of models and is none yet, in bytes: downloads that are not complete, by their model;
    and GGUF files, by their paths, which are turned into safetensors when they are first asked for."""

    partly: Mapping[str, int] = field(default_factory=dict)
    packed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class OnDisk:
    """A hub's model as it lies in the folder of models: how many bytes, and whether all of it was fetched."""

    model: str
    bytes: int
    whole: bool


@dataclass(frozen=True)
class TokenCounts:
    """The rows to learn, further wordings among them, in tokens; `unlearnable` ones have nothing left after cutting.

    `taught`: rows of the dataset, each once however many wordings it has, of which there is something to learn.
    """

    rows: int
    tokens: int
    learned: int
    longest: int
    truncated: int
    unlearnable: int
    taught: int


def fit(need_gib: float, free_gib: float) -> Fit:
    """Tight means that it should work when nothing else is opened."""
    if need_gib > free_gib:
        return "too_big"
    return "tight" if need_gib > 0.8 * free_gib else "fits"


@dataclass(frozen=True)
class Estimate:
    """What a run will take."""

    steps: int
    tokens: int
    seconds: float
    memory_gib: float
    disk_gib: float
    fit: Fit

    def at(self, seconds: float, memory: float, free_gib: float) -> Estimate:
        """So many times the seconds and the memory."""
        gib = self.memory_gib * memory
        return replace(self, seconds=self.seconds * seconds, memory_gib=gib, fit=fit(gib, free_gib))


@dataclass(frozen=True)
class Sampling:
    """How an answer is drawn; temperature 0 always takes the likeliest token."""

    temperature: float = 0.0
    top_p: float = 1.0
    max_new_tokens: int = 256
    seed: int = 42


@dataclass(frozen=True)
class Prediction:
    """An answer; for `classify` with its probability and those of all labels, which add up to 1. "" without any from a
    base that was never taught these labels."""

    answer: str
    confidence: float | None = None
    probabilities: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """All that a run needs, as plain data: nothing in it is alive, so it may cross to another process."""

    config: RunConfig
    run_dir: Path
    splits: Splits
    model_dir: Path
    tokens: Path  # the folder for rows in tokens, which the plans of its dataset share; what is missing there is made


@dataclass(frozen=True)
class Exported:
    """A model to take home: where it lies, its size, the sum of its manifest, and how far its answers may differ."""

    path: str
    bytes: int
    sha256: str
    verified: bool
    max_difference: float = 0.0


@dataclass(frozen=True)
class Lane:
    """A conversation whose last message is the user's, and who answers it: the tuned model, or the untouched base."""

    said: Sequence[Message]
    tuned: bool


class Answers(Protocol):
    """What a report card asks of a model. `tuned`: with what the run has learned beside it. `talks`: it can say
    something in words of its own, whatever it was taught."""

    talks: bool

    def classify(
        self, conversations: Sequence[Conversation], tuned: bool, progress: Progress = ...
    ) -> list[Prediction]: ...

    def answers(self, examples: Sequence[Example], tuned: bool, longest: int, progress: Progress = ...) -> list[str]:
        """The greedy answers to the questions of rows, as `reply` gives them, sooner where they are as expected; of a
        model that was taught labels, what it says where it is asked for none."""
        ...

    def leanings(self, examples: Sequence[Example], tuned: bool, progress: Progress = ...) -> list[float]:
        """Of rows with a better and a worse answer, by how much it finds the better one likelier, in nats a token;
        0 where it is none, or the row is too long to be read."""
        ...


class Session(Answers, Protocol):
    """A base model in memory, once, with a run's adapter beside it. `system`: the system text of what it learned."""

    system: str

    def reply(
        self, conversations: Sequence[Sequence[Message]], tuned: bool, sampling: Sampling, progress: Progress = ...
    ) -> list[str]: ...

    def fits(self, conversation: Sequence[Message], sampling: Sampling) -> bool:
        """Whether the model reads all of a conversation and still has room for the answer."""

    def stream(self, lanes: Sequence[Lane], sampling: Sampling, stop: Stop) -> Iterator[tuple[str, ...]]:
        """The answers so far, one a lane, from one batched decode. Ends early when asked to, or when it is closed."""
        ...

    def close(self) -> None: ...


class Meanings(Protocol):
    """A model that tells what texts mean, in memory. Safe to call from any thread."""

    def __call__(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """A vector of length 1 for each text; the nearer two texts mean the same, the larger their product."""
        ...

    def reads(self, texts: Sequence[str]) -> bool:
        """Whether it has words for what these texts say."""
        ...


class Engine(Protocol):
    """Everything that touches weights. Each function raises StudioError for what the user can mend."""

    def warm(self, stop: Stop = never) -> None:
        """Loads what every run needs, so that the first plan, run and answer do not wait for it. Ends when asked to."""
        ...

    def machine(self) -> Machine: ...

    def model_card(self, model: str, models_dir: Path) -> ModelCard: ...

    def fetch(self, model: str, models_dir: Path, progress: Progress = ...) -> Path: ...

    def unready(self, models_dir: Path) -> Unready: ...

    def download(self, model: str, models_dir: Path, source: Source, told: Told) -> Path:
        """The model's folder, which appears whole or not at all; what was fetched before it broke off is kept aside."""
        ...

    def stored(self, models_dir: Path) -> list[OnDisk]: ...

    def remove(self, model: str, models_dir: Path) -> None:
        """Takes one of `stored` from the disk, and nothing that a link leads to."""

    def token_counts(
        self, model_dir: Path, splits: Splits, max_length: int, wordings: int, tokens: Path
    ) -> TokenCounts: ...

    def preview(self, model_dir: Path, splits: Splits, config: RunConfig) -> list[list[tuple[str, Shade]]]: ...

    def check(self, config: RunConfig, model_dir: Path) -> None:
        """Raises StudioError where a run could not begin by these settings on this model."""
        ...

    def estimate(self, config: RunConfig, card: ModelCard, counts: TokenCounts, machine: Machine) -> Estimate: ...

    def train(self, job: Job, stop: Stop) -> None:
        """Trains to the end, or until asked to stop, which is looked for before every step; or goes on from what the
        run's folder holds of an earlier attempt. A run that `continues` another begins from what BEFORE holds.

        Appends facts to the run's `events.jsonl`: Started; each Step and Evaluated; Saved where it could go on from;
        last Finished or Stopped, with what was learned kept. What goes wrong is raised, as a StudioError where the user
        can mend it: that the run has Failed is for the caller to say.
        """
        ...

    def meanings(self, model: str, models_dir: Path) -> Meanings:
        """Opens a model that `embeds`."""
        ...

    def open(self, job: Job) -> Session:
        """The base model, with what the run has learned beside it if it has learned anything."""
        ...

    def export(self, job: Job, format: str, out: Path, progress: Progress = ...) -> Exported:
        """Writes a whole, verified folder to `out`, which must not exist or be empty, or nothing at all.

        Raises StudioError engine.no_adapter where nothing was learned, engine.out_exists where `out` is taken.
        """
        ...
