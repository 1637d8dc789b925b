"""What a column's name says about its role, in Chinese and English.

Knows no cells: what a column holds is judged in `roles`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from studio.data.schema import Role

# In order of trust: of two columns that both claim a role, the one whose word stands first gets it.
WORDS: dict[Role, tuple[str, ...]] = {
    "reply": (
        "output", "chosen", "reply", "answer", "response", "completion", "assistant", "target", "expectedresponse",
        "答案", "回答", "回复", "答复", "应答", "标准答案", "参考答案", "客服回复", "商家回复", "输出", "答",
        "answers", "a",
    ),
    "prompt": (
        "instruction", "prompt", "question", "query", "input", "user", "human", "ask",
        "问题", "提问", "问句", "问法", "指令", "输入", "客户问题", "顾客问题", "标准问题", "咨询",
        "提示词", "问", "questions", "q",
    ),
    "label": (
        "label", "labels", "sentiment", "class", "category", "tag", "polarity", "intent", "emotion", "type",
        "标签", "标注", "情感", "情感倾向", "情绪", "类别", "分类", "类型", "意图", "好坏", "好差评",
        "评价结果", "评级", "倾向",
        "rating", "stars", "score", "星级", "评分", "打分",
    ),
    "text": (
        "review", "text", "comment", "content", "sentence", "feedback", "message", "reviews", "comments", "body",
        "评论", "评价", "评论内容", "评价内容", "评语", "点评", "留言", "反馈", "意见", "文本", "内容", "正文",
        "句子", "原文", "描述",
    ),
    "system": ("system", "systemprompt", "系统", "系统提示", "系统提示词", "人设"),
    "history": ("history", "历史", "历史对话"),
    "ignore": (
        "id", "uid", "index", "no", "rejected", "date", "time", "name", "phone", "url", "source", "split",
        "序号", "编号", "日期", "时间", "评论时间", "评价时间", "姓名", "昵称", "用户名", "顾客", "客户",
        "电话", "手机号", "订单号", "门店", "备注", "来源",
    ),
}  # fmt: skip
_ROLES: dict[str, Role] = {word: role for role, words in WORDS.items() for word in words}
_RANK = {word: rank for words in WORDS.values() for rank, word in enumerate(words)}
_BRACKETS = re.compile(r"[(\[【{<《].*?[)\]】}>》]")
_NOISE = re.compile(r"[\s\W_]+")


@lru_cache(4096)
def plain(header: str) -> str:
    """The bare word: `" 评论 （必填）"` → `评论`, `System_Prompt` → `systemprompt`."""
    text = unicodedata.normalize("NFKC", header).casefold()
    return _NOISE.sub("", _BRACKETS.sub("", text)) or _NOISE.sub("", text)


def known(header: str) -> bool:
    """Whether the name is one that this list holds, exactly."""
    return plain(header) in _ROLES


def role_of(header: str) -> tuple[Role, int] | None:
    """The role that a column's name claims and how far down the list its word stands (0 is best), or None.

    A longer Chinese name counts by the last known word in it, which is its head: 顾客评价 is a 评价.
    """
    word = plain(header)
    if word in _ROLES:
        return _ROLES[word], _RANK[word]
    if word.isascii() or len(word) > 12:
        return None
    held = [other for other in _ROLES if len(other) > 1 and not other.isascii() and other in word]
    if not held:
        return None
    head = max(held, key=lambda other: (word.rfind(other) + len(other), len(other)))
    return _ROLES[head], _RANK[head] + 100
