"""The check-up on the page: what is wrong is said in words, shown before it is changed, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from studio.errors import StudioError
from studio.studio import Studio
from studio.ui.data import check as check_view
from studio.ui.kit.page import Page

Visits = Callable[..., Any]
ROWS = [
    *[(f"第{n}杯奶茶很好喝", "好评") for n in range(60)],
    *[(f"第{n}杯奶茶太难喝", "差评") for n in range(50)],
    ("打我电话13800138000吧", "差评"),
    ("排队久", "差评"), ("排队久", "好评"),
    ("布丁不错", "好评"), ("布丁不错", "好评"),
    ("<img src=x onerror=alert(1)>好喝\u200b的", "好评"),
    ("还没标的一条", ""),
]  # fmt: skip


@pytest.fixture
def spoiled(studio: Studio) -> str:
    return studio.data.add_rows("坏的", "classify", ROWS).id


def seen(page: Page, dataset: str) -> dict[str, Any]:
    *_, last = check_view.look(page, dataset)
    assert last is not None
    found: dict[str, Any] = last["seen"]
    return found


def test_the_share_that_is_done_grows_until_the_findings_come(page: Page, spoiled: str) -> None:
    steps = [step for step in check_view.look(page, spoiled) if step]
    shares = [step["share"] for step in steps]
    assert shares == sorted(shares) and shares[-1] == 1.0 and "seen" in steps[-1]
    assert list(check_view.look(page, None)) == [None]


def test_what_stops_the_training_can_be_let_pass(studio: Studio, page: Page) -> None:
    dataset = studio.data.add_rows("问答", "chat", [(f"第{n}样怎么卖", f"第{n}样卖XX元") for n in range(12)]).id

    def stopping() -> dict[str, Any]:
        return next(one for one in seen(page, dataset)["findings"] if one["kind"] == "unfilled")

    assert stopping()["severity"] == "error" and stopping()["allow"]
    assert check_view.allow_finding(page, {"dataset": dataset, "kind": "unfilled"})["words"]
    assert stopping()["severity"] == "info" and not stopping()["allow"]


def test_findings_are_said_in_the_language_of_the_page(studio: Studio, spoiled: str) -> None:
    chinese, english = (seen(Page(studio, lang), spoiled) for lang in ("zh", "en"))
    assert [one["kind"] for one in chinese["findings"]] == [one["kind"] for one in english["findings"]]
    assert [one["severity"] for one in chinese["findings"]][0] == "error"
    first = chinese["findings"][0]
    assert (first["title"], first["count"], first["rows"]) == ("同样的话，标得不一样", 2, (112, 113))
    assert "大约 +" in chinese["advice"] and "points" in english["advice"]
    assert "乱码" in chinese["passed"] and "顾客的个人信息" not in chinese["passed"]


def test_a_preview_changes_nothing_and_shows_before_and_after(page: Page, spoiled: str) -> None:
    told = check_view.preview_fix(page, {"dataset": spoiled, "kind": "personal_data"})
    assert "会改 1 条" in told["words"] and told["more"] == ""
    part = told["sample"][0]["parts"][0]
    assert (part["head"], part["before"], part["after"], part["tail"]) == ("打我电话", "13800138000", "[电话]", "吧")
    assert page.studio.data.row(spoiled, 111).text == "打我电话13800138000吧"
    dropped = check_view.preview_fix(page, {"dataset": spoiled, "kind": "duplicate"})
    assert dropped["sample"][0]["parts"][0]["note"] == "拿掉"
    text, label = check_view.preview_fix(page, {"dataset": spoiled, "kind": "contradiction"})["sample"][0]["parts"]
    assert (text["head"], label["before"], label["note"]) == ("排队久", "差评", "（摘下分类）")


def test_what_nobody_could_see_is_made_visible(page: Page, spoiled: str) -> None:
    told = check_view.preview_fix(page, {"dataset": spoiled, "kind": "invisible"})
    assert told["sample"][0]["parts"][0]["before"] == "␣"


def test_a_fix_is_taken_back_by_one_undo(page: Page, spoiled: str) -> None:
    before, done = seen(page, spoiled), check_view.apply_fix(page, {"dataset": spoiled, "kind": "contradiction"})
    assert done["undo"] is True and "2" in done["words"]
    assert seen(page, spoiled)["score"] >= before["score"]
    check_view.undo_fix(page, {"dataset": spoiled})
    assert seen(page, spoiled) == before
    assert check_view.undo_fix(page, {"dataset": spoiled})["words"] == "没有可以撤销的了"


def test_rows_that_are_gone_meanwhile_are_left_out(page: Page, spoiled: str) -> None:
    page.studio.data.remove(spoiled, 2)
    told = check_view.finding_rows(page, {"dataset": spoiled, "numbers": [1, 2, 3]})
    assert [row["number"] for row in told] == [1, 3]
    page.studio.data.remove(spoiled, 111)
    gone = check_view.preview_fix(page, {"dataset": spoiled, "kind": "personal_data"})
    assert (gone["any"], gone["sample"]) == (False, []) and "不在了" in gone["words"]


def test_a_fix_that_does_not_exist_is_refused(page: Page, spoiled: str) -> None:
    with pytest.raises(StudioError):
        check_view.apply_fix(page, {"dataset": spoiled, "kind": "few_rows"})


@pytest.mark.browser
def test_the_check_up_is_read_mended_and_undone_in_the_browser(visit: Visits, address: tuple[str, Studio]) -> None:
    dataset = address[1].data.add_rows("坏的", "classify", ROWS).id
    visited = visit()
    page = visited.page
    page.click("#check-button")
    expect(page.locator(".finding")).to_have_count(6)
    score = page.locator(".check-ring strong").inner_text()
    private = page.locator(".finding", has_text="顾客的个人信息")
    private.locator(".show").click()
    expect(private.locator(".finding-rows li")).to_contain_text("13800138000")
    private.locator(".fix").click()
    expect(private.locator("ins")).to_have_text("[电话]")
    assert address[1].data.row(dataset, 111).text.endswith("13800138000吧")
    private.locator(".do-it").click()
    expect(page.locator(".check-done")).to_contain_text("处理好了")
    expect(page.locator(".finding", has_text="顾客的个人信息")).to_have_count(0)
    assert address[1].data.row(dataset, 111).text == "打我电话[电话]吧"
    assert int(page.locator(".check-ring strong").inner_text()) > int(score)
    page.click(".check-undo")
    expect(page.locator(".finding", has_text="顾客的个人信息")).to_have_count(1)
    assert address[1].data.row(dataset, 111).text.endswith("13800138000吧")
    page.locator(".finding", has_text="网页代码").locator(".show").click()
    expect(page.locator(".finding-rows", has_text="<img src=x")).to_be_visible()
    assert page.locator(".finding-rows img").count() == 0
    assert visited.complaints == [] and visited.outside == []


@pytest.mark.browser
def test_another_dataset_is_checked_as_soon_as_it_is_chosen(visit: Visits, address: tuple[str, Studio]) -> None:
    rows = [(f"{way}{n}号桌", f"{n}号桌的答案") for n in range(30) for way in "甲乙丙丁"]
    address[1].data.add_rows("好的", "chat", rows)
    address[1].data.add_rows("坏的", "classify", ROWS)
    page = visit().page
    page.click("#check-button")
    expect(page.locator(".finding").first).to_be_visible()
    page.click("#dataset input")
    page.click("[role=option]:has-text('好的')")
    expect(page.locator(".check-well")).to_be_visible()
    expect(page.locator(".check-ring strong")).to_have_text("100")


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_check_up_fits_a_telephone(visit: Visits, address: tuple[str, Studio], lang: str) -> None:
    long = [("长" * 300 + "a" * 400 + f"13800138000{n}", "好" * 60) for n in range(3)]
    address[1].data.add_rows("坏的", "classify", [*ROWS, *long])
    page = visit(lang=lang, width=390).page
    page.click("#check-button")
    expect(page.locator(".finding").first).to_be_visible()
    for button in page.locator(".finding .show").all():
        button.click()
    for button in page.locator(".finding .fix").all():
        button.click()
        page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
