"""How much of the right answers' words the answers share, by the measures that papers use.

Knows no fact: two answers that share all words but a number score high here. All are 0 … 100, over all test rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from rapidfuzz.distance import LCSseq

from studio.contract import Prediction
from studio.data.thoughts import spoken
from studio.evaluation.metrics import normal, numbers
from studio.evaluation.segment import HAN, words
from studio.evaluation.sitting import Sitting

Texts = Sequence[str]


def _bleu(answers: Texts, targets: Texts) -> float:
    """Papineni et al. 2002 by sacrebleu, whose tokens are Chinese characters, or else those of mteval 13a."""
    from sacrebleu import corpus_bleu

    chinese = sum(len(HAN.findall(target)) for target in targets) > 0.3 * sum(map(len, targets))
    return float(corpus_bleu(answers, [targets], tokenize="zh" if chinese else "13a").score)


def _chrf(answers: Texts, targets: Texts) -> float:
    """Popović 2015 by sacrebleu: runs of one to six characters."""
    from sacrebleu import corpus_chrf

    return float(corpus_chrf(answers, [targets]).score)


def _rouge_l(answers: Texts, targets: Texts) -> float:
    """Lin 2004: the longest common run of words, gaps allowed, as F1; the mean over rows, as rouge-score has it."""
    pairs = [(words(answer), words(target)) for answer, target in zip(answers, targets, strict=True)]
    return 100 * fmean(_f1(LCSseq.similarity(*pair), *pair) for pair in pairs)


def _token_f1(answers: Texts, targets: Texts) -> float:
    """Words in common whatever their order, as F1; the mean over rows (Rajpurkar et al. 2016, SQuAD)."""
    pairs = [(words(answer), words(target)) for answer, target in zip(answers, targets, strict=True)]
    return 100 * fmean(_f1((Counter(one) & Counter(other)).total(), one, other) for one, other in pairs)


def _exact(answers: Texts, targets: Texts) -> float:
    """Nothing differs but width, case, spaces and punctuation."""
    pairs = zip(answers, targets, strict=True)
    return 100 * fmean(normal(one) == normal(other) and numbers(one) == numbers(other) for one, other in pairs)


def _f1(common: int, answer: Sequence[str], target: Sequence[str]) -> float:
    return 2 * common / (len(answer) + len(target)) if common else 0.0


OVERLAPS: Mapping[str, Callable[[Texts, Texts], float]] = {
    "bleu": _bleu, "rouge_l": _rouge_l, "chrf": _chrf, "exact": _exact, "token_f1": _token_f1,
}  # fmt: skip


def tuned(name: str) -> Callable[[Sitting], float | None]:
    """One of OVERLAPS as a measure of what the tuned model answered."""
    return lambda sitting: _scored(name, sitting, sitting.tuned)


def before(sitting: Sitting) -> dict[str, float | None] | None:
    """All of them of the base's answers."""
    return {name: _scored(name, sitting, sitting.base) for name in OVERLAPS} if _says(sitting) else None


def _says(sitting: Sitting) -> bool:
    return sitting.replies and bool(sitting.test)


def _scored(name: str, sitting: Sitting, answers: Sequence[Prediction]) -> float | None:
    if not _says(sitting):
        return None
    targets = [spoken(one.target) for one in sitting.test]
    return round(OVERLAPS[name]([one.answer for one in answers], targets), 2)
