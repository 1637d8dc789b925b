"""A deleted dataset leaves its runs whole: they keep the rows they learned, and everything goes on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio import lessons
from studio.contract import Lane
from studio.data.schema import Example, Message, Splits
from studio.errors import StudioError
from studio.events import EventLog, Started, Stopped
from studio.lessons import FILE, Lessons
from studio.predict import Answerer, predict_file
from studio.studio import Studio
from studio.ui.chat import tab as chat_tab
from studio.ui.chat.examples import examples_of
from studio.ui.kit.page import Page
from studio.ui.train import tab as train_tab
from tests.fakes import FakeEngine

TASTES = (("很好喝", "好评"), ("太难喝", "差评"))
CHATS = [(f"第{n}号茶几点开始卖", f"{n}点") for n in range(10, 30)]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "评价.csv"
    rows = [f"{taste}，第{n}次来,{label}" for n in range(20) for taste, label in TASTES]
    path.write_text("顾客说的\u3000话,标签\n" + "\n".join(rows), encoding="utf-8")
    return path


def forget_lessons(studio: Studio, run: str) -> None:
    """Makes a run as it was before runs kept anything."""
    (studio.workspace.run_dir(run) / FILE).unlink()


def again(studio: Studio) -> Studio:
    return Studio(FakeEngine(), studio.workspace.home)


@pytest.mark.parametrize("before", [False, True], ids=["with its lessons", "made before"])
def test_a_model_of_labels_does_all_it_did_after_its_dataset_is_gone(
    studio: Studio, table: Path, tmp_path: Path, before: bool
) -> None:
    dataset = studio.data.add(table).id
    run = studio.train(studio.plan(dataset, changes={"folds": 3, "fold": 2}).config).id
    if before:
        forget_lessons(studio, run)
    studio.evaluate(run)
    report, rows = studio.report(run), studio.lessons(run)
    examples = examples_of(Page(studio, "zh"), studio.run(run))
    studio.delete_data(dataset)
    with again(studio) as after:
        assert after.lessons(run) == rows
        assert after.run(run).dataset_name == "评价"
        assert after.classify(run, ["很好喝，第1次来"])[0].answer == "好评"
        after.evaluate(run)
        assert after.report(run) == report
        assert after.export(run, "merged").verified
        source, out = tmp_path / "in.csv", tmp_path / "out.csv"
        source.write_text("编号,备注,顾客说的\u3000话\n1,无,很好喝\n", encoding="utf-8")
        assert predict_file(Answerer(after, run), source, out) == 1
        assert "好评" in out.read_text(encoding="utf-8-sig")
        assert examples_of(Page(after, "zh"), after.run(run)) == examples != []
        assert chat_tab.choose(Page(after, "zh"), run).value == run
        assert "评价" in train_tab.refresh(Page(after, "zh"), run)[4].choices[0][0]


def test_a_model_that_answers_does_so_after_its_dataset_is_gone(studio: Studio) -> None:
    dataset = studio.data.add_rows("常问", "chat", CHATS).id
    run = studio.train(studio.plan(dataset).config).id
    studio.delete_data(dataset)
    with again(studio) as after:
        assert after.ask(run, "第12号茶几点开始卖") == "12点"
        said = [Message("user", "第12号茶几点开始卖")]
        assert list(after.chat(run, [Lane(said, False), Lane(said, True)]))[-1][1] == "12点"
        assert after.evaluate(run)["count"] > 0


def test_a_run_cut_off_goes_on_after_its_dataset_is_gone(studio: Studio) -> None:
    dataset = studio.data.add_rows("常问", "chat", CHATS).id
    run = studio.train(studio.plan(dataset).config).id
    path = studio.workspace.run_dir(run) / "events.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-4]))
    with again(studio) as after:
        assert after.run(run).status == "interrupted"
        after.delete_data(dataset)
        after.resume(run, here=True)
        assert after.run(run).status == "finished"
        assert sum(isinstance(fact, Started) for fact in EventLog(path).read()) == 2


def test_to_train_on_a_dataset_that_is_gone_is_refused_by_name(studio: Studio) -> None:
    dataset = studio.data.add_rows("常问", "chat", CHATS).id
    run = studio.train(studio.plan(dataset).config)
    studio.delete_data(dataset)
    for again_ in (lambda: studio.plan(dataset), lambda: studio.train(run.config), lambda: studio.start(run.config)):
        with pytest.raises(StudioError) as refusal:
            again_()
        assert refusal.value.key == "data.no_such_dataset" and dataset in str(refusal.value)
    assert [known.id for known in studio.runs()] == [run.id]


def test_a_dataset_stays_when_its_old_runs_cannot_be_given_their_rows(studio: Studio) -> None:
    dataset = studio.data.add_rows("常问", "chat", CHATS).id
    run = studio.train(studio.plan(dataset).config).id
    forget_lessons(studio, run)
    (studio.workspace.run_dir(run) / f".{FILE}.draft").mkdir()  # in the way of the file
    with pytest.raises(StudioError) as refusal:
        studio.delete_data(dataset)
    assert refusal.value.key == "workspace.not_writable"
    assert studio.data.get(dataset) and studio.lessons(run).train


SPLITS = Splits(
    dataset="data-1", version=3, task="chat", labels=(), lesson="facts",
    train=(Example(1, "几点开门", "九点", (Message("system", "你是小灶"), Message("user", "在吗")), "开门"),),
    test=(Example(2, "何时开门", "九点"),), warnings=({"key": "data.few", "rows": 1},),
)  # fmt: skip
LESSONS = Lessons(SPLITS, "常问", {"问": "prompt", "答": "reply"})


def rewritten(folder: Path, change: dict[str, object], *, splits: dict[str, object] | None = None) -> None:
    content = json.loads(gzip.decompress(lessons.packed(LESSONS)))
    content = {**content, **change, "splits": {**content["splits"], **(splits or {})}}
    (folder / FILE).write_bytes(gzip.compress(json.dumps(content).encode()))


def test_lessons_come_back_as_they_were_kept(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(lessons.packed(LESSONS))
    assert lessons.read(tmp_path) == LESSONS
    assert lessons.packed(LESSONS) == lessons.packed(replace(LESSONS))


def test_what_only_a_newer_version_keeps_is_passed_over_and_what_is_missing_has_its_default(tmp_path: Path) -> None:
    rewritten(tmp_path, {"mood": "good"}, splits={"probes": [1]})
    assert lessons.read(tmp_path) == LESSONS
    content = json.loads(gzip.decompress(lessons.packed(LESSONS)))
    del content["splits"]["lesson"], content["splits"]["train"][0]["group"], content["roles"]
    (tmp_path / FILE).write_bytes(gzip.compress(json.dumps(content).encode()))
    read = lessons.read(tmp_path)
    assert read and read.splits.lesson == "manner" and read.splits.train[0].group == "" and read.roles == {}


@pytest.mark.parametrize("damage", ["", "0000", "cut", "format", "foreign"])
def test_lessons_that_cannot_be_read_are_none(tmp_path: Path, damage: str) -> None:
    path, whole = tmp_path / FILE, lessons.packed(LESSONS)
    if damage in ("", "0000"):
        path.write_bytes(bytes.fromhex(damage))
    elif damage == "cut":
        path.write_bytes(whole[:-20])
    elif damage == "format":
        rewritten(tmp_path, {"format": lessons.FORMAT + 1})
    else:
        path.write_bytes(gzip.compress(b'{"hello": 1}'))
    assert lessons.read(tmp_path) is None


def test_a_run_that_was_stopped_before_it_learned_is_no_hindrance(studio: Studio) -> None:
    dataset = studio.data.add_rows("常问", "chat", CHATS).id
    run = studio.start(studio.plan(dataset).config)
    with pytest.raises(StudioError) as refusal:
        studio.delete_data(dataset)
    assert refusal.value.key == "versions.in_use"
    studio.stop(run)
    assert isinstance(studio.run(run).progress.ending, Stopped)
    studio.delete_data(dataset)
    assert studio.runs() and not studio.data.list()


def test_lessons_of_a_newer_version_are_put_aside_and_not_overwritten(studio: Studio) -> None:
    dataset = studio.data.add_rows("问答", "chat", [(f"第{n}号柜在哪", f"在{n}楼。") for n in range(1, 9)]).id
    run = studio.train(studio.plan(dataset).config).id
    folder = studio.workspace.run_dir(run)
    newer = {**json.loads(gzip.decompress((folder / FILE).read_bytes())), "format": lessons.FORMAT + 1}
    content = gzip.compress(json.dumps(newer).encode())
    (folder / FILE).write_bytes(content)
    studio.delete_data(dataset)
    assert (folder / f"{FILE}.unread").read_bytes() == content
    assert studio.lessons(run).train
