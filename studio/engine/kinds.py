"""Kinds of models that no table here names: whether one can be taught is tried on a small copy, once, and remembered.

Knows no weights. What was found lies in the workspace by kind, settings and the version of transformers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from studio import commit
from studio.data.reading.read import ask_child
from studio.engine import catalog
from studio.errors import StudioError
from studio.words import LANGS, say

FOLDER = ".kinds"  # in the folder of models
CPU_SECONDS = 120  # ten are enough, imports included
WALL_SECONDS = 600  # of cores that others use, too


def admit(config: Mapping[str, Any], models_dir: Path) -> None:
    """Raises StudioError engine.kind_fails where a model with these settings could not be taught, with what it fails at
    and the kind nearest to it that can. Those that the catalogue names are known; any other takes a second or two."""
    kind = config["model_type"]
    if kind in catalog.HEAD_OF:
        return
    place = models_dir / FOLDER / f"{kind}-{version('transformers')}-{_digest(config)}"
    if not commit.whole(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        with commit.committed(place, fails=_tried(config)):
            pass
    if failed := commit.facts_of(place)["fails"]:
        what = {lang: say(f"engine.kind_{failed}", lang) for lang in LANGS}
        raise StudioError("engine.kind_fails", kind=kind, what=what, nearest=catalog.nearest(kind))


def _tried(config: Mapping[str, Any]) -> str:
    """What it fails at, found in a limited process: its settings are a stranger's, and no list of them is complete."""
    try:
        arguments, given = [str(CPU_SECONDS)], _text(config).encode()
        found = ask_child("studio.engine.selftest_child", arguments, config["model_type"], given, WALL_SECONDS)
    except StudioError as error:
        if error.key not in ("data.too_big", "data.unreadable"):
            raise
        return "limits"
    return str(found["fails"])


def _digest(config: Mapping[str, Any]) -> str:
    from studio.engine.shrunk import shrunk

    return hashlib.sha256(_text(shrunk(config)).encode()).hexdigest()[:16]


def _text(config: Mapping[str, Any]) -> str:
    return json.dumps(config, sort_keys=True, default=str)


def fails(config: Mapping[str, Any], method: str) -> str:
    """What such a model, admitted before, fails at when it is taught by this method; the catalogue's at nothing
    (tested)."""
    return "" if config["model_type"] in catalog.HEAD_OF else _fails(_text(config), method)


@cache
def _fails(settings: str, method: str) -> str:
    from studio.engine import selftest

    return selftest.run(json.loads(settings), method)
