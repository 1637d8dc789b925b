"""JSON as people and programs write it that never read it back: a comma too many, comments, Python's way to print.

Knows no record: a text comes in, lists and objects come out.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from typing import Any

LONGEST = 20_000_000  # characters that are read as Python prints them, which takes much memory
_COMMENTS = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMAS = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*(?:[\]}]|\Z))', re.DOTALL)
_BETWEEN = re.compile(r"[\s,]*")


def forgiving(text: str, loads: Callable[[str], Any]) -> Any:
    """What the text means for a reader of good will; None for one that `loads` cannot make out either."""
    plain = _COMMAS.sub(r"\1", _COMMENTS.sub(r"\1", text))
    for parse in (loads, _one_after_another, _as_python):
        try:
            return parse(plain if parse is not _as_python else text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None


def _one_after_another(text: str) -> list[Any]:
    """Objects of several lines each, with nothing or a comma between them."""
    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
    found: list[Any] = []
    place = _end(text, 0)
    while place < len(text):
        record, place = decoder.raw_decode(text, place)
        if not isinstance(record, dict):
            raise ValueError("no record")
        found.append(record)
        place = _end(text, place)
    return found


def _end(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _as_python(text: str) -> Any:
    if len(text) > LONGEST:
        raise ValueError("too long")
    found = ast.literal_eval(text.strip())
    if not isinstance(found, list | dict):
        raise ValueError("no record")
    return found
