"""Whether answers are spoken as those that were taught: as long, with the same turns of phrase, in the same terms.

Knows nothing of whether they are right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from statistics import median

from studio.contract import Prediction
from studio.data.thoughts import spoken
from studio.evaluation.metrics import shares
from studio.evaluation.segment import names
from studio.evaluation.sitting import Metrics, Sitting

TONE = re.compile(
    r"亲爱的|亲|您|哦|呢|呀|啦|哈|嘛|哟|噢|么么哒|请|谢谢|感谢|抱歉|不好意思|欢迎|辛苦|[~～]|[!！]"
    r"|\b(?:please|thanks|thank you|sorry|welcome|dear|happy to|glad to|feel free)\b"
    r"|[\u2600-\u27bf\U0001f300-\U0001faff]",
    re.IGNORECASE,
)
SAME_SIGN = str.maketrans("！～", "!~")
HABIT = 0.2  # of the taught answers have a turn of phrase that is a habit
SHOWN = 6  # of the habits, the commonest
OFTEN = 3  # taught answers, that a term is in
MOST_OFTEN = 0.3  # of them; what is in more is no term
LOOKED_AT = 2_000  # taught answers


def length(sitting: Sitting) -> Metrics | None:
    """How many answers have half to twice the characters of the right one; `median` characters, and of the `right`."""
    if not _says(sitting):
        return None
    wanted = [len(spoken(one.target)) for one in sitting.test]

    def told(answers: Sequence[Prediction]) -> Metrics:
        pairs = [(len(said.answer), most) for said, most in zip(answers, wanted, strict=True)]
        fits = sum(most <= 2 * said and said <= 2 * most for said, most in pairs)
        return {**shares(fits, len(pairs)), "median": round(median(said for said, _ in pairs))}

    return {**told(sitting.tuned), "taught": round(median(wanted)), "before": told(sitting.base)}


def tone(sitting: Sitting) -> Metrics | None:
    """Where the right answer has a turn of phrase that is a habit of those taught (`words`): how many have it, too."""
    habits = _habits(sitting) if _says(sitting) else []
    return _found(sitting, lambda text: _tones(text) & {*habits}, habits[:SHOWN])


def terms(sitting: Sitting) -> Metrics | None:
    """Where the right answer has a term that several of those taught have: how many have it as it was taught."""
    if not _says(sitting):
        return None
    taught = _taught(sitting)
    counted = Counter(name for text in taught for name in names(text))
    known = {name: count for name, count in counted.items() if OFTEN <= count <= max(OFTEN, MOST_OFTEN * len(taught))}
    return _found(
        sitting,
        lambda text: {name for name in known if name in text},
        sorted(known, key=known.__getitem__)[::-1][:SHOWN],
    )


def _found(sitting: Sitting, of: Callable[[str], set[str]], shown: Sequence[str]) -> Metrics | None:
    """Of all that the right answers have, row by row, how much the answers have; None where they have nothing."""
    wanted = [of(spoken(one.target)) for one in sitting.test] if shown else []
    if not any(wanted):
        return None

    def told(answers: Sequence[Prediction]) -> Metrics:
        had = sum(len(of(said.answer) & words) for said, words in zip(answers, wanted, strict=True))
        return shares(had, sum(map(len, wanted)))

    return {**told(sitting.tuned), "before": told(sitting.base), "words": " / ".join(shown)}


def _says(sitting: Sitting) -> bool:
    return sitting.replies and bool(sitting.test)


def _taught(sitting: Sitting) -> list[str]:
    return [spoken(row.target) for row in islice(sitting.job.splits.train, LOOKED_AT)]


def _habits(sitting: Sitting) -> list[str]:
    taught = _taught(sitting)
    counted = Counter(mark for text in taught for mark in _tones(text))
    return [mark for mark, count in counted.most_common() if count >= HABIT * len(taught)]


def _tones(text: str) -> set[str]:
    return {*_plain(TONE.findall(text))}


def _plain(marks: Iterable[str]) -> list[str]:
    return [mark.translate(SAME_SIGN).casefold() for mark in marks]
