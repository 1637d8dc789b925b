"""Answers that people liked or did not are read as such, kept, shown, written and read again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from studio.data.checkup import checkup
from studio.data.datastore import DataStore
from studio.data.export import FORMATS, write_dataset
from studio.data.schema import Row
from tests.data.conftest import refusal


def file_of(folder: Path, ups: int = 12, downs: int = 12, shape: str = "flat") -> Path:
    """Thumbs as TRL has them, in words or in turns."""
    rows = [(f"问题{n}", f"您好，第{n}种。", True) for n in range(ups)]
    rows += [(f"问题{n}", f"第{n}种不知道。", False) for n in range(downs)]
    lines = []
    for asked, said, liked in rows:
        turns = [{"role": "user", "content": asked}], [{"role": "assistant", "content": said}]
        prompt, completion = turns if shape == "turns" else (asked, said)
        line = {"prompt": prompt, "completion": completion, "label": liked}
        if shape == "kto_tag":
            line = {"messages": [*turns[0], *turns[1]], "kto_tag": liked}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    path = folder / f"{shape}.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("shape", ["flat", "turns", "kto_tag"])
def test_thumbs_are_read_from_each_shape_and_it_is_said(store: DataStore, tmp_path: Path, shape: str) -> None:
    dataset = store.add(file_of(tmp_path, shape=shape))
    assert (dataset.task, dataset.report.rows, dataset.report.dropped) == ("prefer", 24, ())
    assert {"reason": "data.thumbs", "up": 12, "down": 12} in dataset.report.notes
    rows = store.rows(dataset.id, limit=100)[0]
    assert Counter(row.liked for row in rows) == {"up": 12, "down": 12}
    assert all("不知道" in row.target for row in rows if row.liked == "down")


def test_few_thumbs_down_teach_the_answers_that_were_liked_and_the_way_to_both_is_said(
    store: DataStore, tmp_path: Path
) -> None:
    dataset = store.add(file_of(tmp_path, downs=3))
    assert (dataset.task, dataset.report.rows, len(dataset.report.dropped)) == ("chat", 12, 3)
    assert {"reason": "data.thumbs_left_out", "up": 12, "down": 3} in dataset.report.notes
    both = store.add(tmp_path / "flat.jsonl", task="prefer")
    assert both.report.rows == 15
    assert [one["key"] for one in store.splits(both.id, store.freeze(both.id)).warnings][-1] == "split.few_thumbs"


@pytest.mark.parametrize(("ups", "downs", "kind"), [(12, 0, "up"), (0, 12, "down"), (1, 0, "up"), (0, 1, "down")])
@pytest.mark.parametrize("shape", ["flat", "turns", "kto_tag"])
def test_thumbs_that_are_all_alike_are_read_where_a_person_says_what_they_are_and_what_is_missing_is_told(
    store: DataStore, tmp_path: Path, shape: str, ups: int, downs: int, kind: str
) -> None:
    dataset = store.add(file_of(tmp_path, ups, downs, shape), task="prefer")
    assert {row.liked for row in rows_of(store, dataset.id)} == {kind}
    assert {"reason": f"data.only_thumbs_{kind}", "up": ups, "down": downs} in dataset.report.notes
    assert store.splits(dataset.id, store.freeze(dataset.id)).warnings[-1]["key"] == "split.few_thumbs"


def test_what_a_desk_let_pass_is_a_thumb_only_where_a_person_says_so(store: DataStore, tmp_path: Path) -> None:
    path = tmp_path / "质检.csv"
    path.write_text("问题,回答,质检结果\n" + "".join(f"问{n},答{n},合格\n" for n in range(12)), encoding="utf-8")
    assert store.add(path).task == "chat"
    assert {row.liked for row in rows_of(store, store.add(path, task="prefer").id)} == {"up"}


def test_an_answer_without_a_thumb_among_those_that_have_one_is_left_out_and_told(
    store: DataStore, tmp_path: Path
) -> None:
    path = file_of(tmp_path)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"prompt": "问", "completion": "答", "label": None}) + "\n")
    report = store.add(path).report
    assert [(one["row"], one["reason"]) for one in report.dropped] == [(25, "data.no_thumb")]


@pytest.mark.parametrize("ending", FORMATS)
def test_what_is_written_is_read_again_with_its_thumbs(store: DataStore, tmp_path: Path, ending: str) -> None:
    dataset = store.add(file_of(tmp_path))
    out = tmp_path / f"out{ending}"
    store.export(dataset.id, out)
    again = store.add(out)
    assert again.task == "prefer"
    assert [said(row) for row in rows_of(store, again.id)] == [said(row) for row in rows_of(store, dataset.id)]


def test_pairs_can_be_written_as_thumbs(store: DataStore, tmp_path: Path) -> None:
    dataset = store.add_rows("pairs", "prefer", [("几点开门", "九点。", "不知道。")])
    write_dataset(tmp_path / "out.jsonl", dataset, rows_of(store, dataset.id), "kto")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["completion"][0]["content"], line["label"]) for line in lines] == [
        ("九点。", True),
        ("不知道。", False),
    ]


def test_a_thumb_can_be_turned_and_the_turning_taken_back(store: DataStore, tmp_path: Path) -> None:
    dataset = store.add(file_of(tmp_path)).id
    turned = store.edit(dataset, 1, liked="down", revision=0)
    assert (turned.liked, turned.changed) == ("down", True)
    assert refusal(lambda: store.edit(dataset, 1, liked="up", revision=0)) == "data.row_changed_elsewhere"
    undone = store.undo(dataset)
    assert undone is not None and (undone.liked, undone.changed) == ("up", False)


def test_versions_keep_the_thumbs_and_a_turned_one_is_another_version(store: DataStore, tmp_path: Path) -> None:
    dataset = store.add(file_of(tmp_path)).id
    first = store.freeze(dataset)
    splits = store.splits(dataset, first)
    assert Counter(row.liked for row in [*splits.train, *splits.validation, *splits.test]) == {"up": 12, "down": 12}
    store.edit(dataset, 1, liked="down")
    assert store.freeze(dataset) == first + 1


def test_the_check_up_finds_what_is_liked_here_and_not_there() -> None:
    rows = [
        Row(1, "几点开门", "九点。", "train", 0, False, liked="up"),
        Row(2, "几点开门", "九点。", "train", 0, False, liked="down"),
    ]
    found = {finding.kind: finding.rows for finding in checkup(rows, "prefer").findings}
    assert found["contradiction"] == (1, 2) and "duplicate" not in found and "no_pair" not in found


def said(row: Row) -> tuple[str, str, str]:
    return row.text, row.target, row.liked


def rows_of(store: DataStore, dataset: str) -> list[Row]:
    return store.rows(dataset, limit=100)[0]
