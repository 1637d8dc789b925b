"""A model answers beside a run in the same process, and the run comes out as if nobody had asked."""

from __future__ import annotations

from threading import Event, Thread

import pytest
import torch

from studio.contract import Job, Lane, Sampling, never
from studio.data.schema import Message
from studio.engine import TorchEngine, device
from studio.engine.train import train
from tests.children import PATIENCE
from tests.engine.conftest import Jobs
from tests.engine.running import adapter, losses

DRAWN = Sampling(temperature=1.0, top_p=0.9, max_new_tokens=12)
QUESTION = [Message("user", "少糖怎么做")]
LANES = [Lane(QUESTION, tuned=False), Lane(QUESTION, tuned=True)]


class Asker(Thread):
    """Opens a run's model, asks it by drawing and lets it go, again and again until `enough` is set."""

    def __init__(self, job: Job) -> None:
        super().__init__(daemon=True)
        self.job, self.enough, self.answers = job, Event(), list[str]()

    def run(self) -> None:
        while not self.enough.is_set() or not self.answers:
            session = TorchEngine().open(self.job)
            *_, last = session.stream(LANES, DRAWN, never)
            self.answers += session.reply([QUESTION], True, DRAWN) + list(last)
            session.close()


@pytest.mark.usefixtures("patient")
def test_a_run_is_the_same_to_the_last_bit_with_answers_drawn_beside_it(jobs: Jobs) -> None:
    known = jobs.make("chat", "run-known", epochs=2)
    train(known, never)
    noisy = {"dropout": 0.2, "embedding_noise": 1.0, "epochs": 12}  # both draw from torch's random numbers
    alone, beside = (jobs.make("chat", name, **noisy) for name in ("run-alone", "run-beside"))
    train(alone, never)
    asker = Asker(known)
    asker.start()
    train(beside, never)
    asker.enough.set()
    asker.join(PATIENCE)
    assert losses(beside) == losses(alone) and adapter(beside) == adapter(alone)
    assert len(set(asker.answers)) <= 3  # the same question by the same seed: each of three ways has one answer


def test_opening_and_asking_draw_none_of_the_process_s_random_numbers(jobs: Jobs) -> None:
    job = jobs.make("chat", epochs=1)
    train(job, never)
    torch.manual_seed(7)
    before = torch.get_rng_state()
    session = TorchEngine().open(job)
    list(session.stream(LANES, DRAWN, never))
    session.close()
    assert torch.equal(torch.get_rng_state(), before)


def test_who_is_undisturbed_may_build_though_another_waits() -> None:
    """As a test amid a run does that tries a small copy of a kind of model."""
    came = Event()

    def other() -> None:
        with device.undisturbed():
            came.set()

    waiting = Thread(target=other, daemon=True)
    with device.undisturbed():
        waiting.start()
        for _ in range(3):
            with device.building():
                assert not came.is_set()
    assert came.wait(PATIENCE)
