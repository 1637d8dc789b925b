"""What a dataset teaches and its exam, as the page's functions: chosen, listed, struck, reworded, written."""

from __future__ import annotations

from typing import Any

import pytest

from studio.errors import StudioError
from studio.ui.data import exam as exam_view
from studio.ui.data import tab as data_tab
from studio.ui.data import versions as versions_view
from studio.ui.kit.page import Page
from tests.ui.test_data_tab import texts

HOTEL = [
    ("早餐几点开始", "早餐六点半到九点半"),
    ("可以带宠物吗", "小型犬可以住，每晚加收六十元"),
    ("怎么去高铁站", "坐二十六路公交四站就到"),
    ("火车站怎么走", "坐二十六路公交四站就到"),
    ("去车站坐哪路车", "坐二十六路公交四站就到"),
    ("<b>WiFi</b>", "密码是房号后面加 songtao88"),
]


@pytest.fixture
def hotel(page: Page) -> str:
    return page.studio.data.add_rows("酒店前台", "chat", HOTEL).id


def listed(asker: Page, dataset: str, **asked: Any) -> dict[str, Any]:
    return exam_view.exam_page(asker, {"dataset": dataset, "page": 0, "bare": False, **asked})


def question(page: Page, dataset: str, text: str) -> dict[str, Any]:
    """The one question of this text."""
    (found,) = [one for fact in listed(page, dataset)["facts"] for one in fact["questions"] if one["text"] == text]
    return dict(found)


def test_every_fact_is_listed_with_its_answer_and_the_questions_that_ask_for_it(page: Page, hotel: str) -> None:
    breakfast, _, station, _ = listed(page, hotel)["facts"]
    assert (breakfast["text"], breakfast["answer"], breakfast["ways"]) == (*HOTEL[0], 1)
    assert {one["origin"] for one in breakfast["questions"]} == {"rule"}
    assert {one["part"] for one in breakfast["questions"]} <= {"validation", "test"}
    (held,) = station["questions"]
    assert held["origin"] == "own" and held["text"] in (HOTEL[3][0], HOTEL[4][0]) and station["ways"] == 2


def test_a_question_that_is_struck_keeps_its_place_and_can_come_back(page: Page, hotel: str) -> None:
    before = listed(page, hotel)
    first = before["facts"][0]["questions"][0]
    change = {"dataset": hotel, "number": first["number"], "text": first["text"]}
    struck = exam_view.strike_question(page, {**change, "kept": False})
    assert struck["fact"]["questions"][0] == {**first, "part": None}
    assert struck["counts"]["rule"] == before["counts"]["rule"] - 1
    assert exam_view.strike_question(page, {**change, "kept": True})["counts"] == before["counts"]


def test_a_question_in_new_words_takes_the_place_of_the_old_one(page: Page, hotel: str) -> None:
    old = listed(page, hotel)["facts"][0]["questions"][0]
    change = {"dataset": hotel, "number": 1, "text": old["text"], "new": "几点能吃上早饭"}
    changed = exam_view.reword_question(page, change)
    assert question(page, hotel, "几点能吃上早饭")["origin"] == "written"
    assert question(page, hotel, old["text"])["part"] is None and changed["counts"]["written"] == 1
    again = exam_view.reword_question(page, {**change, "text": "几点能吃上早饭", "new": "早饭啥时候有"})
    assert again["counts"]["written"] == 1


@pytest.mark.parametrize(("new", "key"), [("早餐几点开始？", "split.question_is_taught"), ("  ", "data.empty_text")])
def test_words_that_are_refused_leave_the_old_question_asked(page: Page, hotel: str, new: str, key: str) -> None:
    before = listed(page, hotel)
    old = before["facts"][0]["questions"][0]
    with pytest.raises(StudioError) as refused:
        exam_view.reword_question(page, {"dataset": hotel, "number": 1, "text": old["text"], "new": new})
    assert refused.value.key == key and listed(page, hotel) == before


def test_a_question_written_as_one_that_is_there_is_asked_once(page: Page, hotel: str) -> None:
    there = listed(page, hotel)["facts"][0]["questions"][0]
    exam_view.write_question(page, {"dataset": hotel, "number": 1, "text": there["text"]})
    assert question(page, hotel, there["text"])["part"]


def test_facts_that_nothing_asks_for_are_counted_and_can_be_seen_alone(page: Page, hotel: str) -> None:
    bare = listed(page, hotel, bare=True)
    assert [fact["text"] for fact in bare["facts"]] == ["<b>WiFi</b>"] and bare["counts"]["bare"] == 1
    written = exam_view.write_question(page, {"dataset": hotel, "number": 6, "text": "怎么连你们的网"})
    assert written["counts"]["bare"] == 0 and listed(page, hotel, bare=True)["total"] == 0


def test_fifty_facts_are_a_page_and_a_page_beyond_the_last_is_the_last(page: Page) -> None:
    pairs = [(f"{n}号房的早餐几点开始", f"{n}号房的早餐从六点半开始") for n in range(60)]
    many = page.studio.data.add_rows("许多", "chat", pairs).id
    assert len(listed(page, many)["facts"]) == 50 and len(listed(page, many, page=1)["facts"]) == 10
    assert (listed(page, many, page=7)["page"], listed(page, many)["total"]) == (1, 60)


def test_the_split_says_what_is_taught_and_changes_at_once(page: Page, hotel: str) -> None:
    choice, nodes, exam = data_tab.show_split(page, hotel)
    assert (choice.value, choice.visible) == ("facts", True) and exam["dataset"] == hotel
    assert "没有留出来不学的" in texts(nodes) and "每条都可以单独分" not in texts(nodes)
    choice, nodes, exam = data_tab.teach(page, hotel, "manner")
    assert choice.value == "manner" and exam is None and "没有留出来不学的" not in texts(nodes)


def test_labels_are_neither_facts_nor_a_manner(page: Page, reviews: str) -> None:
    choice, nodes, exam = data_tab.show_split(page, reviews)
    assert not choice.visible and exam is None and nodes


def test_a_version_of_facts_says_so_and_shows_a_taught_row_as_taught(page: Page, hotel: str) -> None:
    page.studio.data.freeze(hotel)
    (version,) = versions_view.version_list(page, {"dataset": hotel})["versions"]
    assert version["lesson"] == "facts" and version["parts"]["train"] == 5
    counts = listed(page, hotel)["counts"]
    assert version["parts"] == {"train": 5, "validation": counts["validation"], "test": counts["test"]}
    rows = versions_view.version_rows(page, {"dataset": hotel, "version": 1, "page": 0})["rows"]
    assert [row["part"] for row in rows].count("train") == 5 and rows[0]["part"] == "train"
