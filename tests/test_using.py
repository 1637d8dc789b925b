"""What a run that has learned is good for: answers, tables, a report card, a file to take home."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from studio.contract import Lane
from studio.data.schema import Message
from studio.errors import StudioError
from studio.evaluation import report as reports
from studio.exporting import export_to
from studio.predict import Answerer, Who, predict_file
from studio.studio import Studio
from tests.fakes import FakeEngine
from tests.studios import REVIEWS, ended, planned


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home", worker=True) as made:
        yield made


def test_both_answers_stream_together(studio: Studio) -> None:
    dataset = studio.data.add_rows("faq", "chat", [(f"第{n}号茶几点开始卖", f"{n}点") for n in range(10, 30)])
    run = studio.start(studio.plan(dataset.id).config)
    ended(studio, run)
    question = [Message("user", "第12号茶几点开始卖")]
    pieces = list(studio.chat(run, [Lane(question, False), Lane(question, True)]))
    assert pieces[-1][1] and pieces[-1][0] != pieces[-1][1]
    assert len(pieces) > 2


def test_the_report_card_is_kept(studio: Studio) -> None:
    run = studio.start(planned(studio))
    ended(studio, run)
    assert studio.report(run) is None
    report = studio.evaluate(run)
    assert studio.report(run) == reports.of(report) and report["count"] > 0


def test_rows_of_a_file_that_it_was_trained_on_are_counted(studio: Studio, tmp_path: Path) -> None:
    run = studio.start(planned(studio))
    ended(studio, run)
    known = studio.data.splits(studio.run(run).config.dataset).train[0]
    source = tmp_path / "again.csv"
    source.write_text(f"text,label\n{known.text}！,{known.target}\n从来没见过的一句,差评\n", encoding="utf-8")
    report = studio.evaluate(run, file=source)
    assert report["count"] == 2 and report["seen"] == 1
    assert studio.report(run) is None


def test_a_table_comes_back_with_the_answers_at_the_right(studio: Studio, tmp_path: Path) -> None:
    run = studio.start(planned(studio))
    ended(studio, run)
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("编号,text,标签\n007,很好喝,\n008,太难喝,x\n", encoding="utf-8")
    assert predict_file(Answerer(studio, run), source, out, lang="zh").rows == 2
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "编号,text,标签,回答,把握"
    assert lines[1].startswith("007,很好喝,,好评,") and lines[2].startswith("008,太难喝,x,差评,")


def test_a_table_can_be_answered_by_the_simple_method_or_by_both(studio: Studio, tmp_path: Path) -> None:
    run = studio.start(planned(studio))
    ended(studio, run)
    source = tmp_path / "in.csv"
    known = studio.data.splits(studio.run(run).config.dataset).train[0]
    source.write_text(f"text\n{known.text}\n", encoding="utf-8")
    sure = {}
    for who in get_args(Who):
        out = tmp_path / f"{who}.csv"
        assert predict_file(Answerer(studio, run, who), source, out, lang="zh").rows == 1
        answer, sure[who] = out.read_text(encoding="utf-8-sig").splitlines()[1].split(",")[-2:]
        assert answer == known.target
    simple = studio.answer_simply(run, [known.text])[0]
    assert float(sure["simple"]) == pytest.approx(simple.confidence, abs=1e-4)
    assert len(set(sure.values())) == 3


def test_the_simple_method_answers_no_questions(studio: Studio) -> None:
    dataset = studio.data.add_rows("问答", "chat", [(f"问{n}？", f"答{n}") for n in range(20)]).id
    run = studio.start(studio.plan(dataset).config)
    ended(studio, run)
    with pytest.raises(StudioError) as refusal:
        studio.answer_simply(run, ["问1？"])
    assert refusal.value.key == "run.no_simple_method"


def test_a_zip_appears_whole_and_never_over_something_else(studio: Studio, tmp_path: Path) -> None:
    run = studio.start(planned(studio))
    ended(studio, run)
    result = export_to(studio, run, "merged", tmp_path / "model.zip")
    assert result.verified and result.bytes == (tmp_path / "model.zip").stat().st_size
    with zipfile.ZipFile(tmp_path / "model.zip") as archive:
        assert "job.yaml" in archive.namelist()
    with pytest.raises(StudioError):
        export_to(studio, run, "merged", tmp_path / "model.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "model.zip"]


def test_an_export_cut_off_before_it_was_noted_is_made_again(studio: Studio) -> None:
    run = studio.start(planned(studio))
    ended(studio, run)
    path = Path(studio.export(run, "merged").path)
    path.with_suffix(".json").unlink()
    assert studio.export(run, "merged").path == str(path)


def test_every_row_is_tested_once_when_the_parts_take_turns(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path) as studio:
        dataset = studio.data.add_rows("reviews", "classify", REVIEWS).id
        tested: list[int] = []
        for fold in (1, 2, 3):
            config = studio.plan(dataset, changes={"folds": 3, "fold": fold}).config
            run = studio.train(config)
            report = studio.evaluate(run.id)
            job = studio.data.splits(dataset, config.dataset_version, fold=(fold, 3))
            assert report["count"] == len(job.test)
            assert not {one.number for one in job.train} & {one.number for one in job.test}
            tested += [one.number for one in job.test]
        assert sorted(tested) == list(range(1, len(REVIEWS) + 1))
        with pytest.raises(StudioError) as refused:
            studio.plan(dataset, changes={"folds": 3, "fold": 4})
        assert refused.value.key == "split.no_such_fold"
