"""Versions and folds from a terminal."""

from __future__ import annotations

from pathlib import Path

from studio.data.datastore import DataStore
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
