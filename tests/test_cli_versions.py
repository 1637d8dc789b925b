"""Versions and folds from a terminal."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import datasets

from studio.data.datastore import DataStore
from studio.data.reading.child import tabulate_file
from studio.workspace import Workspace
from tests.test_cli import Terminal, reviews


def test_an_old_version_and_a_fold_of_it_are_read_from_a_terminal(tmp_path: Path) -> None:
    store = DataStore(Workspace(tmp_path / "home"))
    dataset = store.add_rows("评价", "classify", reviews(40)).id
    store.freeze(dataset)
    store.edit(dataset, 1, text="改过了")
    store.freeze(dataset)
    store.close()
    terminal = Terminal(tmp_path / "home")
    listed = terminal.ok("versions", dataset)["versions"]
    assert [(one["version"], one["rows"], one["runs"]) for one in listed] == [(2, 40, []), (1, 40, [])]
    old, new = (terminal.ok("rows", dataset, "--version", str(version))["rows"] for version in (1, 2))
    assert old[0] == [*reviews(1)[0]] and new[0][0] == "改过了" and old[1:] == new[1:]
    assert len(terminal.ok("rows", dataset, "--split", "test", "--fold", "1/5")["rows"]) == 8
    code, said, err = terminal.run("rows", dataset, "--split", "test", "--fold", "6/5")
    assert (code, said["error"]["key"]) == (1, "split.no_such_fold") and "第 6 份" in err


def test_a_version_is_taken_home_from_a_terminal(tmp_path: Path) -> None:
    store = DataStore(Workspace(tmp_path / "home"))
    dataset = store.add_rows("评价", "classify", reviews(40)).id
    empty = store.add_rows("没标", "classify", [("好喝", "")]).id
    store.freeze(dataset)
    store.remove(dataset, 1)
    store.close()
    terminal, out = Terminal(tmp_path / "home"), tmp_path / "out"
    out.mkdir()
    for format in ("xlsx", "csv", "tsv", "jsonl", "parquet"):
        told = terminal.ok("export-data", dataset, "--format", format, "--out", str(out / f"rows.{format}"))
        assert (told["path"], told["rows"], told["version"]) == (str(out / f"rows.{format}"), 39, 2)
        assert len(tabulate_file(out / f"rows.{format}").rows) == 39
    old = terminal.ok("export-data", dataset, "--version", "1", "--format", "datasets", "--out", str(out / "folder"))
    assert old["rows"] == 40
    assert sum(map(len, datasets.load_from_disk(out / "folder").values())) == 40
    terminal.ok("export-data", dataset, "--format", "datasets", "--out", str(out / "rows.zip"))
    assert "dataset_dict.json" in zipfile.ZipFile(out / "rows.zip").namelist()
    assert len(list(out.iterdir())) == 7, "no draft stays"
    refused = [
        terminal.run("export-data", which, "--format", "datasets", "--out", str(out / name))[1]["error"]["key"]
        for which, name in ((dataset, "folder"), (dataset, "nowhere/x"), (empty, "new"))
    ]
    assert refused == ["export.exists", "export.no_folder", "data.nothing_labelled"]


def test_a_row_is_shown_whole_with_what_was_said_before_it(tmp_path: Path) -> None:
    turns = [("system", "你是店员"), ("user", "在吗"), ("assistant", "在"), ("user", "几点关门"), ("assistant", "十点")]
    file = tmp_path / "talk.json"
    file.write_text(json.dumps([{"messages": [{"role": role, "content": said} for role, said in turns]}]))
    terminal = Terminal(tmp_path / "home")
    dataset = terminal.ok("import", str(file))["dataset"]
    assert terminal.ok("rows", dataset)["rows"] == [["在吗", "在"], ["几点关门", "十点"]]
    before = [{"role": "user", "content": "在吗"}, {"role": "assistant", "content": "在"}]
    last = {"number": 2, "system": "你是店员", "history": before, "text": "几点关门", "target": "十点"}
    assert terminal.ok("rows", dataset, "--full")["rows"][1] == last
