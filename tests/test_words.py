"""The two languages say the same things, and nothing is asked for that they do not have."""

from __future__ import annotations

import ast
import re
import string
from functools import cache
from pathlib import Path

import pytest

from studio import gallery
from studio.config import RunConfig
from studio.heads import HEADS
from studio.tasks import TASKS
from studio.words import LANGS, catalogue, say

SOURCE = Path(__file__).parents[1] / "studio"
# What a door adds to the details of each refusal of its room: which file it was, which data set of a hub.
ADDED = {"handbook": {"file"}, "data/reading/public": {"id"}, "data/reading": {"file"}, "data/adding": {"file"}}
HAN = re.compile(r"[\u4e00-\u9fff]")
SAYS_ITS_OWN_NAME = {"小灶", "中文"}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences() -> None:
    assert catalogue("zh").keys() == catalogue("en").keys()


@pytest.mark.parametrize("key", sorted(catalogue("zh")))
def test_a_sentence_has_the_same_placeholders_in_both_languages(key: str) -> None:
    assert placeholders(catalogue("zh")[key]) == placeholders(catalogue("en")[key])


class Spoken(ast.NodeVisitor):
    """The strings and the names of fields in Python code: whole ones, and pieces that an f-string puts together."""

    def __init__(self) -> None:
        self.whole: set[str] = set()
        self.pieces: set[str] = set()
        self.errors: set[str] = set()

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.whole.add(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        for part in node.values:
            if isinstance(part, ast.Constant):
                self.pieces.add(str(part.value))
            else:
                self.visit(part)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.whole.add(node.target.id)
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        self.whole.add(node.arg or "")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "StudioError":
            named = (str(one.value) for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant))
            self.errors |= {name for name in named if "." in name}
        self.generic_visit(node)


@cache
def spoken() -> Spoken:
    """What the Python, the JavaScript and the table of models could say."""
    found = Spoken()
    for path in SOURCE.rglob("*.py"):
        found.visit(ast.parse(path.read_text(encoding="utf-8")))
    found.whole |= {row.about for row in gallery.known().values()}
    for path in SOURCE.rglob("*.js"):
        found.whole |= set(re.findall(r'"([^"\n]*)"', path.read_text(encoding="utf-8")))
    return found


def put_together(words: list[str], pieces: set[str]) -> bool:
    """Whether words joined by underscores can be made of `pieces`."""
    heads = (end for end in range(1, len(words) + 1) if "_".join(words[:end]) in pieces)
    return not words or any(put_together(words[end:], pieces) for end in heads)


def test_every_sentence_that_code_names_exists() -> None:
    known = catalogue("zh").keys()
    rooms = {key.partition(".")[0] for key in known}
    named = {text for text in spoken().whole if re.fullmatch(r"[a-z_]+\.[a-z0-9_]*[a-z0-9]", text)}
    files = {name for name in named if name.endswith((".css", ".html", ".js", ".json", ".md", ".xlsx", ".yaml"))}
    assert len(spoken().errors) > 100 and spoken().errors <= known
    assert {name for name in named - files if name.partition(".")[0] in rooms} <= known


class Told(ast.NodeVisitor):
    """Sentences that code names together with their details: a StudioError(…), or a {"reason": …} or {"key": …}."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int, set[str]]] = []  # sentence, line, names of the details

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "StudioError":
            self._note(node.args[0], node.lineno, [word.arg for word in node.keywords])
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        names = [str(key.value) if isinstance(key, ast.Constant) else None for key in node.keys]
        for name, value in zip(names, node.values, strict=True):
            if name in ("reason", "key"):
                self._note(value, node.lineno, names)
        self.generic_visit(node)

    def _note(self, sentence: ast.expr, line: int, details: list[str | None]) -> None:
        """Those with details that stand elsewhere, as in **details, are not to be judged here."""
        named = [str(one.value) for one in ast.walk(sentence) if isinstance(one, ast.Constant)]
        if None not in details:
            self.found += [(key, line, set(map(str, details))) for key in named if key in catalogue("zh")]


def test_every_sentence_that_is_raised_or_noted_is_given_what_it_says() -> None:
    """Its row, its column, its numbers: the file is added by the one door through which files come."""
    lacking, judged = [], 0
    for path in SOURCE.rglob("*.py"):
        told, place = Told(), path.relative_to(SOURCE).as_posix()
        told.visit(ast.parse(path.read_text(encoding="utf-8")))
        added = next((names for room, names in ADDED.items() if place.startswith(room)), set())
        judged += len(told.found)
        for key, line, details in told.found:
            missing = placeholders(catalogue("zh")[key]) - details - added
            lacking += [f"{place}:{line} {key} lacks {sorted(missing)}"] if missing else []
    assert judged > 250 and lacking == []


ON_OLD_DISKS = {"workspace.disk_full"}  # why runs of earlier versions failed, as their events say


def test_every_sentence_is_said_somewhere() -> None:
    """By its whole key, or by one put together of a beginning such as `ui.help_` and of words in the code."""
    texts = spoken().whole | spoken().pieces
    words = {text.strip("_") for text in texts}
    unsaid = []
    for key in catalogue("zh").keys() - texts - ON_OLD_DISKS:
        begun = [key[len(text) :] for text in texts if "." in text and key.startswith(text)]
        if not any(put_together(rest.strip("_").split("_"), words) for rest in begun):
            unsaid.append(key)
    assert unsaid == []


def test_a_detail_may_differ_between_the_languages() -> None:
    problems = {"zh": "学习遍数 = 0", "en": "Epochs = 0"}
    assert say("config.refused", "zh", problems=problems).endswith("学习遍数 = 0")
    assert say("config.refused", "en", problems=problems).endswith("Epochs = 0")


def test_every_knob_speaks_both_languages_and_no_word_is_left_of_one_that_went() -> None:
    knobs = RunConfig.knobs()
    units = {f"knobs.unit_{knob.unit}" for knob in knobs.values() if knob.unit}
    wanted = units | {f"knobs.{name}{part}" for name in knobs for part in ("", "_help")}
    for lang in LANGS:
        words = {key: word for key, word in catalogue(lang).items() if key.startswith("knobs.")}
        assert words.keys() == wanted and all(words.values())
        for key, word in words.items():
            assert bool(HAN.search(word)) == (lang == "zh"), key


@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_called_by_its_name_wherever_it_is(task: str) -> None:
    for lang in LANGS:
        uses = [
            f"readme.{task}_{head.readme}"
            for head in HEADS.values()
            if head.talks or TASKS[task].labelled  # type: ignore[index]
        ]
        assert all(catalogue(lang)[key] for key in (f"data_tab.task_{task}", f"data_tab.want_{task}", *uses))


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 row"), ("1", "1 row"), (0, "0 rows"), (11, "11 rows"), ("1,001", "1,001 rows")]
)
def test_of_one_there_is_no_plural(n: object, said: str) -> None:
    assert say("versions.rows", "en", n=n) == said


def test_a_choice_goes_by_the_number_before_it() -> None:
    lost = say("versions.lost", "en", name="[a|b]", rows=1, edited=2, versions=1)
    assert lost.startswith("This deletes “[a|b]”: 1 row, 2 changes, 1 version,")
    assert say("engine.unlearnable_rows", "en", count=1).startswith("1 row was left out because its answer is too long")


def test_every_choice_stands_after_a_number() -> None:
    for key, sentence in {**catalogue("zh"), **catalogue("en")}.items():
        for place in [found.start() for found in re.finditer(r"\[[^\[\]]*\|", sentence)]:
            assert "{" in sentence[:place], key
