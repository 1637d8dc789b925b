"""The table of rows: found, chosen, changed by the hundred, said in other words; every change undone at once."""

from __future__ import annotations

from typing import Any

import pytest

from studio.errors import StudioError
from studio.ui.data import adding
from studio.ui.data import tab as data_tab
from studio.ui.data import table as rows
from studio.ui.kit.page import Page

EVERYTHING: dict[str, Any] = {"page": 0, "search": "", "label": "all", "part": "all", "numbers": None}


@pytest.fixture
def many(page: Page) -> str:
    """120 rows of which every third is 好评 and every third has no label."""
    pairs = [(f"第{n}条", ("好评", "差评", "")[n % 3]) for n in range(1, 121)]
    return page.studio.data.add_rows("多", "classify", pairs).id


def table(page: Page, dataset: str, /, **asked: Any) -> dict[str, Any]:
    return rows.table_page(page, {"dataset": dataset, **EVERYTHING, **asked})


def change(page: Page, dataset: str, handler: Any, **asked: Any) -> int:
    changed = handler(page, {"dataset": dataset, **EVERYTHING, "all": False, "chosen": [], **asked})["changed"]
    assert isinstance(changed, int)
    return changed


def test_a_page_beyond_the_last_is_the_last(page: Page, many: str) -> None:
    shown = table(page, many, page=10**9)
    assert (shown["page"], len(shown["rows"]), shown["total"]) == (2, 20, 120)
    assert table(page, many, search="没有这样的")["page"] == 0


def test_rows_are_sorted_as_asked(page: Page, many: str) -> None:
    assert table(page, many, sort="number", descending=True)["rows"][0]["number"] == 120
    lengths = [len(row["text"]) for row in table(page, many, sort="length")["rows"]]
    assert lengths == sorted(lengths)


def test_only_changed_rows_one_part_or_the_rows_of_a_finding_are_shown(page: Page, many: str) -> None:
    page.studio.data.edit(many, 4, text="改过")
    assert [row["number"] for row in table(page, many, part="changed")["rows"]] == [4]
    assert {row["part"] for row in table(page, many, part="test")["rows"]} == {"test"}
    assert [row["number"] for row in table(page, many, numbers=[9, 2])["rows"]] == [2, 9]


def test_chosen_rows_get_one_label_and_one_undo_takes_it_back(page: Page, many: str) -> None:
    before = [row.target for row in page.studio.data.rows(many, limit=200)[0]]
    assert change(page, many, rows.relabel_rows, chosen=[1, 2, 3, 999], target=" 中性 ") == 3
    assert [page.studio.data.row(many, number).target for number in (1, 2, 3)] == ["中性"] * 3
    assert rows.undo_edit(page, {"dataset": many}) == {"undone": True}
    assert [row.target for row in page.studio.data.rows(many, limit=200)[0]] == before


def test_all_rows_that_match_are_changed_and_no_other(page: Page, many: str) -> None:
    assert change(page, many, rows.relabel_rows, all=True, label="none", target="中性") == 40
    assert page.studio.data.progress(many) == (120, 120)
    assert change(page, many, rows.remove_rows, all=True, search="第1") == 32
    assert table(page, many)["total"] == 88
    rows.undo_edit(page, {"dataset": many})
    assert table(page, many)["total"] == 120


def test_a_row_is_said_in_other_words_with_the_same_answer(page: Page) -> None:
    dataset = page.studio.data.add_rows("问答", "chat", [("少糖怎么做", "减糖"), ("少糖怎么弄？", "减糖")]).id
    found = rows.other_phrasings(page, {"dataset": dataset, "number": 1})["phrasings"]
    assert "少糖如何做" in found
    assert "少糖怎么弄" not in found
    assert change(page, dataset, rows.insert_phrasings, number=1, texts=found[:3]) == 3
    added = page.studio.data.rows(dataset)[0][2:]
    assert [(row.text, row.target) for row in added] == [(text, "减糖") for text in found[:3]]
    rows.undo_edit(page, {"dataset": dataset})
    assert page.studio.data.rows(dataset)[1] == 2


def test_without_a_large_base_model_the_reason_is_told(page: Page, reviews: str) -> None:
    with pytest.raises(StudioError) as caught:
        rows.model_phrasings(page, {"dataset": reviews, "number": 1})
    assert caught.value.key == "table.no_real_model"
    assert "1 亿" in caught.value.say("zh")


def test_a_large_base_model_is_asked_for_more(page: Page) -> None:
    dataset = page.studio.data.add_rows("问答", "chat", [(f"问题{n}", f"答案{n}") for n in range(30)]).id
    page.studio.train(page.studio.plan(dataset, "maker/large").config)
    found = rows.model_phrasings(page, {"dataset": dataset, "number": 1})["phrasings"]
    assert all(isinstance(text, str) and text for text in found)


def test_every_place_counts_the_rows_as_they_are_now(page: Page, reviews: str) -> None:
    rows.remove_row(page, {"dataset": reviews, "number": 1})
    (listed,) = adding.counted_anew(page).choices
    assert listed == ("评价（23 条）", reviews)
    said = str(data_tab.recounted(page, reviews))
    assert "'23'" in said and "刚读进来时" in said and "'24'" in said
    assert "23 条都齐了" in str(data_tab.standing_nodes(page, reviews)[0])
