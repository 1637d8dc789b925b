"""Labels that are codes, such as 1, 0 and 2, and what they probably stand for.

Knows no file and no store: labels with some of their texts, or their column's name, come in, names come out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import fmean

CODE = re.compile(r"[+-]?\d{1,3}(\.0)?|(label|class|cls|cat|类别?|标签|分类)[\s_-]*\d{1,3}|[a-z]", re.IGNORECASE)
SELF_EVIDENT = {"y", "n", "t", "f"}  # yes and no need no name
HAN = re.compile(r"[\u4e00-\u9fff]")
NAMES = {
    True: ("好评", "中评", "差评", "{}星"),
    False: ("good", "so-so", "bad", "{}-star"),
}  # in Chinese, else in English
# How a column's name says what its codes stand for: 情感（1好评 0差评）, Who (0-Operator, 1-AI Agent); 好评=1，差评=0
SAID = (
    re.compile(
        r"(?<!\d)(?P<code>\d{1,3})\s*[-–—=:：、.]?\s*(?:为|是|表示|代表)?(?P<name>[^\W\d_][^\d,，;；、/|()（）\[\]]*)"
    ),
    re.compile(r"(?P<name>[^\W\d_][^\d,，;；、/|()（）\[\]=:：]*?)\s*[-–—=:：]\s*(?P<code>\d{1,3})"),
)
KEYS = "1234567890"  # in the order in which they lie
STARS = frozenset("12345")
TELLING = 0.12  # of the texts praise or complain: where fewer do, the codes stand for something else
APART = 0.15  # of the moods of two codes: nearer than that, their texts say nothing of which is the better one
PRAISE = (
    "好吃|好喝|不错|好评|满意|喜欢|推荐|实惠|新鲜|美味|赞|棒|热情|干净|舒服|舒适|方便|划算|值得|很好|挺好|非常好|真好|快速|很快|准时|"
    "周到|耐心|贴心|物美价廉|好用|漂亮|清晰|流畅|完美|惊喜|放心|"
    r"good|great|excellent|love|loved|nice|best|amazing|delicious|friendly|perfect|recommend|recommended|happy|wonderful|"
    r"fantastic|awesome|comfortable|clean|tasty|enjoyed|helpful|fresh|works well|beautiful|pleased"
)
COMPLAINT = (
    "难吃|难喝|差评|太差|很差|差劲|太慢|很慢|失望|垃圾|恶心|退款|投诉|再也不|不会再|坑|骗|贵|凉了|冷了|脏|臭|破|坏了|坏的|态度差|少得可怜|"
    "敷衍|后悔|糟糕|等了|变质|拉肚子|不新鲜|不怎么样|无语|漏|上当|假货|噪音|吵|"
    r"bad|worst|terrible|awful|poor|disappoint\w*|rude|cold|dirty|slow|waste|horrible|disgusting|broken|refund|"
    r"never again|overpriced|stale|bland|useless|boring|noisy|smell\w*|unfriendly|late|wrong|avoid|regret"
)
NOT = r"不太?|不是很|没有?|不怎么|并不|不够|(?:not|never|n't|no|hardly)\s(?:\w+\s)?"
SPOILT = re.compile(rf"(?:{NOT})(?:{PRAISE})", re.IGNORECASE)
GLAD, ANGRY = (re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE) for words in (PRAISE, COMPLAINT))


def is_code(label: str) -> bool:
    """Whether the label says nothing by itself: a number, one letter, class_3."""
    return bool(CODE.fullmatch(label.strip())) and label.strip().casefold() not in SELF_EVIDENT


def keys(labels: Sequence[str]) -> list[str]:
    """The key of each label, "" for none: a code of one digit has its own, the others have those that are left."""
    own = {label for label in labels if label in KEYS}
    left = iter([key for key in KEYS if key not in own])
    return [label if label in own else next(left, "") for label in labels]


def said_by(column: str) -> dict[str, str]:
    """Code → name, where the name of the column says so of two at least."""
    for way in SAID:
        found = {one["code"]: one["name"].strip() for one in way.finditer(column)}
        if len(found) > 1 and len(set(found.values())) == len(found):
            return found
    return {}


def guesses(texts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Code → what it probably stands for, as far as its texts tell: which of two or three is the gladder one, or how
    many stars; nothing where they praise and complain alike, or speak of something else."""
    codes = [label for label in texts if is_code(label)]
    glad = {code: [_glad(text) for text in texts[code]] for code in codes}
    told = [mood for moods in glad.values() for mood in moods]
    if len(codes) < 2 or sum(map(abs, told)) < TELLING * len(told):
        return {}
    good, middling, bad, stars = NAMES[_chinese([text for code in codes for text in texts[code]])]
    moods = {code: fmean(glad[code] or [0]) for code in codes}
    worst, *between, best = sorted(codes, key=lambda code: moods[code])
    if moods[best] - moods[worst] < APART:
        return {}
    steps = {code: code.strip().removesuffix(".0") for code in codes}
    if set(steps.values()) <= STARS and max(steps.values()) == "5":
        rising = steps[best] > steps[worst]
        return {code: stars.format(steps[code]) for code in codes} if rising else {}
    apart = moods[best] > 0 and all(moods[worst] < moods[one] < moods[best] for one in between)
    if len(between) > 1 or len(codes) != len(texts) or not apart:
        return {}
    return {best: good, worst: bad} | dict.fromkeys(between, middling)


def _glad(text: str) -> int:
    """1 for a text that praises more than it complains, -1 for the opposite, else 0."""
    complaints = len(SPOILT.findall(text))
    rest = SPOILT.sub(" ", text)
    balance = len(GLAD.findall(rest)) - len(ANGRY.findall(rest)) - complaints
    return (balance > 0) - (balance < 0)


def _chinese(texts: Sequence[str]) -> bool:
    return 2 * sum(bool(HAN.search(text)) for text in texts) > len(texts)
