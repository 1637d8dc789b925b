"""A checkpoint is there whole or not at all, and a damaged one is never taken for a good one."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from studio import commit
from studio.engine import checkpoint
from studio.engine.checkpoint import Checkpoint, Place, Score
from studio.engine.learner import Snapshot
from studio.errors import StudioError


def made(step: int) -> Checkpoint:
    torch.manual_seed(step)
    return Checkpoint(
        place=Place(step=step, seconds=step / 3, scores=(Score(step - 1, 3, 4, 0.1, 5, 6),), precision="fp32"),
        snapshot=Snapshot(
            adapter={"a": torch.randn(4, 8)},
            optimizer={"a.exp_avg": torch.randn(4, 8), "a.step": torch.tensor(float(step))},
            random={"cpu": torch.get_rng_state()},
        ),
        best={"a": torch.randn(4, 8)},
    )


def same(one: Checkpoint | None, other: Checkpoint) -> bool:
    if one is None or one.place != other.place:
        return False
    parts = [(getattr(one.snapshot, name), getattr(other.snapshot, name)) for name in checkpoint.PARTS]
    return all(
        torch.equal(left[name], right[name]) for left, right in [*parts, (one.best, other.best)] for name in right
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two checkpoints, of steps 7 and 14."""
    for step in (7, 14):
        checkpoint.save(tmp_path / "checkpoints", made(step), "job")
    return tmp_path / "checkpoints"


def test_what_was_saved_is_what_is_loaded_bit_for_bit(folder: Path) -> None:
    assert same(checkpoint.newest(folder, "job"), made(14))


def test_the_newest_two_are_kept(folder: Path) -> None:
    checkpoint.save(folder, made(21), "job")
    assert sorted(path.name for path in folder.iterdir()) == ["step-00000014", "step-00000021"]


def test_none_is_found_where_none_was_saved(tmp_path: Path) -> None:
    assert checkpoint.newest(tmp_path / "nowhere", "job") is None


def test_a_checkpoint_of_another_job_is_not_taken(folder: Path) -> None:
    assert checkpoint.newest(folder, "another job") is None


def _delete(path: Path) -> None:
    path.unlink()


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _zero_tail(path: Path) -> None:
    data = path.read_bytes()
    keep = len(data) // 2
    path.write_bytes(data[:keep] + bytes(len(data) - keep))


def _flip_one_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    place = random.Random(len(data)).randrange(len(data))
    data[place] ^= 1
    path.write_bytes(data)


DAMAGES: list[Callable[[Path], None]] = [_delete, _truncate, _empty, _zero_tail, _flip_one_bit]
FILES = ["adapter", "best", "optimizer", "random"]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", [*(f"{file}.safetensors" for file in FILES), "state.json", "manifest.json"])
def test_a_damaged_checkpoint_is_put_aside_for_the_one_before(
    folder: Path, name: str, damage: Callable[[Path], None]
) -> None:
    damage(folder / "step-00000014" / name)
    found = checkpoint.newest(folder, "job")
    if name == "manifest.json" and damage is _flip_one_bit and found and found.place.step == 14:
        assert same(found, made(14))  # a bit of white space
        return
    assert same(found, made(7))
    assert not (folder / "step-00000014").exists()
    assert same(checkpoint.newest(folder, "job"), made(7))  # and stays the one


def test_a_file_too_many_is_damage(folder: Path) -> None:
    (folder / "step-00000014" / "extra.bin").write_bytes(b"x")
    assert same(checkpoint.newest(folder, "job"), made(7))


def test_files_swapped_between_checkpoints_are_damage(folder: Path) -> None:
    os.replace(folder / "step-00000007" / "adapter.safetensors", folder / "step-00000014" / "adapter.safetensors")
    assert checkpoint.newest(folder, "job") is None


class PowerCut(BaseException):
    """What no program may catch."""


@pytest.mark.parametrize("operation", ["fsync", "rename", "write_manifest"])
def test_a_cut_at_any_operation_of_a_save_leaves_the_last_checkpoint(
    folder: Path, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts the operations of one save, then cuts the power at each in turn: 14 or 21 must be there, whole."""
    holder = os if operation == "rename" else commit
    real, calls, cut_at = getattr(holder, operation), 0, 0

    def watched(*args: object) -> None:
        nonlocal calls
        calls += 1
        if calls == cut_at:
            raise PowerCut
        real(*args)

    monkeypatch.setattr(holder, operation, watched)
    checkpoint.save(folder, made(15), "job")
    total = calls
    assert total >= 1
    for at in range(1, total + 1):
        calls, cut_at = 0, at
        with pytest.raises(PowerCut):
            checkpoint.save(folder, made(20 + at), "job")
        commit.sweep(folder)
        found = checkpoint.newest(folder, "job")
        assert found is not None
        assert same(found, made(found.place.step))
        assert not list(folder.glob(".tmp-*"))


def test_a_crash_between_two_renames_brings_the_old_folder_back(tmp_path: Path) -> None:
    with commit.committed(tmp_path / "adapter") as draft:
        (draft / "a.txt").write_text("old", encoding="utf-8")
    os.rename(tmp_path / "adapter", tmp_path / ".old-adapter")  # where the crash came
    commit.sweep(tmp_path)
    assert (tmp_path / "adapter" / "a.txt").read_text(encoding="utf-8") == "old"
    assert commit.whole(tmp_path / "adapter")


def test_a_commit_replaces_a_folder_whole(tmp_path: Path) -> None:
    for words in ("old", "new"):
        with commit.committed(tmp_path / "adapter") as draft:
            (draft / f"{words}.txt").write_text(words, encoding="utf-8")
    assert sorted(path.name for path in (tmp_path / "adapter").iterdir()) == ["manifest.json", "new.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["adapter"]


def test_a_full_disk_is_said_in_plain_words_and_harms_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(commit, "fsync", full)
    with pytest.raises(StudioError) as refusal:
        checkpoint.save(folder, made(21), "job")
    assert refusal.value.key == "engine.disk_full"
    assert same(checkpoint.newest(folder, "job"), made(14))
    assert not list(folder.glob(".tmp-*"))


def test_the_state_is_json_that_people_can_read(folder: Path) -> None:
    state = json.loads((folder / "step-00000014" / "state.json").read_text(encoding="utf-8"))
    assert state["place"]["step"] == 14
