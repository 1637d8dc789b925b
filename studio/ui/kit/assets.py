"""The scripts and the stylesheet that lie beside this file, as text.

Knows nothing of their meaning.
"""

from __future__ import annotations

import json
import posixpath
import re
from functools import cache
from importlib.resources import files

IMPORT = re.compile(r'^import (\{.*\}) from "(.+)";$', re.MULTILINE)
TYPES = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)  # only the type checker reads them
TRIGGERED = re.compile(r'\btrigger\("(\w+)"\)')
GIVEN = "element, props, server, trigger, watch"  # what Gradio calls a component's script with
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (\$|\w+))", re.MULTILINE)


@cache
def read(name: str) -> str:
    """A file of the page by its place below `ui`, such as `data/table.html`."""
    return files("studio.ui").joinpath(name).read_text(encoding="utf-8")


@cache
def script(name: str, modules: str = "window.xiaozao.modules") -> str:
    """A script of the page, such as `data/table.js`, with what it imports taken from the page's `modules`.

    Gradio calls a script as a function, in which nothing can be imported: a module is a function of what the component
    is (GIVEN) and what it takes itself, called once for each component, so that it is seen by its exports alone.
    """
    imported = [_constant(place) for place in _imported(name)]
    events = sorted({event for place in _imported(name) for event in TRIGGERED.findall(read(place))})
    told = [f"// {json.dumps(events)}"] if events else []  # Gradio looks here for the names of events
    made = [f"taken.{constant} = {modules}.{constant}({GIVEN}, taken);" for constant in imported]
    return "\n".join(['"use strict";', "const taken = {};", *told, *made, _taking(name)])


@cache
def boot_script(words: str) -> str:
    """The page's own script, for the very start of <head>: all modules, once, and `words` of both languages as JSON."""
    places = dict.fromkeys(place for name in _scripts() for place in _imported(name))
    modules = ", ".join(_module(place) for place in places)
    text = script("kit/boot.js", "MODULES")
    return f"(function (WORDS, MODULES, {GIVEN}) {{\n{text}}})({words}, {{{modules}}});"  # the page gets no name of it


def _scripts() -> list[str]:
    rooms = [room for room in files("studio.ui").iterdir() if room.is_dir()]
    return sorted(f"{room.name}/{file.name}" for room in rooms for file in room.iterdir() if file.name.endswith(".js"))


def _constant(place: str) -> str:
    return re.sub(r"\W", "_", place)


def _place(name: str, line: re.Match[str]) -> str:
    """Where the module of an import `line` of the script `name` lies."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), line[2]))


@cache
def _imported(name: str) -> tuple[str, ...]:
    """The modules of a script, those that they import themselves before them."""
    found: dict[str, None] = {}
    for line in IMPORT.finditer(read(name)):
        place = _place(name, line)
        found |= dict.fromkeys((*_imported(place), place))
    return tuple(found)


def _taking(name: str) -> str:
    """The text of a script, what it imports in constants."""
    return IMPORT.sub(
        lambda line: f"const {line[1]} = taken.{_constant(_place(name, line))};", TYPES.sub("", read(name))
    )


def _module(place: str) -> str:
    """A module as a method that returns what it exports."""
    text = _taking(place)
    exported = ", ".join(EXPORT.findall(text))
    return f"{_constant(place)}({GIVEN}, taken) {{\n{EXPORT.sub('', text)}return {{ {exported} }};\n}}"


@cache
def stylesheet() -> str:
    """Every stylesheet of the page, the common one first."""
    rooms = ("kit", "data", "model", "train", "chat")
    sheets = (
        file for room in rooms for file in sorted(files("studio.ui").joinpath(room).iterdir(), key=lambda one: one.name)
    )
    return "\n".join(file.read_text(encoding="utf-8") for file in sheets if file.name.endswith(".css"))
