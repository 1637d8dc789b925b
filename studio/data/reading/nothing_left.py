"""The refusal of a file of which every row was left out: it says why.

Knows no reason: each is a sentence of the locale files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from studio.errors import StudioError
from studio.words import LANGS, say


def all_left_out(dropped: Sequence[Mapping[str, Any]]) -> StudioError:
    """`dropped`: one entry a row, as a report holds them; the reason that most of them have is the one that is said."""
    (reason, _), *_ = Counter(entry["reason"] for entry in dropped).most_common(1)
    alike = [entry for entry in dropped if entry["reason"] == reason]
    details = {**alike[0], "n": sum(int(entry.get("n", 1)) for entry in alike)}
    said = {lang: say(reason, lang, **details) for lang in LANGS}
    return StudioError("data.all_left_out", rows=len(dropped), reason=said)
