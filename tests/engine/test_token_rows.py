"""Rows in tokens on the disk are those that the tokenizer writes, however they got there, and cost no memory."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.config import RunConfig
from studio.contract import TokenCounts
from studio.data.datastore import DataStore
from studio.data.schema import Example, Message
from studio.data.teaching.wordings import learned
from studio.engine import TorchEngine, catalog, load
from studio.engine import rows as stored
from studio.engine.checkpoint import fingerprint
from studio.engine.encode import Encoded, Encoder
from studio.engine.examine import Exam
from studio.engine.rows import Rows, rows_of
from studio.engine.train import learnable
from studio.workspace import UNUSED_DAYS, Workspace
from tests.engine.conftest import Jobs, splits

LONG = "一般般" * 40
TALK = (Message("system", "你是店员"), *(Message(role, f"第{n}句") for n in range(8) for role in ("user", "assistant")))
ODD = (
    Example(3, "几点开门", "早上九点。"),
    Example(5, "没有答案", "  "),
    Example(7, LONG, "谢谢"),
    Example(9, "几点关门", "晚上十点。", TALK),
    Example(9, "什么时候关门", "晚上十点。"),
    Example(11, "太长的回答", "很长的回答" * 60),
)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many examples were made into tokens, file by file."""
    made: list[int] = []
    write = stored._write

    def counted(folder: Path, encoder: Encoder, examples: Any) -> None:
        made.append(len(examples))
        write(folder, encoder, examples)

    monkeypatch.setattr(stored, "_write", counted)
    return made


@pytest.mark.parametrize("max_length", [40, 64, 100, 256, 300])
def test_rows_on_the_disk_are_those_that_the_encoder_makes(jobs: Jobs, max_length: int) -> None:
    """Longer ones than the model can read are cut to that."""
    context = catalog.Shape.of(catalog.check(jobs.model_dir)).context
    encoder = Encoder(load.tokenizer(jobs.model_dir), "chat", (), min(max_length, context))
    plain = [(place, row) for place, example in enumerate(ODD) if (row := encoder.encode(example))]
    rows = rows_of(jobs.model_dir, splits("chat"), ODD, max_length, jobs.root / "tokens")
    assert list(rows) == [row for _, row in plain]
    assert rows.places.tolist() == [place for place, _ in plain]
    assert rows.lengths.tolist() == [len(row) for _, row in plain]
    assert rows.numbers.tolist() == [row.number for _, row in plain]
    assert rows.counts == TokenCounts(
        rows=len(ODD),
        tokens=sum(len(row) for _, row in plain),
        learned=sum(len(row.completion) for _, row in plain),
        longest=max(len(row) for _, row in plain),
        truncated=sum(bool(row.cut) for _, row in plain),
        unlearnable=len(ODD) - len(plain),
        taught=len({row.number for _, row in plain}),
    )


def test_some_rows_are_chosen_without_being_read(jobs: Jobs) -> None:
    rows = rows_of(jobs.model_dir, splits("chat"), ODD, 100, jobs.root / "tokens")
    assert [row.text for row in rows.take([2, 0])] == ["几点关门", "几点开门"]
    assert rows[-1] == list(rows)[-1] and list(rows[1:3]) == list(rows)[1:3]
    assert rows.first_wordings[0].text == "几点关门", "of number 9 only the first wording"
    assert len(rows[:0]) == 0 and list(rows[:0].first_wordings) == []


@given(st.lists(st.integers(1, 9), max_size=30))
def test_first_wordings_come_in_the_order_of_a_dictionary_filled_from_behind(numbers: list[int]) -> None:
    expected = list({number: place for place, number in reversed(list(enumerate(numbers)))}.values())
    of = np.array(numbers, dtype=np.int64)
    made = Rows(None, np.arange(len(numbers)), of, of)  # type: ignore[arg-type]  (nothing is read)
    assert made.first_wordings.places.tolist() == expected


def test_a_plan_a_run_and_its_exam_make_tokens_once(jobs: Jobs, writes: list[int]) -> None:
    lesson = replace(splits("chat"), lesson="facts")
    job = jobs.make("chat", rows=lesson, max_length=128)
    for _ in range(2):  # two engines, as in two processes
        engine = TorchEngine()
        context = catalog.card("x", job.model_dir).context
        whole = engine.token_counts(job.model_dir, lesson, context, 0, job.tokens)
        assert engine.token_counts(job.model_dir, lesson, job.config.max_length, 0, job.tokens) == whole
        assert len(learnable(job)) == whole.rows
        Exam(job, load.base(job.model_dir, "none", "fp32"))
    assert writes == [len(lesson.train), len(lesson.validation)]


