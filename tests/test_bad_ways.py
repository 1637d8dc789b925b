"""What does not go together is refused in one sentence that says what to do instead, before anything is begun."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.config import RunConfig
from studio.data.schema import Example, Splits, Thumb
from studio.errors import StudioError
from studio.planner import check_opinions
from studio.words import catalogue
from tests.engine import encoders, pairs
from tests.engine.conftest import QUESTIONS, REVIEWS, make_model
from tests.test_cli import Terminal

TABLES = {
    "reviews": ("评价,归类", [f"{text},{label}" for text, label in REVIEWS]),
    "questions": ("问题,回答", [f"{asked},{said}" for asked, said in QUESTIONS]),
    "one pair": ("prompt,chosen,rejected", ["几点开门,九点开门。,不知道。"]),
    "no pair": ("prompt,chosen,rejected", [f"{asked},{said},{said}" for asked, said in QUESTIONS]),
    "one opinion": ("prompt,completion,label", [f"{asked},{said},{'true'}" for asked, said in QUESTIONS]),
    "one thumb": ("prompt,completion,label", ["几点开门,九点。,false"]),
    "both ways": ("prompt,completion,label", [f"几点开门,九点。,{liked}" for liked in (True, False)]),
    "unlabelled": ("评价", [text for text, _ in REVIEWS]),
}
OPINIONS = {"one pair", "one opinion", "one thumb", "both ways"}


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "home")


def table(folder: Path, name: str) -> str:
    head, lines = TABLES[name]
    path = folder / f"{name}.csv"
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return str(path)


def encoder(folder: Path) -> str:
    return str(encoders.save(folder, encoders.masked("bert")))


MODELS: dict[str, Callable[[Path], Path | str]] = {
    "causal": make_model, "encoder": encoder, "reads and writes": lambda folder: pairs.save(folder, "bart"),
}  # fmt: skip
PLANS = {
    "more layers than there are": ("reviews", "causal", "freeze", ("layers=9",), "engine.too_many_layers"),
    "a prefix longer than what is read at once": (
        "reviews", "causal", "prefix", ("virtual_tokens=1000",), "engine.too_many_ahead"
    ),
    "an encoder that is to talk": ("questions", "encoder", "lora", (), "run.model_has_no_words"),
    "an encoder that is to rehearse": ("reviews", "encoder", "lora", ("rehearsal=1",), "run.nothing_to_rehearse"),
    "a prefix before an encoder": ("reviews", "encoder", "prefix", (), "engine.no_prefix_of_classes"),
    "more layers than write": ("questions", "reads and writes", "freeze", ("layers=3",), "engine.too_many_layers"),
    "own weights in half of the digits": (
        "reviews", "causal", "full", ("precision=bf16",), "engine.own_weights_need_fp32"
    ),
    "thumbs that are all up": ("one opinion", "causal", "lora", (), "run.only_thumbs_up"),
    "a single thumb": ("one thumb", "causal", "lora", (), "run.only_thumbs_down"),
    "thumbs from pairs": ("one pair", "causal", "lora", ("preference_loss=kto",), "run.not_of_pairs"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANS)
def test_a_plan_that_cannot_be_is_refused_with_the_way_out(terminal: Terminal, tmp_path: Path, case: str) -> None:
    rows, model, method, settings, key = PLANS[case]
    dataset = terminal.ok("import", table(tmp_path, rows), *(("--task", "prefer") if rows in OPINIONS else ()))[
        "dataset"
    ]
    folder = MODELS[model](tmp_path / "model")
    changes = [word for setting in settings for word in ("--set", setting)]
    code, _, told = terminal.run("plan", dataset, "--model", str(folder), "--method", method, *changes)
    assert code == 1 and says(key, told), told


def test_pairs_of_the_same_answer_twice_are_no_rows_at_all(terminal: Terminal, tmp_path: Path) -> None:
    code, _, told = terminal.run("import", table(tmp_path, "no pair"), "--task", "prefer")
    assert code == 1 and says("data.all_left_out", told), told


@pytest.mark.parametrize(("rows", "key"), [("one opinion", "only_thumbs_up"), ("one thumb", "only_thumbs_down")])
def test_thumbs_that_are_all_alike_are_read_and_what_is_missing_is_said(
    terminal: Terminal, tmp_path: Path, rows: str, key: str
) -> None:
    code, read, told = terminal.run("import", table(tmp_path, rows), "--task", "prefer")
    assert code == 0 and f"data.{key}" in {note["reason"] for note in read["notes"]}
    assert says(f"data.{key}", told), told


@pytest.mark.parametrize(("kept", "taken"), [("up", "down"), ("down", "up")])
def test_where_the_tests_take_the_only_thumb_of_its_kind_that_is_said(kept: Thumb, taken: Thumb) -> None:
    rows = tuple(Example(n, f"第{n}问", "答", liked=kept) for n in range(9))
    splits = Splits("data-1", 1, "prefer", (), rows, (), (Example(9, "问", "答", liked=taken),), lesson="preference")
    config = RunConfig.of({"task": "prefer", "dataset": "data-1", "dataset_version": 1, "preference_loss": "kto"})
    with pytest.raises(StudioError) as caught:
        check_opinions(splits, config)
    assert caught.value.key == f"run.thumbs_{taken}_held_out" and "1" in caught.value.say("en")


def test_an_answer_that_is_liked_and_is_not_is_found_by_the_check_up(terminal: Terminal, tmp_path: Path) -> None:
    dataset = terminal.ok("import", table(tmp_path, "both ways"), "--task", "prefer")["dataset"]
    found = terminal.ok("check", dataset)["findings"]
    assert [finding["rows"] for finding in found if finding["kind"] == "contradiction"] == [[1, 2]]


def test_questions_with_answers_alone_are_no_opinions(terminal: Terminal, tmp_path: Path) -> None:
    code, _, told = terminal.run("import", table(tmp_path, "questions"), "--task", "prefer")
    assert code == 1 and says("data.no_worse_answers", told), told


def test_one_pair_is_read_and_said_to_be_too_few(terminal: Terminal, tmp_path: Path) -> None:
    dataset = terminal.ok("import", table(tmp_path, "one pair"), "--task", "prefer")["dataset"]
    found = terminal.ok("check", dataset)["findings"]
    assert "few_rows" in {finding["kind"] for finding in found}


def test_a_file_without_labels_cannot_be_an_exam_but_can_be_answered(terminal: Terminal, tmp_path: Path) -> None:
    dataset = terminal.ok("import", table(tmp_path, "reviews"))["dataset"]
    fast = ("--set", "epochs=1", "--set", "evaluations=1", "--set", "precision=fp32", "--set", "rank=4")
    run = terminal.ok("train", dataset, "--model", encoder(tmp_path / "model"), *fast)["run"]
    asked = table(tmp_path, "unlabelled")
    code, _, told = terminal.run("evaluate", run, "--file", asked)
    assert code == 1 and says("run.no_answers", told), told
    answered = terminal.ok("predict", run, asked, str(tmp_path / "out.csv"))
    assert (answered["rows"], answered["answered"]) == (len(REVIEWS), len(REVIEWS))


def says(key: str, told: str) -> bool:
    """Whether this sentence was told, whatever stands in its gaps, and one line says it all."""
    parts = string.Formatter().parse(catalogue("zh")[key])
    pattern = "".join(re.escape(words) + (".+" if name else "") for words, name, _, _ in parts)
    return bool(re.search(pattern, told)) and "Traceback" not in told
