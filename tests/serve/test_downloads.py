"""A download is whole, goes on where it broke off, and is nobody's who was not given its link."""

from __future__ import annotations

import hashlib
import random
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from studio.serve import downloads
from studio.serve.downloads import Downloads


def test_a_download_is_a_whole_zip_of_exactly_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "merged"
    (folder / "sub").mkdir(parents=True)
    (folder / "模型.txt").write_text("奶茶", encoding="utf-8")
    (folder / "sub" / "weights.bin").write_bytes(b"\x00" * 100_000)
    app, offers = FastAPI(), Downloads()
    offers.mount(app)
    answer = TestClient(app).get(offers.offer(folder, "奶茶模型"))
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["sub/weights.bin", "模型.txt"]
        assert archive.read("模型.txt").decode() == "奶茶"


def test_a_guessed_or_expired_link_gives_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, offers = FastAPI(), Downloads()
    offers.mount(app)
    path = offers.offer(tmp_path, "m")
    assert TestClient(app).get("/download/guessed/m.zip").status_code == 404
    later = time.monotonic() + downloads.GOOD_FOR_SECONDS + 1
    monkeypatch.setattr(downloads.time, "monotonic", lambda: later)
    assert TestClient(app).get(path).status_code == 404


@pytest.fixture
def link(tmp_path: Path) -> tuple[TestClient, str]:
    folder = tmp_path / "merged"
    folder.mkdir()
    draw = random.Random(1)
    for number in range(4):
        (folder / f"{number}.safetensors").write_bytes(draw.randbytes(70_001))
    app, offers = FastAPI(), Downloads()
    offers.mount(app)
    return TestClient(app), offers.offer(folder, "m")


def test_a_download_that_broke_anywhere_goes_on_to_the_same_bytes(link: tuple[TestClient, str]) -> None:
    client, path = link
    whole = client.get(path)
    size, tag, digest = len(whole.content), whole.headers["etag"], hashlib.sha256(whole.content).digest()
    assert whole.headers["accept-ranges"] == "bytes"
    for broke in [0, 1, size - 1, *random.Random(2).sample(range(size), 50)]:
        rest = client.get(path, headers={"range": f"bytes={broke}-", "if-range": tag})
        assert rest.status_code == (206 if broke else 200)
        assert hashlib.sha256(whole.content[:broke] + rest.content).digest() == digest
        assert int(rest.headers["content-length"]) == size - broke


@pytest.mark.parametrize(
    ("asked", "status", "length"),
    [("bytes=10-19", 206, 10), ("bytes=-5", 206, 5), ("bytes=0-0", 206, 1), ("bytes=99999999-", 416, 0),
     ("bytes=5-4", 416, 0), ("bytes=-0", 416, 0), ("bytes=0-1,5-9", 200, None), ("bits=0-1", 200, None),
     ("bytes=-", 200, None), ("bytes=a-b", 200, None), ("bytes=" + "9" * 400 + "-", 200, None),
     ("bytes=" + ",".join(["0-1"] * 10_000), 200, None)],
)  # fmt: skip
def test_a_range_of_any_kind_has_the_answer_of_the_standard(
    link: tuple[TestClient, str], asked: str, status: int, length: int | None
) -> None:
    client, path = link
    answer = client.get(path, headers={"range": asked})
    assert answer.status_code == status
    assert len(answer.content) == (len(client.get(path).content) if length is None else length)


def test_what_has_changed_since_is_sent_whole(link: tuple[TestClient, str]) -> None:
    client, path = link
    assert client.get(path, headers={"range": "bytes=10-", "if-range": '"older"'}).status_code == 200
