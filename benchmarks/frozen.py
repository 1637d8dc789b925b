"""What a frozen trunk that is computed once saves: processor seconds with and without it on the starter, and beside
transformers' own trainer on a classifier of MiniLM's size with random weights.

Knows no page and no workspace.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.table import Figure

ROWS, PASSES = 240, 10


def figures() -> Iterator[Figure]:
    yield from of_the_starter()
    yield from of_a_classifier()


def rows() -> Any:
    """Short reviews of two classes."""
    from studio.data.schema import Example, Splits

    pairs = (
        (f"第{n}次来，{taste}，{more}", label) for n in range(ROWS // 4) for taste, label in TASTES for more in MORE
    )
    made = tuple(Example(number, text, label) for number, (text, label) in enumerate(pairs, 1))
    return Splits("d", 1, "classify", ("好评", "差评"), made, made[:8], made[:8])


def job_of(model: Path, folder: Path, **changes: Any) -> Any:
    from studio.config import RunConfig
    from studio.contract import Job

    given = {"task": "classify", "dataset": "d", "dataset_version": 1, "method": "freeze", "epochs": PASSES}
    config = RunConfig.of({**given, "max_length": 128, "batch_size": 8, "precision": "fp32", **changes})
    return Job(config, folder, rows(), model, folder / "tokens")


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
    """The same rows in the same tokens, batches and passes, the same weights frozen; the trunk's making is counted."""
    for layers, name, goal in ((0, "the head alone", "≥ 10 ×"), (2, "the last two layers", "≥ 2.4 ×")):
        with tempfile.TemporaryDirectory() as folder:
            model = classifier(Path(folder) / "base")
            job = job_of(model, Path(folder), layers=layers)
            theirs, ours = by_trainer(job), here(job)
        text = f"{theirs / ours:.1f} × ({theirs:.1f} s → {ours:.1f} s)"
        what = f"a classifier of 6 × 384, {name}, {ROWS} rows, {PASSES} passes: transformers' Trainer at its defaults"
        yield Figure(f"{what}, processor time against it", text, goal)


def classifier(folder: Path) -> Path:
    """Of MiniLM's size, before it ever named a class."""
    from transformers import BertConfig, BertForMaskedLM

    from tests.engine import encoders

    sizes = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}
    return encoders.save(folder, BertForMaskedLM(BertConfig(vocab_size=512, **sizes)))


def here(job: Any) -> float:
    from studio.engine import load
    from studio.engine.learner import Learner
    from studio.engine.train import learnable

    base, learned = load.base(job.model_dir, "none", "fp32", job.splits.labels), learnable(job)
    start = time.process_time()
    learner = Learner(base, learned, job.config, job.tokens)
    for number in range(1, PASSES * learner.steps_per_epoch + 1):
        learner.step(number, job.config.learning_rate)
    return time.process_time() - start


def by_trainer(job: Any) -> float:
    """With the same layers frozen as here."""
    from transformers import AutoTokenizer, DataCollatorWithPadding, Trainer, TrainingArguments

    from studio.engine import load, methods
    from studio.engine.train import learnable

    base = methods.attach(load.base(job.model_dir, "none", "fp32", job.splits.labels), job.config)
    data = [{"input_ids": list(row.prompt), "labels": row.completion[0]} for row in learnable(job)]
    words = AutoTokenizer.from_pretrained(job.model_dir)
    told = {"save_strategy": "no", "report_to": [], "disable_tqdm": True, "use_cpu": True}
    settings = TrainingArguments(str(job.run_dir / "out"), num_train_epochs=PASSES, **told)
    trainer = Trainer(base.model, settings, train_dataset=data, data_collator=DataCollatorWithPadding(words))
    start = time.process_time()
    trainer.train()
    return time.process_time() - start


TASTES = (("很好喝", "好评"), ("太难喝", "差评"))
MORE = ("服务也很热情，下次带朋友一起来", "等了大概二十分钟才做好")
