"""The chat page's handlers as plain functions: answers side by side, the trial, the table, the card, the download."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from studio.config import Task
from studio.contract import Job
from studio.data.schema import Message
from studio.errors import StudioError
from studio.studio import Studio
from studio.ui.chat import card, side_by_side, take_home, trial, whole_table
from studio.ui.chat import tab as chat_tab
from studio.ui.chat.examples import examples_of
from studio.ui.kit.long_work import GivenUp, watch
from studio.ui.kit.page import Page
from tests.fakes import IGNORANT, FakeEngine, FakeSession

REVIEWS = [
    (f"第{number}条，{word}", label) for word, label in (("好喝", "好评"), ("难喝", "差评")) for number in range(20)
]
FACTS = [("少糖怎么做", "减20%糖浆"), ("珍珠煮多久", "煮15分钟"), ("几点开门", "九点半")]
QUESTIONS = [
    (f"{before}{asked}{after}", reply)
    for asked, reply in FACTS
    for before in ("", "请问")
    for after in ("", "？", "呀")
]
MARKUP = "<img src=x onerror=alert(1)>"
GREEDY = (0.0, 1.0, 64)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home", worker=True) as opened:
        yield opened


def learned(studio: Studio, task: Task, name: str = "店") -> str:
    dataset = studio.data.add_rows(name, task, REVIEWS if task == "classify" else QUESTIONS)
    run = studio.start(studio.plan(dataset.id, changes={"epochs": 2}).config)
    until = time.monotonic() + 20
    while not studio.run(run).ended and time.monotonic() < until:
        time.sleep(0.01)
    assert studio.run(run).status == "finished"
    return run


def page(studio: Studio) -> Page:
    return Page(studio, "en")


def words(nodes: Any) -> list[str]:
    """All text of a fragment, piece by piece."""
    found = []
    for node in nodes:
        found += [node] if isinstance(node, str) else words(node["children"])
    return found


def links(nodes: Any) -> list[str]:
    found = []
    for node in nodes:
        if not isinstance(node, str):
            found += [node["attributes"]["href"]] if node["tag"] == "a" else []
            found += links(node["children"])
    return found


# --- side by side


def test_both_answers_grow_together_under_their_question(studio: Studio) -> None:
    run = learned(studio, "chat")
    turns, _, left_to_type, *_ = side_by_side.ask(page(studio), " 珍珠煮多久 ", [])
    assert turns == [("珍珠煮多久", "", "")] and left_to_type == ""
    grown = [said for said, _, _ in side_by_side.answer(page(studio), run, turns, *GREEDY)]
    assert grown[0] == [("珍珠煮多久", IGNORANT[:1], "煮")]
    assert grown[-1] == [("珍珠煮多久", IGNORANT, "煮15分钟")]
    assert len(grown) > 3


def test_each_model_is_told_its_own_answers() -> None:
    turns = [("一", "底一", "学一"), ("二", "", "")]
    assert side_by_side.messages(turns, 1) == [
        Message("user", "一"), Message("assistant", "底一"), Message("user", "二"),
    ]  # fmt: skip
    assert side_by_side.messages(turns, 2)[1] == Message("assistant", "学一")


def test_nothing_asked_is_said_in_words(studio: Studio) -> None:
    with pytest.raises(StudioError) as refusal:
        side_by_side.ask(page(studio), "   ", [])
    assert refusal.value.key == "chat_tab.nothing_asked"


def test_a_question_stopped_before_its_answer_is_forgotten_by_the_next(studio: Studio) -> None:
    turns, *_ = side_by_side.ask(page(studio), "二", [("一", "a", "b"), ("停了", "", "")])
    assert turns == [("一", "a", "b"), ("二", "", "")]


def test_a_busy_machine_gives_the_question_back(studio: Studio) -> None:
    run = learned(studio, "chat")
    with studio.workspace.lease("device"):
        stream = side_by_side.answer(page(studio), run, [("一", "a", "b"), ("二", "", "")], *GREEDY)
        said, _, question = next(stream)
        assert said == [("一", "a", "b")] and question == "二"
        with pytest.raises(StudioError):
            next(stream)


@dataclass(frozen=True)
class Watched(FakeEngine):
    """Notes the stop sign of each stream."""

    flags: list[threading.Event] = field(default_factory=list)

    def open(self, job: Job) -> Any:
        opened, flags = super().open(job), self.flags

        class Session(FakeSession):
            def stream(self, base: Any, tuned: Any, sampling: Any, stop: Any) -> Iterator[tuple[str, str]]:
                flags.append(stop)
                return super().stream(base, tuned, sampling, stop)

        return Session(opened.known, opened.labels)


def test_closing_the_page_stops_the_model_and_frees_the_machine(tmp_path: Path) -> None:
    engine = Watched()
    with Studio(engine, tmp_path / "home", worker=True) as studio:
        stream = side_by_side.answer(page(studio), learned(studio, "chat"), [("珍珠煮多久", "", "")], *GREEDY)
        next(stream)
        assert studio.workspace.leased("device") and not engine.flags[0].is_set()
        stream.close()  # type: ignore[attr-defined]
        assert engine.flags[0].is_set() and not studio.workspace.leased("device")


def test_what_is_said_stays_text(studio: Studio) -> None:
    assert MARKUP in words(side_by_side.talk_nodes(page(studio), [(MARKUP, MARKUP, MARKUP)]))


def test_examples_are_rows_it_did_not_learn_and_stay_when_the_data_are_gone(studio: Studio) -> None:
    run = studio.run(learned(studio, "chat"))
    splits = studio.data.splits(run.config.dataset, run.config.dataset_version)
    examples = examples_of(page(studio), run)
    assert examples and not set(examples) & {row.text for row in splits.train}
    studio.data.delete(run.config.dataset)
    assert examples_of(page(studio), run) == examples


# --- the trial


def test_a_text_is_judged_before_and_after_with_probabilities(studio: Studio) -> None:
    said = words(trial.classify(page(studio), learned(studio, "classify"), "第3条，难喝"))
    after = said[said.index("After") :]
    assert after[:4] == ["After", "差评", "差评", "90%"]
    assert "50%" in said[: said.index("After")]


def test_no_text_is_said_in_words(studio: Studio) -> None:
    with pytest.raises(StudioError) as refusal:
        trial.classify(page(studio), "run-0000", "\n")
    assert refusal.value.key == "chat_tab.no_text"


def test_a_text_with_markup_stays_text_and_a_label_too(studio: Studio) -> None:
    dataset = studio.data.add_rows("x", "classify", [(f"t{n}", MARKUP if n % 2 else "b") for n in range(40)])
    run = studio.start(studio.plan(dataset.id, changes={"epochs": 1}).config)
    while not studio.run(run).ended:
        time.sleep(0.01)
    assert MARKUP in words(trial.classify(page(studio), run, "t1"))


# --- the table


def test_a_table_comes_back_answered(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    run = learned(studio, "classify")
    table = tmp_path / "评论.csv"
    table.write_text('编号,text\n007,"第1条，好喝"\n', encoding="utf-8")
    *_, (nodes, button) = whole_table.answer_table(page(studio), run, str(table))
    assert words(nodes) == ["All 1 rows are answered."]
    out = Path(button.value["path"] if isinstance(button.value, dict) else button.value)
    assert out.name == "评论-answered.csv" and out.is_relative_to(tmp_path / "cache")
    assert out.read_text(encoding="utf-8-sig").splitlines()[1].startswith("007,第1条，好喝,好评")


def test_who_answers_a_table_can_be_chosen_where_labels_are_given(studio: Studio, tmp_path: Path) -> None:
    for task in ("classify", "chat"):
        who = whole_table.show(page(studio), studio.run(learned(studio, task)))[1]
        assert (who.visible, who.value) == (task == "classify", "model")
    run = next(run.id for run in studio.runs() if run.config.task == "classify")
    table = tmp_path / "评论.csv"
    table.write_text("text\n好喝\n", encoding="utf-8")
    *_, (nodes, _) = whole_table.answer_table(page(studio), run, str(table), "simple")
    assert words(nodes) == ["All 1 rows are answered."]


def test_no_table_is_said_in_words(studio: Studio) -> None:
    with pytest.raises(StudioError) as refusal:
        next(whole_table.answer_table(page(studio), "run-0000", None))
    assert refusal.value.key == "chat_tab.no_table"


# --- the report card


def test_the_card_shows_progress_then_verdict_scores_matrix_and_wrong_rows(studio: Studio) -> None:
    run = learned(studio, "classify")
    assert "Test it on rows it never saw" in words(card.show(page(studio), studio.run(run))[1])[0]
    first, *_, last = card.test(page(studio), run)
    assert "Testing" in words(first[1])[0]
    _, summary, matrix, _, rows = last
    assert "After learning" in words(summary) and "Before (base model)" in words(summary)
    assert matrix.visible and matrix.value["figure"]["data"][0]["type"] == "heatmap"
    assert rows
    assert words(card.show(page(studio), studio.run(run))[1]) == words(summary)


def test_a_chat_card_has_no_matrix(studio: Studio) -> None:
    run = learned(studio, "chat")
    *_, (_, summary, matrix, missed, _) = card.test(page(studio), run)
    assert not matrix.visible and any("word for word" in said for said in words(summary))
    assert not missed.visible


def test_facts_that_are_not_known_are_offered_to_be_tried(studio: Studio) -> None:
    run = learned(studio, "chat")
    report = studio.evaluate(run)
    unknown = {"number": 1, "text": MARKUP, "target": "九点半", "tuned": "十点"}
    report["taught"] = {"recalled": 2, "count": 3, "interval": [0.2, 0.9], "missed": [unknown]}
    (studio.workspace.run_dir(run) / "report.json").write_text(json.dumps(report), encoding="utf-8")
    *_, missed, rows = card.show(page(studio), studio.run(run))
    assert missed.visible and missed.raw_samples == [[MARKUP]] and MARKUP in words(rows)


# --- the download


def test_a_model_is_offered_with_its_proof_once_it_was_made(studio: Studio) -> None:
    offered: list[tuple[Path, str]] = []

    def offer(folder: Path, name: str) -> str:
        offered.append((folder, name))
        return f"/download/token/{name}.zip"

    run = learned(studio, "chat", name="店里 <问答>.xlsx")
    *_, nodes = take_home.export(offer, "merged", page(studio), run)
    assert links(nodes) == ["/download/token/店里-问答-merged.zip"]
    assert offered[0][0].joinpath("job.yaml").exists()
    assert any("Checked" in said for said in words(nodes)) and "0" * 64 in words(nodes)


@pytest.mark.parametrize(
    ("name", "file"), [("../../etc", "etc"), ("评论.xlsx", "评论"), ("<>", "model"), ("a b", "a-b")]
)
def test_a_file_name_holds_nothing_but_letters(name: str, file: str) -> None:
    assert take_home.file_name(name) == file


@pytest.mark.parametrize(("count", "said"), [(10, "1 kB"), (25_400_000, "25.4 MB"), (1_570_000_000, "1.6 GB")])
def test_sizes_are_said_as_download_pages_do(count: int, said: str) -> None:
    assert take_home.size(count) == said


# --- the tab


def test_only_runs_that_learned_something_can_be_chosen(studio: Studio) -> None:
    chat, reviews = learned(studio, "chat"), learned(studio, "classify")
    chosen = chat_tab.choose(page(studio), None)
    assert [run for _, run in chosen.choices] == [reviews, chat] and chosen.value == reviews
    assert chat_tab.choose(page(studio), chat).value == chat
    assert chat_tab.choose(page(studio), "run-that-is-gone").value == reviews


def test_each_task_shows_its_own_way_of_trying(studio: Studio) -> None:
    for task, shown in (("chat", (True, False)), ("classify", (False, True))):
        run = studio.run(learned(studio, task))  # type: ignore[arg-type]
        areas = side_by_side.show(page(studio), run)[0], trial.show(page(studio), run)[0]
        assert tuple(area.visible for area in areas) == shown


def test_without_a_run_the_tab_shows_empty_parts(studio: Studio) -> None:
    assert len(chat_tab.show(page(studio), None)) == len(chat_tab.show(page(studio), learned(studio, "chat")))


# --- long work


def test_long_work_reports_and_returns() -> None:
    def work(progress: Any) -> str:
        for share in (0.25, 0.5):
            progress(share)
        return "done"

    shares = []
    stream = watch(work, lambda share: share)
    with pytest.raises(StopIteration) as end:
        while True:
            shares.append(next(stream))
    assert shares[0] == 0.0 and shares == sorted(shares) and end.value.value == "done"


def test_long_work_that_fails_raises_its_own_error() -> None:
    def work(_: Any) -> None:
        raise StudioError("workspace.busy")

    with pytest.raises(StudioError):
        list(watch(work, lambda share: share))


def test_long_work_that_nobody_waits_for_ends_at_its_next_report() -> None:
    ended = threading.Event()
    going = threading.Event()

    def work(progress: Any) -> None:
        try:
            while True:
                progress(0.5)
                going.set()
        except GivenUp:
            ended.set()
            raise

    stream = watch(work, partial(round, ndigits=1))
    next(stream)
    assert going.wait(5)
    stream.close()
    assert ended.wait(5)
