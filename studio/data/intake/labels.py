"""One spelling for labels that mean the same, always a word: positive, 👍 and 5星 are 好评.

Knows only labels, no rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

SENSES = (  # spellings after `_plain`; within a sense, the dataset's own most frequent spelling wins
    ("好评", "正面", "积极", "正向", "正", "好", "满意", "非常满意", "喜欢", "positive", "pos", "good", "praise",
     "👍", "😊", "😀", "5星", "五星", "4星", "四星", "5颗星", "5分", "5stars", "5star", "+1"),
    ("差评", "负面", "消极", "负向", "负", "差", "坏", "不满意", "非常不满意", "投诉", "negative", "neg", "bad",
     "complaint", "👎", "😡", "😠", "1星", "一星", "2星", "二星", "两星", "1颗星", "1分", "1star", "-1"),
    ("中性", "中评", "中立", "一般", "普通", "还行", "neutral", "neu", "mixed", "ok", "😐", "3星", "三星", "3颗星",
     "3分", "3stars"),
    ("是", "对", "yes", "y", "true", "✓", "√"),
    ("否", "不是", "不对", "no", "n", "false", "✗", "×"),
)  # fmt: skip
_SENSE = {spelling: number for number, spellings in enumerate(SENSES) for spelling in spellings}
GOOD, BAD, NEUTRAL = range(3)
SCALES: tuple[dict[str, int], ...] = (  # what bare numbers mean depends on which of them there are
    {"1": GOOD, "0": BAD},
    {"1": GOOD, "0": NEUTRAL, "-1": BAD},
    {"5": GOOD, "4": GOOD, "3": NEUTRAL, "2": BAD, "1": BAD},
)


def respell(counts: Mapping[str, int]) -> dict[str, str]:
    """Label → the spelling it should have, for those that should change; `counts` are the rows of each label.

    Labels that differ in case, width, spaces or punctuation are one; so are those of one sense. Bare numbers have a
    sense only beside words for it.
    """
    senses = {label: _SENSE.get(plain, plain) for label in counts if (plain := _plain(label))}
    numbers = {label for label in senses if label.strip().lstrip("-+").isdecimal()}
    worded = {sense for label, sense in senses.items() if label not in numbers}
    if worded & {GOOD, BAD, NEUTRAL}:
        scale = next((scale for scale in SCALES if {_plain(label) for label in numbers} <= scale.keys()), {})
        senses |= {label: scale[_plain(label)] for label in numbers if _plain(label) in scale}
    groups: dict[str | int, list[str]] = {}
    for label, sense in senses.items():
        groups.setdefault(sense, []).append(label)
    latin = any(_is_word(label) for label in senses) and all(map(str.isascii, filter(_is_word, senses)))
    changes: dict[str, str] = {}
    for sense, spellings in groups.items():
        best = max(
            [label for label in spellings if _is_word(label)] or _own_word(sense, latin, spellings),
            key=lambda label: (counts.get(label, 0), -len(label), label),
        )
        changes |= {label: best for label in spellings if label != best}
    return changes


def _own_word(sense: str | int, latin: bool, spellings: Sequence[str]) -> Sequence[str]:
    """The word for a sense that the labels only draw; numbers stay what they are."""
    if isinstance(sense, str) or all(label.strip().lstrip("-+").isdecimal() for label in spellings):
        return spellings
    return [next(word for word in SENSES[sense] if _is_word(word) and word.isascii() == latin)]


def _is_word(label: str) -> bool:
    return any(map(str.isalpha, label))


def _plain(label: str) -> str:
    text = unicodedata.normalize("NFKC", label).casefold().replace("\ufe0f", "")
    bare = "".join(char for char in text if not char.isspace() and char not in "。.!！,，;；:：\"'“”‘’()[]【】")
    return bare or text
