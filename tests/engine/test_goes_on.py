"""What a run begins with that goes on from another: bit for bit what that one kept, by every method that can."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from studio import commit
from studio.contract import ADAPTER, BEFORE, Job, Sampling, never
from studio.data import asking
from studio.engine import methods
from studio.engine.export import export
from studio.engine.session import EngineSession, open_model
from studio.engine.train import train
from studio.errors import StudioError
from studio.events import Evaluated, Finished, Started
from studio.methods import METHODS
from tests.engine.conftest import Jobs
from tests.engine.running import After, adapter, facts, losses

pytestmark = pytest.mark.usefixtures("patient")
WAYS = [{"method": name} for name, method in METHODS.items() if method.goes_on]
WAYS += [{"dora": True}, {"init_weights": "pissa"}]


def after(jobs: Jobs, first: Job, name: str, **changes: Any) -> Job:
    """A run that goes on from `first`."""
    job = jobs.make("chat", name, continues=first.run_dir.name, **changes)
    commit.copy(first.run_dir / ADAPTER, job.run_dir / BEFORE)
    return job


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_it_begins_where_the_other_one_was_at_its_best(jobs: Jobs, way: dict[str, Any]) -> None:
    first = jobs.make("chat", "run-first", epochs=4, **way)
    train(first, never)
    (ended,) = facts(first, Finished)
    best = next(test for test in facts(first, Evaluated) if test.step == ended.best_step)
    second = after(jobs, first, "run-second", epochs=1, **way)
    train(second, never)
    begun = facts(second, Evaluated)[0]
    assert begun.step == 0 and begun.loss == pytest.approx(best.loss, rel=1e-4)
    assert adapter(second) != adapter(first)


def test_it_goes_on_after_a_stop_as_if_there_had_been_none_though_the_other_run_is_gone(jobs: Jobs) -> None:
    first = jobs.make("chat", "run-first", epochs=4)
    train(first, never)
    whole, parts = (after(jobs, first, name, epochs=6, dropout=0.1) for name in ("run-a", "run-b"))
    train(whole, never)
    train(parts, After(3))
    shutil.rmtree(first.run_dir)
    train(parts, never)
    assert [started.step for started in facts(parts, Started)] == [0, 2]
    assert losses(parts) == losses(whole) and adapter(parts) == adapter(whole)


def test_beside_it_answers_the_untouched_base_and_what_it_learned_is_merged_whole(jobs: Jobs, tmp_path: Any) -> None:
    first = jobs.make("chat", "run-first", epochs=4)
    asked = [asking.of(row) for row in first.splits.train]
    untouched = EngineSession(open_model(first), first)
    said = untouched.reply(asked, False, Sampling(max_new_tokens=8))
    untouched.close()
    train(first, never)
    second = after(jobs, first, "run-second", epochs=4)
    train(second, never)
    session = EngineSession(open_model(second), second)
    assert session.reply(asked, False, Sampling(max_new_tokens=8)) == said
    session.close()
    assert export(second, "merged", tmp_path / "out").verified


def test_what_was_learned_by_other_settings_is_refused(jobs: Jobs) -> None:
    first = jobs.make("chat", "run-first", epochs=1)
    train(first, never)
    second = after(jobs, first, "run-second", rank=4, alpha=8)
    with pytest.raises(StudioError) as caught:
        train(second, never)
    assert caught.value.key == "engine.adapter_does_not_fit"


def test_every_method_says_whether_it_can_begin_so() -> None:
    assert {name for name in METHODS if not METHODS[name].goes_on} == {"ptuning"}
    assert all(callable(methods.room(way["method"]).begin) for way in WAYS if "method" in way)
