"""What `studio.contract` says of an engine, asked of both: the real one on a tiny random model, and the light one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from studio import commit
from studio.config import RunConfig
from studio.contract import Engine, Job, Lane, Sampling, Stop, never
from studio.data.schema import Message
from studio.errors import StudioError
from studio.events import Evaluated, EventLog, Failed, Finished, Saved, Started, Step, Stopped
from studio.formats import FORMATS
from studio.stop import StopMark
from studio.studio import Studio
from tests.children import warmed
from tests.fakes import FakeEngine

ROWS = {
    "classify": [
        (f"第{n}次来{taste}", label) for n in range(10) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))
    ],
    "chat": [(f"第{n}号茶几点开始卖", f"{n}点") for n in range(10, 26)],
    "prefer": [(f"第{n}号茶几点开始卖", f"您好，{n}点。", f"{n}点？自己看") for n in range(10, 26)],
}
CHANGES = {"epochs": 2, "batch_size": 8, "evaluations": 2, "rank": 4, "learning_rate": 5e-3, "max_length": 128,
           "precision": "fp32", "rehearsal": 0.0, "wordings": 0, "stop_when_known": 0.0, "patience": 0}  # fmt: skip
SHORT = Sampling(max_new_tokens=6)
ANYTHING = [Message("user", "第12号茶几点开始卖")]


@dataclass
class Breaking:
    """An engine; what breaks while it trains for the first time is raised at the third look for a stop."""

    engine: Engine
    breaks: list[BaseException] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def train(self, job: Job, stop: Stop) -> None:
        self.engine.train(job, at_look(3, self.breaks.pop()) if self.breaks else stop)


def at_look(count: int, error: BaseException | None = None) -> Stop:
    """Says stop, or raises, at the given look."""
    looks = iter(range(1, count))

    def stop() -> bool:
        if next(looks, None) is not None:
            return False
        if error:
            raise error
        return True

    return stop


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.engine.conftest import make_model

    return make_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(params=["light", "real"])
def engine(request: pytest.FixtureRequest) -> Breaking:
    if request.param == "light":
        return Breaking(FakeEngine(pace=0.002))
    from studio.engine import TorchEngine

    return Breaking(TorchEngine())


@pytest.fixture
def studio(engine: Breaking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr("studio.engine.train.PATIENT", 1e6)  # no test is left out on a busy machine
    with Studio(engine, tmp_path / "home") as made:
        yield made


def planned(studio: Studio, model: Path, task: Any = "chat", **changes: Any) -> RunConfig:
    dataset = studio.data.add_rows("rows", task, ROWS[task]).id
    return studio.plan(dataset, str(model), changes={**CHANGES, **changes}).config


def listed(studio: Studio, config: RunConfig) -> tuple[str, Job]:
    """A run that is listed and not trained, and its job."""
    run = studio.start(config)
    return run, studio._enrolment.job(run)


def told(job: Job, *kinds: type[Any]) -> list[Any]:
    return [fact for fact in EventLog(job.run_dir / "events.jsonl").read() if isinstance(fact, kinds)]


@pytest.mark.parametrize("task", ROWS)
def test_a_run_tells_of_each_step_and_keeps_the_best_it_tested(studio: Studio, model: Path, task: str) -> None:
    config = planned(studio, model, task)
    steps = studio.plan_for(config).estimate.steps
    run = studio.train(config)
    job = studio._enrolment.job(run.id)
    (started,), (*_, last) = told(job, Started), told(job, object)
    assert run.status == "finished" and (started.step, started.total_steps) == (0, steps)
    assert [step.step for step in told(job, Step)] == list(range(1, steps + 1))
    tests = [test.step for test in told(job, Evaluated)]
    assert tests == sorted(set(tests)) and (tests[0], tests[-1]) == (0, steps)
    assert isinstance(last, Finished) and last.step == steps and last.best_step in tests[1:]
    assert told(job, Saved)[-1].step == steps and run.has_adapter and not told(job, Failed, Stopped)


def test_of_facts_the_things_are_counted_and_not_the_ways_to_ask_for_them(studio: Studio, model: Path) -> None:
    rows = [(f"{before}第{n}号茶几点卖", f"每天早上{n}点开始卖") for n in (7, 8, 9) for before in ("", "请问", "那么")]
    dataset = studio.data.add_rows("rows", "chat", rows).id
    run = studio.train(studio.plan(dataset, str(model), changes={**CHANGES, "epochs": 1}).config)
    assert studio.lessons(run.id).lesson == "facts" and len(studio.lessons(run.id).train) == 6
    assert {test.taught for test in run.progress.evaluations} == {3}


def test_what_the_user_can_mend_is_raised_and_the_caller_says_that_it_failed(studio: Studio, model: Path) -> None:
    run, job = listed(studio, planned(studio, model))
    with pytest.raises(StudioError) as failure:
        studio.engine.train(job, at_look(3, StudioError("workspace.disk_full", need="1", free="0", home="/")))
    assert failure.value.key == "workspace.disk_full"
    assert told(job, Step) and not told(job, Failed, Stopped, Finished)


def test_a_run_that_failed_says_why_and_goes_on_when_it_is_mended(
    engine: Breaking, studio: Studio, model: Path
) -> None:
    engine.breaks.append(StudioError("engine.memory_full", device="cpu"))
    failed = studio.train(planned(studio, model))
    assert failed.status == "failed" and isinstance(failed.progress.ending, Failed)
    assert failed.progress.ending.key == "engine.memory_full" and failed.progress.steps
    studio.resume(failed.id, here=True)
    assert studio.run(failed.id).status == "finished"


def test_a_crash_in_the_middle_is_an_interruption_and_costs_no_curve(
    engine: Breaking, studio: Studio, model: Path
) -> None:
    config = planned(studio, model)
    whole = studio.train(config)
    engine.breaks.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        studio.train(config)
    crashed = studio.runs()[0]
    assert crashed.status == "interrupted" and crashed.id != whole.id
    studio.resume(crashed.id, here=True)
    assert curve(studio, crashed.id) == curve(studio, whole.id)


def curve(studio: Studio, run: str) -> list[tuple[int, float]]:
    assert studio.run(run).status == "finished"
    return [(step.step, step.loss) for step in studio.run(run).progress.steps]


@pytest.mark.parametrize("task", ["chat", "prefer"])
def test_a_stop_keeps_what_was_learned_and_going_on_ends_as_if_it_had_not_been(
    studio: Studio, model: Path, task: str
) -> None:
    config = planned(studio, model, task)
    whole = studio.train(config)
    run, job = listed(studio, config)
    studio.engine.train(job, at_look(4))
    (stopped,) = told(job, Stopped)
    assert stopped.step == len(told(job, Step)) == told(job, Saved)[-1].step > 0
    assert stopped.best_step and studio.engine.open(job).reply([ANYTHING], True, SHORT)
    studio.engine.train(job, never)
    assert [started.step for started in told(job, Started)] == [0, stopped.step]
    studio._queue.dequeue(run)
    assert curve(studio, run) == curve(studio, whole.id)


def test_a_stop_before_the_first_step_keeps_nothing(studio: Studio, model: Path) -> None:
    _, job = listed(studio, planned(studio, model))
    studio.engine.train(job, lambda: True)
    assert [(fact.step, fact.best_step) for fact in told(job, Stopped)] == [(0, 0)] and not told(job, Step, Evaluated)
    with pytest.raises(StudioError) as refusal:
        studio.engine.export(job, next(iter(FORMATS)), job.run_dir / "out")
    assert refusal.value.key == "engine.no_adapter"


def test_a_job_and_its_stop_cross_to_another_process(engine: Breaking, studio: Studio, model: Path) -> None:
    run, job = listed(studio, planned(studio, model, epochs=200, batch_size=1))
    mark = StopMark(studio.workspace, run)
    process = warmed().Process(target=engine.engine.train, args=(job, mark))
    process.start()
    while not told(job, Step):
        process.join(0.01)
        assert process.is_alive()
    mark.put()
    process.join(60)
    (stopped,) = told(job, Stopped)
    assert process.exitcode == 0 and stopped.step == told(job, Step)[-1].step < told(job, Started)[0].total_steps


def test_labels_come_with_probabilities_that_add_up_to_one(studio: Studio, model: Path) -> None:
    run = studio.train(planned(studio, model, "classify")).id
    for tuned in (False, True):
        found = studio.classify(run, ["很好喝", "太难喝"], tuned=tuned)
        assert all(set(one.probabilities) == {"好评", "差评"} for one in found)
        assert [sum(one.probabilities.values()) for one in found] == pytest.approx([1, 1])
        assert all(one.confidence == max(one.probabilities.values()) for one in found)


@pytest.mark.parametrize("task", ROWS)
def test_a_report_card_has_base_and_tuned_on_the_same_rows(studio: Studio, model: Path, task: str) -> None:
    run = studio.train(planned(studio, model, task)).id
    shares: list[float] = []
    report = studio.evaluate(run, progress=shares.append)
    assert report["base"]["count"] == report["tuned"]["count"] == report["count"] > 0
    assert shares == sorted(shares) and 0 < shares[-1] <= 1
    assert studio.report(run) is not None


def test_pairs_tell_how_far_the_better_answer_is_ahead(studio: Studio, model: Path) -> None:
    run = studio.train(planned(studio, model, "prefer"))
    job = studio._enrolment.job(run.id)
    assert all(fact.margin is not None for fact in told(job, Step, Evaluated))
    assert told(job, Evaluated)[0].margin == 0
    asked = job.splits.train
    session = studio.engine.open(job)
    base, tuned = (session.leanings(asked, one) for one in (False, True))
    assert len(base) == len(tuned) == len(asked) and base != tuned
    assert sum(leaning > 0 for leaning in tuned) > len(asked) / 2
    swapped = [replace(row, target=row.rejected, rejected=row.target) for row in asked]
    assert session.leanings(swapped, True) == pytest.approx([-leaning for leaning in tuned], abs=1e-4)
    assert studio.ask(run.id, asked[0].text, sampling=SHORT) is not None
    assert list(studio.chat(run.id, [Lane(ANYTHING, tuned=one) for one in (False, True)], SHORT))


def test_rows_that_are_no_pairs_tell_of_no_margin(studio: Studio, model: Path) -> None:
    job = studio._enrolment.job(studio.train(planned(studio, model)).id)
    assert {fact.margin for fact in told(job, Step, Evaluated)} == {None}


def test_one_lane_says_what_it_says_beside_another_and_what_an_answer_would(studio: Studio, model: Path) -> None:
    run = studio.train(planned(studio, model)).id
    base, tuned = (Lane(ANYTHING, tuned=one) for one in (False, True))
    both = list(studio.chat(run, [base, tuned], SHORT))
    assert len(both) > 1 and {len(said) for said in both} == {2}
    for place, lane in enumerate((base, tuned)):
        alone = [said for (said,) in studio.chat(run, [lane], SHORT)]
        answer = studio.replies(run, [ANYTHING], tuned=lane.tuned, sampling=SHORT)[0]
        assert alone[-1] == both[-1][place] == answer.rstrip("\ufffd")  # a half character is never shown


def test_what_fits_is_read_whole_and_what_does_not_would_be_cut(studio: Studio, model: Path) -> None:
    run = studio.train(planned(studio, model)).id
    with studio._open(run) as session:
        assert session.fits(ANYTHING, SHORT) and not session.fits([Message("user", "几点" * 5000)], SHORT)
        assert not session.fits([Message("system", "几点" * 5000), *ANYTHING], SHORT)


def test_a_stream_ends_when_asked_and_when_it_is_closed(studio: Studio, model: Path) -> None:
    run = studio.train(planned(studio, model)).id
    lanes = [Lane(ANYTHING, tuned=False)]
    assert len(list(studio.chat(run, lanes, SHORT))) > 2
    assert len(list(studio.chat(run, lanes, SHORT, lambda: True))) == 1
    stream = studio.chat(run, lanes, SHORT)
    next(stream)
    stream.close()
    assert not studio.workspace.leased("device") and studio.ask(run, "几点", sampling=SHORT) is not None


@pytest.mark.parametrize("format", FORMATS)
def test_what_goes_home_is_whole_and_nothing_is_written_over(
    studio: Studio, model: Path, tmp_path: Path, format: str
) -> None:
    run, out, shares = studio.train(planned(studio, model)).id, tmp_path / "out", list[float]()
    made = studio.export(run, format, out, shares.append)
    assert made.verified and Path(made.path) == out and commit.whole(out) and shares[-1] == 1
    assert made.sha256 == commit.sha256(out / commit.MANIFEST)
    assert made.bytes == sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    assert {"README.md", "job.yaml"} <= {path.name for path in out.iterdir()}
    before = commit.sha256(out / commit.MANIFEST)
    with pytest.raises(StudioError) as refusal:
        studio.export(run, format, out)
    assert refusal.value.key == "engine.out_exists" and commit.sha256(out / commit.MANIFEST) == before


@pytest.mark.parametrize(
    ("model_id", "key"), [("/nowhere/at/all", "engine.no_such_folder"), ("a/../b", "engine.not_an_id")]
)
def test_a_model_that_cannot_be_had_is_refused_in_words(studio: Studio, model: Path, model_id: str, key: str) -> None:
    config = planned(studio, model)
    with pytest.raises(StudioError) as refusal:
        studio.plan(config.dataset, model_id)
    assert refusal.value.key == key
    run = studio.train(config.with_changes({"model": model_id}))
    assert isinstance(run.progress.ending, Failed) and run.progress.ending.key == key
