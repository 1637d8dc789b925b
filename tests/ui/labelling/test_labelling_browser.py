"""Labelling in a real browser: by keys alone, beside an input method, by touch, offline, in two tabs, by two people."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from studio.studio import Studio
from tests.ui.desk import Visits, opened, state, targets, text, unlabelled

pytestmark = pytest.mark.browser


def test_the_whole_path_goes_by_keys_alone(visit: Visits, studio: Studio) -> None:
    labels = tuple("甲乙丙丁戊己庚辛壬癸")
    dataset = unlabelled(studio, 6, labels)
    page: BrowserPage = visit().page
    page.wait_for_selector("#label-button")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.tabId") == "overview":
            break
    page.keyboard.press("ArrowRight")
    if page.get_attribute("#label-button", "aria-selected") != "true":
        page.focus("#label-button")
        page.keyboard.press("Enter")
    expect(text(page)).to_have_text("第1条留言")
    for key, row in (
        ("1", 2),
        ("0", 3),
        ("s", 4),
        ("ArrowLeft", 3),
        ("ArrowRight", 4),
        ("3", 5),
        ("z", 4),
        ("Enter", 5),
    ):
        if key.startswith("Arrow"):
            page.evaluate("document.activeElement.blur()")
        page.keyboard.press(key)
        expect(text(page)).to_have_text(f"第{row}条留言")
    assert targets(studio, dataset) == ["甲", "癸", "", "", "", ""]


def test_an_input_method_that_composes_labels_nothing(visit: Visits, studio: Studio) -> None:
    dataset = unlabelled(studio, 3)
    page = opened(visit)
    page.evaluate(
        """() => {
          const body = document.body;
          const tell = (type, options) => body.dispatchEvent(new KeyboardEvent(type, { bubbles: true, ...options }));
          document.body.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
          for (const key of ["1", "2", "s", "z", "Enter"]) {
            tell("keydown", { key, isComposing: true });
            tell("keydown", { key, keyCode: 229 });
            tell("keydown", { key: "Process", keyCode: 229 });
          }
          document.body.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
          for (const held of ["ctrlKey", "metaKey", "altKey"]) tell("keydown", { key: "1", [held]: true });
          tell("keydown", { key: "1", repeat: true });
        }"""
    )
    page.locator(".card-new input").focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "zhong1", "selectionStart": 6, "selectionEnd": 6})
    session.send("Input.insertText", {"text": "中评"})
    page.keyboard.press("1")
    expect(page.locator(".card-new input")).to_have_value("中评1")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("2")  # and an ordinary key still does
    expect(text(page)).to_have_text("第2条留言")
    assert targets(studio, dataset) == ["差评", "", ""]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_thumb_reaches_everything_at_390_pixels(
    chromium: Browser, address: tuple[str, Studio], studio: Studio, lang: str
) -> None:
    dataset = unlabelled(studio, 4, ("好评", "差评", "中性", "说不清楚的一大类"))
    locale = {"zh": "zh-CN", "en": "en-US"}[lang]
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale=locale
    )
    page = context.new_page()
    page.goto(address[0])
    page.tap("#label-button")
    page.tap(".card-choices .choice >> nth=1")
    expect(text(page)).to_have_text("第2条留言")
    expect(state(page)).to_have_class("state good")
    page.tap(".card-moves .move >> nth=1")
    expect(text(page)).to_have_text("第1条留言")
    page.tap(".more-suggestions summary")
    page.tap(".more-people summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate(
        """() => [...document.querySelectorAll("#label-card :is(button, summary, input:not([type=checkbox]))")]
          .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5).map((one) => one.className)"""
    )
    assert small == []
    assert targets(studio, dataset) == [""] * 4
    context.close()


def test_the_second_of_two_tabs_is_asked(visit: Visits, studio: Studio) -> None:
    dataset = unlabelled(studio, 3)
    first, second = opened(visit), opened(visit)
    for move, place in (("下一条", 2), ("下一条", 3), ("上一条", 2), ("上一条", 1)):
        second.click(f".card-moves :text('{move}')")  # there and back: a card just opened is read twice, then stays
        expect(text(second)).to_have_text(f"第{place}条留言")
    first.keyboard.press("1")
    expect(state(first)).to_have_text("已保存")
    second.keyboard.press("2")
    expect(second.locator(".card-conflict")).to_contain_text("那边：好评。你的：差评")
    second.keyboard.press("3")  # keys wait for the answer
    assert targets(studio, dataset)[0] == "好评"
    second.click(".card-conflict button >> nth=2")
    expect(second.locator(".card-conflict")).to_be_hidden()
    expect(second.locator(".card-choices [aria-pressed=true]")).to_contain_text("好评")
    first.click(".card-moves .move >> nth=0")
    expect(text(first)).to_have_text("第1条留言")
    second.keyboard.press("2")
    expect(text(second)).to_have_text("第2条留言")
    first.keyboard.press("3")
    first.click(".card-conflict button >> nth=0")
    expect(text(first)).to_have_text("第2条留言")
    assert targets(studio, dataset) == ["中性", "", ""]


def test_enter_takes_the_suggestion_and_all_sure_ones_go_at_once(visit: Visits, studio: Studio) -> None:
    rows = [
        (f"{taste}，第{n}次来", label) for n in range(6) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))
    ]
    rows += [(f"{taste}，第{n}回了", "") for n in range(3) for taste in ("很好喝", "太难喝")]
    dataset = studio.data.add_rows("评价", "classify", rows).id
    page = opened(visit)
    expect(page.locator(".card-choices .suggested .sure")).to_contain_text("%")
    page.keyboard.press("Enter")
    expect(page.locator(".card-row")).to_have_text("第 14 条")
    page.click(".more-suggestions summary")
    page.fill(".accept-row input", "50")
    expect(page.locator(".accept")).to_have_text("全部采纳（5 条）")
    page.click(".accept")
    expect(state(page)).to_contain_text("采纳了 5 条")
    assert targets(studio, dataset)[12:] == ["好评", "差评"] * 3
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("z")
    expect(page.locator(".card-done")).to_contain_text("13 / 18")


def test_two_people_differ_and_one_decides(visit: Visits, studio: Studio) -> None:
    dataset = unlabelled(studio, 2)
    page = opened(visit)
    page.click(".more-people summary")
    page.fill(".invite .me", "小王")
    page.fill(".invite .other", "小李")
    page.fill(".share input", "100")
    page.click(".invite button")
    expect(page.locator(".card-self")).to_contain_text("我是 小王")
    page.evaluate("document.activeElement.blur()")
    for key in "12":
        page.keyboard.press(key)
    expect(page.locator(".card-done")).to_contain_text("2 / 2")
    other = visit().page  # another browser: nobody knows who that is
    other.click("#label-button")
    other.click(".card-names .choice >> nth=1")
    expect(other.locator(".card-done")).to_contain_text("0 / 2")
    for key in "13":
        other.keyboard.press(key)
    expect(other.locator(".card-done")).to_contain_text("2 / 2")
    assert targets(studio, dataset) == ["好评", ""]
    other.click(".more-people summary")
    expect(other.locator(".team-lines")).to_contain_text("2 条，1 条一样")
    other.click(".disputes")
    expect(other.locator(".card-votes")).to_contain_text("小王 选了：差评")
    other.evaluate("document.activeElement.blur()")
    other.keyboard.press("2")
    expect(other.locator(".card-done")).to_contain_text("1 / 1")
    assert targets(studio, dataset) == ["好评", "差评"]


def test_a_reply_saves_itself_while_it_is_typed(visit: Visits, studio: Studio) -> None:
    dataset = studio.data.add_rows("问答", "chat", [("几点开门", ""), ("几点关门", "")]).id
    page = opened(visit)
    page.locator(".card-answer textarea").press_sequentially("早上九点s1z")
    expect(state(page)).to_have_text("还没保存")
    expect(state(page)).to_have_text("已保存")
    assert targets(studio, dataset) == ["早上九点s1z", ""]
    page.locator(".card-answer textarea").press_sequentially("，周一休息")
    expect(page.locator(".card-answer textarea")).to_have_value("早上九点s1z，周一休息")
    page.keyboard.press("Control+Enter")
    expect(text(page)).to_have_text("几点关门")
    assert targets(studio, dataset) == ["早上九点s1z，周一休息", ""]


def test_a_row_is_found_by_its_number(visit: Visits, studio: Studio) -> None:
    unlabelled(studio, 30)
    page = opened(visit)
    page.fill(".card-jump input", "２５")
    page.keyboard.press("Enter")
    expect(text(page)).to_have_text("第25条留言")
    page.fill(".card-jump input", "abc")
    page.keyboard.press("Enter")
    expect(state(page)).to_contain_text("请填一个条数")
    page.click(".to-waiting")
    expect(text(page)).to_have_text("第26条留言")
