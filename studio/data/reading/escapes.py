"""Text in which a backslash stands before a quote, as MySQL and Hive write it, in the way that all others write it.

Knows no rows: a text comes in, a text goes out.
"""

from __future__ import annotations

import re

# A quote after a backslash where a quote that ends its cell cannot be, or doubled where its cell ends.
ESCAPED = re.compile(r'\\"(?![",;\t|\r\n]|\Z)|\\""(?=[,;\t|\r\n]|\Z)')
QUOTED = re.compile(r'(?:\A|[,;\t|\r\n])"')
NULL = r"\N"  # a cell without a value
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANS = {'"': '""', "\\": "\\", "'": "'", "n": "\n", "r": "", "t": "\t", "0": "", "\n": "\n", "\r": ""}


def unescaped(text: str) -> str | None:
    r"""The text with `\"` as `""` and the other escapes as what they stand for; None where it has none."""
    if not ESCAPED.search(text) or not QUOTED.search(text):
        return None
    return _ESCAPE.sub(lambda found: _MEANS.get(found[1], found[0]), text)
