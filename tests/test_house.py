"""The house in order: no long file or function, every plural in its room, the map true."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from studio.formats import FORMATS
from studio.methods import METHODS
from studio.tasks import TASKS

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "app.py", *(path for room in ("studio", "tests", "benchmarks") for path in (ROOT / room).rglob("*.py"))]
LONGEST_FILE = 300
SCREEN = 50  # lines of a body, docstring and comments included


def held() -> Iterator[tuple[str, str]]:
    """Name and text of every file that is held to the limits."""
    for path in FILES:
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def bodies(text: str) -> Iterator[tuple[str, int]]:
    """Name and lines of the body of every function and method, also of those within another."""
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.body[0].lineno + 1


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {name: len(text.splitlines()) for name, text in held()}
    assert len(lengths) > 300
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_two_test_files_have_one_name() -> None:
    """They lie in folders without a package, so that pytest would find only the first."""
    names = [path.name for path in FILES if path.name.startswith("test_")]
    assert [name for name in set(names) if names.count(name) > 1] == []


def test_no_function_is_longer_than_a_screen() -> None:
    found = [(name, function, lines) for name, text in held() for function, lines in bodies(text)]
    assert [one for one in found if one[-1] > SCREEN] == []


RUNS = {"run", "check_output", "check_call"}  # of subprocess


def endless(text: str) -> Iterator[int]:
    """The lines where a process, a thread or a barrier is waited for however long it takes."""
    for node in ast.walk(parsed(text)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        of, limits = ast.unparse(node.func.value), {one.arg for one in node.keywords}
        waits = node.func.attr in ("wait", "join", "communicate") and not node.args and not of.endswith("suggesting")
        runs = of == "subprocess" and node.func.attr in RUNS
        if (waits or runs) and not limits & {"timeout", None}:
            yield node.lineno


def test_no_test_waits_for_ever() -> None:
    assert list(endless("process.wait()\nsubprocess.run(['true'])\nthread.join(5)")) == [1, 2]
    assert [f"{name}:{line}" for name, text in held() if name.startswith("tests/") for line in endless(text)] == []


NAMES = {*TASKS, *METHODS, *FORMATS, "prefer"} - {"prompt"}  # which is what a column may be, too
ROOMS = ("studio/tasks.py", "studio/methods.py", "studio/formats.py", "studio/engine/objectives/")


def compared() -> Iterator[str]:
    """Every comparison with the name of a task, a method or a format outside their rooms."""
    for path in sorted(ROOT.glob("studio/**/*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(ROOMS):
            continue
        for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
            sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
            sides += [case.pattern for case in node.cases] if isinstance(node, ast.Match) else []
            for side in sides:
                found = {one.value for one in ast.walk(side) if isinstance(one, ast.Constant)}
                if isinstance(side, (ast.Constant, ast.Tuple, ast.Set, ast.List, ast.pattern)) and found & NAMES:
                    yield f"{place}:{side.lineno}"


def test_no_code_asks_for_a_task_a_method_or_a_format_by_its_name() -> None:
    assert list(compared()) == []


TABLES = ("heads", "methods", "objectives", "export")  # rooms of the engine
MEMBERS = {
    f"{room}.{path.stem}"
    for room in (*(f"studio.engine.{name}" for name in TABLES), "studio.evaluation.measures")
    for path in ROOT.joinpath(*room.split(".")).glob("[!_]*.py")
}


def named(path: Path) -> Iterator[str]:
    """Every module that a file imports, or reaches through a package that it imports, by its whole name."""
    known: dict[str, str] = {}
    tree = parsed(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        if isinstance(node, ast.ImportFrom):
            yield str(node.module)
            known |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    yield from known.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
            yield f"{known[node.value.id]}.{node.attr}"


def test_nothing_outside_a_room_takes_one_of_its_members_by_name() -> None:
    """But asks the room's table for it: `HEADS`, `METHODS`, `OBJECTIVES`, `FORMATS`, `MEASURES`."""
    assert {"studio.engine.heads.causal", "studio.engine.methods.lora", "studio.evaluation.measures.recall"} <= MEMBERS
    taken = set()
    for path in ROOT.glob("studio/**/*.py"):
        room = ".".join(path.relative_to(ROOT).parent.parts)
        taken |= {(path.name, name) for name in named(path) if name in MEMBERS and name.rpartition(".")[0] != room}
    assert taken == set()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the terminal and the page show of a made-up method, measure and format, and how a made-up head does."""
    home = tmp_path_factory.mktemp("made-up") / "home"
    command = [sys.executable, "-m", "tests.made_up.see", str(home), "starter"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", ["measure", "format", "method", "head"])
def test_a_new_one_takes_forty_lines_of_its_own(name: str) -> None:
    assert len((ROOT / f"tests/made_up/{name}.py").read_text(encoding="utf-8").splitlines()) <= 40


def test_a_made_up_method_teaches_and_is_in_help_json_and_page(seen: Any) -> None:
    assert "queries" in seen["help"]["train"] and seen["run"]["method"] == "queries"
    assert {line.split(".")[-3] for line in seen["learned"].splitlines()} == {"q_proj"}
    assert "xz_model_tab_method_queries" in seen["page"] and "Queries only" in seen["words"].values()


def test_a_made_up_measure_is_in_help_json_and_page(seen: Any) -> None:
    assert "short" in seen["help"]["evaluate"] and seen["report"]["short"]["count"] == seen["report"]["count"]
    assert "说得简短" in seen["card"]["zh"] and "Said briefly" in seen["card"]["en"]


def test_a_made_up_format_is_in_help_json_and_page(seen: Any) -> None:
    assert "listing" in seen["help"]["export"] and seen["made"]["verified"] is True
    assert "take-listing" in seen["page"]


def test_a_made_up_head_teaches_scores_and_proves_what_goes_home(seen: Any) -> None:
    """Its loss would be another one than transformers' own, were any module to take the head of other models."""
    assert seen["merged"]["verified"] is True and seen["merged"]["max_difference"] < 1e-5
    assert seen["off_by"] < 1e-5


