"""A test on the way asks some of the rows that are learned, too: always the same, never more than of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.contract import Job, never
from studio.engine import examine
from studio.engine.examine import Exam
from studio.engine.load import base
from studio.engine.train import learnable, train
from studio.events import Evaluated
from tests.engine.conftest import Jobs
from tests.engine.running import facts

pytestmark = pytest.mark.usefixtures("patient")


def exam(job: Job) -> Exam:
    return Exam(job, base(job.model_dir, "none", "fp32"), learned=learnable(job))


def numbers(rows: examine.Pairs) -> list[int]:
    return sorted(example.number for example, _ in rows)


def test_as_many_learned_rows_are_asked_as_unseen_ones_and_the_same_every_time(jobs: Jobs) -> None:
    job = jobs.make("classify")
    first, again = exam(job), exam(job)
    assert numbers(first.trained) == numbers(again.trained)
    assert len(first.trained) == len(first.rows) == 4
    assert set(numbers(first.trained)) <= {example.number for example in job.splits.train}


def test_no_more_than_so_many_are_asked(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "MOST_TRAINED", 3)
    assert len(exam(jobs.make("classify")).trained) == 3


def test_the_rows_asked_of_those_not_learned_stay_what_they_were(jobs: Jobs) -> None:
    job = jobs.make("chat")
    alone = Exam(job, base(job.model_dir, "none", "fp32"))
    assert numbers(alone.rows) == numbers(exam(job).rows) and alone.trained == []


def test_what_is_learned_comes_out_right_in_the_end(jobs: Jobs) -> None:
    job = jobs.make("classify", epochs=20, evaluations=2)
    train(job, never)
    tests = facts(job, Evaluated)
    assert {test.trained_count for test in tests} == {4}
    assert tests[-1].trained_correct == 4


def test_further_wordings_are_none_of_them(jobs: Jobs) -> None:
    job = jobs.make("chat", wordings=5)
    assert set(numbers(exam(job).trained)) <= {example.number for example in job.splits.train}
    asked = {example.text for example, _ in exam(job).trained}
    assert asked <= {example.text for example in job.splits.train}


def test_facts_and_runs_without_unseen_rows_ask_none_beside(jobs: Jobs) -> None:
    job = jobs.make("chat")
    assert exam(replace(job, splits=replace(job.splits, lesson="facts"))).trained == []
    assert exam(replace(job, splits=replace(job.splits, validation=()))).trained == []
