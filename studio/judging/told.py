"""What was said of answers, in sentences for the page and the terminal.

Knows no database and no page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from studio.data.labelling.agreement import Agreement, word_of
from studio.judging.by_model import Swapped
from studio.judging.learning import Learnable
from studio.judging.marking import Taken
from studio.judging.marks import Agreed, Marked, Summary
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
    kind = found.kind
    counted = {"rows": len(found.rows), "votes": found.votes, "corrections": found.corrections}
    counted |= {thumb: count for thumb, count in found.counts.items() if thumb}
    if not found.rows:
        return say(f"judging.no_rows_{kind}", lang)
    said = say(f"judging.rows_{kind}", lang, **counted)
    if found.left_out:
        said += say("judging.left_out", lang, count=found.left_out)
    return said + (say("judging.too_few", lang, missing=_missing(found, lang)) if found.missing else "")


def _missing(found: Learnable, lang: Lang) -> str:
    """How many more there should be, of thumbs how many of which."""
    lacking = [say(f"judging.lacking_{kind or 'rows'}", lang, n=n) for kind, n in found.lacking.items() if n]
    return say("judging.and", lang).join(lacking)


def models(found: Iterable[tuple[Swapped, Tally]], other: str, lang: Lang) -> Iterator[str]:
    """What other models said, each by itself."""
    for swapped, of in found:
        counted = {"count": of.judged, "wins": of.wins, "losses": of.losses, "level": of.level}
        yield say("judging.judge_model", lang, judge=swapped.judge, other=other, steady=swapped.steady, **counted)
        yield _sure(of, other, lang)


def marks(found: Summary, other: str, lang: Lang) -> Iterator[str]:
    """The mean marks of both sides, how sure their difference is, and how well judges agree."""
    if not found.answers:
        return
    judges = say("judging.and", lang).join(found.judges)
    yield say("judging.marked", lang, judges=judges, answers=found.answers)
    if not any(one.questions for one in found.criteria.values()):
        yield say("judging.one_side", lang)
    for criterion, one in found.criteria.items():
        name = say(f"judging.column_{criterion}", lang)
        if one.questions:
            yield _criterion(one, name, other, lang)
        if one.agreed:
            yield _marks_agreed(one.agreed, name, lang)


def _criterion(one: Marked, name: str, other: str, lang: Lang) -> str:
    assert one.run is not None and one.against is not None and one.higher is not None
    said = say("judging.criterion", lang, name=name, other=other, tuned=f"{one.run:.1f}", against=f"{one.against:.1f}")
    if one.interval is None:
        return said + say("judging.criterion_few", lang)
    sign, way = (1, "higher") if one.higher >= 0 else (-1, "lower")
    low, high = sorted(sign * end for end in one.interval)
    gap = f"{abs(one.higher):.1f}"
    return said + say(f"judging.criterion_{way}", lang, gap=gap, low=f"{low:.1f}", high=f"{high:.1f}")


def _marks_agreed(found: Agreed, name: str, lang: Lang) -> str:
    said = say("judging.marks_agreed", lang, name=name, rows=found.rows, near=found.near)
    if not found.sure:
        return said + say("judging.marks_agreed_unsure", lang)
    word = say(f"label.kappa_{word_of(found.kappa)}", lang)
    return said + say("judging.marks_agreed_kappa", lang, word=word, kappa=f"{found.kappa:.2f}")


def taken(found: Taken, who: str, lang: Lang) -> str:
    """What came of a sheet that was handed in."""
    said = say("judging.taken", lang, who=who, marks=found.marks, answers=found.answers)
    return said + (say("judging.taken_blank", lang, blank=found.blank) if found.blank else "")
