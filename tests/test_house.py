"""No Python file is longer than 300 lines, and what a function does can be seen at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "app.py", *(path for room in ("studio", "tests", "benchmarks") for path in (ROOT / room).rglob("*.py"))]
LONGEST_FILE = 300
SCREEN = 50  # lines of a body, docstring and comments included
# Still to be divided. Nothing is added here; when the last one is divided, the tuple goes.
STILL_LONG = ("studio/cli.py", "studio/studio.py", "studio/ui/kit/theme.py")


def held() -> Iterator[tuple[str, str]]:
    """Name and text of every file that is held to the limits."""
    for path in FILES:
        name = path.relative_to(ROOT).as_posix()
        if name not in STILL_LONG:
            yield name, path.read_text(encoding="utf-8")


def bodies(text: str) -> Iterator[tuple[str, int]]:
    """Name and lines of the body of every function and method, also of those within another."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.body[0].lineno + 1


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {name: len(text.splitlines()) for name, text in held()}
    assert len(lengths) > 300
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    found = [(name, function, lines) for name, text in held() for function, lines in bodies(text)]
    assert [one for one in found if one[-1] > SCREEN] == []
