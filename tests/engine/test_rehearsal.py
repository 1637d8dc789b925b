"""What the base knew is learned again beside the new rows, unless the rows are to change it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from studio.assets import STARTER_DIR
from studio.contract import Sampling
from studio.data.schema import Example
from studio.engine import generate, load, methods, rehearsal
from studio.engine.encode import Encoder
from studio.engine.learner import Learner
from studio.engine.rows import rows_of
from studio.engine.train import learnable
from tests.engine.conftest import Jobs, splits

TAUGHT = {"你是谁呀": "我是小禾。", "少糖怎么做": "少糖就是减20%糖浆。"}


@pytest.fixture(scope="module")
def starter() -> load.Base:
    from studio.config import RunConfig

    config = RunConfig(task="chat", dataset="data-1", dataset_version=1)
    return methods.attach(load.base(STARTER_DIR, "none", "fp32"), config)


def test_the_base_own_answers_are_rehearsed_and_they_end(starter: load.Base) -> None:
    encoder = Encoder(starter.tokenizer, "chat", (), 128)
    taught = [row for at, pair in enumerate(TAUGHT.items()) if (row := encoder.encode(Example(at, *pair)))]
    rows = {row.text: row for row in rehearsal.rows(starter, taught, seed=1)}
    row = rows["为什么天是蓝的？"]
    [answer] = generate.replies(starter, [row.prompt], generate.BASE, Sampling(max_new_tokens=rehearsal.LONGEST))
    assert generate.text(starter, row.completion) == answer
    assert row.completion[-1] == encoder.end_id
    assert len(rows) > 0.8 * len(rehearsal.questions())


def test_what_the_rows_teach_anew_is_not_rehearsed(starter: load.Base) -> None:
    encoder = Encoder(starter.tokenizer, "chat", (), 128)
    row = encoder.encode(Example(1, "你是谁呀", "我是小禾。"))
    assert row is not None
    before = {row.text for row in rehearsal.rows(starter, [], seed=1)}
    after = {row.text for row in rehearsal.rows(starter, [row], seed=1)}
    gone = before - after
    assert gone and len(gone) < 12
    own = generate.replies(starter, [row.prompt], generate.BASE, Sampling(max_new_tokens=48))
    prompts = [encoder.prompt(text, reserve=48) for text in after]
    answers = generate.replies(starter, prompts, generate.BASE, Sampling(max_new_tokens=48))
    assert own[0] not in answers


def test_what_the_base_says_to_a_further_wording_leaves_nothing_out(starter: load.Base, jobs: Jobs) -> None:
    """Of a row in several wordings only the first is asked; a wording is what chance made it."""
    lesson = splits("chat")
    first, wording = (Example(1, text, "九点。") for text in ("几点开门", "你是谁呀"))
    both = rows_of(starter.folder, lesson, [first, wording], 128, jobs.root / "tokens")
    assert [row.text for row in both.first_wordings] == ["几点开门"]
    assert rehearsal.rows(starter, both.first_wordings, seed=1) == rehearsal.rows(starter, both[:1], seed=1)


def test_every_everyday_row_comes_as_often_as_any_other(jobs: Jobs) -> None:
    job = jobs.make("chat", rehearsal=0.75, batch_size=4)
    rows = learnable(job)
    learner = Learner(load.base(job.model_dir, "none", "fp32"), rows, job.config)
    learner.known = [replace(rows[0], number=-number) for number in range(1, 11)]
    drawn = [row.number for step in range(1, 21) for row in learner.rehearsed(step)]
    assert sorted(Counter(drawn).values()) == [6] * 10
    assert sorted(drawn[:10]) == sorted(drawn[10:20]) and drawn[:10] != drawn[10:20]


def test_the_loss_that_is_shown_is_that_of_the_new_rows(jobs: Jobs) -> None:
    shown = {}
    for share in (0.0, 2.0):
        job = jobs.make("chat", f"run-{share}", rehearsal=share)
        rows = learnable(job)
        learner = Learner(load.base(job.model_dir, "none", "fp32"), rows, job.config)
        measured = learner.step(1, 1e-3)
        shown[share] = measured
        assert len(learner.rehearsed(1)) == round(share * job.config.batch_size)
    assert shown[0.0].loss == pytest.approx(shown[2.0].loss, rel=1e-5)
    assert shown[0.0].grad_norm != pytest.approx(shown[2.0].grad_norm, rel=1e-3)
    assert shown[2.0].tokens > shown[0.0].tokens


def test_a_warm_engine_has_loaded_what_the_first_run_needs() -> None:
    code = (
        "import sys; from studio.engine import TorchEngine; assert 'torch' not in sys.modules; TorchEngine().warm();"
        "assert {'torch', 'peft', 'transformers.modeling_utils', 'studio.engine.train'} <= set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)
