"""The handbook at hand and the report's buttons: plain handlers, and the whole way in a real browser."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from studio.data.schema import Message
from studio.errors import StudioError
from studio.studio import Studio
from studio.ui.chat import drafting, handbook, print_out, side_by_side
from tests.fakes import FakeEngine
from tests.ui.learned import MARKUP, learned, page, words

MANUAL = "# 制作标准\n\n少糖是在标准糖浆上减20%。\n\n# 退款\n\n七天内凭小票可以全额退款。" + MARKUP
SAMPLING = (0.0, 1.0, 64)
ASKED = "少糖怎么做"


def sources(studio: Studio, run: str, question: str) -> Any:
    """What stands beside the answer."""
    first, *_ = side_by_side.answer(page(studio), run, [(question, "", "")], "", *SAMPLING)
    return first[-1]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home", worker=True) as opened:
        yield opened


@pytest.fixture
def manual(tmp_path: Path) -> str:
    path = tmp_path / "手册.md"
    path.write_text(MANUAL, encoding="utf-8")
    return str(path)


def test_a_handbook_lies_beside_the_run_and_its_passages_stand_beside_the_answer(studio: Studio, manual: str) -> None:
    run = learned(studio, "chat")
    assert sources(studio, run, ASKED) is None
    _, choice, _, told, delete = handbook.add(page(studio), run, manual)
    assert [name for name, _ in choice.choices][1:] == ["手册.md"] and delete.visible and "2 passages" in words(told)[0]
    shown = words(sources(studio, run, ASKED))
    assert "少糖是在标准糖浆上减20%。" in shown and "手册.md · 制作标准" in shown
    said = words(sources(studio, run, "你们支持花呗吗"))
    assert said == [page(studio).say("handbook.nothing_found")]


def test_both_answers_are_asked_with_the_passages(studio: Studio, manual: str) -> None:
    run, turns = learned(studio, "chat"), [("少糖怎么做", "", "")]
    plain = [Message("user", "少糖怎么做")]
    (as_it_is,) = studio.looking_up.with_beside(run, [plain], side_by_side.Sampling())
    assert as_it_is.said == plain
    handbook.add(page(studio), run, manual)
    (informed,) = studio.looking_up.with_beside(run, [plain], side_by_side.Sampling())
    assert "减20%" in informed.said[-1].content and informed.said[-1].content.endswith("少糖怎么做")
    *_, (said, *_) = side_by_side.answer(page(studio), run, turns, "", *SAMPLING)
    assert said[-1][0] == "少糖怎么做", "the question that is shown is the person's"


def test_one_that_cannot_be_read_says_why_and_the_one_before_stays(studio: Studio, manual: str, tmp_path: Path) -> None:
    run = learned(studio, "chat")
    handbook.add(page(studio), run, manual)
    (tmp_path / "空.txt").write_text(" ")
    *_, told, _ = handbook.add(page(studio), run, str(tmp_path / "空.txt"))
    assert "空.txt" in words(told)[0] and studio.looking_up.beside(run) is not None


def test_a_deleted_handbook_is_looked_into_no_more(
    studio: Studio, manual: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, said = learned(studio, "chat"), []
    monkeypatch.setattr("studio.ui.chat.handbook.tell", lambda _, key, **details: said.append((key, details)))
    handbook.add(page(studio), run, manual)
    beside = studio.looking_up.beside(run)
    assert beside is not None
    handbook.delete(page(studio), run, beside.id)
    assert said == [("handbook.deleted", {"name": "手册.md"})] and sources(studio, run, ASKED) is None


def test_a_run_of_labels_has_no_handbook(studio: Studio) -> None:
    run = studio.run(learned(studio, "classify"))
    assert (
        handbook.show(page(studio), run)[0].visible is False and handbook.show(page(studio), None)[0].visible is False
    )


def test_the_report_is_a_file_once_the_run_was_tested(studio: Studio) -> None:
    run = learned(studio, "classify", MARKUP)
    assert print_out.show(page(studio), studio.run(run)) is None
    with pytest.raises(StudioError):
        print_out.report_file(page(studio), {"run": run, "ending": ".html"})
    studio.evaluate(run)
    assert print_out.show(page(studio), studio.run(run)) == run
    content = base64.b64decode(print_out.report_file(page(studio), {"run": run, "ending": ".html"})["content"])
    assert MARKUP not in content.decode() and "&lt;img" in content.decode()


CAUGHT = """() => {
  const frame = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow").get;
  Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", { get() {
    const paper = frame.call(this);
    if (this.className === "print-frame") paper.print = () => {
      window.paper = paper.document.body.innerText;
      paper.dispatchEvent(new Event("afterprint"));
    };
    return paper;
  } });
}"""  # a browser without a screen opens no window to print


@pytest.mark.browser
def test_a_manual_is_dropped_looked_into_and_the_report_printed(
    visit: Callable[..., Any], address: tuple[str, Studio], manual: str
) -> None:
    studio = address[1]
    run = learned(studio, "chat")
    studio.evaluate(run)
    seen = visit()
    page = seen.page
    page.wait_for_selector("#chat-button:not([disabled])")
    page.click("#chat-button")
    page.click("#handbook > button")
    page.set_input_files("#handbook-file input[type=file]", manual)
    expect(page.locator("#handbook-told .understood")).to_be_visible()
    page.fill("#question textarea", "少糖怎么做")
    page.click("#send")
    expect(page.locator("#sources .passage").first).to_have_text("少糖是在标准糖浆上减20%。")
    expect(page.locator("#talk .reply.tuned")).to_have_text("减20%糖浆")
    page.locator("#chat-parts button[role=tab]").nth(2).click()
    page.evaluate(CAUGHT)
    page.click("#print-out .strong")
    page.wait_for_function("window.paper")
    assert "减20%糖浆" in page.evaluate("window.paper")
    expect(page.locator(".print-frame")).to_have_count(0)
    with page.expect_download() as file:
        page.locator("#print-out button").nth(2).click()
    assert file.value.suggested_filename.endswith(".docx")
    assert not seen.outside and not seen.complaints


def test_what_is_ticked_of_the_drafts_becomes_a_dataset(
    studio: Studio, manual: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, said = learned(studio, "chat"), []
    monkeypatch.setattr("studio.ui.chat.drafting.tell", lambda _, key, **details: said.append((key, details["count"])))
    assert drafting.show(page(studio), studio.run(run))[0].visible is False
    handbook.add(page(studio), run, manual)
    assert drafting.show(page(studio), studio.run(run))[0].visible is True
    _, ticks, make = drafting.write(page(studio), run)
    assert len(ticks.choices) == len(ticks.value) == 2 and make.visible
    assert all("Passage [" in label for label, _ in ticks.choices)
    dataset = drafting.made(page(studio), run, ["1"])
    assert studio.data.rows(dataset)[1] == 1 and said == [("handbook.data_made", 1)]
    with pytest.raises(StudioError) as refusal:
        drafting.made(page(studio), run, [])
    assert refusal.value.key == "handbook.nothing_ticked"


def test_a_handbook_of_which_nothing_can_be_drafted_says_so(studio: Studio, tmp_path: Path) -> None:
    run = learned(studio, "chat")
    (tmp_path / "诗.txt").write_text("床前明月光，疑是地上霜。")
    handbook.add(page(studio), run, str(tmp_path / "诗.txt"))
    none, ticks, make = drafting.write(page(studio), run)
    assert words(none) == [page(studio).say("handbook.no_drafts")] and not ticks.visible and not make.visible
