"""What a column's name says about its role, in Chinese and English.

Knows no cells: what a column holds is judged in `roles`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from studio.tasks import Role

# In order of trust: of two columns that both claim a role, the one whose word stands first gets it.
WORDS: dict[Role, tuple[str, ...]] = {
    "reply": (
        "output", "chosen", "reply", "answer", "response", "completion", "assistant", "target", "expectedresponse",
        "答案", "回答", "回复", "答复", "应答", "标准答案", "参考答案", "客服回复", "商家回复", "输出", "答",
        "回覆", "答覆", "輸出", "解答", "回应", "答语", "话术", "客服", "商家", "店家", "机器人",
        "解决方案", "处理办法", "返信",
        "answers", "replies", "responses", "agent", "bot", "a",
    ),
    "prompt": (
        "instruction", "prompt", "question", "query", "input", "user", "human", "ask",
        "问题", "提问", "问句", "问法", "指令", "输入", "客户问题", "顾客问题", "标准问题", "咨询",
        "提示词", "问", "問題", "提問", "諮詢", "輸入", "質問", "疑问", "题目",
        "用户说", "顾客说", "客户说", "用户输入",
        "questions", "prompts", "inquiry", "q",
    ),
    "label": (
        "label", "labels", "sentiment", "class", "category", "tag", "polarity", "intent", "emotion", "type",
        "标签", "标注", "情感", "情感倾向", "情绪", "类别", "分类", "类型", "意图", "好坏", "好差评",
        "评价结果", "评级", "倾向", "标记", "极性", "满意度", "等级", "归类", "主题", "话题", "是否好评", "标注结果",
        "標籤", "標註", "類別", "分類", "類型", "情緒", "傾向", "ラベル", "カテゴリ",
        "choice", "choices", "选项", "rating", "stars", "score", "星级", "评分", "打分", "評分", "星級",
    ),
    "text": (
        "review", "text", "comment", "content", "sentence", "feedback", "message", "reviews", "comments", "body",
        "评论", "评价", "评论内容", "评价内容", "评语", "点评", "留言", "反馈", "意见", "文本", "内容", "正文",
        "句子", "原文", "描述", "短评", "吐槽", "建议", "感受", "弹幕", "工单", "消息", "文字", "语料", "原话",
        "評論", "評價", "內容", "意見", "回饋", "心得", "レビュー", "感想", "本文", "コメント", "評価",
        "texts", "sentences", "complaint", "remark", "remarks", "opinion", "utterance", "tweet",
    ),
    "system": ("system", "systemprompt", "系统", "系统提示", "系统提示词", "人设"),
    "group": ("group", "groupid", "组", "分组", "组别", "组号", "同组", "同义组", "问法组"),
    "history": ("history", "历史", "历史对话"),
    "thought": (
        "reasoningcontent", "reasoning", "chainofthought", "cot", "complexcot", "thinking", "thought", "thoughts",
        "rationale", "思考", "思考过程", "推理", "推理过程", "思维链", "思考內容",
    ),
    "ignore": (
        "id", "uid", "index", "no", "rejected", "date", "time", "name", "phone", "url", "source", "split",
        "annotator", "annotationid", "annotationsid", "createdat", "updatedat", "leadtime", "externalid", "metadata",
        "status", "serverid", "agentname",
        "序号", "编号", "日期", "时间", "评论时间", "评价时间", "姓名", "昵称", "用户名", "顾客", "客户",
        "电话", "手机号", "订单号", "门店", "备注", "来源", "标注人", "标注员", "单号", "店名",
        "序號", "編號", "時間", "電話", "訂單號", "備註", "來源", "門市",
    ),
}  # fmt: skip
_ROLES: dict[str, Role] = {word: role for role, words in WORDS.items() for word in words}
_RANK = {word: rank for words in WORDS.values() for rank, word in enumerate(words)}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
LANGUAGES = ("zh", "cn", "en", "chinese", "english")
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

    A longer name counts by the last known word in it, which is its head: 顾客评价 is a 评价, review_text a text.
    """
    word = plain(header)
    if word in _ROLES:
        return _ROLES[word], _RANK[word]
    if word.isascii():
        return _head(header)
    if len(word) > 12:
        return None
    held = [other for other in _ROLES if len(other) > 1 and not other.isascii() and other in word]
    if not held:
        return None
    head = max(held, key=lambda other: (word.rfind(other) + len(other), len(other)))
    return _ROLES[head], _RANK[head] + 100


def _head(header: str) -> tuple[Role, int] | None:
    """The role of an English name of several words, by its last one: userQuestion, sentiment_label, output_zh."""
    words = [word.casefold() for word in _WORD.findall(unicodedata.normalize("NFKC", header))]
    if len(words) > 1 and words[-1] in LANGUAGES:
        words.pop()
    if not 1 <= len(words) <= 4 or words[-1] not in _ROLES or len(words[-1]) < 2:
        return None
    return _ROLES[words[-1]], _RANK[words[-1]] + 100
