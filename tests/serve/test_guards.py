"""Nobody gets past the front door who should not: foreign pages, foreign names, password guessers."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from studio.serve import server
from studio.serve.guards import BODY_BYTES, UPLOAD_BYTES, Guards, Hosts

ANYWHERE = Hosts(frozenset({"shop.example"}), addresses=True)


def client(hosts: Hosts = Hosts(), base_url: str = "http://127.0.0.1:7860") -> TestClient:  # noqa: B008  (frozen)
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"])
    async def anything(request: Request, path: str) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    app.add_middleware(Guards, hosts=hosts)
    return TestClient(app, base_url=base_url)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.1.5", ""]
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_an_unknown_host_is_refused_whatever_it_asks(host: str, method: str) -> None:
    assert client().request(method, "/gradio_api/upload", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "localhost"])
def test_this_machine_is_let_in_by_any_of_its_names(host: str) -> None:
    assert client().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1.evil.example", "file://"]
)
@pytest.mark.parametrize("hosts", [Hosts(), ANYWHERE])
def test_a_page_from_elsewhere_is_refused(origin: str, hosts: Hosts) -> None:
    answer = client(hosts).post("/gradio_api/upload", headers={"origin": origin})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_the_own_page_is_let_in_with_safe_headers() -> None:
    answer = client().get("/", headers={"origin": "http://127.0.0.1:7860"})
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("host", "status"),
    [("shop.example", 200), ("192.168.1.5:7860", 200), ("[fe80::1]:7860", 200), ("evil.example", 421), ("[", 421),
     ("192.168.1.5.evil.example", 421)],
)  # fmt: skip
def test_a_server_for_every_address_is_called_by_a_number_or_a_name_it_was_told(host: str, status: int) -> None:
    assert client(ANYWHERE).get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("path", "most"), [("/gradio_api/queue/join", BODY_BYTES), ("/gradio_api/upload", UPLOAD_BYTES)]
)
@pytest.mark.parametrize("said", [True, False])
def test_a_body_that_is_too_long_is_refused_whether_it_says_so_or_not(path: str, most: int, said: bool) -> None:
    piece, pieces = b"x" * 2**20, most // 2**20 + 2
    body = (piece for _ in range(pieces))
    headers = {"content-length": str(pieces * 2**20)} if said else {}
    answer = client().post(path, content=body, headers=headers)
    assert answer.status_code == 413


def test_a_body_of_ordinary_size_arrives_whole() -> None:
    assert client().post("/gradio_api/queue/join", content=b"x" * 2**20).json() == {"bytes": 2**20}


@pytest.mark.parametrize("length", ["-1", "9" * 5000, "many", "1e3"])
def test_a_nonsensical_length_is_refused(length: str) -> None:
    assert client().post("/x", content=b"", headers={"content-length": length}).status_code == 413


def test_a_taken_port_gives_the_next_free_one() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < server.free_port("127.0.0.1", port) < port + 20
