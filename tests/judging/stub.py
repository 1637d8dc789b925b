"""A small server that answers as OpenAI's chat does, as a judge of this or that kind would."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]  # status, headers, body
Mood = Callable[[dict[str, Any], int], Reply]  # what it is asked, and the how manieth time


def said(text: str) -> Reply:
    return 200, {}, json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def fair(good: str) -> Mood:
    """Likes the answer that has `good` in it, wherever it stands."""

    def mood(asked: dict[str, Any], _: int) -> Reply:
        case = asked["messages"][-1]["content"]
        first, second = case.split("【回答 A】")[1].split("【回答 B】")
        better = "same" if (good in first) == (good in second) else "A" if good in first else "B"
        return said(json.dumps({"better": better, "why": "它说得准"}, ensure_ascii=False))

    return mood


@dataclass
class Stub:
    """Where it is, and what it was asked, with the headers."""

    address: str
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)


@contextmanager
def judge(mood: Mood) -> Iterator[Stub]:
    """A server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, asked: Any) -> None:
            stub.asked.append((self.path, dict(self.headers), asked))
            listed = 200, {}, json.dumps({"data": [{"id": "judge-1"}]}).encode()
            status, headers, body = listed if asked is None else mood(asked, len(stub.asked))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub = Stub(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
