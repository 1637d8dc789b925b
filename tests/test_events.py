"""The event log: every kind survives the disk, a torn line hurts nobody, and nothing non-finite gets in."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from studio.events import Evaluated, EventLog, Failed, Finished, Note, Saved, Started, Step, Stopped, Unknown
from studio.runs import fold, status_of

STARTED = Started(step=0, total_steps=4, device="cpu", precision="fp32", trainable_parameters=1, parameters=2)


def step(number: int, loss: float = 1.0) -> Step:
    return Step(
        step=number,
        epoch=0.0,
        loss=loss,
        learning_rate=1e-3,
        grad_norm=1.0,
        tokens_per_second=1.0,
        memory_gib=0.1,
        seconds=float(number),
    )


def exam(number: int, correct: int, loss: float = 1.0) -> Evaluated:
    return Evaluated(step=number, epoch=0.0, loss=loss, correct=correct, count=10)


def test_every_kind_of_event_comes_back_equal(tmp_path: Path) -> None:
    events = (
        STARTED, step(1), exam(1, 5), Saved(step=1), Note(key="run.x", details={"n": 1}),
        Finished(step=4, best_step=1), Stopped(step=2, best_step=1),
        Failed(key="run.unexpected", details={"problem": "磁盘"}),
    )  # fmt: skip
    log = EventLog(tmp_path / "events.jsonl")
    for event in events:
        log.append(event)
    assert EventLog(log.path).read() == events


def test_a_reader_sees_only_what_is_new_and_never_half_a_line(tmp_path: Path) -> None:
    writer, reader = EventLog(tmp_path / "e.jsonl"), EventLog(tmp_path / "e.jsonl")
    writer.append(step(1))
    assert len(reader.read()) == 1
    with writer.path.open("ab") as file:
        file.write(b'{"kind": "step", "st')
    assert len(reader.read()) == 1


def test_a_line_torn_by_a_crash_is_skipped_and_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    EventLog(path).append(step(1))
    with path.open("ab") as file:
        file.write(b'{"kind": "step", "step": 2, "lo')
    EventLog(path).append(step(2))
    assert [event.step for event in EventLog(path).read()] == [1, 2]  # type: ignore[union-attr]


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_never_reaches_the_log(tmp_path: Path, loss: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        EventLog(tmp_path / "e.jsonl").append(step(1, loss))


def test_a_resume_voids_the_steps_after_its_checkpoint() -> None:
    again = Started(step=2, total_steps=4, device="cpu", precision="fp32", trainable_parameters=1, parameters=2)
    progress = fold([STARTED, step(1, 9), step(2, 8), exam(2, 5), step(3, 7), exam(3, 6), again, step(3, 5)])
    assert [s.loss for s in progress.steps] == [9, 8, 5]
    assert [e.step for e in progress.evaluations] == [2]
    assert progress.started == again and progress.ending is None


def test_the_best_evaluation_is_the_one_whose_adapter_was_kept() -> None:
    progress = fold([STARTED, exam(0, 10, 0.1), exam(1, 6, 0.9), exam(2, 8, 0.8), exam(3, 8, 0.5), exam(4, 5, 0.1)])
    assert progress.best is not None and progress.best.step == 3


@pytest.mark.parametrize(
    ("ending", "queued", "held", "stop_asked", "status"),
    [
        (None, False, True, False, "running"),
        (None, False, True, True, "stopping"),
        (None, True, False, False, "queued"),
        (None, False, False, False, "interrupted"),
        (Finished(step=4, best_step=4), False, False, False, "finished"),
        (Stopped(step=2, best_step=2), False, False, True, "stopped"),
        (Stopped(step=2, best_step=2), True, False, False, "queued"),
        (Failed(key="run.unexpected"), False, False, False, "failed"),
    ],
)
def test_status_needs_no_clean_up_after_a_crash(ending, queued, held, stop_asked, status) -> None:  # type: ignore[no-untyped-def]
    progress = fold([STARTED, *([ending] if ending else [])])
    assert status_of(progress, queued=queued, held=held, stop_asked=stop_asked) == status


NEWER = [
    b'{"kind": "dreamt", "at": 1.0, "of": {"sheep": [1, 2]}}',
    b'{"kind": "saved", "at": 1.0, "step": "third"}',
    b'{"kind": "step", "step": 4}',
]


@pytest.mark.parametrize("line", NEWER)
def test_a_fact_that_only_a_newer_version_can_read_is_kept_whole(tmp_path: Path, line: bytes) -> None:
    log = EventLog(tmp_path / "e.jsonl")
    log.append(step(1))
    with log.path.open("ab") as file:
        file.write(line + b"\n")
    log.append(step(2))
    first, unknown, last = log.read()
    assert isinstance(unknown, Unknown) and {"kind": unknown.kind, **unknown.fields} == json.loads(line)
    assert fold(log.read()) == fold([first, last])
    copy = EventLog(tmp_path / "copy.jsonl")
    for event in log.read():
        copy.append(event)
    assert copy.path.read_bytes() == log.path.read_bytes()
