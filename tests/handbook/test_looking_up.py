"""Passages are found by what is asked, put before it where there is room, and told beside the answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.data.schema import Message
from studio.errors import StudioError
from studio.handbook.cutting import Passage
from studio.handbook.finding import MOST, Finder
from studio.handbook.prompt import informed
from studio.studio import Studio
from tests.fakes import FakeEngine

TEXTS = (
    "珍珠要煮15分钟，再焖15分钟。", "少糖是在标准糖浆上减20%。", "七天内凭小票可以全额退款，由店长批准。",
    "饮品：柠檬水；大杯：10元", "饮品：珍珠奶茶；大杯：15元", "每天早上九点半开门，晚上十点打烊。",
    "Refunds are paid within three days.", "The second cup is half price on Mondays.",
)  # fmt: skip
PASSAGES = [Passage(number, text) for number, text in enumerate(TEXTS, 1)]
LONG = "很长的问题" * 40


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("珍珠要煮多久呀", 1), ("客人要少糖，我该怎么做？", 2), ("可不可以退款", 3), ("柠檬水大杯多少钱", 4),
        ("大杯珍珠奶茶几块", 5), ("你们几点打烊", 6), ("when do I get my refund", 7), ("is there a half price day", 8),
    ],
)  # fmt: skip
def test_the_passage_that_speaks_of_it_comes_first(question: str, first: int) -> None:
    assert Finder(PASSAGES).find(question)[0].number == first


@pytest.mark.parametrize("question", ["你好", "你们支持花呗吗", "what is the capital of France?", "", "？？？", "🙂"])
def test_nothing_is_found_where_nothing_speaks_of_it(question: str) -> None:
    assert Finder(PASSAGES).find(question) == []


def test_a_heading_finds_what_stands_below_it() -> None:
    finder = Finder(
        [Passage(1, "七天内凭小票，由店长批准。", ("退款规则",)), Passage(2, "九点半开门。", ("营业时间",))]
    )
    assert [one.number for one in finder.find("怎么退款")] == [1]


def question(text: str) -> list[Message]:
    return [Message("system", "你是店员"), Message("user", text)]


def test_as_many_passages_stand_before_the_question_as_fit_and_the_question_is_whole() -> None:
    for room, wanted in ((10**6, MOST), (85, 1), (60, 0)):
        found = informed(question("珍珠煮多久"), PASSAGES[:MOST], lambda said: len(said[-1].content) <= room)  # noqa: B023
        assert len(found.sources) == wanted and found.outcome == ("found" if wanted else "no_room")
        assert found.said[-1].content.endswith("珍珠煮多久") and found.said[0].content == "你是店员"
        assert all(one.text in found.said[-1].content for one in found.sources)


def test_a_passage_that_is_too_long_makes_room_for_a_shorter_one() -> None:
    long, short = Passage(1, "长" * 500), Passage(2, "短")
    found = informed(question("问"), [long, short], lambda said: len(said[-1].content) <= 200)
    assert found.sources == (short,)


def test_a_question_is_worded_in_its_own_language() -> None:
    english, chinese = (
        informed(question(text), PASSAGES[:1], lambda _: True).said[-1].content for text in ("Why?", "为什么")
    )
    assert english.startswith("Reference") and chinese.startswith("参考资料")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def trained(studio: Studio, task: str = "chat") -> str:
    rows = [(f"第{n}号茶几点开始卖", f"{n}点" if task == "chat" else "ab"[n % 2]) for n in range(10, 26)]
    dataset = studio.data.add_rows("rows", task, rows).id  # type: ignore[arg-type]
    return studio.train(studio.plan(dataset, changes={"epochs": 1}).config).id


def test_an_answer_cites_what_stood_before_its_question(studio: Studio, manual: Path) -> None:
    run = trained(studio)
    found, answer = studio.looking_up.answer(run, "少糖怎么做", manual)
    assert answer and found.outcome == "found" and "减20%" in found.sources[0].text
    assert studio.looking_up.answer(run, "你们支持花呗吗", manual)[0].sources == ()
    asked, _ = studio.looking_up.answer(run, "退款" + LONG * 20, manual)
    assert asked.outcome == "no_room" and asked.said[-1].content == "退款" + LONG * 20


def test_a_run_that_gives_labels_has_no_use_for_a_handbook(studio: Studio, manual: Path) -> None:
    with pytest.raises(StudioError) as refusal:
        studio.looking_up.answer(trained(studio, "classify"), "少糖怎么做", manual)
    assert refusal.value.key == "handbook.not_for_labels"


def test_a_handbook_is_kept_lies_beside_a_run_and_is_gone_when_it_is_deleted(studio: Studio, manual: Path) -> None:
    shelf, run = studio.looking_up.shelf, trained(studio)
    kept = shelf.add(manual, "手册.docx")
    assert shelf.list() == [kept] == [shelf.get(kept.id)] and kept.passages == len(shelf.passages(kept.id))
    assert (studio.workspace.handbook_dir(kept.id) / "file").read_bytes() == manual.read_bytes()
    assert studio.looking_up.beside(run) is None
    studio.looking_up.lay(run, kept.id)
    with Studio(FakeEngine(), studio.workspace.home) as again:
        assert again.looking_up.beside(run) == kept
        assert again.looking_up.answer(run, "少糖怎么做", kept.id)[0].sources
    shelf.delete(kept.id)
    assert shelf.list() == [] and studio.looking_up.beside(run) is None
    assert not studio.workspace.handbook_dir(kept.id).exists()
    with pytest.raises(StudioError) as refusal:
        studio.looking_up.lay(run, kept.id)
    assert refusal.value.key == "handbook.no_such"


def test_what_cannot_be_read_leaves_nothing_on_the_shelf(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" ")
    with pytest.raises(StudioError):
        studio.looking_up.shelf.add(tmp_path / "a.txt")
    assert list((studio.workspace.home / "handbooks").iterdir()) == []


def test_a_damaged_handbook_hides_no_other(studio: Studio, manual: Path) -> None:
    shelf = studio.looking_up.shelf
    one, other = shelf.add(manual, "一"), shelf.add(manual, "二")
    (studio.workspace.handbook_dir(one.id) / "handbook.json").write_text("{")
    assert shelf.list() == [other]
    (studio.workspace.handbook_dir(other.id) / "passages.json").write_text('[{"number": 1}]')
    with pytest.raises(StudioError) as refusal:
        shelf.passages(other.id)
    assert refusal.value.key == "handbook.no_such"


@pytest.mark.parametrize("name", ["../../etc/passwd", "book-../x", ""])
def test_no_name_leads_out_of_the_workspace(studio: Studio, name: str) -> None:
    with pytest.raises(StudioError):
        studio.looking_up.shelf.get(name)
