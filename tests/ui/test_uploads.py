"""Forged paths: whatever a browser claims to have uploaded, only what lies in the folder of uploads is ever opened."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client.utils import value_is_file

from studio.serve.server import sweep
from studio.studio import Studio
from studio.words import LANGS, say
from tests.ui.conftest import serving

CANARY = "金丝雀"
REFUSED = " ".join(say("ui.not_uploaded", lang) for lang in LANGS)
ENDS = ("process_completed", "unexpected_error", "server_stopped")


class Browser:
    """Speaks to the page as a script would: uploads, joins the queue, listens for the end."""

    def __init__(self, address: str, studio: Studio, uploads: Path) -> None:
        self.http = httpx.Client(base_url=address, timeout=30, trust_env=False)
        self.studio = studio
        self.uploads = uploads
        self.config = self.http.get("config").json()

    def upload(self, name: str, content: bytes) -> str:
        return str(self.http.post("gradio_api/upload", files={"files": (name, content)}).json()[0])

    def send(self, listener: int, data: list[Any]) -> dict[str, Any]:
        """The last message of a listener that was given `data`."""
        asked = {"data": data, "fn_index": listener, "session_hash": f"session{listener}"}
        self.http.post("gradio_api/queue/join", json=asked).raise_for_status()
        query = {"session_hash": asked["session_hash"]}
        last: dict[str, Any] = {}
        with self.http.stream("GET", "gradio_api/queue/data", params=query) as lines:
            for line in lines.iter_lines():
                message = json.loads(line.removeprefix("data: ")) if line else {}
                if message.get("msg") == "close_stream":
                    break
                if message.get("msg") in ENDS:
                    last = message
        return last

    def listeners(self, *, of_files: bool) -> Iterator[tuple[int, list[int]]]:
        """Every listener of the page with what it is given: those that take files, or all that take anything."""
        components = {one["id"]: one for one in self.config["components"]}
        files = {id for id, one in components.items() if value_is_file(one.get("api_info_as_input") or {})}
        for listener in self.config["dependencies"]:
            if (set(listener["inputs"]) & files if of_files else listener["inputs"]) and listener["backend_fn"]:
                yield listener["id"], listener["inputs"]

    def named(self, elem_id: str) -> int:
        return next(one["id"] for one in self.config["components"] if one["props"].get("elem_id") == elem_id)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with serving(tmp_path / "home") as (address, studio):
        yield Browser(address, studio, studio.workspace.cache)


def filed(path: Any, **more: Any) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}, "orig_name": "mine.csv", **more}


def forgeries(browser: Browser, outside: Path) -> dict[str, dict[str, Any]]:
    """What a script may claim to have uploaded."""
    own = Path(browser.upload("mine.csv", f"text,label\n{CANARY},a\n".encode()))
    link, folder_link = own.with_name("link.csv"), own.parent / "folder"
    link.symlink_to(outside)
    folder_link.symlink_to(outside.parent)
    return {
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
    browser: Browser, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(f"text,label\n{CANARY}一,a\n{CANARY}二,b\n", encoding="utf-8")
    forged = forgeries(browser, outside)
    before = sorted(browser.uploads.rglob("*"))
    listeners = list(browser.listeners(of_files=True))
    assert len(listeners) >= 5  # a file, its second reading, a job, a table and its start
    for listener, inputs in listeners:
        for kind, claim in forged.items():
            for data in ([claim] * len(inputs), [[claim]] * len(inputs)):
                said = browser.send(listener, data)
                assert said["success"] is False, (kind, said)
                assert said["output"]["error"] == REFUSED, (kind, said)
    assert browser.studio.data.list() == []
    assert sorted(browser.uploads.rglob("*")) == before
    assert "Traceback" not in "".join(capfd.readouterr())


def test_no_other_listener_copies_a_file_that_it_is_told_of(browser: Browser, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(f"text,label\n{CANARY}一,a\n", encoding="utf-8")
    listeners = list(browser.listeners(of_files=False))
    assert len(listeners) > 50
    for listener, inputs in listeners:
        said = browser.send(listener, [{"value": [filed(str(outside))]}] * len(inputs))
        assert said["output"]["error"] == REFUSED
    assert not any(browser.uploads.rglob("secret*"))


def test_the_other_ways_in_give_nothing(browser: Browser, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(f"text,label\n{CANARY}一,a\n", encoding="utf-8")
    claim = [[filed(str(outside))], "auto"]
    (listener, _), *_ = browser.listeners(of_files=True)
    asked = {"data": claim, "fn_index": listener, "session_hash": "s"}
    for path in ("run/predict", "run/ask", "api/predict"):
        assert browser.http.post(f"gradio_api/{path}", json=asked).status_code >= 400
    event = browser.http.post("gradio_api/call/ask", json=asked).json()["event_id"]
    assert "event: error" in browser.http.get(f"gradio_api/call/ask/{event}").text
    assert browser.http.get(f"gradio_api/file={outside}").status_code == 403
    served = {"data": filed(str(outside)), "session_hash": "s", "component_id": browser.named("upload")}
    assert browser.http.post("gradio_api/component_server", json={**served, "fn_name": "preprocess"}).status_code == 404
    assert browser.studio.data.list() == [] and not any(browser.uploads.rglob("secret*"))


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


def test_what_was_uploaded_is_read(browser: Browser) -> None:
    table = browser.upload("mine.csv", "text,label\n好喝,好评\n难喝,差评\n".encode())
    reads: Callable[[list[int]], bool] = lambda inputs: inputs[0] == browser.named("upload")  # noqa: E731
    listener = next(id for id, inputs in browser.listeners(of_files=True) if reads(inputs) and len(inputs) == 2)
    assert browser.send(listener, [[filed(table)], "auto"])["success"] is True
    assert [known.name for known in browser.studio.data.list()] == ["mine"]


def test_what_is_uploaded_lies_in_the_workspace_and_is_gone_after_a_day(browser: Browser, tmp_path: Path) -> None:
    old, new = (Path(browser.upload(name, name.encode())) for name in ("old.csv", "new.csv"))
    assert all(path.is_relative_to(tmp_path / "home" / "cache") for path in (old, new))
    os.utime(old.parent, (0, 0))
    sweep(browser.uploads)
    assert not old.exists() and new.exists()
