"""Who speaks: what the names of speakers mean, in the many ways in which files write them.

Knows no turn and no record.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

Speaker = Literal["system", "user", "assistant", "tool", "note"]
NAMES: dict[Speaker, tuple[str, ...]] = {
    "system": ("system", "developer", "系统", "系統", "系统提示", "设定"),
    "user": (
        "user", "human", "customer", "client", "buyer", "visitor", "prompter", "guest", "consumer", "questioner",
        "用户", "顾客", "客户", "买家", "访客", "消费者", "咨询者", "会员", "用戶", "顧客", "客戶", "買家", "问",
        "患者",
    ),
    "assistant": (
        "assistant", "gpt", "bot", "model", "chatgpt", "ai", "chatbot", "agent", "seller", "staff", "operator",
        "helper",
        "moss", "claude", "gemini", "bard", "bing", "llm", "qwen", "deepseek", "chatglm", "robot", "advisor",
        "助手", "客服", "机器人", "商家", "店家", "卖家", "店员", "坐席", "座席", "小助手", "人工客服", "機器人",
        "商家客服",
        "賣家", "店員", "答", "医生",
    ),
    "tool": (
        "tool", "function", "observation", "functioncall", "toolcall", "toolcalls", "toolresponse", "toolresult",
        "functionresponse", "functionresult", "ipython", "environment", "api", "工具",
    ),
    "note": ("action", "event", "notice", "systemmessage", "systemnotice", "系统消息", "系统通知", "系统提醒"),
}  # fmt: skip
_MEANT: dict[str, Speaker] = {name: speaker for speaker, names in NAMES.items() for name in names}
_NOISE = re.compile(r"[\s_\-:：|<>\[\]()（）#*.]+|\d+$")


@lru_cache(4096)
def speaker_of(name: str) -> Speaker | None:
    """Who is meant by a name such as `Human`, `客服小王` or `function_call`; None: nobody can tell."""
    word = _NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())
    if word in _MEANT or word.isascii():
        return _MEANT.get(word)
    named = [other for other in _MEANT if len(other) > 1 and not other.isascii() and word.startswith(other)]
    return _MEANT[max(named, key=len)] if named and len(word) <= 12 else None


def cast(names: Iterable[str]) -> dict[str, Speaker] | None:
    """Name → who is meant, of all the names in a conversation; None: nobody can tell.

    Of two that speak, one whose name says nothing is the other: who asks speaks first.
    """
    distinct = list(dict.fromkeys(names))
    meant = {name: speaker_of(name) for name in distinct}
    speaking = [speaker for name in distinct if (speaker := meant[name])]
    if speaking[:2] == ["user", "system"] and "assistant" not in speaking:  # MultiWOZ: the system is who answers
        meant = {name: "assistant" if speaker == "system" else speaker for name, speaker in meant.items()}
    open_names = [name for name in distinct if meant[name] is None]
    free: list[Speaker] = [one for one in ("user", "assistant") if one not in meant.values()]
    if len(open_names) > len(free):
        return None
    return {**meant, **dict(zip(open_names, free, strict=False))}  # type: ignore[dict-item]
