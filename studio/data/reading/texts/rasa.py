"""Rasa's training data in YAML: what customers say, by the intent that it means.

Knows no other YAML; what it says of stories and rules is told and not learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from studio import plain_yaml
from studio.data.reading.grid import MAX_ROWS, Grid
from studio.errors import StudioError

MOST = 2 * 2**20  # characters, for which the parser takes a quarter of a minute
_NLU = re.compile(r"^nlu:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*[ \t]*- ?(?:intent|synonym|regex|lookup):", re.MULTILINE)
_TOP = r"(?:version|stories|rules|responses|intents|slots|pipeline|policies)"
_OTHER = re.compile(rf"(?:version: *[\"']?[\d.]+[\"']?|{_TOP}:)[ \t]*\n(?:.*\n)*?{_TOP}:[ \t]*\n[ \t]*(?:- |[\w-]+:)")
LOOKED_AT = 10_000  # characters
_ENTITY = re.compile(r"\[([^\[\]]+)\](?:\([^()]+\)|\{[^{}]+\})")
_IS_YAML = {"zh": "YAML 设置文件", "en": "a YAML file of settings"}


def read_rasa(text: str, encoding: str) -> Grid | None:
    """Sentence and intent, sentence by sentence; None for a text that is no YAML of a bot.

    Raises StudioError data.is_other for YAML that holds no sentences or is broken, data.too_big, data.too_many_rows.
    """
    if not _NLU.search(text):
        if _OTHER.match(text[:LOOKED_AT].lstrip("-\n ")):
            raise StudioError("data.is_other", kind=_IS_YAML)
        return None
    if len(text) > MOST:
        raise StudioError("data.too_big")
    try:
        project = plain_yaml.load(text, MOST)
    except ValueError as error:
        raise StudioError("data.is_other", kind=_IS_YAML) from error
    if not isinstance(project, dict) or not isinstance(project.get("nlu"), list):
        raise StudioError("data.is_other", kind=_IS_YAML)
    entries = [entry for entry in project["nlu"] if isinstance(entry, dict)]
    said = [
        (sentence, str(entry["intent"]).strip()) for entry in entries if "intent" in entry for sentence in _said(entry)
    ]
    if not said:
        raise StudioError("data.is_other", kind=_IS_YAML)
    if len(said) > MAX_ROWS:
        raise StudioError("data.too_many_rows", rows=len(said), limit=MAX_ROWS)
    rows = [(_ENTITY.sub(r"\1", sentence), intent) for sentence, intent in said]
    grid = Grid(rows, "yaml", encoding, columns=["text", "intent"])
    if marked := sum(row[0] != sentence for row, (sentence, _) in zip(rows, said, strict=True)):
        grid.notes.append({"reason": "data.entity_marks", "n": marked})
    beside = [key for entry in entries if "intent" not in entry for key in entry if key != "examples"]
    beside += [key for key, held in project.items() if key != "nlu" and isinstance(held, list | dict)]
    if beside:
        grid.notes.append(
            {"reason": "data.parts_not_learned", "parts": "、".join(dict.fromkeys(map(str, beside)))[:300]}
        )
    return grid


def _said(entry: Mapping[str, Any]) -> Iterator[str]:
    """The examples of an intent: lines behind a dash in one text, or a list of texts or of objects with one."""
    examples = entry.get("examples")
    for one in examples if isinstance(examples, list) else [examples]:
        held = one.get("text") if isinstance(one, dict) else one
        lines = str(held or "").split("\n")
        yield from filter(None, (line.strip().removeprefix("- ").strip() for line in lines))
