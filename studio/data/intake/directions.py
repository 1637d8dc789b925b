"""Which of two columns of prose is asked with and which is answered, where their names are a pair that people know.

Knows no cells, only their looks, and no task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.data.intake.looks import Look
from studio.data.reading.headers import plain
from studio.tasks import Role

# What is made of each: the shorter of a text, a text of notes, a text in another language, a reply.
MADE_OF: Mapping[str, tuple[str, ...]] = {
    "content": ("summary", "title", "headline"),
    "text": ("summary", "headline", "translation", "rewritten", "corrected"),
    "article": ("summary", "highlights", "title", "headline", "abstract"),
    "document": ("summary",),
    "body": ("summary", "subject"),
    "dialogue": ("summary",),
    "conversation": ("summary",),
    "source": ("target", "translation"),
    "sourcetext": ("targettext",),
    "src": ("tgt", "trg", "dst"),
    "original": ("translation", "rewritten", "corrected"),
    "context": ("response",),
    "post": ("response", "reply", "comment"),
    "keywords": ("text", "content", "copy", "description"),
    "原文": ("摘要", "译文", "翻译", "标题", "改写", "润色", "总结"),
    "正文": ("摘要", "标题", "总结"),
    "内容": ("摘要", "标题", "总结"),
    "文章": ("摘要", "标题", "总结"),
    "文本": ("摘要", "标题", "总结", "改写"),
    "源文": ("译文",),
    "改写前": ("改写后",),
    "修改前": ("修改后",),
    "润色前": ("润色后",),
    "上句": ("下句",),
    "上联": ("下联",),
    "关键词": ("文案", "内容", "正文", "描述"),
    "标题": ("文案",),
    "卖点": ("文案", "描述"),
    "属性": ("文案", "描述"),
}  # fmt: skip
ELSEWHERE = frozenset[Role]({"prompt", "label", "reply", "paraphrase"})  # what a third column may not claim


def direction(names: Sequence[str], looks: Mapping[str, Look], roles: Mapping[str, Role]) -> dict[str, Role]:
    """The roles of a pair in which one column is made of the other; none where a third one asks, answers or labels."""
    called = {plain(name): name for name in names if looks[name].prose}
    for asked, answers in MADE_OF.items():
        answered = next((one for one in answers if one in called), None)
        if asked not in called or answered is None:
            continue
        pair: dict[str, Role] = {called[asked]: "prompt", called[answered]: "reply"}
        if not ELSEWHERE & {role for name, role in roles.items() if name not in pair and looks[name].filled}:
            return pair
    return {}
