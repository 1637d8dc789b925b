"""Forged paths: whatever a browser claims to have uploaded, only what it did upload is ever opened or shown to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.serve.server import sweep
from studio.studio import Studio
from studio.ui.kit.uploads import COOKIE
from studio.words import say
from tests.studios import ended
from tests.ui.conftest import REVIEWS, serving
from tests.ui.scripted import Browser, filed

CANARY = "金丝雀"
REFUSED = {lang: say("ui.not_uploaded", lang) for lang in ("zh", "en")}


@pytest.fixture
def browser(one_server: tuple[str, Studio]) -> Browser:
    return Browser(*one_server)


@pytest.fixture
def other(browser: Browser) -> Browser:
    """Somebody else's, at the same server."""
    return Browser(browser.address, browser.studio)


def nested(claim: Any, depth: int) -> Any:
    return claim if not depth else {"value": [nested(claim, depth - 1)]}


def forgeries(browser: Browser, other: Browser, outside: Path) -> dict[str, Any]:
    """What a script may claim to have uploaded."""
    own = Path(browser.upload("mine.csv", f"text,label\n{CANARY},a\n".encode()))
    theirs = other.upload("theirs.csv", f"text,label\n{CANARY},b\n".encode())
    old = browser.uploads / "of-a-former-day" / "old.csv"
    old.parent.mkdir(exist_ok=True)
    old.write_text(f"text,label\n{CANARY},c\n", encoding="utf-8")
    link, folder_link, to_theirs = own.with_name("link.csv"), own.parent / "folder", own.with_name("theirs.csv")
    link.symlink_to(outside)
    folder_link.symlink_to(outside.parent)
    to_theirs.symlink_to(theirs)
    return {
        "another's": filed(theirs),
        "another's, whose name is given again": filed(theirs, url=f"/gradio_api/file={theirs}", orig_name="mine.csv"),
        "another's by a way up": filed(f"{own.parent}/../{Path(theirs).parent.name}/theirs.csv"),
        "another's by a link": filed(str(to_theirs)),
        "another's beside one's own": [filed(str(own)), filed(theirs)],
        "another's within one's own": filed(str(own), meta=filed(theirs)),
        "another's, deep": nested(filed(theirs), 60),
        "another's as an update": {"__type__": "update", "value": filed(theirs)},
        "an old one": filed(str(old)),
        "one's own, spelled otherwise": filed(f"{own.parent}/./{own.name}"),
        "an absolute path": filed(str(outside)),
        "a way up": filed(f"{own.parent}/../../{outside.name}"),
        "a link": filed(str(link)),
        "a link to a folder": filed(str(folder_link / outside.name)),
        "the environment": filed("/proc/self/environ"),
        "the database": filed(str(browser.studio.workspace.database)),
        "a file address": filed(outside.as_uri()),
        "a web address": filed("http://192.0.2.1/mine.csv"),
        "a web address beside": filed(str(outside), url="http://192.0.2.1/mine.csv"),
        "a stream": filed(str(outside), is_stream=True),
        "a folder": filed(str(own.parent)),
        "nothing": filed(""),
        "a zero byte": filed(f"{own}\0.csv"),
        "no text": filed(["/etc/passwd"]),
        "no meta": {"path": str(outside)},
        "broken meta": {"path": str(outside), "meta": "x"},
    }  # fmt: skip


