"""What the chat page hands out, its handlers as plain functions: the table, the report card, the download."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from studio import commit
from studio.contract import Exported, Job, Progress, no_progress
from studio.errors import StudioError
from studio.formats import FORMATS
from studio.judging.judging import at_left
from studio.judging.opinions import Asked
from studio.own_questions import OwnQuestions
from studio.remedies import REMEDIES
from studio.studio import Studio
from studio.ui.chat import card, take_home, whole_table
from studio.ui.kit.page import Page
from tests.fakes import FakeEngine
from tests.ui.learned import MARKUP, learned, links, page, words


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home", worker=True) as opened:
        yield opened


# --- the table


def test_a_table_comes_back_answered(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    run = learned(studio, "classify")
    table = tmp_path / "评论.csv"
    table.write_text('编号,text\n007,"第1条，好喝"\n', encoding="utf-8")
    *_, (nodes, button) = whole_table.answer_table(page(studio), run, str(table))
    assert words(nodes) == ["1 row is answered.", "好评", "1"]
    out = Path(button.value["path"] if isinstance(button.value, dict) else button.value)
    assert out.name == "评论-answered.csv" and out.is_relative_to(tmp_path / "cache")
    assert out.read_text(encoding="utf-8-sig").splitlines()[1].startswith('007,"第1条，好喝",好评,0.9')


def test_a_table_is_summed_up_with_what_was_left_blank_and_what_was_guessed(studio: Studio, tmp_path: Path) -> None:
    run = learned(studio, "classify")
    table = tmp_path / "评论.csv"
    table.write_text('编号,留言\n1,"第1条，好喝"\n2,\n3,"第3条，难喝"\n', encoding="utf-8")
    *_, (nodes, _) = whole_table.answer_table(page(studio), run, str(table))
    said = words(nodes)
    assert said[0] == "3 rows: 2 answered, 1 has nothing to answer and stays blank."
    assert "留言" in said[-1] and {"好评", "差评"} <= set(said)


def test_the_column_to_answer_is_asked_only_where_none_is_named_as_in_training(studio: Studio, tmp_path: Path) -> None:
    run, table = learned(studio, "classify"), tmp_path / "评论.csv"
    table.write_text("text,说明\n很好喝呀,一\n", encoding="utf-8")
    assert not whole_table.columns_of(page(studio), run, str(table)).visible
    table.write_text("顾客留言,店员的话\n很好喝呀呀,太难喝\n很好喝呢呢,太难喝了\n", encoding="utf-8")
    asked = whole_table.columns_of(page(studio), run, str(table))
    assert (
        asked.visible
        and asked.value == ["顾客留言"]
        and [name for name, _ in asked.choices] == ["顾客留言", "店员的话"]
    )
    *_, (nodes, _) = whole_table.answer_table(page(studio), run, str(table), "model", ["店员的话"])
    assert "差评" in words(nodes) and "好评" not in words(nodes)


def test_who_answers_a_table_can_be_chosen_where_labels_are_given(studio: Studio, tmp_path: Path) -> None:
    for task in ("classify", "chat"):
        given, _, who, *_ = whole_table.show(page(studio), studio.run(learned(studio, task)))
        assert "value" not in given, "a table may be given while the run is on its way"
        assert (who.visible, who.value) == (task == "classify", "model")
    run = next(run.id for run in studio.runs() if run.config.task == "classify")
    table = tmp_path / "评论.csv"
    table.write_text("text\n好喝\n", encoding="utf-8")
    *_, (nodes, _) = whole_table.answer_table(page(studio), run, str(table), "simple")
    assert words(nodes)[0] == "1 row is answered."


def test_no_table_is_said_in_words(studio: Studio) -> None:
    with pytest.raises(StudioError) as refusal:
        next(whole_table.answer_table(page(studio), "run-0000", None))
    assert refusal.value.key == "chat_tab.no_table"


# --- the report card


def shown(values: tuple[Any, ...]) -> Any:
    """What a handler of the card returns, by name."""
    return card.Shown(*values)


def test_the_card_shows_progress_then_lines_scores_matrix_and_wrong_rows(studio: Studio) -> None:
    run = learned(studio, "classify")
    before = shown(card.show(page(studio), studio.run(run)))
    assert "Test it on rows it never saw" in words(before.told)[0] and before.learned is None
    first, *_, last = (shown(one) for one in card.test(page(studio), run))
    assert "Testing" in words(first.told)[0] and first.learned is None and first.words is None
    assert last.told is None and "After learning" in words(last.words) and "Before" in words(last.words)
    assert last.confusion.visible and last.confusion.value["figure"]["data"][0]["type"] == "heatmap"
    assert last.rows
    assert words(shown(card.show(page(studio), studio.run(run))).words) == words(last.words)


def test_each_line_of_a_card_says_its_own_and_opens_where_there_is_more(studio: Studio) -> None:
    run = learned(studio, "classify")
    found = [shown(values) for values in card.test(Page(studio, "zh"), run)][-1]
    heads = {name: getattr(found, name) for name in card.LINES}
    assert [one and one["title"] for one in heads.values()] == [
        "学会了吗", "原来的本事还在吗", "不懂时老实吗", "说话的样子", None,
    ]  # fmt: skip
    assert {name: one["opens"] for name, one in heads.items() if one} == {
        "learned": True, "kept": True, "honest": False, "manner": False,
    }  # fmt: skip
    assert heads["manner"]["why"] == "它只归类，不说话。" and found.spoken is None


def test_what_was_voted_is_a_line_of_the_card_once_somebody_voted(studio: Studio) -> None:
    run = learned(studio, "chat")
    studio.evaluate(run)
    assert shown(card.show(page(studio), studio.run(run))).judged is None
    judging = studio.judging
    contest = judging.contest(run)
    for number in judging.ledger.keep(contest, [(Asked(f"第{n}问"), f"您好{n}", f"不知道{n}") for n in range(20)]):
        judging.vote(number, "小王", "left" if at_left(number, "小王") == "run" else "right")
    found = shown(card.show(Page(studio, "zh"), studio.run(run)))
    assert (found.judged["colour"], found.judged["figure"], found.judged["opens"]) == ("green", "100%", True)
    assert "学之后胜 20" in found.judged["why"] and any("学之后胜 20" in one for one in words(found.votes))


def test_a_chat_card_has_no_matrix(studio: Studio) -> None:
    run = learned(studio, "chat")
    found = [shown(values) for values in card.test(page(studio), run)][-1]
    assert not found.confusion.visible and any("word for word" in said for said in words(found.words))
    assert not found.missed.visible


def test_facts_that_are_not_known_are_offered_to_be_tried(studio: Studio) -> None:
    run = learned(studio, "chat")
    report = studio.evaluate(run)
    unknown = {"number": 1, "text": MARKUP, "target": "九点半", "tuned": "十点"}
    report["taught"] = {"recalled": 2, "count": 3, "interval": [0.2, 0.9], "missed": [unknown]}
    (studio.workspace.run_dir(run) / "report.json").write_text(json.dumps(report), encoding="utf-8")
    found = shown(card.show(page(studio), studio.run(run)))
    assert found.missed.visible and found.missed.raw_samples == [[MARKUP]] and MARKUP in words(found.rows)


def test_a_card_tells_what_was_kept_and_made_up_with_the_rows(studio: Studio) -> None:
    run = learned(studio, "chat")
    found = [shown(values) for values in card.test(Page(studio, "zh"), run)][-1]
    assert "学会的，细看" in words(found.measured)
    assert found.kept["why"].startswith("100 道日常题，学之前一道也不会")
    assert (found.honest["colour"], found.honest["answer"], found.honest["figure"]) == ("red", "常常乱编", "0%")
    assert any("学之前编了 0 个" in text for text in words(found.made_up))
    assert found.remedy.visible and found.remedy.value == "教它说“不知道”：加 20 条示范"


def test_the_remedy_for_making_things_up_is_rows_of_the_dataset_once(studio: Studio) -> None:
    run = learned(studio, "chat")
    studio.evaluate(run)
    dataset = studio.run(run).config.dataset
    before = studio.data.get(dataset).report.rows
    assert not card.mend(page(studio), run).visible
    rows, total = studio.data.rows(dataset, limit=100)
    assert total == before + 20 and "不清楚" in rows[-1].target
    with pytest.raises(StudioError) as refusal:
        card.mend(page(studio), run)
    assert refusal.value.key == "report_card.unknown_added"
    assert studio.data.rows(dataset)[1] == total
    again = studio.data.splits(dataset, studio.data.freeze(dataset))
    assert sum("不清楚" in row.target for row in again.train) == 20  # all are taught, none is held out


def test_rows_of_labels_get_no_examples_of_not_knowing(studio: Studio) -> None:
    run = learned(studio, "classify")
    before = studio.data.rows(studio.run(run).config.dataset)[1]
    with pytest.raises(StudioError) as refusal:
        REMEDIES["add_unknown"](studio, run)
    assert refusal.value.key == "report_card.says_nothing"
    assert studio.data.rows(studio.run(run).config.dataset)[1] == before


def test_the_remedy_of_a_deleted_dataset_is_refused_in_words(studio: Studio) -> None:
    run = learned(studio, "chat")
    studio.evaluate(run)
    studio.delete_data(studio.run(run).config.dataset)
    with pytest.raises(StudioError) as refusal:
        card.mend(page(studio), run)
    assert refusal.value.key == "data.no_such_dataset"


def test_own_everyday_questions_are_kept_and_asked(studio: Studio) -> None:
    run = learned(studio, "chat")
    assert card.keep(page(studio), " 一斤多少克｜五百克\n\n你好\n一斤多少克 | 五百克 ") == "一斤多少克 | 五百克\n你好"
    assert studio.evaluate(run)["kept"]["own"] == 2
    assert card.kept(page(studio)) == "一斤多少克 | 五百克\n你好"
    for text, key in (
        ("问" * 501, "report_card.question_too_long"),
        ("\n".join(map(str, range(201))), "report_card.too_many_questions"),
    ):
        with pytest.raises(StudioError) as refusal:
            card.keep(page(studio), text)
        assert refusal.value.key == key
    assert len(OwnQuestions(studio.workspace).listed()) == 2
    studio.workspace.everyday.write_bytes(b"{")
    assert OwnQuestions(studio.workspace).listed() == []


# --- the download


def test_a_model_is_offered_with_its_proof_once_it_was_made(studio: Studio) -> None:
    offered: list[tuple[Path, str]] = []

    def offer(folder: Path, name: str) -> str:
        offered.append((folder, name))
        return f"/download/token/{name}.zip"

    run = learned(studio, "chat", name="店里 <问答>.xlsx")
    take_home.begin("merged", page(studio), run)
    *_, (nodes, *_) = take_home.follow(offer, page(studio), run)
    assert links(nodes) == ["/download/token/店里-问答-merged.zip"]
    assert offered[0][0].joinpath("job.yaml").exists()
    assert any("Checked" in said for said in words(nodes))
    assert commit.sha256(offered[0][0] / commit.MANIFEST) in words(nodes)


def test_a_format_that_the_run_cannot_have_says_why_and_cannot_be_pressed(studio: Studio) -> None:
    run = learned(studio, "chat", method="prefix")
    *_, (_, *shown) = take_home.follow(lambda folder, name: name, page(studio), run)
    told, buttons = dict(zip(FORMATS, shown, strict=False)), dict(zip(FORMATS, shown[len(FORMATS) :], strict=False))
    assert "Prefix tuning" in told["merged"].value and "Prefix tuning" not in told["adapter"].value
    assert [button.interactive for button in buttons.values()] == [format == "adapter" for format in FORMATS]
    assert buttons["adapter"].variant == "primary" and buttons["merged"].variant == "secondary"


@dataclass(frozen=True)
class Slow(FakeEngine):
    """Packs nothing before it may."""

    may: threading.Event = field(default_factory=threading.Event)

    def export(self, job: Job, format: str, out: Path, progress: Progress = no_progress) -> Exported:
        while not self.may.wait(0.01):
            progress(0.5)
        return super().export(job, format, out, progress)


def offered(folder: Path, name: str) -> str:
    return f"/download/{name}.zip"


def test_packing_goes_on_when_the_page_is_reloaded_and_is_there_afterwards(tmp_path: Path) -> None:
    engine = Slow()
    with Studio(engine, tmp_path / "home", worker=True) as studio:
        run = learned(studio, "chat")
        take_home.begin("merged", page(studio), run)
        before = take_home.follow(offered, page(studio), run)
        next(before)
        before.close()  # type: ignore[attr-defined]
        after = take_home.follow(offered, page(studio), run)
        nodes, *_, stop = next(after)
        assert words(nodes) and stop.visible is True
        engine.may.set()
        *_, (nodes, *_, stop) = after
        assert links(nodes) == ["/download/店-merged.zip"] and stop.visible is False
        *_, (again, *_) = take_home.follow(offered, page(studio), run)
        assert links(again) == links(nodes)


def test_packing_that_is_stopped_leaves_nothing_to_take(tmp_path: Path) -> None:
    with Studio(Slow(), tmp_path / "home", worker=True) as studio:
        run = learned(studio, "chat")
        take_home.begin("merged", page(studio), run)
        shown = take_home.follow(offered, page(studio), run)
        next(shown)
        take_home.stop(page(studio), run)
        *_, (nodes, *_) = shown
        assert not nodes and studio.exported(run) == {}


@pytest.mark.parametrize(
    ("name", "file"), [("../../etc", "etc"), ("评论.xlsx", "评论"), ("<>", "model"), ("a b", "a-b")]
)
def test_a_file_name_holds_nothing_but_letters(name: str, file: str) -> None:
    assert take_home.file_name(name) == file


@pytest.mark.parametrize(("count", "said"), [(10, "1 kB"), (25_400_000, "25.4 MB"), (1_570_000_000, "1.6 GB")])
def test_sizes_are_said_as_download_pages_do(count: int, said: str) -> None:
    assert take_home.size(count) == said
