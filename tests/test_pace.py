"""What a plan says a run will take follows from what earlier runs took on this machine, and is put right on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio import pace, views
from studio.config import RunConfig
from studio.contract import Estimate
from studio.events import Event, Finished, Known, Planned, Started
from studio.pace import Pace
from studio.runs import Run, fold
from studio.studio import Studio
from tests.fakes import FakeEngine
from tests.made import step

CONFIG = RunConfig.of({"task": "classify", "dataset": "d", "dataset_version": 1})


def run(per_step: float, steps: int = 40, *, ended: bool = True, memory: float = 1.0, **changes: object) -> Run:
    """Of 100 planned steps at a second each, `steps` were made, each in `per_step` seconds."""
    events: list[Event] = [
        Planned(at=0.0, seconds=100.0, memory_gib=1.0, times_seconds=1.0, times_memory=1.0),
        Started(at=0.0, step=0, total_steps=100, device="cpu", precision="fp32", trainable_parameters=1, parameters=9),
        *(replace(step(n, 1.0, at=per_step * n), memory_gib=memory) for n in range(1, steps + 1)),
    ]
    if ended:
        events.append(Finished(at=per_step * steps, step=steps, best_step=steps))
    config = RunConfig.of({**CONFIG.model_dump(), **changes})
    return Run("run-1", config, "finished" if ended else "running", 0.0, "评价", fold(events))


def test_a_machine_without_runs_is_taken_at_its_word() -> None:
    assert pace.of(CONFIG, []) == Pace(1.0, 1.0)


def test_the_middle_of_the_latest_runs_of_its_kind_decides() -> None:
    others = [run(9.0, model="/models/other"), run(9.0, method="qlora")]
    assert pace.of(CONFIG, [*others, run(2.0), run(3.0), run(50.0)]).seconds == 3.0
    assert pace.of(CONFIG, others).seconds == 9.0  # better than nothing


@pytest.mark.parametrize(
    "made", [run(1.0, steps=9), run(0.1, steps=40), run(3.0, ended=False)], ids=["few steps", "seconds", "under way"]
)
def test_what_proves_nothing_is_not_asked(made: Run) -> None:
    assert pace.of(CONFIG, [made]).seconds == 1.0


def test_memory_is_learned_upwards_only() -> None:
    assert pace.of(CONFIG, [run(1.0, memory=1.4), run(1.0, memory=1.2)]).memory == 1.4
    assert pace.of(CONFIG, [run(1.0, memory=0.4)]).memory == 1.0


def test_an_estimate_that_grew_says_anew_whether_it_fits() -> None:
    found = Estimate(steps=10, tokens=10, seconds=10.0, memory_gib=3.0, disk_gib=0.1, fit="fits")
    assert found.at(2.0, 1.5, free_gib=5.0) == replace(found, seconds=20.0, memory_gib=4.5, fit="tight")


def test_a_pace_far_from_what_was_said_is_said_aloud_and_one_near_it_is_not() -> None:
    assert pace.corrected(run(3.0, ended=False).progress) == (100.0, 300.0)
    assert pace.corrected(run(0.5, ended=False).progress) == (100.0, 50.0)
    for quiet in (run(1.4, ended=False), run(3.0), run(3.0, steps=9, ended=False)):
        assert pace.corrected(quiet.progress) is None
    slow = run(3.0, ended=False)
    assert views.train_view(slow, "zh").notes == ("开始前说大约 2 分钟，照现在的快慢，全程大约 5 分钟。",)
    known = replace(slow.progress, known=Known(step=40, total_steps=50))
    assert pace.corrected(known) is None  # it ends early: the whole is another one


def test_every_run_begins_with_what_it_was_thought_to_take(tmp_path: Path) -> None:
    rows = [(f"{taste}，第{n}次", label) for n in range(8) for taste, label in (("好喝", "好评"), ("难喝", "差评"))]
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        plan = studio.plan(studio.data.add_rows("评价", "classify", rows).id)
        planned = studio.train(plan.config).progress.planned
        assert planned is not None
        assert (planned.seconds, planned.memory_gib) == (plan.estimate.seconds, plan.estimate.memory_gib)
