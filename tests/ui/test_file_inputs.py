"""Every file input of the page, given every bad file: a sentence or an honest answer, and no traceback."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from studio.studio import Studio
from studio.words import say
from tests.bad_files import BAD_FILES, TABLE
from tests.ui.learned import learned
from tests.ui.scripted import Browser, filed

ROOT = Path(__file__).parents[2]
TITLE, SURPRISES = say("ui.error_title", "en"), [say("ui.surprise", lang) for lang in ("zh", "en")]
FEW = ("empty", "noise", "a program", "half a workbook")  # where a later listener of the same input is given all
PICKED_BY_SCRIPT = {"studio/ui/chat/judge.html": "sheet_back"}  # inputs that Gradio does not know, and who reads them


@pytest.fixture(scope="module")
def run(one_server: tuple[str, Studio]) -> str:
    return learned(one_server[1], "chat")


@pytest.fixture(scope="module")
def browser(one_server: tuple[str, Studio], run: str) -> Browser:
    """Its page has been opened, so that the run can be chosen."""
    made = Browser(*one_server)
    opening = next(
        one for one in made.config["dependencies"] if one["targets"][0][1] == "load" and len(one["outputs"]) > 5
    )
    assert made.send(opening["id"], [{}])["success"] is True
    return made


def inputs_of_files(config: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {
        one["id"]: one["props"] for one in config["components"]
        if one["type"] in ("file", "uploadbutton") and one["props"].get("interactive") is not False
    }  # fmt: skip


def test_no_bad_file_is_answered_with_more_or_less_than_a_sentence(
    browser: Browser, run: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    props, places = {one["id"]: one["props"] for one in browser.config["components"]}, inputs_of_files(browser.config)
    chosen = browser.named("chat-run")
    last = {place: max(id for id, inputs in browser.listeners(of_files=True) if place in inputs) for place in places}
    assert len(last) >= 4  # for tables, a table to be answered, a handbook and settings
    for listener, inputs in browser.listeners(of_files=True):
        (place,) = set(inputs) & places.keys()
        wanted, several = places[place]["file_types"][0], places[place]["file_count"] != "single"
        for kind in BAD_FILES if listener == last[place] else FEW:
            ending, content = BAD_FILES[kind]
            claim: Any = filed(browser.upload(f"{'表' * 80 if kind == 'noise' else '表'}{ending or wanted}", content()))
            given = {one: props[one].get("value") for one in inputs} | {chosen: run}
            said = browser.send(
                listener, [([claim] if several else claim) if one == place else given[one] for one in inputs]
            )
            assert said["msg"] == "process_completed", (place, kind)
            assert said["success"] or said["output"]["title"] == TITLE, (props[place], kind, said["output"])
            assert not any(one in str(said) for one in SURPRISES), (props[place], kind)
    assert "Traceback" not in "".join(capfd.readouterr()) + caplog.text


def test_a_file_that_a_script_of_the_page_reads_is_answered_with_a_sentence_too(browser: Browser, run: str) -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("studio/ui/**/*.html")
        if 'type="file"' in path.read_text(encoding="utf-8")
    }
    assert found == PICKED_BY_SCRIPT.keys()
    for name in PICKED_BY_SCRIPT.values():
        component = next(
            one["id"]
            for one in browser.config["components"]
            if name in (one["props"].get("server_fns") or one["props"].get("server_functions") or ())
        )
        for kind in FEW:
            ending, content = BAD_FILES[kind]
            data = {
                "run": run,
                "against": "",
                "who": "小王",
                "name": f"表{ending or '.xlsx'}",
                "content": base64.b64encode(content()).decode(),
            }
            asked = {"data": data, "session_hash": "first", "component_id": component, "fn_name": name}
            said = browser.http.post("gradio_api/component_server", json=asked).json()
            assert "error" in said and said["error"] not in SURPRISES, (kind, said)


def test_a_file_of_another_kind_is_refused_in_the_language_of_the_page(browser: Browser) -> None:
    program = [filed(browser.upload("表.exe", TABLE))]
    for lang, words in (("zh", "这里只收这几种文件：.xlsx"), ("en", "Only these kinds of files are read here: .xlsx")):
        browser.http.cookies.set("lang", lang)
        assert browser.send(browser.reads_tables, [program, "auto"])["output"]["error"].startswith(words)
    browser.http.cookies.delete("lang")
