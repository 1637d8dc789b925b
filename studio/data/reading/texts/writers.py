"""Who of those that write in a chat is the shop.

Knows no messenger: it sees who wrote when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from studio.data.reading.shapes.speakers import speaker_of


def shop_of(wrote: Sequence[tuple[str, str, str]]) -> str | None:
    """The one who answers, of (chat, day, writer) in the order of the messages; None: nobody can tell.

    One whose name says it; else the writer who is in every chat, where there are several; else of two the one who
    begins fewer days, and where they begin as many, not the one who begins the first.
    """
    names = list(dict.fromkeys(writer for _, _, writer in wrote))
    if len(names) < 2:
        return None
    called = [name for name in names if speaker_of(name) == "assistant"]
    if len(called) == 1:
        return called[0]
    chats: dict[str, set[str]] = {}
    begun: dict[tuple[str, str], str] = {}
    for chat, day, writer in wrote:
        chats.setdefault(chat, set()).add(writer)
        begun.setdefault((chat, day), writer)
    strangers = [name for name in names if not any(name == chat or speaker_of(name) == "user" for chat in chats)]
    everywhere = [name for name in strangers if all(name in writers for writers in chats.values())]
    if len(everywhere) == 1:
        return everywhere[0]
    if len(names) > 2:
        return None
    times = Counter(begun.values())
    return min(reversed(names), key=lambda name: times[name])
