"""A browser without a window: speaks to the page as a script would.

Knows no tab: it reads from the page's own configuration what there is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
from gradio_client.utils import value_is_file

from studio.studio import Studio
from tests.children import PATIENCE

ENDS = ("process_completed", "unexpected_error", "server_stopped")


def filed(path: Any, **more: Any) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}, "orig_name": "mine.csv", **more}


class Browser:
    """Speaks to the page as a script would: uploads, joins the queue, listens for the end."""

    def __init__(self, address: str, studio: Studio, cookies: httpx.Cookies | None = None) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False, cookies=cookies)
        self.studio = studio
        self.uploads = studio.workspace.cache
        self.http.get("")
        self.config = self.http.get("config").json()

    def upload(self, name: str, content: bytes) -> str:
        return str(self.http.post("gradio_api/upload", files={"files": (name, content)}).json()[0])

    def send(self, listener: int, data: list[Any], page: str = "first") -> dict[str, Any]:
        """The last message of a listener that was given `data` by one of the browser's pages."""
        asked = {"data": data, "fn_index": listener, "session_hash": page}
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

    def send_each(self, asked: Sequence[tuple[int, list[Any]]]) -> Iterator[dict[str, Any]]:
        """The last message of each listener with its data, in the same order. Half a queue is asked before one is read,
        for who listens is told every twentieth of a second only."""
        for start in range(0, len(asked), 32):
            yield from self._send_together(asked[start : start + 32])

    def _send_together(self, asked: Sequence[tuple[int, list[Any]]]) -> list[dict[str, Any]]:
        page = {"session_hash": "together"}
        joins = [{"data": data, "fn_index": listener, **page} for listener, data in asked]
        events = [self.http.post("gradio_api/queue/join", json=join).json()["event_id"] for join in joins]
        last: dict[str, dict[str, Any]] = {}
        with self.http.stream("GET", "gradio_api/queue/data", params=page) as lines:
            for line in lines.iter_lines():
                message = json.loads(line.removeprefix("data: ")) if line else {}
                if message.get("msg") in ENDS:
                    last[message["event_id"]] = message
                if message.get("msg") == "close_stream":
                    break
        return [last[event] for event in events]

    def listeners(self, *, of_files: bool) -> Iterator[tuple[int, list[int]]]:
        """Every listener of the page with what it is given: those that take files, or all that take anything."""
        components = {one["id"]: one for one in self.config["components"]}
        files = {id for id, one in components.items() if value_is_file(one.get("api_info_as_input") or {})}
        for listener in self.config["dependencies"]:
            if (set(listener["inputs"]) & files if of_files else listener["inputs"]) and listener["backend_fn"]:
                yield listener["id"], listener["inputs"]

    def named(self, elem_id: str) -> int:
        return next(one["id"] for one in self.config["components"] if one["props"].get("elem_id") == elem_id)

    @property
    def reads_tables(self) -> int:
        """The listener that makes a dataset of uploaded files."""
        upload = self.named("upload")
        return next(id for id, inputs in self.listeners(of_files=True) if inputs[0] == upload and len(inputs) == 2)
