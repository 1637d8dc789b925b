"""The queue: an order that can be changed, a hold, what a failure does to it, and a run that rests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.contract import Job, Stop
from studio.errors import StudioError
from studio.events import Failed, Paused, Started, Stopped
from studio.runs import fold, status_of
from studio.studio import Studio
from tests.fakes import FakeEngine
from tests.made import started, step
from tests.studios import planned, until


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[Studio]:
    """Nobody trains what waits."""
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def queue_up(studio: Studio, count: int) -> list[str]:
    return [studio.start(planned(studio, epochs=number + 1)) for number in range(count)]


def test_runs_wait_in_the_order_in_which_they_were_started(idle: Studio) -> None:
    runs = queue_up(idle, 3)
    assert idle.waiting.order() == runs


@pytest.mark.parametrize(
    ("place", "by", "order"),
    [(2, -1, [0, 2, 1]), (0, 1, [1, 0, 2]), (0, -1, [0, 1, 2]), (2, 1, [0, 1, 2]), (1, 1, [0, 2, 1])],
)
def test_a_run_changes_places_with_its_neighbour_if_it_has_one(
    idle: Studio, place: int, by: int, order: list[int]
) -> None:
    runs = queue_up(idle, 3)
    idle.waiting.move(runs[place], by)
    assert idle.waiting.order() == [runs[at] for at in order]
    latest = idle.start(planned(idle, epochs=9))
    assert idle.waiting.order()[-1] == latest


def test_a_run_that_waits_no_more_is_moved_nowhere(idle: Studio) -> None:
    one, two = queue_up(idle, 2)
    idle.stop(one)
    idle.waiting.move(one, 1)
    assert idle.waiting.order() == [two]


def test_order_and_rules_are_there_after_a_restart(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        one, two = queue_up(studio, 2)
        studio.waiting.move(two, -1)
        studio.waiting.hold(True)
        studio.waiting.go_past_failures(False)
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        assert studio.waiting.order() == [two, one]
        assert (studio.waiting.rules().held, studio.waiting.rules().past_failures) == (True, False)


def test_what_is_held_begins_only_when_it_is_let_go(tmp_path: Path) -> None:
    with Studio(FakeEngine(pace=0.01), tmp_path / "home", worker=True) as studio:
        studio.waiting.hold(True)
        (run,) = queue_up(studio, 1)
        until(lambda: studio.run(run).status == "queued")
        assert studio.run(run).progress.started is None
        studio.waiting.hold(False)
        until(lambda: studio.run(run).status == "finished")


class Failing(FakeEngine):
    """Its first run fails."""

    def train(self, job: Job, stop: Stop) -> None:
        if job.config.epochs == 1:
            raise StudioError("run.no_rows")
        super().train(job, stop)


@pytest.mark.parametrize("past", [True, False])
def test_after_a_failure_the_next_is_begun_if_that_is_wanted(tmp_path: Path, past: bool) -> None:
    with Studio(Failing(), tmp_path / "home", worker=True) as studio:
        studio.waiting.go_past_failures(past)
        studio.waiting.hold(True)
        failing, next_one = queue_up(studio, 2)
        studio.waiting.hold(False)
        until(lambda: studio.run(failing).status == "failed")
        if past:
            until(lambda: studio.run(next_one).status == "finished")
        else:
            until(lambda: studio.waiting.rules().held)
            assert studio.run(next_one).status == "queued"


def test_a_failure_with_nothing_behind_it_holds_nothing(tmp_path: Path) -> None:
    with Studio(Failing(), tmp_path / "home", worker=True) as studio:
        studio.waiting.go_past_failures(False)
        (failing,) = queue_up(studio, 1)
        until(lambda: studio.run(failing).status == "failed")
        later = studio.start(planned(studio, epochs=2))
        until(lambda: studio.run(later).status == "finished")


def test_a_paused_run_rests_with_those_behind_it_and_goes_on_before_them(tmp_path: Path) -> None:
    with Studio(FakeEngine(pace=0.02), tmp_path / "home", worker=True) as studio:
        run = studio.start(planned(studio, epochs=40))
        behind = studio.start(planned(studio, epochs=1))
        until(lambda: studio.run(run).progress.step > 2)
        studio.waiting.pause(run)
        until(lambda: studio.run(run).status == "paused")
        assert studio.run(behind).status == "queued" and studio.waiting.rules().held
        assert studio.run(run).has_adapter
        at = studio.run(run).progress.step
        studio.resume(run)
        until(lambda: studio.run(run).progress.step > at)
        assert studio.run(behind).status == "queued" and not studio.waiting.rules().held
        studio.stop(run)
        until(lambda: studio.run(behind).status == "finished")
        assert studio.run(run).status == "stopped"


def test_only_what_runs_can_rest(idle: Studio) -> None:
    (run,) = queue_up(idle, 1)
    with pytest.raises(StudioError) as error:
        idle.waiting.pause(run)
    assert error.value.key == "run.not_running"


def test_a_run_that_ended_by_itself_after_the_pause_was_asked_for_is_finished_not_paused() -> None:
    stopped = fold([started(), step(1, 1.0), Paused(), Stopped(step=1, best_step=1)])
    again = fold(
        [started(), step(1, 1.0), Paused(), Stopped(step=1, best_step=1), started(1), Stopped(step=1, best_step=1)]
    )
    failed = fold([started(), Paused(), Failed(key="run.no_rows")])
    told = [status_of(one, queued=False, held=False, stop_asked=False) for one in (stopped, again, failed)]
    assert told == ["paused", "stopped", "failed"]
    assert isinstance(again.started, Started)
