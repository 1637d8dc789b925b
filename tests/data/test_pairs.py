"""A better and a worse answer: read from every tool's file, kept, edited, divided, frozen and written out again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from studio.data import export, frozen
from studio.data.checkup import checkup
from studio.data.checkup.fixes import changes
from studio.data.datastore import DataStore
from studio.data.intake.intake import Wish, understand
from studio.data.reading.child import tabulate_file
from studio.data.reading.read import read_table
from studio.data.schema import PARTS, Example, ImportReport, Row
from studio.data.store.queries import Wanted
from studio.errors import StudioError
from studio.words import LANGS, say

DATA = Path(__file__).parents[3] / "shared" / "data"
Q, A, BAD = "能退货吗", "七天内可以退。", "不退！"
asked, good, bad = (
    {"role": role, "content": words} for role, words in (("user", Q), ("assistant", A), ("assistant", BAD))
)
human = f"\n\nHuman: {Q}\n\nAssistant: "
before = [{"role": "user", "content": "在吗"}, {"role": "assistant", "content": "在的"}]
SHAPES: dict[str, Any] = {
    "two texts": {"prompt": Q, "chosen": A, "rejected": BAD},
    "LLaMA-Factory, alpaca": {"instruction": Q, "input": "", "chosen": A, "rejected": BAD},
    "LLaMA-Factory, sharegpt": {
        "conversations": [{"from": "human", "value": Q}],
        "chosen": {"from": "gpt", "value": A},
        "rejected": {"from": "gpt", "value": BAD},
    },
    "TRL": {"prompt": [asked], "chosen": [good], "rejected": [bad]},
    "TRL without a prompt": {"chosen": [asked, good], "rejected": [asked, bad]},
    "UltraFeedback, binarised": {"prompt": Q, "chosen": [asked, good], "rejected": [asked, bad], "score_chosen": 8.0},
    "UltraFeedback": {
        "instruction": Q,
        "completions": [{"response": words, "overall_score": n} for n, words in enumerate((BAD, "不清楚", A))],
    },
    "OpenAI": {"input": {"messages": [asked]}, "preferred_output": [good], "non_preferred_output": [bad]},
    "ms-swift": {"messages": [asked, good], "rejected_response": BAD},
    "ms-swift's messages": {"messages": [asked, good], "rejected_messages": [asked, bad]},
    "HH-RLHF": {"chosen": human + A, "rejected": human + BAD},
    "by rank": {"question": Q, "answers": [{"text": BAD, "rank": 2}, {"text": A, "rank": 1}]},
    "by score": {"question": Q, "responses": [A, BAD], "scores": [0.9, 0.1]},
    "by votes": {"question": Q, "answers": [{"text": BAD, "votes": 1}, {"text": A, "votes": 7}]},
    "an arena": {"winner": "model_b", "conversation_a": [asked, bad], "conversation_b": [asked, good]},
}  # fmt: skip
PAIRS = [(f"第{n}号茶能退吗", f"您好，{n}号茶七天内可以退。", f"{n}号？不退！") for n in range(40)]


def read(folder: Path, records: list[Any], task: Any = None) -> tuple[list[Example], ImportReport]:
    path = folder / "pairs.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    return understand(tabulate_file(path), Wish(task), path.name)


def reasons(report: ImportReport) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in (*report.dropped, *report.notes):
        assert all(say(entry["reason"], lang, **entry) for lang in LANGS)
        key = entry["reason"].removeprefix("data.")
        found[key] = found.get(key, 0) + entry.get("n", 1)
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_a_file_of_better_and_worse_answers_is_one_to_learn_what_is_better(name: str, tmp_path: Path) -> None:
    (example,), report = read(tmp_path, [SHAPES[name]])
    assert (report.task, example.text, example.target, example.rejected) == ("prefer", Q, A, BAD)
    assert reasons(report).keys() <= {"lower_scored_left_out", "unused_columns"}


@pytest.mark.parametrize("name", SHAPES)
def test_whoever_wants_answers_gets_the_better_ones_and_is_told_of_the_others(name: str, tmp_path: Path) -> None:
    (example,), report = read(tmp_path, [SHAPES[name]], "chat")
    assert (report.task, example.text, example.target, example.rejected) == ("chat", Q, A, "")
    assert reasons(report)["rejected_left_out"] == 1


def test_what_was_said_before_belongs_to_both_answers(tmp_path: Path) -> None:
    talk = [*before, asked]
    (example,), _ = read(tmp_path, [{"chosen": [*talk, good], "rejected": [*talk, bad]}])
    assert [turn.content for turn in example.context] == ["在吗", "在的"] and example.rejected == BAD


def test_answers_to_different_conversations_are_not_compared(tmp_path: Path) -> None:
    apart = {"chosen": [*before, asked, good], "rejected": [asked, bad]}
    examples, report = read(tmp_path, [apart, *[SHAPES["TRL"]] * 11])
    assert len(examples) == 11 and reasons(report) == {"rejected_elsewhere": 1, "no_pair": 1}


def test_rows_of_which_nothing_can_be_learned_are_left_out_and_said(tmp_path: Path) -> None:
    odd = [(Q, A, A), (Q, "", BAD), (Q, A, ""), ("", A, BAD)]
    rows = [dict(zip(("prompt", "chosen", "rejected"), row, strict=True)) for row in [*PAIRS, *odd]]
    examples, report = read(tmp_path, rows)
    assert len(examples) == 40 and reasons(report) == {"same_answers": 1, "no_pair": 2, "no_text": 1}


def test_where_few_answers_have_a_worse_one_beside_them_answers_are_learned(tmp_path: Path) -> None:
    rows = [{"prompt": q, "chosen": a, "rejected": w if n < 20 else ""} for n, (q, a, w) in enumerate(PAIRS)]
    examples, report = read(tmp_path, rows)
    assert (report.task, len(examples)) == ("chat", 40) and reasons(report) == {"rejected_left_out": 20}


@pytest.mark.parametrize("head", [("问题", "更好的回答", "更差的回答"), ("question", "good_answer", "bad_answer")])
def test_columns_say_in_words_which_answer_is_the_worse(read_text: Callable[..., Any], head: tuple[str, ...]) -> None:
    table = read_text("\n".join([",".join(head), *map(",".join, PAIRS)]))
    examples, report = understand(table, Wish(), "f")
    assert report.task == "prefer" and examples[3].rejected == PAIRS[3][2]


def test_to_compare_takes_a_column_of_worse_answers(read_text: Callable[..., Any]) -> None:
    table = read_text("\n".join(["问题,回答,说法", *map(",".join, PAIRS)]))
    with pytest.raises(StudioError) as refused:
        understand(table, Wish("prefer"), "f")
    assert refused.value.key == "data.no_worse_answers" and "说法" in refused.value.say("zh")
    examples, _ = understand(table, Wish("prefer", roles={"说法": "rejected"}), "f")
    assert examples[0].rejected == PAIRS[0][2]


def test_the_demonstration_of_another_tool_is_read_whole() -> None:
    path = DATA / "dpo_zh_demo.json"
    if not path.exists():
        pytest.skip("the shared data are not here")
    examples, report = understand(read_table(path), Wish(), path.name)
    assert (report.task, len(examples), report.dropped) == ("prefer", 150, ())
    assert all(one.rejected and one.rejected != one.target for one in examples)


@pytest.fixture
def dataset(store: DataStore) -> str:
    return store.add_rows("好坏", "prefer", PAIRS).id


def test_a_worse_answer_is_edited_searched_and_undone(store: DataStore, dataset: str) -> None:
    row = store.edit(dataset, 1, rejected="走开")
    assert (row.rejected, row.changed) == ("走开", True)
    assert [found.number for found in store.page(dataset, Wanted(search="走开"))[0]] == [1]
    assert not store.edit(dataset, 1, rejected=PAIRS[0][2]).changed
    store.insert(dataset, "几点开门", "九点。", "不告诉你")
    store.remove(dataset, 41)
    store.undo(dataset)
    assert store.row(dataset, 41).rejected == "不告诉你"
    store.undo(dataset)
    store.undo(dataset)
    assert store.row(dataset, 1).rejected == "走开"


def test_a_row_whose_worse_answer_is_gone_is_not_learned_and_the_check_up_says_so(
    store: DataStore, dataset: str
) -> None:
    store.edit(dataset, 1, rejected="")
    store.edit(dataset, 2, rejected=PAIRS[1][1])
    splits = store.splits(dataset, store.freeze(dataset))
    numbers = {row.number for part in PARTS for row in getattr(splits, part)}
    assert numbers == set(range(3, 41))
    rows, _ = store.rows(dataset, limit=99)
    finding = next(one for one in checkup(rows, "prefer").findings if one.kind == "no_pair")
    assert finding.rows == (1, 2) and changes(finding, rows, "prefer") == {1: None, 2: None}


def test_no_question_is_on_two_sides_however_many_pairs_it_has(store: DataStore) -> None:
    rows = [(f"{q}{'！' * n}", f"{a}{n}", b) for q, a, b in PAIRS[:20] for n in range(3)]
    dataset = store.add_rows("一问多对", "prefer", rows).id
    splits = store.splits(dataset, store.freeze(dataset))
    sides = [{row.text.rstrip("！") for row in getattr(splits, part)} for part in PARTS]
    assert splits.lesson == "preference" and all(sides)
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])


@pytest.mark.parametrize(("count", "key"), [(1, "one_pair"), (20, "few_pairs")])
def test_too_few_pairs_are_said_in_words(store: DataStore, count: int, key: str) -> None:
    dataset = store.add_rows("少", "prefer", PAIRS[:count]).id
    said = store.splits(dataset, store.freeze(dataset)).warnings
    (found,) = [one for one in said if one["key"] == f"split.{key}"]
    details = {name: value for name, value in found.items() if name != "key"}
    assert all(say(found["key"], lang, **details) for lang in LANGS)


def test_versions_keep_both_answers_and_files_of_before_are_read_without(
    store: DataStore, dataset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    splits = store.splits(dataset, store.freeze(dataset))
    assert {row.rejected for row in splits.test} < {pair[2] for pair in PAIRS}
    older = [one.name for one in fields(Example) if one.name != "rejected"]
    with monkeypatch.context() as past:
        past.setattr(frozen, "fields", lambda of: [one for one in fields(of) if one.name != "rejected"])
        frozen.keep(tmp_path, splits)
    read = frozen._read(tmp_path)
    assert read is not None and len(read.train) == len(splits.train)
    assert all(
        getattr(one, name) == getattr(was, name)
        for name in older
        for one, was in zip(read.test, splits.test, strict=True)
    )
    assert {row.rejected for row in read.train} == {""}


def test_what_is_written_out_is_read_in_again(store: DataStore, dataset: str, tmp_path: Path) -> None:
    card = store.get(dataset)
    rows, _ = store.rows(dataset, limit=99)
    for ending in ("jsonl", "xlsx", "csv", "parquet"):
        path = tmp_path / f"out.{ending}"
        export.write_dataset(path, card, rows)
        examples, report = understand(tabulate_file(path), Wish(), path.name)
        assert report.task == "prefer", ending
        assert [(one.text, one.target, one.rejected) for one in examples] == PAIRS, ending
    first = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first == {
        "prompt": [{"role": "user", "content": PAIRS[0][0]}],
        "chosen": [{"role": "assistant", "content": PAIRS[0][1]}],
        "rejected": [{"role": "assistant", "content": PAIRS[0][2]}],
    }


def test_a_folder_of_pairs_opens_as_datasets_does(store: DataStore, dataset: str, tmp_path: Path) -> None:
    from datasets import load_from_disk

    splits = store.splits(dataset, store.freeze(dataset))
    export.write_folder(tmp_path / "folder", "prefer", splits)
    found = load_from_disk(str(tmp_path / "folder"))
    assert found["train"].column_names == ["prompt", "chosen", "rejected"]
    assert found["test"][0]["rejected"] == [{"role": "assistant", "content": splits.test[0].rejected}]


def test_a_pair_turned_round_contradicts_and_other_pairs_of_a_question_do_not() -> None:
    said = [(Q, A, BAD), (Q, A, "不清楚"), (Q, A, BAD), ("几点开门", "九点", "自己看"), ("几点开门", "自己看", "九点")]
    rows = [Row(n, text, target, None, 0, False, rejected=worse) for n, (text, target, worse) in enumerate(said, 1)]
    found = {finding.kind: finding.rows for finding in checkup(rows, "prefer").findings}
    assert found["contradiction"] == (4, 5) and found["duplicate"] == (3,)
    assert "few_ways" not in found and "near_duplicate" not in found


def test_who_is_named_in_a_worse_answer_is_hidden_there_too() -> None:
    rows = [Row(1, "帮我查下13812345678的单", "好的，13812345678", None, 0, False, rejected="13812345678？没有")]
    finding = next(one for one in checkup(rows, "prefer").findings if one.kind == "personal_data")
    assert "13812345678" not in str(changes(finding, rows, "prefer")[1]["rejected"])  # type: ignore[index]
