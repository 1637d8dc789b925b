"""The report card tells what base and tuned model really answer, beside what simple methods would."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from typing import Any

import pytest

from studio.contract import Job, Lane, Sampling, never
from studio.data import asking
from studio.data.schema import Message, Splits
from studio.engine import TorchEngine
from studio.evaluation.evaluate import evaluate
from studio.evaluation.report import of
from studio.evaluation.sitting import Sitting
from studio.evaluation.verdict import judge, of_report
from tests.engine.conftest import BAD, GOOD, Jobs, examples

ENGINE = TorchEngine()


def report_of(job: Job) -> tuple[dict[str, Any], Any]:
    ENGINE.train(job, never)
    session = ENGINE.open(job)
    shares: list[float] = []
    report = evaluate(session, job, shares.append)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    json.dumps(report, allow_nan=False)
    return report, session


def test_a_classifiers_report_agrees_with_its_own_rows(jobs: Jobs) -> None:
    job = jobs.make("classify", epochs=15)
    report, session = report_of(job)
    rows = report["rows"]
    assert [row["number"] for row in rows] == [example.number for example in job.splits.test]
    for who in ("base", "tuned"):
        right = sum(row[who] == row["target"] for row in rows)
        assert report[who]["correct"] == right and report[who]["accuracy"] == right / len(rows)
        answers = session.classify([asking.conversation(row["text"]) for row in rows], who == "tuned")
        assert [answer.answer for answer in answers] == [row[who] for row in rows]
    assert [row["correct"] for row in rows] == [row["tuned"] == row["target"] for row in rows]
    assert sum(map(sum, report["confusion"])) == report["count"] == len(rows)
    assert sum(report["confusion"][at][at] for at in range(2)) == report["tuned"]["correct"]
    assert report["trained"]["count"] == 24 and report["trained"]["accuracy"] > 0.9
    assert report["baseline"].keys() == {"majority", "tfidf"}
    low, high = report["interval"]
    assert low <= report["tuned"]["accuracy"] <= high
    assert report["verdict"] == f"verdicts.{judge(of_report(of(report)))}"


def test_a_model_of_labels_is_asked_everyday_questions_as_any_other(jobs: Jobs) -> None:
    label, talk = ENGINE.open(jobs.make("classify")), ENGINE.open(jobs.make("chat"))
    asked = examples([("挪威的首都叫什么名字", "?"), ("What time is it?", "?")])
    said = label.answers(asked, False, 24)
    assert label.talks and any(said) and said == talk.answers(asked, False, 24)


def test_a_chat_models_report_is_of_real_answers(jobs: Jobs) -> None:
    job = jobs.make("chat", epochs=30, learning_rate=1e-2)
    report, session = report_of(job)
    assert report["tuned"]["exact"] > 0.9 and report["base"]["exact"] == 0
    assert report["baseline"].keys() == {"nearest"} and "confusion" not in report and report["labels"] == []
    asked = [[Message("user", row["text"])] for row in report["rows"]]
    assert session.reply(asked, True, Sampling(max_new_tokens=40)) == [row["tuned"] for row in report["rows"]]


def test_a_file_with_labels_that_were_never_learned_counts_them_wrong(jobs: Jobs) -> None:
    job = jobs.make("classify", epochs=1)
    ENGINE.train(job, never)
    test = (*job.splits.test, *examples([("还行", "中性")], 90))
    other = replace(job, splits=replace(job.splits, test=test))
    report = evaluate(ENGINE.open(job), other)
    assert report["labels"] == ["好评", "差评", "中性"]
    assert report["rows"][-1]["correct"] is False and report["confusion"][2][2] == 0


def test_the_simple_methods_are_learned_from_training_rows_only(jobs: Jobs) -> None:
    job = jobs.make("classify")
    lopsided = replace(job.splits, train=examples([(text, "好评") for text in GOOD] + [(BAD[0], "差评")]))
    test = examples([(BAD[0], "差评"), (GOOD[0], "好评"), (BAD[1], "差评")])
    found = Sitting(replace(job, splits=lopsided), test, (), (), (), ()).simple
    assert [said.answer for said in found["majority"]] == ["好评"] * 3
    assert [said.answer for said in found["tfidf"]][:2] == ["差评", "好评"]
    one_label = replace(job.splits, train=examples([("好", "好评")]))
    assert Sitting(replace(job, splits=one_label), test, (), (), (), ()).simple.keys() == {"majority"}


def test_a_report_says_when_the_simple_method_is_clearly_better_and_what_both_get_together(jobs: Jobs) -> None:
    job = jobs.make("classify", learning_rate=1e-7, epochs=1)  # learns nothing
    report, session = report_of(replace(job, splits=replace(job.splits, test=job.splits.train)))
    simple = report["baseline"]["tfidf"]
    assert simple["correct"] == report["count"] > report["tuned"]["correct"]
    assert simple["clearly_better"] is True and of_report(of(report)).simple.count == report["count"]
    assert report["together"]["correct"] >= report["tuned"]["correct"]


def test_a_run_without_an_adapter_answers_as_the_base(jobs: Jobs) -> None:
    session = ENGINE.open(jobs.make("classify"))
    base, tuned = (session.classify([asking.conversation("很好喝")], tuned) for tuned in (False, True))
    assert base == tuned
    asked = [Message("user", "好")]
    *_, (first, second) = session.stream([Lane(asked, False), Lane(asked, True)], Sampling(max_new_tokens=5), never)
    assert first == second


def test_a_long_conversation_is_cut_to_what_the_model_can_read(jobs: Jobs) -> None:
    session = ENGINE.open(jobs.make("chat"))
    said = [Message(role, "一般般，还可以" * 10) for _ in range(10) for role in ("user", "assistant")]
    (answer,) = session.reply([[*said, Message("user", "几点开门")]], False, Sampling(max_new_tokens=500))
    assert isinstance(answer, str)


def test_a_session_gives_its_memory_back(jobs: Jobs) -> None:
    session = ENGINE.open(jobs.make("chat"))
    weights = weakref.ref(session._base.model)
    session.close()
    session.close()
    assert weights() is None


def test_to_give_memory_back_the_libraries_are_not_looked_through(jobs: Jobs) -> None:
    """Half a million objects, 0.3 s of the processor each time."""
    ENGINE.open(jobs.make("chat")).close()
    assert gc.get_freeze_count() > 100_000 and gc.get_freeze_count() > len(gc.get_objects())


def test_splits_without_a_test_part_are_judged_on_validation_rows(jobs: Jobs) -> None:
    job = jobs.make("classify", epochs=1)
    rows: Splits = replace(job.splits, test=())
    ENGINE.train(job, never)
    report = evaluate(ENGINE.open(job), replace(job, splits=rows))
    assert (report["part"], report["count"]) == ("validation", 4)
