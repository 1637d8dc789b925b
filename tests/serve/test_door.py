"""A right password comes in whoever else guesses; a guesser waits longer and longer; strangers reach nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from studio.errors import StudioError
from studio.serve.doorkeeper import ANYWHERE, GOOD_FOR, TOGETHER, Doorkeeper, network
from studio.serve.login import COOKIE
from studio.serve.server import create_app
from studio.studio import Studio
from tests.fakes import FakeEngine


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.9

    def __call__(self) -> float:
        return self.now


def outcome(door: Doorkeeper, password: str, address: str, cookie: str = "") -> str:
    try:
        return door.knock(password, address, cookie)
    except StudioError as error:
        return error.key


def test_five_guesses_in_a_quarter_of_an_hour_and_sixty_take_half_a_day() -> None:
    clock = Clock()
    door = Doorkeeper("right", b"s" * 32, clock)
    guesses: list[float] = []
    while len(guesses) < 60:
        if outcome(door, "wrong", "10.0.0.1") == "serve.wrong_password":
            guesses.append(clock.now)
        else:
            clock.now += 1
    assert sum(at < guesses[0] + 15 * 60 for at in guesses) == 5
    assert guesses[-1] - guesses[0] > 12 * 3600


def test_while_one_waits_not_even_the_right_password_is_looked_at() -> None:
    door = Doorkeeper("right", b"s" * 32, Clock())
    for _ in range(3):
        outcome(door, "wrong", "10.0.0.1")
    assert outcome(door, "right", "10.0.0.1") == "serve.wait"


def test_right_passwords_are_no_tries() -> None:
    door = Doorkeeper("right", b"s" * 32, Clock())
    assert all(door.admits(door.knock("right", "10.0.0.1")) for _ in range(100))


def test_no_guesser_keeps_out_another_address_or_a_browser_that_was_in() -> None:
    door = Doorkeeper("right", b"s" * 32, Clock())
    mine = door.knock("right", "10.0.0.9")
    for _ in range(1000):
        outcome(door, "wrong", "10.0.0.1")
    assert door.admits(door.knock("right", "10.0.0.2"))
    for number in range(TOGETHER):  # from everywhere at once
        outcome(door, "wrong", f"10.1.0.{number}")
    assert outcome(door, "right", "10.0.0.3") == "serve.wait"
    assert door.admits(mine)
    assert door.admits(door.knock("right", "10.0.0.1", mine))


def test_a_known_browser_has_no_more_guesses_than_another() -> None:
    door = Doorkeeper("right", b"s" * 32, Clock())
    mine = door.knock("right", "10.0.0.9")
    said = [outcome(door, "wrong", f"10.0.0.{number}", mine) for number in range(10)]
    assert said.count("serve.wrong_password") == 3


def test_what_was_not_given_out_here_admits_nobody() -> None:
    clock = Clock()
    door = Doorkeeper("right", b"s" * 32, clock)
    cookie = door.knock("right", "")
    said, _, sign = cookie.rpartition(".")
    later, nonce = said.split(".")
    forged = [
        "",
        ".",
        "..",
        "admin",
        said,
        f"{said}.",
        f"{said}.{sign[:-1]}",
        f"{int(later) + 9}.{nonce}.{sign}",
        "è.é",
    ]
    assert not any(map(door.admits, forged))
    assert Doorkeeper("right", b"s" * 32, clock).admits(cookie)  # after a restart
    assert not Doorkeeper("other", b"s" * 32, clock).admits(cookie)
    clock.now += GOOD_FOR
    assert not door.admits(cookie)


def test_the_addresses_of_one_ipv6_customer_are_one() -> None:
    assert network("2001:db8:1:2::7") == network("2001:db8:1:2:ffff::1") != network("2001:db8:1:3::7")
    assert network("10.0.0.1") == "10.0.0.1" and network("") == "" != ANYWHERE


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[TestClient]:
    with Studio(FakeEngine(), tmp_path / "home") as studio:
        app = create_app(studio, host="0.0.0.0", password="right")
        with TestClient(app, base_url="http://192.168.1.5:7860", follow_redirects=False) as client:
            yield client


def routes(client: TestClient) -> list[tuple[str, str]]:
    """Every route of the server and of the page mounted in it, with its methods."""
    found, waiting = [], [("", client.app)]
    while waiting:
        prefix, app = waiting.pop()
        for route in app.routes:  # type: ignore[attr-defined]
            path = prefix + getattr(route, "path", "")
            if hasattr(route, "methods"):
                found += [(method, path) for method in route.methods or ()]
            elif hasattr(route, "app") and hasattr(route.app, "routes"):
                waiting.append((path, route.app))
    return found


def test_no_route_answers_a_stranger_but_login_and_health(stranger: TestClient) -> None:
    hidden = ("openapi.json", "config", "gradio_api/cancel", "gradio_api/reset", "gradio_api/heartbeat/x",
              "gradio_api/queue/join", "gradio_api/upload")  # fmt: skip
    told = [(method, f"/{path}") for method in ("GET", "POST") for path in hidden]
    asked = [*told, *routes(stranger)]
    assert len(asked) > 30
    answered = set()
    for method, path in asked:
        plain = path.replace("{", "").replace("}", "").replace(":path", "")
        if stranger.request(method, plain).status_code not in (401, 303):
            answered.add(path)
    assert answered == {"/login", "/healthz"}


def test_the_password_lets_in_and_leaving_lets_out(stranger: TestClient) -> None:
    page = {"accept": "text/html"}
    assert stranger.get("/", headers=page).headers["location"] == "/login"
    wrong = stranger.post("/login", data={"password": "<b>"}, headers={"cookie": "lang=zh"})
    assert (wrong.status_code, "密码不对" in wrong.text, "<b>" in wrong.text) == (401, True, False)
    entered = stranger.post("/login", data={"password": "right"})
    assert entered.status_code == 303
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in entered.headers["set-cookie"].split(";")}
    assert stranger.get("/config").status_code == 200
    assert stranger.get("/login").headers["location"] == "/"
    stranger.post("/logout")
    assert COOKIE not in stranger.cookies and stranger.get("/config").status_code == 401


def test_a_guesser_is_told_how_long_to_wait_in_his_language(stranger: TestClient) -> None:
    for _ in range(3):
        stranger.post("/login", data={"password": "wrong"})
    told = stranger.post("/login", data={"password": "right"}, headers={"accept-language": "en"})
    assert (told.status_code, "wait 61 seconds" in told.text) == (429, True)
    assert told.headers["retry-after"] == "61"


def test_a_login_sends_no_book(stranger: TestClient) -> None:
    assert stranger.post("/login", data={"password": "x" * 5000}).status_code == 413
    assert stranger.post(
        "/login", content=b"\xff\x00", headers={"content-type": "multipart/form-data"}
    ).status_code in (400, 401)


@pytest.mark.parametrize("settings", [{"host": "0.0.0.0"}, {"host": "192.168.1.5"}, {"names": ["shop.example"]}])
def test_what_others_can_reach_does_not_start_without_a_password(tmp_path: Path, settings: dict[str, str]) -> None:
    with Studio(FakeEngine(), tmp_path / "home") as studio, pytest.raises(StudioError) as error:
        create_app(studio, **settings)  # type: ignore[arg-type]
    assert error.value.key == "serve.password_needed"
