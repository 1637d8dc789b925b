"""The scripts and the stylesheet that lie beside this file, as text.

Knows nothing of their meaning.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from importlib.resources import files

IMPORT = re.compile(r'^import (\{.*\}) from "(.+)";$', re.MULTILINE)
TYPES = re.compile(r"^ */\*\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)  # only the type checker reads them
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (\$|\w+))", re.MULTILINE)


@cache
def read(name: str) -> str:
    """A file of the page by its place below `ui`, such as `data/table.html`."""
    return files("studio.ui").joinpath(name).read_text(encoding="utf-8")


@cache
def script(name: str) -> str:
    """A script of the page, such as `data/table.js`, with the modules that it imports in front of it.

    Gradio calls a script as a function, in which nothing can be imported: a module becomes the value of a function of
    its own, so that it is seen by its exports alone, as everywhere else.
    """
    modules: dict[str, str] = {}  # in the order in which they run
    text = _without_imports(name, modules)
    return "\n".join(['"use strict";', *modules.values(), text])


def _without_imports(name: str, modules: dict[str, str]) -> str:
    """A script that takes what it imports from constants; those that are not there yet are put into `modules`."""

    def taken(line: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(name), line[2]))
        constant = re.sub(r"\W", "_", place)
        if place not in modules:
            text = _without_imports(place, modules)
            exported = ", ".join(EXPORT.findall(text))
            modules[place] = f"const {constant} = (() => {{\n{EXPORT.sub('', text)}return {{ {exported} }};\n}})();"
        return f"const {line[1]} = {constant};"

    return IMPORT.sub(taken, TYPES.sub("", read(name)))


@cache
def stylesheet() -> str:
    """Every stylesheet of the page, the common one first."""
    rooms = ("kit", "data", "model", "train", "chat")
    sheets = (
        file for room in rooms for file in sorted(files("studio.ui").joinpath(room).iterdir(), key=lambda one: one.name)
    )
    return "\n".join(file.read_text(encoding="utf-8") for file in sheets if file.name.endswith(".css"))
