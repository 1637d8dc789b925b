"""What does not go together is refused in one sentence that says what to do instead, before anything is begun."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.words import catalogue
from tests.engine import encoders
from tests.engine.conftest import QUESTIONS, REVIEWS, make_model
from tests.test_cli import Terminal

TABLES = {
    "reviews": ("评价,归类", [f"{text},{label}" for text, label in REVIEWS]),
    "questions": ("问题,回答", [f"{asked},{said}" for asked, said in QUESTIONS]),
    "one pair": ("prompt,chosen,rejected", ["几点开门,九点开门。,不知道。"]),
    "no pair": ("prompt,chosen,rejected", [f"{asked},{said},{said}" for asked, said in QUESTIONS]),
    "one opinion": ("prompt,completion,label", [f"{asked},{said},{'true'}" for asked, said in QUESTIONS]),
    "unlabelled": ("评价", [text for text, _ in REVIEWS]),
}


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


MODELS: dict[str, Callable[[Path], Path | str]] = {"causal": make_model, "encoder": encoder}
PLANS = {
    "more layers than there are": ("reviews", "causal", "freeze", ("layers=9",), "engine.too_many_layers"),
    "a prefix longer than what is read at once": (
        "reviews", "causal", "prefix", ("virtual_tokens=1000",), "engine.too_many_ahead"
    ),
    "an encoder that is to talk": ("questions", "encoder", "lora", (), "run.model_has_no_words"),
    "an encoder that is to rehearse": ("reviews", "encoder", "lora", ("rehearsal=1",), "run.nothing_to_rehearse"),
    "a prefix before an encoder": ("reviews", "encoder", "prefix", (), "engine.not_for_this_model"),
    "own weights in half of the digits": (
        "reviews", "causal", "full", ("precision=bf16",), "engine.own_weights_need_fp32"
    ),
    "thumbs from pairs": ("one pair", "causal", "lora", ("preference_loss=kto",), "run.not_of_pairs"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANS)
def test_a_plan_that_cannot_be_is_refused_with_the_way_out(terminal: Terminal, tmp_path: Path, case: str) -> None:
    rows, model, method, settings, key = PLANS[case]
    dataset = terminal.ok("import", table(tmp_path, rows))["dataset"]
    folder = MODELS[model](tmp_path / "model")
    changes = [word for setting in settings for word in ("--set", setting)]
    code, _, told = terminal.run("plan", dataset, "--model", str(folder), "--method", method, *changes)
    assert code == 1 and says(key, told), told


def test_pairs_of_the_same_answer_twice_are_no_rows_at_all(terminal: Terminal, tmp_path: Path) -> None:
    code, _, told = terminal.run("import", table(tmp_path, "no pair"), "--task", "prefer")
    assert code == 1 and says("data.all_left_out", told), told


def test_thumbs_that_are_all_up_have_no_worse_answers(terminal: Terminal, tmp_path: Path) -> None:
    code, _, told = terminal.run("import", table(tmp_path, "one opinion"), "--task", "prefer")
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
