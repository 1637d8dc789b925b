"""Other ways to ask one question, by rules of Chinese and English: candidates that a person chooses from.

Knows no dataset and no model; a question that no rule fits has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from studio.data.near import normalise

MOST = 10
ASKS_ZH = re.compile(
    "[？?吗呢么谁哪几]|什么|啥|怎|如何|多少|多久|多长|为何|能不|可不|可以|能否|有没|有无|是不|要不|是否|何时"
)
ASKS_EN = re.compile(
    r"(?:how|what|when|where|who|why|which|whose|do|does|did|is|are|am|can|could|may|will|would|should|any)\b|.*\?",
    re.IGNORECASE | re.DOTALL,
)
LONGEST = 60  # characters; what is longer is a story, not a question
BULLET = re.compile(r"^\s*(?:[-*•·]|\(?\d+[.、)）:：])\s*")
HAN = re.compile(r"[\u4e00-\u9fff]")
MARKS = "。．.？?！!～~，, "
# Each line: words that may stand for each other in a question. The first that is found is replaced by the others.
SWAPS_ZH: tuple[tuple[str, ...], ...] = (
    ("多长时间", "多少时间", "多久"),
    ("多少钱", "什么价", "怎么卖"),
    ("几点钟", "什么时候", "什么时间", "几点"),
    ("怎么做", "怎么弄", "要怎么做", "如何做"),
    ("怎么办理", "如何办理", "怎样办理", "要怎么办理"),
    ("怎么办", "该怎么办", "怎么处理", "要怎么弄"),
    ("怎么", "要怎么", "如何", "怎样"),
    ("怎样", "怎么", "如何"),
    ("如何", "怎么", "怎样", "要怎么"),
    ("在哪里", "在哪儿", "在什么地方", "在哪"),
    ("哪里", "哪儿", "什么地方"),
    ("为什么", "为啥", "怎么会"),
    ("什么", "啥"),
    ("能不能", "可不可以", "能否"),
    ("可不可以", "能不能", "能否"),
    ("要不要", "需不需要", "用不用"),
    ("有没有", "有木有"),
)
# Pattern → other forms of the whole question.
FORMS_ZH: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(.*?)(?:能不能|可不可以|能否|可否)(.+)", (r"\1可以\2吗", r"\1能\2吗", r"\1能\2不")),
    (r"(.*?)(?:可以|能)(.+?)[吗么]", (r"\1能不能\2", r"\1可不可以\2", r"\1能\2不")),
    (r"(.*?)有没有(.+)", (r"\1有\2吗", r"\1有\2么", r"\2\1有吗")),
    (r"(.*?)有(.+?)[吗么]", (r"\1有没有\2", r"\1有\2没有")),
    (r"(.*?)是不是(.+)", (r"\1是\2吗", r"\1是\2不")),
    (r"(.*?)是(.+?)[吗么]", (r"\1是不是\2",)),
    (r"(.*?)要不要(.+)", (r"\1要\2吗", r"\1用\2吗")),
    (r"(.*?)(?:需要|要)(.+?)[吗么]", (r"\1要不要\2", r"\1需不需要\2")),
    (r"(.+?)多少钱", (r"\1的价格是多少", r"\1贵不贵，多少钱")),
    (r"(.*?)多久(.*)", (r"\1几分钟\2",)),
    (r"(.+?)(?:要怎么做|怎么做|如何做|怎么弄)", (r"\1的做法", r"\1怎么个做法")),
)
BEFORE_ZH = ("请问", "你好，", "想问一下，", "麻烦问下，", "老板，")
AFTER_ZH = ("呀", "呢", "啊")
SPARE_ZH = re.compile(
    r"^(?:请问一下|请问|你好|您好|想问一下|想问下|麻烦问一下|麻烦问下|问一下|老板)[，, ]*|[呀呢啊哦啦]$"
)
SHORT_ZH = (("你们店", ""), ("你们家", ""), ("你们", ""), ("的时候", ""), ("一下", ""), ("需要", "要"), ("应该", ""))

FORMS_EN: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"how (?:do|can|should) (?:i|we|you) (.+)", ("how to {1}", "what is the way to {1}", "how would I {1}")),
    (r"how to (.+)", ("how do I {1}", "how can I {1}", "what is the way to {1}")),
    (r"how long does it take to (.+)", ("how long to {1}", "how many minutes to {1}", "how much time to {1}")),
    (r"how long (.+)", ("for how long {1}", "how many minutes {1}", "how much time {1}")),
    (r"how much (?:is|are) (.+)", ("what does {1} cost", "what is the price of {1}", "price of {1}")),
    (r"how much does (.+?) cost", ("how much is {1}", "what is the price of {1}", "price of {1}")),
    (r"what(?:'s| is) the price of (.+)", ("how much is {1}", "what does {1} cost")),
    (r"what time (.+)", ("when {1}", "at what time {1}")),
    (r"when (.+)", ("what time {1}", "at what time {1}")),
    (r"do you (?:have|sell) (.+)", ("have you got {1}", "do you sell {1}", "any {1}")),
    (r"(?:can|could|may) (?:i|we) (.+)", ("is it possible to {1}", "am I able to {1}", "am I allowed to {1}")),
    (r"where (?:is|are) (.+)", ("where can I find {1}", "where do I find {1}", "which way to {1}")),
    (r"what(?:'s| is| are) (.+)", ("do you know {1}", "could you tell me {1}", "{1}")),
    (r"why (.+)", ("how come, why {1}",)),
)
BEFORE_EN = ("excuse me, ", "hi, ", "hello, ", "quick question: ")
AFTER_EN = (" please",)
SPARE_EN = re.compile(r"^(?:excuse me|hi|hello|please)[,: ]+|[, ]+(?:please|thanks|thank you)$", re.IGNORECASE)


def phrasings(question: str, known: Iterable[str] = (), most: int = MOST) -> list[str]:
    """Up to `most` other ways to ask `question`, none of which is the same as another or one of `known` once case,
    spaces and punctuation do not count."""
    bare = question.strip().strip(MARKS)
    if not bare or len(bare) > LONGEST or "\n" in bare:
        return []
    chinese = bool(HAN.search(bare))
    if not (ASKS_ZH.search(question) if chinese else ASKS_EN.match(SPARE_EN.sub("", question.strip()))):
        return []  # a remark becomes no question by a polite word in front
    seen = {normalise(text) for text in (question, *known)}
    found: list[str] = []
    for candidate in _all_zh(bare) if chinese else _all_en(bare):
        if normalise(candidate) not in seen:
            seen.add(normalise(candidate))
            found.append(_written(candidate, chinese=chinese))
    return found[:most]


def request(question: str) -> str:
    """What a large model is asked for, in the language of the question."""
    if HAN.search(question):
        return f"把下面这个问题换成{MOST}种不同的问法，意思不变，每行一种，不要编号，不要解释。\n问题：{question}"
    return f"Rephrase this question in {MOST} ways with the same meaning, one a line, no numbers.\nQuestion: {question}"


def listed(answer: str) -> list[str]:
    """The lines of a large model's answer without bullets and numbers, and without lines too long for a question."""
    lines = (BULLET.sub("", line).strip().strip('"“”') for line in answer.splitlines())
    return [line for line in dict.fromkeys(lines) if line and len(line) <= LONGEST and not line.endswith(("：", ":"))]


