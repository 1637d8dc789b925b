"""The façade: one run at a time, nothing started twice, nothing lost when a process or the user stops it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studio import jobfile
from studio.config import RunConfig
from studio.contract import Stop, never
from studio.data.checkup.mending import allow
from studio.errors import StudioError
from studio.events import EventLog, Started, Step
from studio.stop import StopMark
from studio.studio import Studio
from tests.children import PATIENCE, child
from tests.fakes import FakeEngine
from tests.studios import ended, planned, until


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home", worker=True) as made:
        yield made


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(pace=0.05), tmp_path / "home", worker=True) as made:
        yield made


def test_a_started_run_is_trained_in_the_background_to_its_end(studio: Studio) -> None:
    run = studio.start(planned(studio))
    assert ended(studio, run) == "finished"
    assert studio.run(run).progress.step == studio.run(run).progress.total_steps > 0
    assert jobfile.read(studio.job_yaml(run)).config == studio.run(run).config


def test_the_same_config_started_by_six_at_once_runs_once(slow: Studio) -> None:
    config, barrier, outcomes = planned(slow), threading.Barrier(6), []

    def press() -> None:
        barrier.wait(PATIENCE)
        try:
            outcomes.append(slow.start(config))
        except StudioError as error:
            outcomes.append(error.key)

    people = [threading.Thread(target=press, daemon=True) for _ in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join(PATIENCE)
    assert outcomes.count("run.already_running") == 5
    assert len(slow.runs()) == 1


def test_a_second_run_waits_its_turn(slow: Studio) -> None:
    config = planned(slow)
    first, second = slow.start(config), slow.start(config.with_changes({"seed": 7}))
    until(lambda: slow.run(first).status == "running")
    assert slow.run(second).status == "queued"
    slow.stop(first)
    until(lambda: slow.run(second).status == "running")
    assert slow.run(first).status == "stopped"


def test_a_queued_run_can_be_stopped_before_its_first_step(slow: Studio) -> None:
    config = planned(slow)
    first, second = slow.start(config), slow.start(config.with_changes({"seed": 7}))
    slow.stop(second)
    assert slow.run(second).status == "stopped" and not slow.run(second).has_adapter
    with pytest.raises(StudioError) as refusal:
        slow.classify(second, ["好喝"])
    assert refusal.value.key == "run.nothing_learned"
    slow.stop(first)


def test_stop_keeps_what_was_learned_and_resume_goes_on_from_there(slow: Studio) -> None:
    run = slow.start(planned(slow))
    until(lambda: slow.run(run).progress.step >= 3)
    slow.stop(run)
    assert ended(slow, run) == "stopped"
    kept = slow.run(run).progress.step
    assert slow.classify(run, ["很好喝，第3次来"])[0].answer == "好评"
    slow.resume(run)
    until(lambda: slow.run(run).progress.step > kept)
    numbers = [step.step for step in slow.run(run).progress.steps]
    assert numbers == list(range(1, len(numbers) + 1))


def test_closing_the_studio_commits_and_another_one_sees_the_same_run(tmp_path: Path) -> None:
    with Studio(FakeEngine(pace=0.05), tmp_path, worker=True) as before:
        run = before.start(planned(before))
        until(lambda: before.run(run).progress.step >= 2)
    with Studio(FakeEngine(), tmp_path, worker=True) as after:
        assert after.run(run).status == "stopped" and after.run(run).progress.step >= 2
        after.resume(run)
        assert ended(after, run) == "finished"


def spoil_mark(studio: Studio, run: str) -> None:
    """Leaves no place for the mark that asks a run to stop, as a disk that takes nothing more does."""
    (studio.workspace.run_dir(run) / ".stop.draft").mkdir()
    with pytest.raises(StudioError):
        StopMark(studio.workspace, run).put()


def test_a_run_stops_though_the_disk_takes_no_mark(slow: Studio) -> None:
    run = slow.start(planned(slow))
    spoil_mark(slow, run)
    until(lambda: slow.run(run).progress.step >= 2)
    slow.stop(run)
    assert ended(slow, run) == "stopped"


def test_closing_stops_the_run_though_the_disk_takes_no_mark(tmp_path: Path) -> None:
    with Studio(FakeEngine(pace=0.05), tmp_path, worker=True) as studio:
        run = studio.start(planned(studio))
        spoil_mark(studio, run)
        until(lambda: studio.run(run).progress.step >= 2)
    with Studio(FakeEngine(), tmp_path) as after:
        assert after.run(run).status == "stopped"


@contextmanager
def elsewhere(home: Path, pace: float) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A studio in a process of its own, and the run that it trains in the background."""
    code = (
        "import sys, pathlib; from tests.fakes import FakeEngine; from studio.studio import Studio\n"
        f"s = Studio(FakeEngine(pace={pace}), pathlib.Path(sys.argv[1]), worker=True)\n"
        "d = s.data.add_rows('r', 'classify', [(f'{t}{n}', t) for n in range(20) for t in ('好', '坏')])\n"
        "print(s.start(s.plan(d.id).config), flush=True); sys.stdin.read(); s.close()"
    )
    pipe = subprocess.PIPE
    with child([sys.executable, "-c", code, str(home)], stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().decode().strip()


def test_a_stop_reaches_the_process_that_trains_within_a_step(tmp_path: Path) -> None:
    with elsewhere(tmp_path, pace=0.3) as (process, run), Studio(FakeEngine(), tmp_path) as onlooker:
        until(lambda: onlooker.run(run).progress.step >= 2)
        before = onlooker.run(run).progress.step
        onlooker.stop(run)
        assert onlooker.run(run).status in ("stopping", "stopped")
        assert ended(onlooker, run) == "stopped"
        assert onlooker.run(run).progress.step <= before + 2, (
            "the step under way, and one that began while it was asked"
        )
        onlooker.resume(run)
        until(lambda: onlooker.run(run).progress.step > before + 2)
        process.communicate(timeout=PATIENCE)
        assert onlooker.run(run).status == "stopped", "closing the other studio asks in the same way"


def test_a_mark_left_behind_by_a_crash_stops_no_run_that_goes_on(studio: Studio) -> None:
    run = studio.start(planned(studio))
    ended(studio, run)
    log = studio.workspace.run_dir(run) / "events.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-3]))
    StopMark(studio.workspace, run).put()
    with Studio(FakeEngine(), studio.workspace.home) as after:
        assert after.run(run).status == "interrupted"
        after.resume(run, here=True)
        assert after.run(run).status == "finished"


def test_a_run_whose_process_was_killed_is_interrupted_and_can_be_resumed(tmp_path: Path) -> None:
    # the onlooker is without a worker, which might take the run for itself
    with elsewhere(tmp_path, pace=0.5) as (process, run), Studio(FakeEngine(), tmp_path) as onlooker:
        until(lambda: onlooker.run(run).progress.step >= 2)
        assert onlooker.run(run).status == "running"
        process.kill()
        process.wait(PATIENCE)
        until(lambda: onlooker.run(run).status == "interrupted")
    with Studio(FakeEngine(), tmp_path, worker=True) as studio:
        studio.resume(run)
        assert ended(studio, run) == "finished"


def test_a_run_that_cannot_go_on_says_why_and_keeps_its_curve(tmp_path: Path) -> None:
    breaks = StudioError("workspace.disk_full", need="1", free="0", home="/")
    with Studio(FakeEngine(breaks=breaks), tmp_path, worker=True) as studio:
        run = studio.start(planned(studio))
        assert ended(studio, run) == "failed"
        assert studio.run(run).progress.steps


def test_a_missing_base_model_fails_the_run_in_words(studio: Studio, tmp_path: Path) -> None:
    config = planned(studio)
    with pytest.raises(StudioError):
        studio.plan(config.dataset, str(tmp_path / "nowhere"))


def test_one_class_or_no_rows_are_refused_before_anything_starts(studio: Studio) -> None:
    same = studio.data.add_rows("same", "classify", [(f"好喝{n}", "好评") for n in range(20)])
    empty = studio.data.add_rows("none", "classify", [(f"好喝{n}", "") for n in range(20)])
    for dataset, key in ((same, "run.one_class"), (empty, "run.no_rows")):
        with pytest.raises(StudioError) as refusal:
            studio.plan(dataset.id)
        assert refusal.value.key == key
    assert studio.runs() == []


def test_blanks_in_answers_stop_the_plan_and_the_run_until_a_person_lets_them_pass(studio: Studio) -> None:
    pairs = [(f"第{n}样东西怎么卖", f"第{n}样卖XX元") for n in range(12)]
    dataset = studio.data.add_rows("问答", "chat", pairs).id
    with pytest.raises(StudioError) as refused:
        studio.plan(dataset)
    assert refused.value.key == "run.unfilled" and refused.value.say("zh") and refused.value.say("en")
    version = studio.data.freeze(dataset)
    config = RunConfig(task="chat", dataset=dataset, dataset_version=version)
    with pytest.raises(StudioError):
        studio.start(config)
    assert studio.runs() == []
    allow(studio.data, dataset, "unfilled")
    assert studio.plan(dataset).config.dataset == dataset


def test_delete_leaves_nothing_of_a_run_and_refuses_a_running_one(slow: Studio) -> None:
    run = slow.start(planned(slow))
    until(lambda: slow.run(run).status == "running")
    with pytest.raises(StudioError):
        slow.delete(run)
    slow.stop(run)
    ended(slow, run)
    folder = slow.workspace.run_dir(run)
    slow.delete(run)
    assert not folder.exists() and slow.runs() == []


def test_going_on_forgets_the_test_and_the_export_of_the_weights_before(slow: Studio) -> None:
    run = slow.start(planned(slow))
    until(lambda: slow.run(run).progress.step >= 3)
    slow.stop(run)
    ended(slow, run)
    slow.evaluate(run)
    old = Path(slow.export(run, "merged").path)
    assert slow.report(run) and old.exists()
    slow.resume(run)
    until(lambda: slow.run(run).status == "running" and slow.report(run) is None)
    assert not old.exists()


def test_a_run_whose_folder_was_deleted_by_hand_hides_no_other(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path, worker=True) as before:
        config = planned(before)
        gone, kept = before.start(config), before.start(config.with_changes({"seed": 7}))
        ended(before, gone)
        ended(before, kept)
        shutil.rmtree(before.workspace.run_dir(gone))
    with Studio(FakeEngine(), tmp_path) as after:
        assert [run.id for run in after.runs()] == [kept]
        with pytest.raises(StudioError):
            after.run(gone)


def test_the_pace_of_the_latest_steps_gives_the_time_left(tmp_path: Path) -> None:
    from studio.runs import fold

    log = EventLog(tmp_path / "e.jsonl")
    log.append(Started(step=0, total_steps=10, device="cpu", precision="fp32", trainable_parameters=1, parameters=1))
    for number in (1, 2, 3):
        log.append(
            Step(
                at=100.0 + 2 * number,
                step=number,
                epoch=0,
                loss=1,
                learning_rate=1,
                grad_norm=1,
                tokens_per_second=1,
                memory_gib=0,
                seconds=0,
            )  # fmt: skip
        )
    assert fold(log.read()).seconds_left == pytest.approx(14.0)


def test_only_the_studio_that_works_in_the_background_loads_its_libraries_ahead(tmp_path: Path) -> None:
    warmed = threading.Event()

    class Watched(FakeEngine):
        def warm(self, stop: Stop = never) -> None:
            warmed.set()

    with Studio(Watched(), tmp_path):
        pass
    assert not warmed.is_set()
    with Studio(Watched(), tmp_path, worker=True):
        assert warmed.wait(10)
