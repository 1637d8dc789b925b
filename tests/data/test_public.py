"""Data sets of public hubs come in as any file does: nothing of them is run, and what cannot be taken is said."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from typer.testing import CliRunner

from studio import hubs
from studio.cli.app import app
from studio.data.datastore import DataStore
from studio.data.reading import public, public_child
from studio.data.reading.public import Wanted
from studio.errors import StudioError
from studio.words import LANGS

SHA = "0123456789abcdef0123456789abcdef01234567"


class Shelf(BaseHTTPRequestHandler):
    """Answers what huggingface_hub asks about the repositories that lie in a folder of this disk."""

    root: Path

    def do_HEAD(self) -> None:
        self._answer(False)

    def do_GET(self) -> None:
        self._answer(True)

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["content-length"])).decode()
        wanted = json.loads(asked)["paths"] if asked.startswith("{") else [
            unquote(pair.partition("=")[2]) for pair in asked.split("&") if pair.startswith("paths")
        ]  # fmt: skip
        repository = self._repository(urlparse(self.path).path.split("/")[3:5])
        self._json([entry for entry in self._entries(repository, repository.rglob("*")) if entry["path"] in wanted])

    def _repository(self, parts: list[str]) -> Path:
        return self.root / "--".join(parts)

    def _entries(self, repository: Path, paths: Iterable[Path]) -> list[dict[str, object]]:
        return [
            {
                "type": "directory" if path.is_dir() else "file",
                "oid": "1" * 40,
                "size": path.stat().st_size,
                "path": path.relative_to(repository).as_posix(),
            }
            for path in sorted(paths)
        ]

    def _answer(self, whole: bool) -> None:
        parts = [unquote(part) for part in urlparse(self.path).path.split("/")[1:]]
        if parts[0] == "api":
            self._about(self._repository(parts[2:4]), parts)
            return
        path = self._repository(parts[1:3]).joinpath(*parts[5:]) if parts[0] == "datasets" else Path("nowhere")
        if path.is_file():
            self._file(path, whole)
        else:
            self._json({"error": "Entry not found"}, 404, {"x-error-code": "EntryNotFound"})

    def _about(self, repository: Path, parts: list[str]) -> None:
        if not repository.is_dir():
            self._json({"error": "Repository not found"}, 404, {"x-error-code": "RepoNotFound"})
        elif "tree" in parts:
            folder = repository.joinpath(*parts[6:])
            self._json(self._entries(repository, folder.iterdir() if folder.is_dir() else ()))
        else:
            siblings = [{"rfilename": entry["path"]} for entry in self._entries(repository, repository.rglob("*"))]
            self._json({"id": "/".join(parts[2:4]), "sha": SHA, "private": False, "siblings": siblings})

    def _file(self, path: Path, whole: bool) -> None:
        content, code = path.read_bytes(), 200
        length = len(content)
        if found := self.headers.get("range"):
            first, _, last = found.removeprefix("bytes=").partition("-")
            content, code = content[int(first) : int(last or length) + 1], 206
        self.send_response(code)
        self.send_header("content-length", str(len(content)))
        self.send_header("accept-ranges", "bytes")
        self.send_header("etag", '"1"')
        self.send_header("x-repo-commit", SHA)
        self.end_headers()
        if whole:
            self.wfile.write(content)

    def _json(self, answer: object, code: int = 200, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(answer).encode()
        self.send_response(code)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose folders OWNER--NAME are the data sets of a hub on this machine, and the only hub that answers."""
    import huggingface_hub.constants  # noqa: F401  (of this process; it reads the environment once)

    root = tmp_path / "shelf"
    root.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), type("OfTest", (Shelf,), {"root": root})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("MODELSCOPE_DOMAIN", f"127.0.0.1:{closed_port()}")
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield root
        server.shutdown()


