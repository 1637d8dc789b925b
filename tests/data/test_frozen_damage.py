"""What a crash, a stranger or a newer version leaves where versions lie costs one of them at most, and says so."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest

from studio import commit
from studio.data import frozen
from studio.data.datastore import DataStore
from studio.data.schema import Splits
from studio.data.store import versions
from studio.errors import StudioError
from studio.removal import DELETED
from studio.words import LANGS
from studio.workspace import Workspace
from tests.children import PATIENCE

PAIRS = [(f"第{n}号柜在哪", f"在{n}楼。") for n in range(1, 9)]


@pytest.fixture
def dataset(store: DataStore) -> str:
    return store.add_rows("问答", "chat", PAIRS).id


def kept(workspace: Workspace, dataset: str) -> list[Path]:
    """The folders of a dataset's versions, and drafts of them."""
    return sorted(path for path in workspace.versions_dir(dataset).iterdir() if path.is_dir())


def changed(store: DataStore, dataset: str) -> int:
    """A further version, with another row."""
    store.insert(dataset, "还有没有柜子", "没有了。")
    return store.freeze(dataset)


def refused(store: DataStore, dataset: str, version: int) -> str:
    with pytest.raises(StudioError) as refusal:
        store.splits(dataset, version)
    assert all(refusal.value.say(lang) for lang in LANGS)
    return refusal.value.key


def test_a_folder_that_a_crash_left_without_its_row_is_taken_by_the_next_freezing(
    workspace: Workspace, store: DataStore, dataset: str
) -> None:
    store.freeze(dataset)
    (folder,) = kept(workspace, dataset)
    before = (folder / frozen.ROWS).stat()
    with sqlite3.connect(workspace.database) as db:
        db.execute("DELETE FROM versions")
    assert store.versions(dataset) == []
    assert store.freeze(dataset) == 1 and len(store.splits(dataset, 1).train) > 0
    assert kept(workspace, dataset) == [folder] and (folder / frozen.ROWS).stat().st_mtime_ns == before.st_mtime_ns


def test_half_a_folder_of_a_crash_is_swept_and_one_between_two_names_comes_back(
    workspace: Workspace, store: DataStore, dataset: str
) -> None:
    first = store.freeze(dataset)
    (folder,) = kept(workspace, dataset)
    folder.rename(folder.with_name(f".old-{folder.name}"))
    (folder.parent / ".tmp-half").mkdir()
    assert refused(store, dataset, first) == "data.version_damaged"
    second = changed(store, dataset)
    assert len(store.splits(dataset, first).train) + 1 == len(store.splits(dataset, second).train)
    assert [path.name[0] for path in kept(workspace, dataset)].count(".") == 0


@pytest.mark.parametrize("damage", ["gone", "cut", "empty", "facts gone", "facts foreign", "newer", "a file"])
def test_a_damaged_version_is_said_in_a_sentence_and_the_others_are_read(
    workspace: Workspace, store: DataStore, dataset: str, damage: str
) -> None:
    bystander = store.add_rows("别的", "chat", PAIRS).id
    first, (folder,) = store.freeze(dataset), kept(workspace, dataset)
    second, other = changed(store, dataset), store.freeze(bystander)
    whole = [list(store.splits(*which).train) for which in ((dataset, second), (bystander, other))]
    rows, facts = folder / frozen.ROWS, folder / frozen.FACTS
    match damage:
        case "gone":
            rows.unlink()
        case "cut":
            rows.write_bytes(rows.read_bytes()[:-30])
        case "empty":
            rows.write_bytes(b"")
            commit.write_manifest(folder, {})
        case "facts gone":
            facts.unlink()
        case "facts foreign":
            facts.write_text('["hello"]', encoding="utf-8")
            commit.write_manifest(folder, {})
        case "newer":
            told = json.loads(facts.read_text(encoding="utf-8"))
            facts.write_text(json.dumps({**told, "format": frozen.FORMAT + 1}), encoding="utf-8")
            commit.write_manifest(folder, {})
        case _:
            folder.rename(folder.with_name("away"))
            folder.write_bytes(b"x")
    assert refused(store, dataset, first) == "data.version_damaged"
    assert [list(store.splits(*which).train) for which in ((dataset, second), (bystander, other))] == whole
    assert [one.number for one in store.versions(dataset)] == [second, first]
    assert store.freeze(dataset) == second and len(store.rows(dataset)[0]) == len(PAIRS) + 1


def test_what_others_put_beside_the_versions_stays(workspace: Workspace, store: DataStore, dataset: str) -> None:
    store.freeze(dataset)
    place = workspace.versions_dir(dataset)
    strangers = [place / "备份", place.parent / "我的", place.parent / "data-20200101-000000-abcd"]
    for folder in strangers:
        folder.mkdir()
        (folder / "a.txt").write_text("x", encoding="utf-8")
    changed(store, dataset)
    DataStore(workspace).close()
    assert all((folder / "a.txt").exists() for folder in strangers)


def test_versions_of_a_deletion_that_a_crash_cut_off_are_swept(workspace: Workspace, dataset: str) -> None:
    left = workspace.versions_dir(dataset).with_name(f"{DELETED}{dataset}")
    left.mkdir()
    DataStore(workspace).close()
    assert not left.exists()


def test_versions_frozen_at_once_are_one(workspace: Workspace, dataset: str) -> None:
    barrier, numbers = Barrier(6), list[int]()

    def freeze() -> None:
        other = DataStore(workspace)
        barrier.wait(PATIENCE)
        numbers.append(other.freeze(dataset))
        other.close()

    people = [Thread(target=freeze, daemon=True) for _ in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join(PATIENCE)
    assert numbers == [1] * 6 and len(kept(workspace, dataset)) == 1


def test_rows_that_are_being_read_outlive_their_dataset(store: DataStore, dataset: str) -> None:
    splits = store.splits(dataset, store.freeze(dataset))
    store.delete(dataset)
    assert len(list(splits.train)) == len(splits.train) > 0


@pytest.fixture
def loser(store: DataStore, dataset: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Whoever freezes has kept the rows when others delete the dataset, and add the ones that are named here."""
    added, keep = list[str](), versions._keep

    def keep_and_lose(place: Path, splits: Splits) -> None:
        keep(place, splits)
        store.delete(dataset)
        for name in added:
            store.add_rows(name, "chat", PAIRS[:6])

    monkeypatch.setattr(versions, "_keep", keep_and_lose)
    yield added


@pytest.mark.parametrize("names", [[], ["在它的位置上"]], ids=["alone", "its number is another's"])
def test_a_dataset_that_is_deleted_while_it_is_frozen_is_gone(
    workspace: Workspace, store: DataStore, dataset: str, loser: list[str], names: list[str]
) -> None:
    loser += names
    with pytest.raises(StudioError) as refusal:
        store.freeze(dataset)
    assert refusal.value.key == "data.no_such_dataset" and dataset in refusal.value.say("zh")
    assert not workspace.versions_dir(dataset).exists()
    assert all(store.versions(one.id) == [] for one in store.list())
