"""What a platform writes in place of a customer who wrote nothing.

Knows no row and no file: the import leaves such texts out, the check-up finds those that came later.
"""

from __future__ import annotations

import re

from studio.data.near import normalise

_WHO = "[此该]?(?:用户|买家|顾客|客户|评价方|会员)"
DEFAULT_TEXT = re.compile(
    rf"{_WHO}(?:没有|未|暂未)(?:及时)?(?:填写|做出|作出|作|写下?|发表|留下)?(?:任何)?(?:文字)?(?:评价|评论)(?:内容)?"
    "(?:系统默认(?:给出)?好评)?|系统(?:自动)?默认(?:给出)?(?:好评|评价|5星好评|五星好评)|默认好评|暂无评价|无评价内容?"
    rf"|{_WHO}觉得(?:商品|服务)[很非常]*(?:好|不错)给出(?:5星|五星)?好评"
    "|(?:the)?(?:user|customer|buyer)(?:didnot|didnt|hasnot)(?:leave|left|write|written)(?:a|any)?(?:review|comment)s?"
    "|nocomments?|noreview"
)


def says_nothing(text: str) -> bool:
    """However it is punctuated and spaced."""
    return bool(DEFAULT_TEXT.fullmatch(normalise(text)))