def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def put(shelf: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = shelf / "shop--reviews" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def reviews(count: int = 12) -> str:
    return "text,label\n" + "".join(
        f"第{n}次来{('很好', '很差')[n % 2]},{('好评', '差评')[n % 2]}\n" for n in range(count)
    )


def refusal(wanted: Wanted) -> StudioError:
    with pytest.raises(StudioError) as failure, public.fetched(wanted):
        pass
    for lang in LANGS:
        assert failure.value.say(lang)
    return failure.value


def test_a_data_set_becomes_a_dataset_kept_as_parquet(shelf: Path, store: DataStore, workspace: object) -> None:
    put(shelf, {"train.csv": reviews(), "test.csv": reviews(2)})
    dataset = store.add_public(Wanted("shop/reviews"))
    assert (dataset.name, dataset.task, dataset.report.rows) == ("reviews", "classify", 12)
    assert dict(dataset.report.roles) == {"text": "text", "label": "label"} and dataset.report.format == "parquet"
    taken, others = dataset.report.notes
    assert taken["reason"] == "public.taken" and taken["id"] == "shop/reviews" and taken["split"] == "train"
    assert others == {"reason": "public.other_splits", "splits": "test"}
    (kept,) = store._uploads.of(dataset.id)
    assert kept.read_bytes()[:4] == b"PAR1"
    tested = store.add_public(Wanted("shop/reviews", split="test"), task="chat")
    assert tested.report.rows == 2 and tested.task == "chat"


def test_labels_stored_as_numbers_come_by_their_names(shelf: Path, store: DataStore) -> None:
    from datasets import ClassLabel, Dataset, Features, Value, disable_progress_bars

    disable_progress_bars()
    features = Features({"sentence": Value("string"), "label": ClassLabel(names=["差评", "好评"])})
    rows = Dataset.from_dict(
        {"sentence": [f"第{n}句话" for n in range(9)], "label": [n % 3 - 1 for n in range(9)]}, features
    )
    put(shelf, {"README.md": "一些评价"})
    (shelf / "shop--reviews" / "data").mkdir()
    rows.to_parquet(str(shelf / "shop--reviews" / "data" / "train-00000-of-00001.parquet"))
    dataset = store.add_public(Wanted("shop/reviews"))
    assert [row.target for row in store.rows(dataset.id)[0]][:3] == ["", "差评", "好评"]


CONFIGS = (
    "---\nconfigs:\n- config_name: zh\n  data_files: zh.jsonl\n- config_name: en\n  data_files:\n"
    "  - split: one\n    path: en.jsonl\n  - split: two\n    path: zh.jsonl\n---\n"
)
LINES = '{"question": "几点开门", "answer": "九点"}\n{"question": "几点关门", "answer": "十点"}\n'


def test_the_terminal_takes_one_too_and_says_what_does_not_go_together(shelf: Path, tmp_path: Path) -> None:
    put(shelf, {"train.csv": reviews(), "test.csv": reviews(4)})

    def told(*words: str) -> dict[str, Any]:
        done = CliRunner().invoke(app, ["import", *words, "--home", str(tmp_path / "home"), "--json"])
        return dict(json.loads(done.stdout.splitlines()[-1]))

    assert told("hub:shop/reviews", "--split", "test", "--task", "classify")["rows"] == 4
    for words, key in (
        (("hub:shop/reviews", "a.csv"), "alone"),
        (("a.csv", "--split", "test"), "not_of_files"),
        (("hub:shop/reviews", "--sheet", "1"), "not_of_hub"),
        (("hub:../reviews",), "not_an_id"),
    ):
        assert told(*words)["error"]["key"] == f"public.{key}"


def test_which_of_several_is_asked_and_not_guessed(shelf: Path, store: DataStore) -> None:
    put(shelf, {"README.md": CONFIGS, "zh.jsonl": LINES, "en.jsonl": LINES})
    asked = refusal(Wanted("shop/reviews"))
    assert asked.key == "public.which_config" and asked.details["choices"] == "en、zh" or "zh、en"
    assert refusal(Wanted("shop/reviews", "fr")).key == "public.no_such_config"
    asked = refusal(Wanted("shop/reviews", "en"))
    assert asked.key == "public.which_split" and asked.details["choices"] == "one、two"
    assert refusal(Wanted("shop/reviews", "en", "two[:1]")).key == "public.no_such_split"
    assert store.add_public(Wanted("shop/reviews", "en", "two")).task == "chat"


def test_a_program_is_not_run(shelf: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    put(shelf, {"reviews.py": f"open({str(mark)!r}, 'w')", "train.csv": reviews()})
    assert refusal(Wanted("shop/reviews")).key in ("public.is_program", "public.no_tables")
    assert not mark.exists()


@pytest.mark.parametrize("name", ["cat.png", "song.mp3", "notes.pkl", "model.safetensors"])
def test_what_is_no_table_is_refused(shelf: Path, name: str) -> None:
    put(shelf, {name: "x"})
    assert refusal(Wanted("shop/reviews")).key == "public.no_tables"


@pytest.mark.parametrize("path", ["{secret}", "../../{name}", "file://{secret}"])
def test_a_card_that_points_at_other_files_reaches_none_of_them(shelf: Path, tmp_path: Path, path: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(reviews(), encoding="utf-8")
    where = path.format(secret=secret, name=secret.name)
    put(shelf, {"README.md": f"---\nconfigs:\n- config_name: default\n  data_files: {json.dumps(where)}\n---\n"})
    put(shelf, {"train.csv": reviews()})
    assert refusal(Wanted("shop/reviews")).key in ("public.no_tables", "public.unreadable")


def test_no_more_rows_are_taken_than_the_studio_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "train.csv").write_text(reviews(30), encoding="utf-8")
    source, out = str(tmp_path / "set"), tmp_path / "out.parquet"
    monkeypatch.setattr(public_child, "AT_ONCE", 10)
    for limit, cut in ((25, True), (30, False), (20, True)):
        monkeypatch.setattr(public_child, "MAX_ROWS", limit)
        told = public_child.take(source, source, Wanted("a/b"), out)
        assert (told["rows"], told["cut"]) == (limit, cut)


@pytest.mark.parametrize(
    "id", ["", "reviews", "../reviews", "a/../b", "/etc/passwd", "a/b/c", "a b/c", "a/b\n", "-a/b", "甲/乙"]
)
def test_only_ids_reach_a_hub(monkeypatch: pytest.MonkeyPatch, id: str) -> None:
    monkeypatch.setattr(hubs, "answering", lambda: pytest.fail("a hub was asked"))
    assert refusal(Wanted(id)).key == "public.not_an_id"


def test_no_such_data_set_is_told_apart_from_no_network(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(Wanted("shop/nothing")).key == "public.no_such"
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{closed_port()}")
    began = time.monotonic()
    assert refusal(Wanted("shop/reviews")).key == "public.no_network"
    assert time.monotonic() - began < 5


def test_a_network_that_swallows_everything_is_no_network_within_five_seconds(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes a connection and never says a word
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{mute.getsockname()[1]}")
        began = time.monotonic()
        assert refusal(Wanted("shop/reviews")).key == "public.no_network"
        assert time.monotonic() - began < 5


def test_who_is_offline_by_choice_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(hubs, "answering", lambda: pytest.fail("a hub was asked"))
    assert refusal(Wanted("shop/reviews")).key == "public.offline"