def _written(candidate: str, *, chinese: bool) -> str:
    return candidate if chinese else candidate[0].upper() + candidate[1:] + "?"


def _all_zh(bare: str) -> Iterator[str]:
    """Other words first, then each of the forms so far in turn with something polite around it."""
    core = SPARE_ZH.sub("", bare).strip(MARKS) or bare
    others = [core, *_swapped(core), *_reshaped(core)]
    short = core
    for long, brief in SHORT_ZH:
        short = short.replace(long, brief)
    yield from others[1:7]
    if len(short) > 2:
        yield short
    for place, before in enumerate(BEFORE_ZH):
        yield before + others[place % len(others)]
    for place, after in enumerate(AFTER_ZH):
        if not core.endswith(("吗", "么", "不")):
            yield others[place % len(others)] + after
    yield from others[7:]


def _swapped(core: str) -> list[str]:
    for words in SWAPS_ZH:
        if words[0] in core:
            return [core.replace(words[0], other, 1) for other in words[1:]]
        met = next((word for word in words[1:] if word in core and len(word) > 1), None)
        if met and words[0] not in ("怎么", "怎样", "如何"):
            return [core.replace(met, other, 1) for other in words if other != met]
    return []


def _reshaped(core: str) -> list[str]:
    for pattern, others in FORMS_ZH:
        match = re.fullmatch(pattern, core)
        if match:
            return [match.expand(other) for other in others]
    return []


def _all_en(bare: str) -> Iterator[str]:
    core = SPARE_EN.sub("", bare).strip(MARKS) or bare
    lower = core[0].lower() + core[1:]
    others = [lower]
    for pattern, forms in FORMS_EN:
        match = re.fullmatch(pattern, lower, re.IGNORECASE)
        if match:
            others += [form.replace("{1}", match[1]) for form in forms]
            break
    yield from others[1:]
    for place, before in enumerate(BEFORE_EN):
        yield before + others[place % len(others)]
    yield f"could you tell me, {lower}"
    for after in AFTER_EN:
        yield lower + after
    yield others[-1] + AFTER_EN[0]
    yield core
