"""What an answer thinks before it speaks: how it is written in a reply, and the reply without it.

Knows no template and no file. `<think>…</think>` before the answer is how Qwen, DeepSeek and most others write it;
where the prompt has opened it, only its end is there.
"""

from __future__ import annotations

import re

OPEN, CLOSE = "<think>", "</think>"
_THOUGHT = re.compile(r"^\s*(?:<think(?:ing)?>)?(.*?)</think(?:ing)?>\s*", re.DOTALL)


def written(thought: str, words: str) -> str:
    """An answer with what was thought before it."""
    return f"{OPEN}\n{thought.strip()}\n{CLOSE}\n\n{words}" if thought.strip() else words


def parted(reply: str) -> tuple[str, str]:
    """(thought, words) of an answer; the thought is empty where there is none."""
    found = _THOUGHT.match(reply)
    return (found[1].strip(), reply[found.end() :]) if found else ("", reply)


def spoken(reply: str) -> str:
    """The answer without what was thought before it."""
    return parted(reply)[1]
