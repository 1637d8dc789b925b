"""A model that only puts texts into classes (BERT and kin), taught by the studio and by plain transformers.

Knows the studio by its command line only. `python -m benchmarks.encoder MODEL TRAIN.csv TEST.csv` takes the folder of a
model and two tables with the columns text and label; `make real` gives it MiniLM and English reviews made by rule.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.table import Figure, show
from benchmarks.terminal import xiaozao

Rows = Sequence[tuple[str, str]]
EPOCHS, RATE, BATCH = 10, 5e-5, 8  # of plain transformers, for so few rows


def figures(home: Path, model: Path, train: Path, test: Path) -> Iterator[Figure]:
    """Accuracy on the test table, of the studio's default plan and of plain transformers, every weight learning."""
    dataset = xiaozao(home, "import", str(train))["dataset"]
    run = xiaozao(home, "train", dataset, "--model", str(model))
    report = xiaozao(home, "evaluate", run["run"], "--file", str(test))
    learned = xiaozao(home, "rows", dataset, "--split", "train")["rows"]
    yield Figure("by the studio", f"{_of(report['tuned'])}, {run['steps']} steps, {run['seconds']:.0f} s", "as plain")
    yield Figure("by plain transformers on the same rows", plain(model, learned, _read(test)))
    yield Figure("TF-IDF + logistic regression", _of(report["baseline"]["tfidf"]), "beside it")


def _of(metrics: dict[str, Any]) -> str:
    return f"{metrics['accuracy']:.1%} of {metrics['count']}"


def _read(table: Path) -> Rows:
    with table.open(encoding="utf-8", newline="") as file:
        return [(text, label) for text, label in list(csv.reader(file))[1:]]


def plain(model: Path, train: Rows, test: Rows) -> str:
    """Fine-tuned by transformers' own trainer, in whole."""
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        DataCollatorWithPadding,
        Trainer,
        TrainingArguments,
        set_seed,
    )  # fmt: skip

    labels, words = sorted({label for _, label in train}), AutoTokenizer.from_pretrained(model)

    def read(rows: Rows) -> Any:
        return [{**words(text, truncation=True), "labels": labels.index(label)} for text, label in rows]

    set_seed(42)
    with TemporaryDirectory() as out:
        settings = TrainingArguments(
            out, num_train_epochs=EPOCHS, learning_rate=RATE, per_device_train_batch_size=BATCH, save_strategy="no",
            report_to=[], disable_tqdm=True, use_cpu=True,
        )  # fmt: skip
        fresh = AutoModelForSequenceClassification.from_pretrained(model, num_labels=len(labels))
        trainer = Trainer(fresh, settings, train_dataset=read(train), data_collator=DataCollatorWithPadding(words))
        trainer.train()
        found = trainer.predict(read(test))
    right = int((found.predictions.argmax(axis=1) == found.label_ids).sum())
    return f"{right / len(test):.1%} of {len(test)}"


def reviews(count: int, seed: int) -> Rows:
    """English reviews of many trades, made up by rule."""
    from studio.starter.reviews import write_review

    made = [write_review(random.Random(f"{seed}-{place}"), "en") for place in range(count)]
    return [(one.text, one.sentiment) for one in made]


def write(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


if __name__ == "__main__":
    with TemporaryDirectory() as own:
        show(list(figures(Path(own), *map(Path, sys.argv[1:]))))
