"""Whether two answers to one question can be compared, a better and a worse one that differs from it; or one is judged.

Knows no table and no row.
"""

from __future__ import annotations


def no_pair(better: str, worse: str, liked: str = "") -> str:
    """Why nothing can be learned from the two, as a sentence's key; "" where something can, be it that one stands alone
    of which people said whether they liked it."""
    if liked and not worse:
        return "" if better else "data.no_pair"
    if not better or not worse:
        return "data.no_pair"
    return "data.same_answers" if better == worse else ""