def mapped() -> dict[str, set[str]]:
    """Folder → the files that the map names there."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `studio/"):
            where, what = line.strip("| ").split(" | ", 1)
            for folder in re.findall(r"`(studio/[^`]*)`", where):
                found.setdefault(folder.rstrip("/"), set()).update(re.findall(r"`([a-z_0-9]+)`", what))
    return found


def test_the_map_names_every_file_in_its_folder() -> None:
    tree: dict[str, set[str]] = {}
    for path in (ROOT / "studio").rglob("*.py"):
        if not path.stem.startswith("__"):
            tree.setdefault(path.parent.relative_to(ROOT).as_posix(), set()).add(path.stem)
    named = mapped()
    unnamed = {folder: files - named.get(folder, set()) for folder, files in tree.items()}
    assert {folder: files for folder, files in unnamed.items() if files} == {}
    rooms = {path.name for path in (ROOT / "studio").rglob("*") if path.is_dir()}
    gone = {folder: files - tree[folder] - rooms for folder, files in named.items() if folder in tree}
    assert {folder: files for folder, files in gone.items() if files} == {}


HEAVY = {"datasets", "gradio", "httpx", "pandas", "peft", "pyarrow", "scipy", "torch", "transformers"}


def test_a_command_of_the_terminal_starts_without_the_libraries_that_only_some_commands_need() -> None:
    code = "import sys, studio.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    assert "typer" in done.stdout.split() and HEAVY.isdisjoint(done.stdout.split())


def test_a_toast_is_shown_by_the_kit_alone_which_escapes_it() -> None:
    """Gradio renders toasts as HTML."""
    asked = re.compile(r"gr\.(?:Info|Warning|Error)\(")
    found = {name for name, text in held() if name.startswith("studio/") and asked.search(text)}
    assert found == {"studio/ui/kit/page.py"}
