"""A hub of models on this machine, as Hugging Face and ModelScope speak, whose network can be made to fail."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

import pytest


@dataclass
class Shelf:
    """Has the files of `folder` as the model maker/model."""

    folder: Path
    address: str = ""
    token: str = ""  # which alone opens it
    breaks_after: dict[str, int] = field(default_factory=dict)  # file → bytes of an answer, once; 0: of each
    spoilt: set[str] = field(default_factory=set)  # files that come otherwise than listed
    ranges: bool = True
    unwell: bool = False
    waits: dict[str, threading.Event] = field(default_factory=dict)  # file → before its last byte
    asked: list[tuple[str, str]] = field(default_factory=list)  # file, and the range that was asked for
    tokens: list[str] = field(default_factory=list)
    offered: set[str] = field(default_factory=set)  # files that only the hub's converter offers
    more: list[dict[str, Any]] = field(default_factory=list)  # what it lists, too

    def digest(self, name: str) -> str:
        return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()

    def files(self) -> list[Path]:
        return [path for path in sorted(self.folder.rglob("*")) if path.is_file()]


@contextmanager
def serving(folder: Path) -> Iterator[Shelf]:
    shelf = Shelf(folder)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def do_GET(self) -> None:
            answer(self, shelf)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shelf.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield shelf
    finally:
        for event in shelf.waits.values():
            event.set()
        server.shutdown()
        server.server_close()
        thread.join(20)


@contextmanager
def in_place_of_the_hubs(model: Path, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """A copy of a model in `folder`, to be had from every hub."""
    with serving(Path(shutil.copytree(model, folder))) as shelf:
        patch.delenv("HF_HUB_OFFLINE", raising=False)
        for hub in ("HF_ENDPOINT", "MODELSCOPE_DOMAIN"):
            patch.setenv(hub, shelf.address)
        yield shelf


def answer(asked: BaseHTTPRequestHandler, shelf: Shelf) -> None:
    path, query = urlparse(asked.path).path, parse_qs(urlparse(asked.path).query)
    shelf.tokens.append(asked.headers.get("authorization", ""))
    if shelf.unwell:
        return said(asked, 503, {})
    if "maker/model" not in path:
        return said(asked, 404, {"error": "Repository not found"})
    if path.endswith("/discussions"):
        offer = {"num": 7, "title": "Adding `safetensors` variant of this model", "author": {"name": "SFconvertbot"}}
        return said(asked, 200, {"discussions": [offer] if shelf.offered else []})
    if "/api/" in path and "FilePath" not in query:
        return said(asked, 200, listing(shelf, path))
    if shelf.token and shelf.token not in asked.headers.get("authorization", ""):
        return said(asked, 401, {"error": "gated"}, {"X-Error-Code": "GatedRepo"})
    name = query["FilePath"][0] if "FilePath" in query else unquote(path.partition("/resolve/")[2].partition("/")[2])
    return content(asked, shelf, name)


def listing(shelf: Shelf, path: str) -> Any:
    if path.startswith("/api/v1"):
        entries = [
            {"Path": file.relative_to(shelf.folder).as_posix(), "Size": file.stat().st_size, "Type": "blob",
             "Sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
            for file in shelf.files()
        ]  # fmt: skip
        return {"Code": 200, "Data": {"Files": entries}}
    files = [file for file in shelf.files() if "refs" in path or file.name not in shelf.offered]
    return {"sha": "1" * 40, "siblings": [*(sibling(shelf, file) for file in files), *shelf.more]}


def sibling(shelf: Shelf, file: Path) -> dict[str, Any]:
    """As Hugging Face tells of it: large ones by their SHA-256, small ones by git's sum."""
    data = file.read_bytes()
    told = {"rfilename": file.relative_to(shelf.folder).as_posix(), "size": len(data)}
    if file.suffix == ".safetensors":
        return {**told, "lfs": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}}
    return {**told, "blobId": hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()}


def content(asked: BaseHTTPRequestHandler, shelf: Shelf, name: str) -> None:
    wanted = asked.headers.get("range", "")
    shelf.asked.append((name, wanted))
    data = (shelf.folder / name).read_bytes()
    if name in shelf.spoilt:
        data = bytes([data[0] ^ 1]) + data[1:]
    from_byte = re.fullmatch(r"bytes=(\d+)-", wanted)
    first = int(from_byte[1]) if from_byte and shelf.ranges else 0
    asked.send_response(206 if first else 200)
    asked.send_header("Content-Length", str(len(data) - first))
    asked.end_headers()
    rest = data[first:]
    if (most := shelf.breaks_after.get(name)) is not None:
        if most:
            del shelf.breaks_after[name]
        asked.wfile.write(rest[:most])
        asked.wfile.flush()
        asked.connection.close()
        return
    if name in shelf.waits:
        asked.wfile.write(rest[:-1])
        asked.wfile.flush()
        shelf.waits[name].wait(60)
        rest = rest[-1:]
    asked.wfile.write(rest)


def said(asked: BaseHTTPRequestHandler, status: int, told: Any, headers: dict[str, str] | None = None) -> None:
    body = json.dumps(told).encode()
    asked.send_response(status)
    for name, value in (headers or {}).items():
        asked.send_header(name, value)
    asked.send_header("Content-Length", str(len(body)))
    asked.end_headers()
    asked.wfile.write(body)
