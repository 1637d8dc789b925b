"""Facts are asked as they were taught, and a run that knows them all ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.contract import never
from studio.data.schema import Splits
from studio.engine import examine, load
from studio.engine import train as training
from studio.engine.examine import Exam
from studio.engine.train import train
from studio.events import Evaluated, Finished, Known, Started, Step
from tests.engine.conftest import Jobs, examples
from tests.engine.running import After, adapter, facts, losses

pytestmark = pytest.mark.usefixtures("patient")


def asked_once(count: int = 6) -> Splits:
    """Facts that are each asked once, and other ways to ask for them."""
    pairs = [(f"第{number}个问题", f"答案是{number * 37 % 100}号柜台。") for number in range(count)]
    others = [(f"请问第{number}个问题呢", answer) for number, (_, answer) in enumerate(pairs)]
    return Splits("data-1", 1, "chat", (), examples(pairs), examples(others, 50), lesson="facts")


def test_facts_are_asked_as_taught_and_the_run_ends_once_all_are_known(jobs: Jobs) -> None:
    job = jobs.make(
        "chat", rows=asked_once(), epochs=100, batch_size=4, learning_rate=1e-2, rank=16, alpha=32, evaluations=50,
        stop_when_known=1.0,
    )  # fmt: skip
    train(job, never)
    (known,) = facts(job, Known)
    (finished,) = facts(job, Finished)
    tests = {test.step: test for test in facts(job, Evaluated)}
    assert tests[known.step].recalled == tests[known.step].taught == 6
    assert finished.step == known.total_steps < facts(job, Started)[0].total_steps
    rates = [step.learning_rate for step in facts(job, Step)]
    assert rates[known.step - 1] == 1e-2 and rates[-1] < 1e-3 < rates[known.step]
    assert tests[finished.best_step].recalled == 6


def test_further_wordings_are_practised_though_what_was_taught_is_known(jobs: Jobs) -> None:
    job = jobs.make(
        "chat", rows=asked_once(), epochs=60, batch_size=4, learning_rate=1e-2, rank=16, alpha=32, evaluations=50,
        stop_when_known=1.0, wordings=3,
    )  # fmt: skip
    train(job, never)
    total = facts(job, Started)[0].total_steps
    assert facts(job, Known) == [] and facts(job, Finished)[0].step == total
    early = [test for test in facts(job, Evaluated) if test.recalled == test.taught]
    assert early[0].step < 0.6 * total


def test_a_resumed_run_ends_at_the_same_step_with_the_same_facts(jobs: Jobs) -> None:
    settings = {
        "rows": asked_once(), "epochs": 60, "batch_size": 4, "learning_rate": 1e-2, "rank": 16, "alpha": 32,
        "evaluations": 30, "stop_when_known": 1.0,
    }  # fmt: skip
    whole, parts = jobs.make("chat", "run-a", **settings), jobs.make("chat", "run-b", **settings)
    train(whole, never)
    end = facts(whole, Finished)[0].step
    for looks in (end // 2, end - facts(whole, Known)[0].step):
        train(parts, After(looks))
    train(parts, never)
    assert facts(parts, Finished)[0] == replace(facts(whole, Finished)[0], at=facts(parts, Finished)[0].at)
    assert losses(parts) == losses(whole) and adapter(parts) == adapter(whole)


def test_a_run_that_never_knows_all_makes_all_its_passes_with_a_falling_rate(jobs: Jobs) -> None:
    job = jobs.make("chat", rows=asked_once(), epochs=10, learning_rate=1e-5, stop_when_known=1.0)
    train(job, never)
    assert facts(job, Known) == [] and facts(job, Finished)[0].step == 10
    rates = [step.learning_rate for step in facts(job, Step)]
    assert rates[1:8] == [1e-5] * 7 and rates[-1] < 1e-5


def test_further_wordings_are_learned_and_no_exam_question_is(jobs: Jobs) -> None:
    rows = replace(asked_once(), train=examples([("你们几点开门？", "早上九点。"), ("奶茶多少钱？", "十二元。")]))
    made = [jobs.make("chat", f"run-{count}", rows=rows, wordings=count) for count in (0, 3)]
    plain, more = (training.learnable(job) for job in made)
    assert len(plain) == 2 and len(more) == 8
    assert {row.completion for row in more} == {row.completion for row in plain}


def test_a_run_does_not_end_early_while_the_facts_are_not_known_in_every_way_of_asking(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one question that a test asks can be answered; “how much?”, to which each of the four has another answer,
    cannot."""
    monkeypatch.setattr(examine, "MOST_TAUGHT", 1)
    own = [(f"第{number}个问题", f"答案是{number * 37 % 100}号柜台。") for number in range(4)]
    rows = Splits("data-1", 1, "chat", (), examples([*own, *(("多少？", answer) for _, answer in own)]), lesson="facts")
    settings = {"rows": rows, "epochs": 40, "batch_size": 4, "learning_rate": 1e-2, "rank": 16, "alpha": 32}
    asked = {
        seed: jobs.make("chat", f"run-{seed}", **settings, evaluations=20, stop_when_known=1.0, seed=seed)
        for seed in range(8)
    }
    base = load.base(asked[0].model_dir, "none", "fp32")
    job = next(job for job in asked.values() if Exam(job, base).facts[0][0][0].text != "多少？")
    train(job, never)
    assert any(test.recalled == test.taught == 1 for test in facts(job, Evaluated))
    assert facts(job, Known) == []
