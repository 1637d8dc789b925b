"""The workspace of every age opens, tells all that it held, and goes on: what is on the disk outlives the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from studio.data.schema import PARTS
from studio.report_card import report_view
from studio.studio import Studio
from studio.views import train_view
from studio.words import LANGS
from tests.fakes import FakeEngine

FIXTURES = Path(__file__).parent / "workspaces"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/studio.db"))


@pytest.fixture(params=NAMES)
def studio(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Studio]:
    copytree(FIXTURES / request.param, tmp_path / "home")
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def test_datasets_are_as_they_were(studio: Studio) -> None:
    facts, reviews = studio.data.list()
    assert (reviews.name, reviews.task, facts.name, facts.task) == ("六月的评价", "classify", "问答", "chat")
    assert reviews.report.file == "六月.csv" and reviews.report.roles["评价"] == "text"
    assert (studio.data.row(reviews.id, 1).target, studio.data.row(reviews.id, 21).text) == ("差评", "一般般")
    assert studio.data.progress(reviews.id) == (18, 20) and studio.data.labels(reviews.id) == ["好评", "差评"]
    assert studio.data.progress(facts.id)[0] in (9, 10)
    assert not studio.lost()


def test_versions_are_listed_and_read(studio: Studio) -> None:
    for dataset in studio.data.list():
        (version,) = studio.data.versions(dataset.id)
        splits = studio.data.splits(dataset.id, 1)
        assert version.number == 1 and version.rows in (9, 10, 18)
        assert sum(version.parts.values()) == sum(len(getattr(splits, part)) for part in PARTS)
        assert version.lesson == splits.lesson and dict(version.labels).keys() == set(splits.labels)


def test_runs_are_listed_with_their_reports_and_answer(studio: Studio) -> None:
    chat, classify = sorted(studio.runs(), key=lambda run: run.config.task)
    assert studio.listed().damaged == []
    for run in (chat, classify):
        assert run.status == "finished" and run.has_adapter and run.dataset_name in ("六月的评价", "问答")
        report = studio.report(run.id)
        assert report is not None
        for lang in LANGS:
            assert train_view(run, lang, (), report).lamp and report_view(run, report, lang).scores
        assert studio.evaluate(run.id)
        assert studio.export(run.id, "adapter") and studio.lessons(run.id).train
    assert studio.ask(chat.id, "咖啡多少钱") == "咖啡11元一杯"
    assert studio.classify(classify.id, ["太难喝，第2次来"])[0].answer == "差评"


def test_work_goes_on(studio: Studio, tmp_path: Path) -> None:
    facts, reviews = studio.data.list()
    desk = studio.data.labelling.desk(reviews.id, "小王" if studio.data.labelling.pair(reviews.id) else "")
    waiting = desk.waiting(0) or 0
    desk.put(waiting, "差评", desk.card(waiting).revision)
    assert desk.card(waiting).target == "差评"
    studio.data.insert_like(facts.id, 7, ["咖啡什么价格"])
    studio.data.write_question(facts.id, 7, "来杯咖啡要多少")
    studio.data.teach(facts.id, "facts")
    (tmp_path / "七月.csv").write_text("顾客说的,归类\n" + "好喝,好\n难喝,差\n" * 9, encoding="utf-8")
    new = studio.data.add(tmp_path / "七月.csv", roles={"顾客说的": "text", "归类": "label"})
    for dataset in (facts, reviews, new):
        run = studio.train(studio.plan(dataset.id).config)
        assert run.status == "finished" and studio.evaluate(run.id) and studio.report(run.id)
    assert studio.data.lesson(facts.id) == "facts" and len(studio.data.versions(facts.id)) == 2


def test_every_change_of_before_can_be_undone(studio: Studio) -> None:
    facts, reviews = studio.data.list()
    while studio.data.undo(reviews.id) or studio.data.undo(facts.id):
        pass
    rows, total = studio.data.rows(reviews.id)
    assert total == 20 and not any(row.changed for row in rows)
    assert [row.number for row in rows] == list(range(1, 21)) and rows[2].text == "很好喝，第1次来"
    assert studio.data.rows(facts.id)[1] == 9
    if reviews.report.roles.get("组") == "group":
        splits = studio.data.splits(reviews.id, studio.data.freeze(reviews.id))
        kept = {row.number for row in (*splits.train, *splits.validation, *splits.test) if row.group == "老顾客"}
        assert kept == {1, 2, 3, 4}, "the group of the row that came back, too"


@pytest.mark.parametrize(("name", "thumbs"), [("numbered-9", (0, 0)), ("numbered-13", (1, 1))])
def test_what_was_said_of_answers_is_still_there_and_can_be_learned(
    tmp_path: Path, name: str, thumbs: tuple[int, int]
) -> None:
    copytree(FIXTURES / name, tmp_path / "home")
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        chat = next(run for run in studio.runs() if run.config.task == "chat")
        assert studio.judging.tally(studio.judging.contest(chat.id)).judged == 1
        found = studio.judging.learnable(chat.id)
        counted = {kind: (one.votes, one.corrections) for kind, one in found.items()}
        assert counted == {"prefer": (2, 1), "thumbs": thumbs, "chat": (0, 1)}
        assert studio.judging.learn(chat.id, "chat", "改过的").report.rows == 1
