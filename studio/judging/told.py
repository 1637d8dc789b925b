"""What was said of answers, in sentences for the page and the terminal.

Knows no database and no page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from studio.data.labelling.agreement import Agreement
from studio.judging.learning import Learnable
from studio.judging.tally import Tally
from studio.words import Lang, say


def votes(found: Tally, other: str, lang: Lang) -> Iterator[str]:
    """Who won how often, how sure that is, and what to do to be surer. `other`: what the run was compared with."""
    if not found.judged:
        yield say("judging.no_votes", lang)
        return
    counted = {"judged": found.judged, "wins": found.wins, "losses": found.losses, "level": found.level}
    yield say("judging.counted", lang, other=other, **counted)
    if found.alike:
        yield say("judging.alike", lang, alike=found.alike)
    if found.wins + found.losses:
        low, high = interval(found.interval)
        yield say("judging.share", lang, share=f"{found.share:.0%}", low=low, high=high)
    yield _sure(found, other, lang)
    if found.agree:
        yield agreed(found.agree, lang)


def _sure(found: Tally, other: str, lang: Lang) -> str:
    if found.sure:
        return say("judging.better" if found.share > 0.5 else "judging.worse", lang, other=other)
    if found.more is None:
        return say("judging.no_difference", lang)
    return say("judging.more", lang, more=found.more)


def interval(ends: tuple[float, float]) -> tuple[str, str]:
    """Rounded outwards, so that the share lies within."""
    return f"{math.floor(100 * ends[0])}%", f"{math.ceil(100 * ends[1])}%"


def agreed(found: Agreement, lang: Lang) -> str:
    """How often two judges said the same; a word for it where they met often enough."""
    said = say("judging.agreed", lang, rows=found.rows, same=found.same)
    if not found.sure:
        return said + say("judging.agreed_unsure", lang)
    word = say(f"label.kappa_{found.word}", lang)
    return said + say("judging.agreed_kappa", lang, word=word, kappa=f"{found.kappa:.2f}")


def learnable(found: Learnable, lang: Lang) -> str:
    """How many rows to learn from there are, of what, and whether these are enough."""
    kind = found.task
    counted = {"rows": len(found.rows), "votes": found.votes, "corrections": found.corrections}
    if not found.rows:
        return say(f"judging.no_rows_{kind}", lang)
    said = say(f"judging.rows_{kind}", lang, **counted)
    if found.left_out:
        said += say("judging.left_out", lang, count=found.left_out)
    return said + (say("judging.too_few", lang, missing=found.missing) if found.missing else "")