def test_no_listener_that_takes_files_opens_one_that_was_not_uploaded(
    browser: Browser, other: Browser, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(f"text,label\n{CANARY}一,a\n{CANARY}二,b\n", encoding="utf-8")
    forged = forgeries(browser, other, outside)
    before, known = sorted(browser.uploads.rglob("*")), browser.studio.data.list()
    listeners = list(browser.listeners(of_files=True))
    assert len(listeners) >= 5  # a file, its second reading, a job, a table and its start
    asked = [
        (kind, listener, data)
        for listener, inputs in listeners
        for kind, claim in forged.items()
        for data in ([claim] * len(inputs), [[claim]] * len(inputs))
    ]
    answers = browser.send_each([(listener, data) for _, listener, data in asked])
    for (kind, listener, _), said in zip(asked, answers, strict=True):
        assert said["success"] is False, (kind, listener, said)
        assert said["output"]["error"] == REFUSED["en"], (kind, listener, said)
    assert browser.studio.data.list() == known
    assert sorted(browser.uploads.rglob("*")) == before
    assert "Traceback" not in "".join(capfd.readouterr())


def test_no_other_listener_copies_a_file_that_it_is_told_of(browser: Browser, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(f"text,label\n{CANARY}一,a\n", encoding="utf-8")
    listeners = list(browser.listeners(of_files=False))
    assert len(listeners) > 50
    asked = [(listener, [{"value": [filed(str(outside))]}] * len(inputs)) for listener, inputs in listeners]
    for said in browser.send_each(asked):
        assert said["output"]["error"] == REFUSED["en"]
    assert not any(browser.uploads.rglob("secret*"))


def test_the_other_ways_in_give_nothing(browser: Browser, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(f"text,label\n{CANARY}一,a\n", encoding="utf-8")
    claim, known = [[filed(str(outside))], "auto"], browser.studio.data.list()
    (listener, _), *_ = browser.listeners(of_files=True)
    asked = {"data": claim, "fn_index": listener, "session_hash": "s"}
    for path in ("run/predict", "run/ask", "api/predict"):
        assert browser.http.post(f"gradio_api/{path}", json=asked).status_code >= 400
    event = browser.http.post("gradio_api/call/ask", json=asked).json()["event_id"]
    assert "event: error" in browser.http.get(f"gradio_api/call/ask/{event}").text
    for way in ("file=", "file/"):
        assert browser.http.get(f"gradio_api/{way}{outside}").status_code >= 400
    assert browser.http.post("gradio_api/process_recording", files={"video": b"x"}).status_code == 404
    assert browser.http.get("gradio_api/deep_link", params={"session_hash": "s"}).status_code == 404
    served = {"data": filed(str(outside)), "session_hash": "s", "component_id": browser.named("upload")}
    assert browser.http.post("gradio_api/component_server", json={**served, "fn_name": "preprocess"}).status_code == 404
    assert browser.studio.data.list() == known and not any(browser.uploads.rglob("secret*"))


def test_no_function_of_a_component_s_script_answers_with_a_file(browser: Browser, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(f"text,label\n{CANARY}一,a\n", encoding="utf-8")
    asked = 0
    for component in browser.config["components"]:
        for name in component["props"].get("server_fns") or component["props"].get("server_functions") or []:
            for key in ("path", "file", "dataset", "run"):
                sent = {"data": {key: str(outside)}, "session_hash": "s"}
                answer = browser.http.post(
                    "gradio_api/component_server", json={**sent, "component_id": component["id"], "fn_name": name}
                )
                assert CANARY not in answer.text and "Traceback" not in answer.text
                asked += 1
    assert asked > 20


def test_what_was_uploaded_is_read_by_that_browser_alone_and_still_after_a_reload(
    browser: Browser, other: Browser
) -> None:
    known = browser.studio.data.list()
    mine = filed(browser.upload("mine.csv", "text,label\n好喝,好评\n难喝,差评\n".encode()))
    for lang, sentence in REFUSED.items():
        other.http.cookies.set("lang", lang)
        assert other.send(other.reads_tables, [[mine], "auto"])["output"]["error"] == sentence
    assert other.http.get(f"gradio_api/file={mine['path']}").status_code == 403
    assert browser.studio.data.list() == known
    for page in ("first", "reloaded"):
        assert browser.send(browser.reads_tables, [[mine], "auto"], page)["success"] is True
    assert len(browser.studio.data.list()) == len(known) + 2
    shown = browser.http.get(f"gradio_api/file={mine['path']}")
    assert shown.status_code == 200 and "attachment" in shown.headers["content-disposition"]


def test_who_uploads_the_very_same_file_reads_it_too(browser: Browser, other: Browser) -> None:
    table = "text,label\n好喝,好评\n难喝,差评\n".encode()
    assert browser.upload("mine.csv", table) == other.upload("mine.csv", table)
    for one in (browser, other):
        assert one.send(one.reads_tables, [[filed(one.upload("mine.csv", table))], "auto"])["success"] is True


def test_what_was_given_to_take_home_is_shown_to_that_browser_alone(browser: Browser, other: Browser) -> None:
    added = browser.studio.data.add_rows("评价", "classify", REVIEWS)
    config = browser.studio.plan(added.id, "starter").config
    run = browser.studio.start(config)
    assert ended(browser.studio, run) == "finished"
    job = next(one for one in browser.config["dependencies"] if browser.named("take-job") in one["outputs"])
    opens = next(
        one
        for one in browser.config["dependencies"]
        if set(job["inputs"]) < set(one["outputs"]) and one["targets"][0][1] == "load"
    )
    assert browser.send(opens["id"], [{}])["success"] is True
    said = browser.send(job["id"], [run])
    given = said["output"]["data"][job["outputs"].index(browser.named("take-job"))]["value"]
    assert browser.http.get(f"gradio_api/file={given['path']}").status_code == 200
    assert other.http.get(f"gradio_api/file={given['path']}").status_code == 403


def test_a_browser_has_a_name_that_no_script_and_no_other_site_gets(browser: Browser) -> None:
    said = httpx.get(browser.address, trust_env=False).headers["set-cookie"]
    assert said.startswith(f"{COOKIE}=") and "HttpOnly" in said and "SameSite=lax" in said and "Max-Age" not in said
    assert "set-cookie" not in browser.http.get("").headers
    nameless = httpx.post(f"{browser.address}gradio_api/upload", files={"files": ("a.csv", b"a")}, trust_env=False)
    assert COOKIE in nameless.headers["set-cookie"]


def test_who_comes_in_next_reads_nothing_of_who_was_there_before(tmp_path: Path) -> None:
    with serving(tmp_path / "home", password="芝麻开门") as (address, studio):
        with httpx.Client(base_url=address, trust_env=False) as way_in:
            way_in.post("login", data={"password": "芝麻开门"})
            browser = Browser(address, studio, way_in.cookies)
        mine = filed(browser.upload("mine.csv", "text,label\n好喝,好评\n难喝,差评\n".encode()))
        before = browser.http.cookies[COOKIE]
        browser.http.post("logout")
        assert COOKIE not in browser.http.cookies
        browser.http.post("login", data={"password": "芝麻开门"})
        browser.http.get("")
        assert browser.http.cookies[COOKIE] != before
        assert browser.send(browser.reads_tables, [[mine], "auto"])["output"]["error"] == REFUSED["en"]


def test_what_is_uploaded_lies_in_the_workspace_and_is_gone_after_a_day(browser: Browser) -> None:
    old, new = (Path(browser.upload(name, name.encode())) for name in ("old.csv", "new.csv"))
    assert all(path.is_relative_to(browser.studio.workspace.home / "cache") for path in (old, new))
    os.utime(old.parent, (0, 0))
    sweep(browser.uploads)
    assert not old.exists() and new.exists()
