"""Whether two answers to one question can be compared: a better one and a worse one that differs from it.

Knows no table and no row.
"""

from __future__ import annotations


def no_pair(better: str, worse: str) -> str:
    """Why nothing can be learned from the two, as a sentence's key; "" where something can."""
    if not better or not worse:
        return "data.no_pair"
    return "data.same_answers" if better == worse else ""
