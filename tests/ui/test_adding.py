"""The ways in: several files, pasted text, a question about the encoding, and what is told of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.ui.data import adding
from studio.ui.data import tab as data_tab
from studio.ui.kit.page import Page

Upload = Callable[[str, str], str]
HEAD = "评论,标签\n"


def test_files_with_the_same_columns_become_one_dataset(page: Page, upload: Upload) -> None:
    files = [
        upload("一月.csv", HEAD + "好喝,好评\n,差评\n难喝,差评\n"),
        upload("二月.csv", "标签,评论\n好评,还来\n差评,\n"),
    ]
    *_, dropdown = adding.add_files(page, files, "auto")
    rows, _ = page.studio.data.rows(dropdown.value)
    assert [(row.text, row.target) for row in rows] == [("好喝", "好评"), ("难喝", "差评"), ("还来", "好评")]
    report = page.studio.data.get(dropdown.value).report
    assert [(entry["file"], entry["row"]) for entry in report.dropped] == [("一月.csv", 3), ("二月.csv", 3)]
    assert "一月.csv，第 3 行" in str(data_tab.report_of(page, page.studio.data.get(dropdown.value)))


def test_files_with_other_columns_are_refused_by_name(page: Page, upload: Upload) -> None:
    files = [upload("一月.csv", HEAD + "好喝,好评\n"), upload("二月.csv", "评论,评分\n还来,5\n")]
    _, refusal, *_ = adding.add_files(page, files, "auto")
    assert all(word in str(refusal) for word in ("二月.csv", "一月.csv", "评分"))
    assert page.studio.data.list() == []


def test_a_doubtful_encoding_is_asked_about_and_the_answer_is_kept(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "葱油.txt"
    file.write_bytes("葱油\n拌面\n".encode("gbk"))
    kept, refusal, asked, *_ = adding.add_files(page, [str(file)], "classify")
    assert kept != [] and "葱油.txt" in str(refusal)
    assert asked.visible and len(asked.choices) == 3
    assert ("葱油 拌面（gb18030）", "gb18030") in asked.choices
    _, _, asked, _, dropdown = adding.add_files(page, [str(file)], "classify", "gb18030")
    assert asked.visible is False
    again = {"roles": {}, "task": "classify", "respell": False}
    read = page.studio.data.get(data_tab.reread(page, dropdown.value, again).value)
    assert read.report.encoding == "gb18030"
    assert page.studio.data.row(read.id, 1).text == "葱油"


def test_pasted_text_is_read_like_a_file(page: Page) -> None:
    for text, task in (
        ("问：几点开门？\n答：九点\n\n问：几点关门？\n答：十点", "chat"),
        ("评论\t标签\n好喝，下次来\t好评\n难喝\t差评", "classify"),
    ):
        cleared, refusal, _, dropdown = adding.add_paste(page, text, "auto")
        assert (cleared, refusal) == ("", None)
        dataset = page.studio.data.get(dropdown.value)
        assert (dataset.task, dataset.report.rows, dataset.name) == (task, 2, "粘贴的文字")
    *_, dropdown = adding.add_paste(page, "好喝\n难喝\n一般", "classify")
    assert page.studio.data.get(dropdown.value).report.unlabelled == 3


def test_pasted_lines_without_labels_are_taken_to_be_labelled_with_one_click(page: Page) -> None:
    lines = "味道不错，下次还来\n等了四十分钟，太慢了\n汤洒了一半，没人道歉"
    kept, asked, button, _ = adding.add_paste(page, lines, "auto")
    assert kept != "" and asked[0]["attributes"]["role"] == "status" and button.visible
    *_, button, dropdown = adding.add_paste(page, lines, adding.TO_LABEL)
    assert (page.studio.data.get(dropdown.value).report.unlabelled, button.visible) == (3, False)


def test_pasted_text_that_cannot_be_read_stays_where_it_is(page: Page) -> None:
    for text in ("", "  \n", "只有一行", "\ud83d"):
        kept, refusal, *_ = adding.add_paste(page, text, "auto")
        assert kept != "" and refusal


def test_labels_that_mean_the_same_are_offered_to_become_one_and_how_is_shown(page: Page, upload: Upload) -> None:
    labels = ["好评", "好评", "好评", "👍", "positive", "5星", "差评", "差评", "差评", "Negative"]
    rows = "".join(f"第{n}次来，{label}\n".replace("，", ",") for n, label in enumerate(labels))
    adding.add_files(page, [upload("r.csv", HEAD + rows)], "auto")
    value = data_tab.roles_value(page.studio.data.list()[0])
    assert value is not None
    assert sorted(value["respellings"]) == [
        ["5星", "好评", 1],
        ["Negative", "差评", 1],
        ["positive", "好评", 1],
        ["👍", "好评", 1],
    ]


def test_a_public_data_set_that_cannot_be_had_is_said_beside_its_name(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name, key in ((" ", "not_an_id"), ("../../etc", "not_an_id"), ("shop/reviews", "offline")):
        _, refusal, _ = adding.add_public(page, name, "", "", "auto")
        assert page.say(f"public.{key}", id=name.strip()) in str(refusal)
    assert page.studio.data.list() == []
