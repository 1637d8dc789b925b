"""A small model answers while another one learns; a large one says when it can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.contract import Lane, Machine, ModelCard
from studio.data.schema import Message
from studio.errors import StudioError
from studio.sessions import fits_beside
from studio.studio import Studio
from tests.fakes import FakeEngine
from tests.studios import ended, planned, until

LARGE = "made/large"
QUESTION = [Message("user", "第12号茶几点开始卖")]


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(pace=0.02, spoken_pace=0.01), tmp_path, worker=True) as made:
        yield made


def two_learned(studio: Studio) -> tuple[str, str]:
    """A run on the starter and one on a large base, both ended."""
    config = planned(studio, epochs=1)
    small = studio.start(config)
    large = studio.start(studio.plan(config.dataset, LARGE, changes={"epochs": 1}).config)
    assert ended(studio, small) == ended(studio, large) == "finished"
    return small, large


def busy(studio: Studio, of: str) -> str:
    """A run that trains until it is stopped, on the rows of another."""
    run = studio.start(studio.run(of).config.with_changes({"epochs": 100}))
    until(lambda: len(studio.run(run).progress.steps) > 2)
    return run


def test_a_small_model_answers_while_another_learns(slow: Studio) -> None:
    small, _ = two_learned(slow)
    run = busy(slow, small)
    assert slow.classify(small, ["很好喝"])[0].answer == "好评"
    assert slow.evaluate(small)["count"] and slow.export(small, "merged").verified
    assert slow.run(run).status == "running"
    slow.stop(run)


def test_a_large_model_says_at_once_what_it_waits_for_and_how_long(slow: Studio) -> None:
    small, large = two_learned(slow)
    run = busy(slow, small)
    with pytest.raises(StudioError) as refusal:
        slow.classify(large, ["很好喝"])
    assert refusal.value.key == "run.answers_in"
    assert "reviews" in refusal.value.say("en") and "分钟" in refusal.value.say("zh") + "分钟"
    behind = slow.start(slow.run(small).config.with_changes({"epochs": 2}))
    with pytest.raises(StudioError) as refusal:
        slow.classify(large, ["很好喝"])
    assert refusal.value.key == "run.answers_after_all" and refusal.value.details["queued"] == 1
    for one in (behind, run):
        slow.stop(one)
    until(lambda: slow.run(run).ended)
    assert slow.classify(large, ["很好喝"])[0].answer == "好评"


def test_a_device_that_no_run_has_is_said_to_be_busy(slow: Studio) -> None:
    _, large = two_learned(slow)
    until(lambda: not slow.workspace.leased("device"))  # which a run that has ended lets go of a moment later
    with slow.workspace.lease("device"), pytest.raises(StudioError) as refusal:
        slow.classify(large, ["很好喝"])
    assert refusal.value.key == "workspace.busy"


def test_a_run_begins_while_an_answer_is_on_its_way(slow: Studio) -> None:
    dataset = slow.data.add_rows("faq", "chat", [(f"第{n}号茶几点开始卖", f"{n}点" * 40) for n in range(10, 30)])
    run = slow.start(slow.plan(dataset.id, changes={"epochs": 1}).config)
    ended(slow, run)
    answer = slow.chat(run, [Lane(QUESTION, tuned=False), Lane(QUESTION, tuned=True)])
    next(answer)
    other = busy(slow, run)
    assert len(list(answer)) > 2
    slow.stop(other)


def test_what_a_run_learned_further_is_what_it_answers_with(slow: Studio) -> None:
    config = planned(slow, epochs=50)
    run = slow.start(config)
    until(lambda: len(slow.run(run).progress.steps) > 2)
    slow.stop(run)
    assert ended(slow, run) == "stopped"
    first = slow.classify(run, ["很好喝，第1次来"])[0]
    (slow.workspace.run_dir(run) / "adapter" / "knowledge.json").write_text('{"很好喝，第1次来": "差评"}', "utf-8")
    assert slow.classify(run, ["很好喝，第1次来"])[0] == first  # kept between calls
    slow.resume(run)
    assert ended(slow, run) == "finished"
    assert slow.classify(run, ["很好喝，第1次来"])[0].answer == "好评"


@pytest.mark.parametrize(("size", "free", "fits"), [(0.02, 0.5, True), (2.4, 60.0, True), (2.4, 8.0, False)])
def test_what_fits_beside_a_run_leaves_half_of_the_free_memory(size: float, free: float, fits: bool) -> None:
    card = ModelCard("some", "hub", 10**6, 64, 2, 100, 100, size, True)
    assert fits_beside(card, Machine("cpu", "some", 64.0, free, 4, {})) is fits
