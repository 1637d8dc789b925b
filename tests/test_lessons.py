"""A deleted dataset leaves its runs whole: they keep the rows they learned, and everything goes on."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from studio import commit, lessons
from studio.contract import Lane
from studio.data import frozen
from studio.data.frozen import Frozen
from studio.data.schema import Example, Message, Splits
from studio.errors import StudioError
from studio.events import EventLog, Started, Stopped
from studio.lessons import BEFORE, FACTS, FOLDER, Lessons
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
    shutil.rmtree(studio.workspace.run_dir(run) / FOLDER)


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
        assert predict_file(Answerer(after, run), source, out).rows == 1
        assert "好评" in out.read_text(encoding="utf-8-sig")
        assert examples_of(Page(after, "zh"), after.run(run)) == examples != []
        assert chat_tab.choose(Page(after, "zh"), run).value == run
        assert "评价" in train_tab.refresh(Page(after, "zh"), run)[7].value["before"][0]["title"]


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
    for name in (FOLDER, f"{FOLDER}.unread"):  # what cannot be read has nowhere to be put
        (studio.workspace.run_dir(run) / name / "in the way").mkdir(parents=True)
    with pytest.raises(StudioError) as refusal:
        studio.delete_data(dataset)
    assert refusal.value.key == "workspace.not_writable"
    assert studio.data.get(dataset) and studio.lessons(run).train


SPLITS = Splits(
    dataset="data-1", version=3, task="chat", labels=(), lesson="facts", asked_in="zh",
    train=(Example(1, "几点开门", "九点", (Message("system", "你是小灶"), Message("user", "在吗")), "开门"),),
    test=(Example(2, "何时开门", "九点"),), warnings=({"key": "data.few", "rows": 1},),
)  # fmt: skip
LESSONS = Lessons(SPLITS, "常问", {"问": "prompt", "答": "reply"})


def rewrite(run: Path, file: str, **change: object) -> None:
    """Other facts beside the rows, as another version would have kept them."""
    folder = run / FOLDER
    facts = {**json.loads((folder / file).read_text(encoding="utf-8")), **change}
    (folder / file).write_text(json.dumps(facts), encoding="utf-8")
    commit.write_manifest(folder, {})


def of_before(**change: object) -> dict[str, Any]:
    """What a run kept in one JSON."""
    return json.loads(json.dumps({**asdict(LESSONS), "format": 1, **change}))


def test_lessons_come_back_as_they_were_kept_and_their_rows_stay_on_the_disk(tmp_path: Path) -> None:
    lessons.keep(tmp_path, LESSONS)
    read = lessons.read(tmp_path)
    assert read == LESSONS and isinstance(read.splits.train, Frozen)
    lessons.keep(tmp_path, read)
    assert lessons.read(tmp_path) == LESSONS and [path.name for path in tmp_path.iterdir()] == [FOLDER]


def test_what_only_a_newer_version_keeps_is_passed_over_and_what_is_missing_has_its_default(tmp_path: Path) -> None:
    lessons.keep(tmp_path, LESSONS)
    rewrite(tmp_path, FACTS, mood="good")
    rewrite(tmp_path, frozen.FACTS, probes=[1])
    assert lessons.read(tmp_path) == LESSONS


def test_lessons_of_before_are_read_with_what_is_missing_at_its_default(tmp_path: Path) -> None:
    content = of_before(mood="good")
    (tmp_path / BEFORE).write_bytes(gzip.compress(json.dumps(content).encode()))
    assert lessons.read(tmp_path) == LESSONS
    assert content["splits"].pop("asked_in") == "zh"
    del content["splits"]["lesson"], content["splits"]["train"][0]["group"], content["roles"]
    (tmp_path / BEFORE).write_bytes(gzip.compress(json.dumps(content).encode()))
    read = lessons.read(tmp_path)
    assert read and read.splits.asked_in is None  # as its labels are: so it was trained
    assert read.splits.lesson == "manner" and read.splits.train[0].group == "" and read.roles == {}


@pytest.mark.parametrize("damage", ["", "0000", "cut", "format", "foreign", "list"])
def test_lessons_of_before_that_cannot_be_read_are_none(tmp_path: Path, damage: str) -> None:
    whole = gzip.compress(json.dumps(of_before()).encode())
    content = {
        "cut": whole[:-20],
        "format": gzip.compress(json.dumps(of_before(format=7)).encode()),
        "foreign": gzip.compress(b'{"hello": 1}'),
        "list": gzip.compress(b"[1]"),
    }
    (tmp_path / BEFORE).write_bytes(content.get(damage, bytes.fromhex(damage) if damage in ("", "0000") else b""))
    assert lessons.read(tmp_path) is None


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "no facts", "rows of next year", "facts of next year"])
def test_lessons_that_cannot_be_read_are_none(tmp_path: Path, damage: str) -> None:
    lessons.keep(tmp_path, LESSONS)
    rows, held = tmp_path / FOLDER / frozen.ROWS, (tmp_path / FOLDER / frozen.ROWS).read_bytes()
    match damage:
        case "cut":
            rows.write_bytes(held[:-20])
        case "changed":
            rows.write_bytes(held.replace("九点".encode(), "十点".encode()))
        case "gone":
            rows.unlink()
        case "no facts":
            (tmp_path / FOLDER / FACTS).unlink()
        case "rows of next year":
            rewrite(tmp_path, frozen.FACTS, format=frozen.FORMAT + 1)
        case _:
            rewrite(tmp_path, FACTS, format=lessons.FORMAT + 1)
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
    rewrite(folder, FACTS, format=lessons.FORMAT + 1)
    content = (folder / FOLDER / FACTS).read_bytes()
    studio.delete_data(dataset)
    assert (folder / f"{FOLDER}.unread" / FACTS).read_bytes() == content
    assert studio.lessons(run).train
