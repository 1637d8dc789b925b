"""Files of a run as a power cut, a stranger or a newer version leaves them: the run is named, no other is touched."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio import jobfile, views
from studio.console import damaged_facts
from studio.errors import StudioError
from studio.events import Failed, Note, parse, told
from studio.runs import Run
from studio.studio import Studio
from studio.ui import app
from studio.ui.chat import tab as chat_tab
from studio.ui.data import tab as data_tab
from studio.ui.kit.page import Page
from studio.ui.train import tab as train_tab
from studio.words import LANGS
from tests.fakes import FakeEngine

TASTES = (("很好喝", "好评"), ("太难喝", "差评"))
REVIEWS = [(f"{taste}，第{n}次来", label) for n in range(20) for taste, label in TASTES]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def trained(studio: Studio, **changes: object) -> Run:
    datasets = studio.data.list()
    dataset = datasets[0].id if datasets else studio.data.add_rows("评价", "classify", REVIEWS).id
    return studio.train(studio.plan(dataset, changes=changes).config)


def again(studio: Studio) -> Studio:
    """Another process that opens the same workspace."""
    return Studio(FakeEngine(), studio.workspace.home)


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def newer(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "knob_of_next_year: 3\n", encoding="utf-8")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": lambda job: job.unlink(),
    "empty": lambda job: job.write_bytes(b""),
    "zeroed": lambda job: job.write_bytes(b"\0" * job.stat().st_size),
    "foreign yaml": lambda job: job.write_text("services:\n  web:\n    image: nginx\n", encoding="utf-8"),
    "no yaml": lambda job: job.write_text("{[}", encoding="utf-8"),
    "a list": lambda job: job.write_text("- 1\n- 2\n", encoding="utf-8"),
    "strange keys": lambda job: job.write_text("1: 2\n? [a, b]\n: c\n", encoding="utf-8"),
    "not utf-8": lambda job: job.write_bytes("任务: 分类".encode("gb18030")),
    "deep": lambda job: job.write_text("[" * 5000, encoding="utf-8"),
    "a cut line": lambda job: job.write_bytes(job.read_bytes()[:20]),
    "of a newer version": newer,
    "a folder": as_folder,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_run_with_a_damaged_job_is_shown_so_can_be_deleted_and_hides_no_other(studio: Studio, damage: str) -> None:
    good, bad = trained(studio), trained(studio, seed=7)
    DAMAGES[damage](studio.workspace.run_dir(bad.id) / "job.yaml")
    with again(studio) as after:
        assert [run.id for run in after.runs()] == [good.id]
        assert [(run.id, run.status) for run in after.listed().damaged] == [(bad.id, "damaged")]
        facts = damaged_facts(after.listed().damaged[0])
        assert facts["status"] == "damaged" and all(bad.id in sentence for sentence in facts["failure"].values())
        for refused in (after.run, after.resume, after.stop, after.evaluate, after.job_yaml):
            with pytest.raises(StudioError) as refusal:
                refused(bad.id)
            assert refusal.value.key == "run.damaged"
        assert after.classify(good.id, ["很好喝，第1次来"])[0].answer == "好评"
        assert trained(after, seed=8).status == "finished"
        after.delete(bad.id)
        assert after.listed().damaged == [] and not after.workspace.run_dir(bad.id).exists()


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_lives_with_a_damaged_run_and_deletes_it(studio: Studio, lang: str) -> None:
    good, bad = trained(studio), trained(studio, seed=7)
    (studio.workspace.run_dir(bad.id) / "job.yaml").write_bytes(b"")
    with again(studio) as after:
        page = Page(after, "zh" if lang == "zh" else "en")
        assert app.open_tabs(page) == [True, True, True, True]
        assert app.now(page, {})["run"] == ""
        tabs, *_ = app.restore(page, {"tab": "train", "run": bad.id})
        assert tabs.selected == "train"
        live, about, *buttons, again_, history, delete, _, _, _ = train_tab.refresh(page, bad.id)
        assert live.props["run"] == bad.id and delete.visible
        assert not any(button.visible for button in (about, *buttons, again_))
        assert [run["id"] for run in history.value["before"]] == [good.id, bad.id]
        shown = train_tab.live_run(page, {"run": bad.id, "drawn": "", "seen": None})
        assert page.say("views.status_damaged") in json.dumps(shown["nodes"], ensure_ascii=False)
        assert shown["run"] == "" and shown["state"] == live.props["state"]
        assert chat_tab.choose(page, bad.id).value == good.id
        assert data_tab.choose(page, None).value
        assert train_tab.delete_run(page, bad.id) == good.id


def test_a_studio_of_damaged_runs_only_opens_the_tab_that_deletes_them(studio: Studio) -> None:
    bad = trained(studio)
    (studio.workspace.run_dir(bad.id) / "job.yaml").write_bytes(b"")
    with again(studio) as after:
        assert app.open_tabs(Page(after, "zh")) == [True, True, True, False]
        assert train_tab.choose(Page(after, "zh"), None) == bad.id


def test_a_queued_run_that_is_damaged_lets_the_next_one_train(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path) as before:
        dataset = before.data.add_rows("评价", "classify", REVIEWS).id
        config = before.plan(dataset).config
        bad, gone, good = (before.start(config.with_changes({"seed": seed})) for seed in (1, 2, 3))
        (before.workspace.run_dir(bad) / "job.yaml").write_bytes(b"")
        shutil.rmtree(before.workspace.run_dir(gone))
    with Studio(FakeEngine(), tmp_path, worker=True) as after:
        for _ in range(1000):
            if after.run(good).ended:
                break
            after._worker._thread.join(0.01)
        assert after.run(good).status == "finished"


STEP = b'{"kind": "step", "at": 1.0, "step": 1, "epoch": 1, "loss": 1, "learning_rate": 1, "grad_norm": 1, '
FOREIGN_LINES = {
    "an unknown kind": b'{"kind": "dreamt", "of": "sheep"}',
    "no kind": b'{"step": 1}',
    "a kind that is a list": b'{"kind": ["step"]}',
    "missing fields": STEP[:-2] + b"}",
    "a wrong type": STEP + b'"tokens_per_second": "fast", "memory_gib": 1, "seconds": 1}',
    "nothing": b"",
    "null": b"null",
    "a number": b"17",
    "text": b'"step"',
    "a list": b"[1, 2]",
    "zeros": b"\0" * 64,
    "other bytes": bytes(range(128, 256)),
    "a cut line": STEP,
    "deep": b"[" * 20000,
    "another program's": b"2026-01-01 12:00:00 INFO hello",
    "a huge number": b'{"kind": "saved", "at": 1.0, "step": 1e400}',
    "null for a step": b'{"kind": "saved", "at": 1.0, "step": null}',
}


@pytest.mark.parametrize("line", FOREIGN_LINES)
def test_a_foreign_line_among_the_events_is_passed_over(studio: Studio, line: str) -> None:
    run = trained(studio)
    path = studio.workspace.run_dir(run.id) / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([FOREIGN_LINES[line] + b"\n", *lines[:2], FOREIGN_LINES[line] + b"\n", *lines[2:]]))
    with again(studio) as after:
        assert after.run(run.id).progress == run.progress
        assert after.run(run.id).status == "finished" and after.runs()


def test_a_field_that_only_a_newer_version_knows_is_passed_over() -> None:
    known = parse(b'{"kind": "saved", "at": 1.0, "step": 3, "shard": {"of": 8}}')
    assert known == parse(b'{"kind": "saved", "at": 1.0, "step": 3}') != None  # noqa: E711  (both are an event)


@pytest.mark.parametrize("lang", LANGS)
def test_a_sentence_that_only_a_newer_version_knows_is_said_to_be_one(studio: Studio, lang: str) -> None:
    language = "zh" if lang == "zh" else "en"
    for fact in (
        Note(key="engine.invented_next_year", details={"x": 1}),
        Failed(key="run.unexpected", details={}),
        Failed(key="run.unexpected", details={"problem": "{}", "key": 1}),
    ):
        assert told(fact, language)  # type: ignore[arg-type]
    run = trained(studio)
    path = studio.workspace.run_dir(run.id) / "events.jsonl"
    for key in ("note", "failed"):
        with path.open("ab") as file:
            file.write(json.dumps({"kind": key, "at": 1.0, "key": "engine.invented_next_year"}).encode() + b"\n")
    view = views.train_view(studio.run(run.id), language)  # type: ignore[arg-type]
    assert view.problem and "engine.invented_next_year" in view.problem.reason + view.problem.remedy
    assert sum("engine.invented_next_year" in note for note in view.notes) == 1


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b"[]", b"{}", b'{"task": "classify"}', b"{", b"\xff\xfe", b"7"])
def test_a_damaged_report_or_export_is_made_anew(studio: Studio, content: bytes) -> None:
    run = trained(studio)
    report, made = studio.evaluate(run.id), studio.export(run.id, "merged")
    folder = studio.workspace.run_dir(run.id)
    (folder / "report.json").write_bytes(content)
    (folder / "export" / "merged.json").write_bytes(content)
    assert studio.report(run.id) is None
    assert studio.export(run.id, "merged") == made
    assert studio.evaluate(run.id) == report and studio.report(run.id)


def test_a_run_is_on_the_disk_before_it_is_in_the_list(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
    config, forced, fsync = studio.plan(dataset).config, dict[str, bool](), os.fsync

    def watched(descriptor: int) -> None:
        fsync(descriptor)
        with sqlite3.connect(studio.workspace.database) as db:
            listed = db.execute("SELECT count(*) FROM run").fetchone()[0]
        forced[Path(os.readlink(f"/proc/self/fd/{descriptor}")).name] = bool(listed)

    monkeypatch.setattr(os, "fsync", watched)
    run = studio.start(config)
    first = {".job.yaml.draft", "rows.arrow", "splits.json", "facts.json", "manifest.json", run, "runs"}
    assert first <= forced.keys() and not any(forced[name] for name in first)
    assert jobfile.read((studio.workspace.run_dir(run) / "job.yaml").read_text(encoding="utf-8")).config == config
