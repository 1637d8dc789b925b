"""Characters that no eye sees and every program tells apart: zero widths, marks of direction, blanks that are letters.

Knows no row and no label.
"""

from __future__ import annotations

import re

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\u2800"
    "\u3164\ufeff\uffa0\ufff9-\ufffb]"
    "|(?<=[A-Za-z0-9\u4e00-\u9fff])[\u200c\u200d](?=[A-Za-z0-9\u4e00-\u9fff]|$)"  # elsewhere they join emoji
    "|^[\u200c\u200d]"
)


def without_invisible(text: str) -> str:
    return INVISIBLE.sub("", text)