def test_whatever_decides_the_tokens_decides_the_file(jobs: Jobs, tmp_path: Path) -> None:
    lesson = splits("classify")
    model = tmp_path / "model"
    shutil.copytree(jobs.model_dir, model)

    def names() -> Iterator[str]:
        yield stored.fingerprint(model, lesson, lesson.train, 128)
        yield stored.fingerprint(model, lesson, lesson.train, 127)
        yield stored.fingerprint(model, lesson, lesson.train[:-1], 128)
        yield stored.fingerprint(model, lesson, tuple(reversed(lesson.train)), 128)
        yield stored.fingerprint(model, replace(lesson, labels=("差评", "好评")), lesson.train, 128)
        yield stored.fingerprint(model, replace(lesson, task="chat"), lesson.train, 128)
        said = replace(lesson.train[0], context=(Message("system", "你是店员"),))
        yield stored.fingerprint(model, lesson, (said, *lesson.train[1:]), 128)
        (model / "chat_template.jinja").write_text("{{ messages[0]['content'] }}", encoding="utf-8")
        yield stored.fingerprint(model, lesson, lesson.train, 128)

    found = list(names())
    assert len(set(found)) == len(found)
    assert stored.fingerprint(jobs.model_dir, lesson, lesson.train, 128) == found[0], (
        "where a model lies does not count"
    )


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "no manifest"])
def test_a_file_that_is_not_whole_is_made_anew(jobs: Jobs, writes: list[int], damage: str) -> None:
    tokens = jobs.root / "tokens"
    before = list(rows_of(jobs.model_dir, splits("chat"), ODD, 256, tokens))
    (path,) = tokens.glob("*/rows.arrow")
    held = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(held[:-100])
        case "changed":
            path.write_bytes(held[: len(held) // 2] + b"\0" * 8 + held[len(held) // 2 + 8 :])
        case "gone":
            path.unlink()
        case _:
            (path.parent / "manifest.json").unlink()
    assert list(rows_of(jobs.model_dir, splits("chat"), ODD, 256, tokens)) == before
    assert writes == [len(ODD)] * 2 and len(list(tokens.glob("*/"))) == 1


def test_those_who_ask_at_once_wait_for_one_who_makes_the_rows(jobs: Jobs, writes: list[int]) -> None:
    def ask(_: int) -> list[Encoded]:
        return list(rows_of(jobs.model_dir, splits("chat"), ODD, 256, jobs.root / "tokens"))

    with ThreadPoolExecutor(8) as pool:
        first, *others = pool.map(ask, range(8))
    assert all(rows == first for rows in others) and writes == [len(ODD)]


def test_rows_that_nobody_asked_for_are_swept_and_those_of_a_deleted_dataset(workspace: Workspace) -> None:
    store = DataStore(workspace)
    dataset = store.add_rows("问答", "chat", [("几点开门", "九点")]).id
    kept, old = (workspace.tokens_dir(dataset) / name for name in ("kept", "old"))
    for folder in (kept, old):
        folder.mkdir(parents=True)
        (folder / "rows.arrow").write_bytes(b"x")
    long_ago = time.time() - (UNUSED_DAYS + 1) * 86_400
    os.utime(old, (long_ago, long_ago))
    workspace.sweep_tokens()
    assert kept.exists() and not old.exists()
    store.delete(dataset)
    assert not kept.parent.exists()
    store.close()


def test_a_checkpoint_belongs_to_what_it_belonged_to_when_all_was_written_at_once(jobs: Jobs) -> None:
    for task in ("classify", "chat"):
        job = jobs.make(task)  # type: ignore[arg-type]
        rows = [[example.text, example.target] for example in job.splits.train]
        knobs = RunConfig.knobs()
        later = {name for name, knob in knobs.items() if knob.trait or knob.added}  # that decide nothing here
        before = {name: value for name, value in job.config.model_dump().items() if name not in later}
        facts = {"config": before, "rows": rows, "base": catalog.identity(job.model_dir)}
        assert fingerprint(job) == hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def test_further_wordings_are_among_the_rows(jobs: Jobs) -> None:
    job = jobs.make("chat", wordings=3, rows=replace(splits("chat"), validation=(), test=()))
    rows = learnable(job)
    assert rows.counts.rows == len(learned(job.splits, 3)) > len(job.splits.train)
    assert {row.number for row in rows} == {example.number for example in job.splits.train}
    assert isinstance(rows[0], Encoded)
