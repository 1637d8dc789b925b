"""What a frozen trunk that is computed once saves: processor seconds with and without it on the starter, and beside
transformers' own trainer on a classifier of MiniLM's size with random weights.

Knows no page and no workspace.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.table import Figure

ROWS, PASSES, TURNS = 240, 10, 3
RATE = 5e-4  # of both ways; theirs by default is so low that random weights learn nothing
# How many clauses reviews have: all about as long as one another, or many short ones and some long, as people write.
LENGTHS = {"of one length": (1,), "of all lengths": (0, 1, 0, 2, 1, 5, 0, 1, 3, 1)}


def figures() -> Iterator[Figure]:
    yield from of_the_starter()
    yield from of_a_classifier()


def rows(clauses: Sequence[int]) -> Any:
    """Reviews of two classes, of so many clauses beside what they say, in turn."""
    from studio.data.schema import Example, Splits

    pairs = (
        (f"第{n}次来，{taste}，{'，'.join([more] * clauses[n % len(clauses)])}", label)
        for n in range(ROWS // 4) for taste, label in TASTES for more in MORE
    )  # fmt: skip
    made = tuple(Example(number, text, label) for number, (text, label) in enumerate(pairs, 1))
    return Splits("d", 1, "classify", ("好评", "差评"), made, made[:8], made[:8])


def job_of(model: Path, folder: Path, clauses: Sequence[int] = (1,), **changes: Any) -> Any:
    from studio.config import RunConfig
    from studio.contract import Job

    given = {"task": "classify", "dataset": "d", "dataset_version": 1, "method": "freeze", "epochs": PASSES}
    config = RunConfig.of({**given, "max_length": 128, "batch_size": 8, "precision": "fp32", **changes})
    return Job(config, folder, rows(clauses), model, folder / "tokens")


def of_the_starter() -> Iterator[Figure]:
    """A pass each way in turn, so that other work on the machine disturbs both alike; the trunk's making is counted."""
    from studio.assets import STARTER_DIR
    from studio.engine import load
    from studio.engine.learner import Learner
    from studio.engine.train import learnable

    with tempfile.TemporaryDirectory() as folder:
        job = job_of(STARTER_DIR, Path(folder))
        learned = learnable(job)
        spent = {"plain": 0.0, "kept": 0.0}
        learners = {}
        for name, kept in (("plain", None), ("kept", job.tokens)):
            base, start = load.base(STARTER_DIR, "none", "fp32"), time.process_time()
            learners[name] = Learner(base, learned, job.config, kept)
            spent[name] += time.process_time() - start
        for number in range(1, PASSES * learners["plain"].steps_per_epoch + 1):
            for name, learner in learners.items():
                start = time.process_time()
                learner.step(number, job.config.learning_rate)
                spent[name] += time.process_time() - start
    text = f"{spent['plain'] / spent['kept']:.2f} × ({spent['plain']:.1f} s → {spent['kept']:.1f} s)"
    yield Figure(f"the last two layers, {ROWS} rows, {PASSES} passes: processor time saved by the kept trunk", text, "")


def of_a_classifier() -> Iterator[Figure]:
    """The same rows in the same tokens, passes, rows a step and rate, the same weights frozen; the trunk's making is
    counted. Each way in turn, TURNS times, and what is told is the middle of the ratios."""
    for layers, name, goal in ((0, "the head alone", "≥ 10 ×"), (2, "the last two layers", "≥ 2.4 ×")):
        for like, clauses in LENGTHS.items():
            taken = [once(clauses, layers) for _ in range(TURNS)]
            theirs, ours = sorted(taken, key=lambda one: one[0].seconds / one[1].seconds)[TURNS // 2]
            text = f"{theirs.seconds / ours.seconds:.1f} × ({theirs} → {ours})"
            what = (
                f"a classifier of 6 × 384, {name}, {ROWS} rows {like}, {PASSES} passes: against transformers' Trainer"
            )
            yield Figure(f"{what} at its defaults, processor time and rows right", text, goal)


@dataclass(frozen=True)
class Taught:
    """Processor seconds, and the share of the rows that come out right afterwards."""

    seconds: float
    right: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.right:.0%}"


def once(clauses: Sequence[int], layers: int) -> tuple[Taught, Taught]:
    """By their trainer, and here."""
    with tempfile.TemporaryDirectory() as folder:
        model = classifier(Path(folder) / "base")
        job = job_of(model, Path(folder), clauses, layers=layers, learning_rate=RATE)
        return by_trainer(job), here(job)


def classifier(folder: Path) -> Path:
    """Of MiniLM's size, before it ever named a class."""
    from transformers import BertConfig, BertForMaskedLM

    from tests.engine import encoders

    sizes = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}
    return encoders.save(folder, BertForMaskedLM(BertConfig(vocab_size=512, **sizes)))


def here(job: Any) -> Taught:
    """With the rate that falls as there."""
    from studio.engine import load
    from studio.engine.learner import Learner
    from studio.engine.train import learnable

    base, learned = load.base(job.model_dir, "none", "fp32", job.splits.labels), learnable(job)
    start = time.process_time()
    learner = Learner(base, learned, job.config, job.tokens)
    total = PASSES * learner.steps_per_epoch
    for number in range(total):
        learner.step(number + 1, RATE * (1 - number / total))
    return Taught(time.process_time() - start, right(learner.base, learned))


def right(base: Any, learned: Any) -> float:
    """The share of the rows whose class is the likeliest."""
    from studio.engine import drafts, generate, modes

    with modes.answering(base.model):
        return sum(one.agreed for one in drafts.read(base, list(learned), generate.TUNED)) / len(learned)


def by_trainer(job: Any) -> Taught:
    """With a model as transformers opens it, of the same weights, the same of them frozen."""
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        DataCollatorWithPadding,
        Trainer,
        TrainingArguments,
    )

    from studio.engine import load, methods
    from studio.engine.train import learnable

    base = methods.attach(load.base(job.model_dir, "none", "fp32", job.splits.labels), job.config)
    plain, learned = AutoModelForSequenceClassification.from_pretrained(job.model_dir), learnable(job)
    plain.load_state_dict(base.model.state_dict())
    for name, weight in base.model.named_parameters():
        plain.get_parameter(name).requires_grad_(weight.requires_grad)
    data = [{"input_ids": list(row.prompt), "labels": row.completion[0]} for row in learned]
    words = AutoTokenizer.from_pretrained(job.model_dir)
    told = {"save_strategy": "no", "report_to": [], "disable_tqdm": True, "use_cpu": True}
    settings = TrainingArguments(str(job.run_dir / "out"), num_train_epochs=PASSES, learning_rate=RATE, **told)
    trainer = Trainer(plain, settings, train_dataset=data, data_collator=DataCollatorWithPadding(words))
    start = time.process_time()
    trainer.train()
    return Taught(time.process_time() - start, right(replace(base, model=plain), learned))


TASTES = (("很好喝", "好评"), ("太难喝", "差评"))
MORE = ("服务也很热情，下次带朋友一起来", "等了大概二十分钟才做好")
