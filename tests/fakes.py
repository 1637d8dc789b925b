"""An engine without torch that fits the same contract: it learns the training rows by heart, at a known pace.

Every figure it reports follows from the rows alone, so two runs of the same job agree to the last digit.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from studio import commit
from studio.config import RunConfig
from studio.contract import (
    ADAPTER,
    BEFORE,
    Estimate,
    Exported,
    Fit,
    Job,
    Lane,
    Machine,
    Meanings,
    ModelCard,
    OnDisk,
    Prediction,
    Progress,
    Sampling,
    Shade,
    Source,
    Stop,
    TokenCounts,
    Told,
    Unready,
    never,
    no_progress,
)
from studio.data import asking
from studio.data.asking import Conversation
from studio.data.schema import Example, Message, Splits
from studio.data.teaching.wordings import learned
from studio.engine import catalog, hub
from studio.errors import StudioError
from studio.events import EventLog, Finished, Saved, Started, Stopped
from studio.jobfile import JobFile
from studio.methods import METHODS
from studio.runs import fold
from tests.paced import evaluated, step_of, steps_of

IGNORANT = "我还不知道。"
CONTEXT = 2048  # characters that its models read


@dataclass(frozen=True)
class FakeEngine:
    """One token is one character. `pace` seconds pass per step; `breaks` is raised in the middle of training."""

    pace: float = 0.0
    breaks: StudioError | None = None
    spoken_pace: float = 0.0  # seconds per streamed character

    def warm(self, stop: Stop = never) -> None:
        pass

    def machine(self) -> Machine:
        return Machine("cpu", "Test CPU", 8.0, 6.0, 2, {"studio": "test"})

    def model_card(self, model: str, models_dir: Path) -> ModelCard:
        source, folder = catalog.source_of(model), catalog.folder_of(model, models_dir)
        if source == "local" and not folder.is_dir():
            raise StudioError("engine.no_such_folder", folder=model)
        millions = 10 if source == "starter" else 4000
        here, size = source != "hub" or folder.is_dir(), millions / 500
        return ModelCard(model, source, millions * 10**6, 256, 8, 8000, CONTEXT, size, here)

    def fetch(self, model: str, models_dir: Path, progress: Progress = no_progress) -> Path:
        if self.model_card(model, models_dir).source == "hub":
            catalog.folder_of(model, models_dir).mkdir(exist_ok=True)
        progress(1.0)
        return models_dir

    def unready(self, models_dir: Path) -> Unready:
        return Unready()

    def download(self, model: str, models_dir: Path, source: Source, told: Told) -> Path:
        for mebibytes in range(0, 1025, 64):
            told(mebibytes * 2**20, 2**30)
            time.sleep(self.pace)
        catalog.folder_of(model, models_dir).mkdir(exist_ok=True)
        return models_dir

    def stored(self, models_dir: Path) -> list[OnDisk]:
        return hub.stored(models_dir)

    def remove(self, model: str, models_dir: Path) -> None:
        hub.remove(model, models_dir)

    def token_counts(
        self, model_dir: Path, splits: Splits, max_length: int, wordings: int, tokens: Path
    ) -> TokenCounts:
        rows = learned(splits, wordings)
        lengths = [len(example.text) + len(example.target) + len(example.rejected) + 1 for example in rows]
        return TokenCounts(
            rows=len(lengths),
            tokens=sum(lengths),
            learned=sum(len(example.target) + 1 for example in rows),
            longest=max(lengths, default=0),
            truncated=sum(length > max_length for length in lengths),
            unlearnable=0,
            taught=len(splits.lessons),
        )

    def preview(self, model_dir: Path, splits: Splits, config: RunConfig) -> list[list[tuple[str, Shade]]]:
        return [_pieces(example, config.max_length) for example in splits.lessons[:5]]

    def check(self, config: RunConfig, model_dir: Path) -> None:
        """Its models take every setting."""

    def estimate(self, config: RunConfig, card: ModelCard, counts: TokenCounts, machine: Machine) -> Estimate:
        steps = steps_of(counts.rows, config)
        memory = card.size_gib * {"none": 1.0, "nf4": 0.5}[METHODS[config.method].quantise] + 0.5
        fit: Fit = "fits" if memory < 0.7 * machine.free_gib else "tight" if memory < machine.free_gib else "too_big"
        return Estimate(steps, counts.tokens * config.epochs, 0.1 * steps, memory, 0.1, fit)

    def train(self, job: Job, stop: Stop) -> None:
        log = EventLog(job.run_dir / "events.jsonl")
        before = fold(log.read())
        total = steps_of(len(learned(job.splits, job.config.wordings)), job.config)
        done = before.saved_step
        log.append(Started(
            step=done, total_steps=total, device="cpu", precision="fp32", trainable_parameters=1000, parameters=10**7
        ))  # fmt: skip
        if done == 0 and not stop():
            log.append(evaluated(0, total, job))
        best = before.best.step if before.best else 0
        for step in range(done + 1, total + 1):
            if stop():
                if done:
                    _learn(job)
                log.append(Saved(step=done), durable=True)
                log.append(Stopped(step=done, best_step=best or done), durable=True)
                return
            if self.breaks and step > total // 2:
                raise self.breaks
            time.sleep(self.pace)
            log.append(step_of(step, total, job))
            done = step
            if step % max(1, total // job.config.evaluations) == 0 or step == total:
                _learn(job)
                log.append(evaluated(step, total, job))
                log.append(Saved(step=step), durable=True)
                best = step
        log.append(Finished(step=total, best_step=best), durable=True)

    def meanings(self, model: str, models_dir: Path) -> Meanings:
        raise StudioError("engine.no_such_folder", folder=model)  # none of its models tells any

    def open(self, job: Job) -> FakeSession:
        known = _known(job.run_dir / ADAPTER)
        return FakeSession(known, job.splits.labels, self.spoken_pace, asking.system_text(job.splits))

    def export(self, job: Job, format: str, out: Path, progress: Progress = no_progress) -> Exported:
        if not (job.run_dir / ADAPTER).is_dir():
            raise StudioError("engine.no_adapter")
        if out.exists():
            raise StudioError("engine.out_exists", out=str(out))
        with commit.committed(out) as draft:
            (draft / "README.md").write_text("A model for tests.\n", encoding="utf-8")
            (draft / "job.yaml").write_text(JobFile(job.config).text(), encoding="utf-8")
        progress(1.0)
        size = sum(path.stat().st_size for path in out.iterdir())
        return Exported(str(out), size, commit.sha256(out / commit.MANIFEST), verified=True)


@dataclass(frozen=True)
class FakeSession:
    """Answers as the most similar known question was answered, what was said before it included; the base knows
    nothing."""

    known: dict[str, str]
    labels: Sequence[str]
    pace: float = 0.0
    system: str = ""
    talks: bool = True

    def classify(
        self, conversations: Sequence[Conversation], tuned: bool, progress: Progress = no_progress
    ) -> list[Prediction]:
        labels = [self._label(_spoken(said), tuned) for said in conversations]
        progress(1.0)
        return labels

    def _label(self, text: str, tuned: bool) -> Prediction:
        answer = (self._nearest(text) if tuned else None) or self.labels[0]
        sure = 0.9 if tuned else 1 / len(self.labels)
        rest = (1 - sure) / max(len(self.labels) - 1, 1)
        return Prediction(answer, sure, {label: sure if label == answer else rest for label in self.labels})

    def reply(
        self,
        conversations: Sequence[Sequence[Message]],
        tuned: bool,
        sampling: Sampling,
        progress: Progress = no_progress,
    ) -> list[str]:
        said = [(self._nearest(_spoken(asked)) if tuned else None) or IGNORANT for asked in conversations]
        progress(1.0)
        return said

    def answers(
        self, examples: Sequence[Example], tuned: bool, longest: int, progress: Progress = no_progress
    ) -> list[str]:
        return self.reply([asking.of(example) for example in examples], tuned, Sampling(), progress)

    def leanings(self, examples: Sequence[Example], tuned: bool, progress: Progress = no_progress) -> list[float]:
        """The base goes by length; the tuned one by what the nearest question was answered with. Of a single answer the
        base is what it is measured from, and the tuned one has come to the side of each thumb."""
        progress(1.0)
        return [self._leaning(example, tuned) for example in examples]

    def _leaning(self, example: Example, tuned: bool) -> float:
        if example.liked:
            return float(tuned)
        known = self._nearest(_spoken(asking.of(example))) if tuned else None
        if known is None:
            return float(len(example.rejected) - len(example.target))
        likeness = [SequenceMatcher(None, known, answer).ratio() for answer in (example.target, example.rejected)]
        return likeness[0] - likeness[1]

    def fits(self, conversation: Sequence[Message], sampling: Sampling) -> bool:
        return len(_spoken(conversation)) + min(sampling.max_new_tokens, CONTEXT // 2) <= CONTEXT

    def stream(self, lanes: Sequence[Lane], sampling: Sampling, stop: Stop) -> Iterator[tuple[str, ...]]:
        ends = [self.reply([lane.said], lane.tuned, sampling)[0] for lane in lanes]
        for length in range(1, max(map(len, ends)) + 1):
            time.sleep(self.pace)
            yield tuple(end[:length] for end in ends)
            if stop():
                return

    def close(self) -> None:
        pass

    def _nearest(self, text: str) -> str | None:
        likeness: Callable[[str], float] = lambda question: SequenceMatcher(None, question, text).ratio()  # noqa: E731
        nearest = max(self.known, key=likeness, default=None)
        return None if nearest is None else self.known[nearest]


def _learn(job: Job) -> None:
    (adapter := job.run_dir / ADAPTER).mkdir(exist_ok=True)
    known = {**_known(job.run_dir / BEFORE), **{_spoken(asking.of(row)): row.target for row in job.splits.lessons}}
    (adapter / "knowledge.json").write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")


def _known(folder: Path) -> dict[str, str]:
    try:
        return json.loads(path.read_text("utf-8")) if (path := folder / "knowledge.json").exists() else {}
    except ValueError as error:
        raise StudioError("engine.adapter_damaged", folder=str(folder)) from error


def _spoken(said: Sequence[Message]) -> str:
    return "\n".join(message.content for message in said)


def _pieces(example: Example, max_length: int) -> list[tuple[str, Shade]]:
    cut = max(0, len(example.text) + len(example.target) + 1 - max_length)
    pieces: list[tuple[str, Shade]] = [
        (example.text[:cut], "cut"), (example.text[cut:], "ignored"), (example.target, "learned"), ("<end>", "end"),
    ]  # fmt: skip
    return [(text, shade) for text, shade in pieces if text]
