"""Connections that ask nothing are closed, bodies that stop coming are given up, and nobody else waits for them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from studio.serve import connections, guards, server
from studio.serve.connections import Impatient
from studio.serve.guards import Guards, Hosts

SLOW = 200  # connections


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that is less patient than usual."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 1.0)
    monkeypatch.setattr(guards, "QUIET_SECONDS", 1.0)
    app = FastAPI()

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(Guards, hosts=Hosts())
    config = uvicorn.Config(app, port=0, log_level="error", http=Impatient, timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.02)
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = True
    thread.join(10)


def ended(line: socket.socket) -> bytes:
    """What came before the other side closed the line. Raises TimeoutError where it stays open."""
    line.settimeout(20)
    said = b""
    while part := line.recv(4096):
        said += part
    return said


def asked(port: int, body: bytes = b"abc") -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as line:
        head = ("POST /length HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", f"Content-Length: {len(body)}")
        line.sendall("\r\n".join((*head, "", "")).encode() + body)
        return ended(line)


@pytest.mark.parametrize("begun", [b"", b"POST /length HTTP/1.1\r\nHost: 127", b"GET / HTTP/1.1\r\nX-1: a\r\n"])
def test_headers_that_do_not_come_to_an_end_end_the_connection(port: int, begun: bytes) -> None:
    with ExitStack() as open_lines:
        lines = [open_lines.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(SLOW)]
        for line in lines:
            line.sendall(begun)
        assert asked(port).endswith(b"\r\n\r\n3")  # the others are served meanwhile
        assert all(ended(line) == b"" for line in lines)


def test_a_byte_now_and_then_prolongs_nothing(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.settimeout(0.2)
        with pytest.raises((BrokenPipeError, ConnectionResetError, ConnectionError)):
            for _ in range(100):
                line.sendall(b"G")
                try:
                    if line.recv(1) == b"":
                        raise ConnectionError
                except TimeoutError:
                    pass


def test_a_body_that_stops_coming_is_given_up(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(f"POST /length HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 100\r\n\r\nabc".encode())
        assert ended(line).startswith(b"HTTP/1.1 408")


def test_a_second_request_on_one_connection_has_its_own_time(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        whole = f"POST /length HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 3\r\n\r\nabc".encode()
        for _ in range(3):
            line.sendall(whole)
            said = b""
            while not said.endswith(b"\r\n\r\n3"):
                said += line.recv(4096)
        line.sendall(whole[:20])
        assert ended(line) == b""


@pytest.mark.parametrize(("proxies", "believed"), [([], False), (["127.0.0.1"], True)])
def test_only_a_named_proxy_says_who_asks(monkeypatch: pytest.MonkeyPatch, proxies: list[str], believed: bool) -> None:
    given: list[uvicorn.Config] = []
    monkeypatch.setattr(server, "Server", lambda config, _: given.append(config) or SimpleNamespace(run=lambda: None))
    app = FastAPI()

    @app.get("/who")
    async def who(request: Request) -> str:
        return request.client.host if request.client else ""

    server.serve(app, "127.0.0.1", 7860, proxies, threading.Event())
    given[0].load()
    asking = TestClient(given[0].loaded_app, client=("127.0.0.1", 5000), base_url="http://127.0.0.1")
    assert (asking.get("/who", headers={"x-forwarded-for": "6.6.6.6"}).json() == "6.6.6.6") is believed
