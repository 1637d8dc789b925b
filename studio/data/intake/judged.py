"""Which column says whether an answer is a good one, and which of its values say no.

Knows no file. A bad answer is never an answer to learn: TRL and ms-swift mark it in `label`, desks of quality in words.
Beside enough good ones it is learned that it is bad (KTO, arXiv 2402.01306), where the column holds people's thumbs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.data.reading.headers import plain
from studio.data.schema import Thumb

NAMES = {
    "thumb", "thumbs", "liked",
    "label", "ktotag", "isgood", "good", "desirable", "isdesirable", "accepted", "accept", "isaccepted", "approved",
    "thumbsup", "iscorrect", "correct", "helpful", "ishelpful", "preferred", "feedback", "quality", "verdict", "pass",
    "标签", "是否好回答", "好回答", "是否采纳", "采纳", "是否合格", "合格", "质检", "质检结果", "点赞", "是否正确",
    "正确", "好坏",
    "点赞点踩", "赞踩", "顾客评价",
    "是否可用", "可用", "是否有用", "有用", "是否满意", "审核", "审核结果",
}  # fmt: skip
YES = {
    "true", "1", "1.0", "yes", "y", "是", "对", "好", "good", "desirable", "accepted", "accept", "chosen", "pass",
    "合格", "采纳",
    "通过", "正确", "满意", "有用", "可用", "up", "thumbsup", "👍", "✓", "√",
}  # fmt: skip
NO = {
    "false", "0", "0.0", "no", "n", "否", "不对", "不好", "差", "坏", "bad", "undesirable", "rejected", "reject",
    "fail", "不合格",
    "不采纳", "未采纳", "不通过", "未通过", "错误", "不正确", "不满意", "没用", "不可用", "down", "thumbsdown",
    "👎", "✗", "×", "-1",
}  # fmt: skip
# Names under which people's thumbs stand, and not what a desk let pass.
THUMBS = frozenset({
    "label", "ktotag", "desirable", "isdesirable", "thumbsup", "thumb", "thumbs", "liked", "feedback", "点赞",
    "点赞点踩", "赞踩", "顾客评价",
})  # fmt: skip
FEW_THUMBS = 10  # of either kind; with fewer, what people liked cannot be told from chance
NUMBERS = frozenset({"0", "0.0", "1", "1.0", "-1"})
CATEGORIES = frozenset({"label", "标签"})  # names of what is judged and of any class as well


def judges(name: str, values: Iterable[str]) -> bool:
    """Whether the column of this name and these cells judges answers, and finds some bad.

    Numbers judge only where one says yes and another no, else they are a code. A word judges alone; under a name that
    may head any class only `false` does, as KTO writes it.
    """
    if not may_judge(name):
        return False
    held = {_word(value) for value in {*values} if value.strip()}
    if not held <= YES | NO or not held & NO:
        return False
    if held & YES:
        return True
    return held <= {"false"} if plain(name) in CATEGORIES else not held <= NUMBERS


def may_judge(name: str) -> bool:
    return plain(name) in NAMES


def judges_alone(name: str, values: Iterable[str]) -> bool:
    """Whether the column of this name holds nothing but judgements, be they all the same: only where a person said that
    answers are to be compared, and no worse ones stand beside them."""
    held = {_word(value) for value in values if value.strip()}
    return may_judge(name) and bool(held) and held <= YES | NO


def thumbs(name: str, values: Sequence[str]) -> bool:
    """Whether the column holds people's thumbs, and enough of either kind to learn from."""
    said = [thumb(value) for value in values]
    enough = min(said.count("up"), said.count("down")) >= FEW_THUMBS
    return enough and is_thumbs(name) and judges(name, values)


def is_thumbs(name: str) -> bool:
    return plain(name) in THUMBS


def thumb(value: str) -> Thumb:
    """What a cell says; "" where it says nothing."""
    if not value.strip():
        return ""
    return "down" if bad(value) else "up"


def bad(value: str) -> bool:
    return _word(value) in NO


def _word(value: str) -> str:
    return value.strip().casefold().replace("\ufe0f", "").replace("_", "").replace(" ", "")
