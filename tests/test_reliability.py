"""The table of what holds is true: every threat is in it, and every test that it names is there and runs."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = {row[0]: row[1] for row in re.findall(r"^\| (T\d\d) \|(.*)\|$", TABLE, flags=re.MULTILINE)}
THREATS = [f"T{number:02}" for number in range(1, 41)]
# What a test may need of the machine that it runs on, which CI has.
NEEDS = {"tests/test_full_disk.py", "tests/data/test_threads.py"}


@cache
def functions(file: str) -> dict[str, list[str]]:
    """The tests of a file, each with its decorators and those of the whole file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    marks = [
        ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    ]
    return {
        node.name: [*map(ast.unparse, node.decorator_list), *marks]
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_threat_is_in_the_table_once() -> None:
    assert sorted(ROWS) == THREATS
    assert len(re.findall(r"^\| T\d\d ", TABLE, flags=re.MULTILINE)) == len(THREATS)


@pytest.mark.parametrize("threat", THREATS)
def test_every_threat_has_tests_that_exist_and_are_not_skipped(threat: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", ROWS[threat])
    assert named
    for file, test in named:
        marks = functions(file).get(test)
        assert marks is not None, f"{file} has no {test}"
        assert file in NEEDS or not [mark for mark in marks if "skip" in mark or "xfail" in mark], f"{test} is skipped"
