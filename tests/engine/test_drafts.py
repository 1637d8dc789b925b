"""Answers that are read from what is expected equal those that the model says alone, and take fewer steps."""

from __future__ import annotations

import pytest

from studio.contract import Sampling, never
from studio.data.schema import Example
from studio.engine import drafts, generate
from studio.engine.batches import collate
from studio.engine.encode import Encoded
from studio.engine.load import Base
from studio.engine.loss import losses
from studio.engine.session import open_model
from studio.engine.train import train
from tests.engine.conftest import QUESTIONS, Jobs, examples

LONGEST = 40


@pytest.fixture
def tuned(jobs: Jobs) -> tuple[Base, list[Encoded]]:
    """A model that knows about half of its eight answers, and their rows."""
    job = jobs.make("chat", epochs=14, learning_rate=8e-3)
    train(job, never)
    base = open_model(job)
    encoder = base.encoder(job)
    rows = [
        encoder.encode(example) for example in (*job.splits.train, *examples([("你好", "好"), ("hi", "Hello.")], 90))
    ]
    return base, [row for row in rows if row is not None]


@pytest.mark.parametrize("name", [generate.BASE, generate.TUNED])
def test_answers_are_those_of_plain_greedy_decoding(tuned: tuple[Base, list[Encoded]], name: str) -> None:
    base, rows = tuned
    plain = generate.replies(base, [row.prompt for row in rows], name, Sampling(max_new_tokens=LONGEST))
    assert drafts.answers(base, rows, drafts.read(base, rows, name), name, [LONGEST] * len(rows)) == plain
    known = [said == answer for said, (_, answer) in zip(plain, QUESTIONS, strict=False)]
    assert name == generate.BASE or any(known)


def test_what_is_known_is_not_generated(tuned: tuple[Base, list[Encoded]], monkeypatch: pytest.MonkeyPatch) -> None:
    base, rows = tuned
    reads = drafts.read(base, rows, generate.TUNED)
    known = [place for place, found in enumerate(reads) if found.agreed == len(rows[place].completion)]
    assert known, "the fixture should have learned something"
    monkeypatch.setattr(generate, "generate", None)
    said = drafts.answers(
        base, [rows[at] for at in known], [reads[at] for at in known], generate.TUNED, [LONGEST] * len(known)
    )
    assert said == [generate.text(base, rows[at].completion[:-1]) for at in known]


def test_the_loss_is_that_of_training(tuned: tuple[Base, list[Encoded]]) -> None:
    base, rows = tuned
    wanted = float(losses(base, collate(rows, base.end_ids[0])).sum())
    assert sum(found.loss for found in drafts.read(base, rows, generate.TUNED)) == pytest.approx(wanted, rel=1e-5)


def test_a_large_vocabulary_is_read_in_parts(
    tuned: tuple[Base, list[Encoded]], monkeypatch: pytest.MonkeyPatch
) -> None:
    base, rows = tuned
    whole = drafts.read(base, rows, generate.TUNED)
    monkeypatch.setattr(drafts, "SCORES", 1)
    parts = drafts.read(base, rows, generate.TUNED)
    assert [(found.agreed, found.said) for found in parts] == [(found.agreed, found.said) for found in whole]


def test_an_answer_is_cut_at_the_longest(tuned: tuple[Base, list[Encoded]]) -> None:
    base, rows = tuned
    reads = drafts.read(base, rows, generate.BASE)
    most = [3, 5] * (len(rows) // 2)
    short = drafts.answers(base, rows, reads, generate.BASE, most)
    for row, said, tokens in zip(rows, short, most, strict=True):
        assert [said] == generate.replies(base, [row.prompt], generate.BASE, Sampling(max_new_tokens=tokens))


def test_a_row_too_long_to_be_read_has_no_answer(jobs: Jobs) -> None:
    from studio.engine.session import EngineSession

    job = jobs.make("chat", epochs=1)
    train(job, never)
    session = EngineSession(open_model(job), job)
    said = session.answers([Example(1, "你好", "长" * 2000), Example(2, "你好", "好")], True, 20)
    assert said[0] == "" and len(said) == 2
