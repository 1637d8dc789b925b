"""What a column's name says about its role, in Chinese and English; in other languages `foreign` says it.

Knows no cells: what a column holds is judged in `roles`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from studio.data.reading.foreign import JOINED, claim, is_word
from studio.tasks import Role

# In order of trust: of two columns that both claim a role, the one whose word stands first gets it.
WORDS: dict[Role, tuple[str, ...]] = {
    "reply": (
        "output", "chosen", "reply", "answer", "response", "completion", "assistant", "target", "expectedresponse",
        "答案", "回答", "回复", "答复", "应答", "标准答案", "参考答案", "客服回复", "商家回复", "输出", "答",
        "回覆", "答覆", "輸出", "解答", "回应", "答语", "话术", "客服", "商家", "店家", "机器人",
        "解决方案", "处理办法", "返信", "solution", "groundtruth", "bestanswer", "knowledgecontent", "答案内容",
        "回答内容", "标准回复", "标准回答", "参考回复", "处理方法", "处理方案", "解决办法", "解决方法", "解法", "解析",
        "知识内容", "机器人回复",
        "answers", "replies", "responses", "agent", "bot", "a",
    ),
    "prompt": (
        "instruction", "prompt", "question", "query", "input", "user", "human", "ask",
        "问题", "提问", "问句", "问法", "指令", "输入", "客户问题", "顾客问题", "标准问题", "咨询",
        "提示词", "问", "問題", "提問", "諮詢", "輸入", "質問", "疑问", "题目",
        "用户说", "顾客说", "客户说", "用户输入",
        "标准问", "标准问法", "标准问句", "知识标题", "客户提问", "用户提问", "用户问题", "故障现象", "问题描述",
        "题干", "试题", "试题内容", "题面", "题目内容",
        "stem", "problem", "questions", "prompts", "inquiry", "q", "context", "passage",
    ),
    "label": (
        "label", "labels", "sentiment", "class", "category", "tag", "polarity", "intent", "emotion", "type",
        "标签", "标注", "情感", "情感倾向", "情绪", "类别", "分类", "类型", "意图", "好坏", "好差评",
        "评价结果", "评级", "倾向", "标记", "极性", "满意度", "等级", "归类", "主题", "话题", "是否好评", "标注结果",
        "goldlabel", "isduplicate", "labeldesc", "是否相似", "是否同义", "是否相同",
        "標籤", "標註", "類別", "分類", "類型", "情緒", "傾向", "ラベル", "カテゴリ",
        "tags", "categories", "classes", "topic", "topics", "cats",
        "choice", "choices", "选项", "rating", "ratings", "star", "stars", "score", "scores", "sentiments",
        "星级", "评分", "打分", "評分", "星級",
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
    "paraphrase": (
        "paraphrase", "paraphrases", "similarquestion", "similarquestions", "similarqueries", "similarquery",
        "alternatequestions", "alternativequestions", "alternatephrasings", "variants", "variations", "extendquestions",
        "相似问", "相似问法", "相似问题", "相似问句", "相似说法", "相似表达", "扩展问", "扩展问法", "扩展问题",
        "扩展问句", "拓展问", "拓展问法", "拓展问题", "类似问", "类似问法", "类似问题",
        "同义问", "同义问法", "同义问句", "同义句",
        "其他问法", "其它问法", "别的问法", "更多问法", "问法变体", "变体问法", "泛化问", "泛化问法", "泛化问题",
        "相似問", "相似問法", "相似問題", "擴展問", "擴展問法",
    ),
    "rejected": (
        "rejected", "rejectedresponse", "responserejected", "rejectedanswer", "rejectedoutput", "rejectedreply",
        "nonpreferredoutput", "badanswer", "badresponse", "badreply", "worseanswer", "worseresponse", "worsereply",
        "worse", "更差的回答", "较差的回答", "差的回答", "不好的回答", "坏的回答", "差回答", "坏回答", "较差回答",
        "更差的回复", "较差的回复", "差的回复", "不好的回复", "坏的回复", "差回复", "被拒绝的回答", "拒绝的回答",
        "更差的答案", "较差的答案", "差的答案", "不好的答案", "差答案",
    ),
    "history": ("history", "历史", "历史对话"),
    "thought": (
        "reasoningcontent", "reasoning", "chainofthought", "cot", "complexcot", "thinking", "thought", "thoughts",
        "rationale", "思考", "思考过程", "推理", "推理过程", "思维链", "思考內容",
    ),
    "ignore": (
        "id", "uid", "index", "no", "date", "time", "name", "phone", "url", "source", "split",
        "annotator", "annotationid", "annotationsid", "createdat", "updatedat", "leadtime", "externalid", "metadata",
        "status", "serverid", "agentname", "color", "colour", "size", "sku", "location", "city", "province", "region",
        "country", "gender", "difficulty", "points",
        "序号", "编号", "日期", "时间", "评论时间", "评价时间", "姓名", "昵称", "用户名", "顾客", "客户",
        "电话", "手机号", "订单号", "门店", "备注", "来源", "标注人", "标注员", "单号", "店名",
        "颜色", "尺码", "尺寸", "规格", "型号", "款式", "地区", "省份", "城市", "国家", "地域", "属地", "性别", "头像",
        "难度", "难易程度", "分值", "页码", "章节", "题库", "知识点", "字数", "次数", "点赞数", "回复数",
        "顏色", "尺寸", "規格", "型號", "地區", "序號", "編號", "時間", "電話", "訂單號", "備註", "來源", "門市",
    ),
}  # fmt: skip
_ALL = {role: (*words, *JOINED.get(role, ())) for role, words in WORDS.items()}
_ROLES: dict[str, Role] = {word: role for role, words in _ALL.items() for word in words}
_RANK = {word: rank for words in _ALL.values() for rank, word in enumerate(words)}
_PROGRAM = re.compile(r"[A-Za-z]{2,}(?:_[A-Za-z]{2,}){1,2}")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# Where a name has its number: question_2, 问题（2）, #2 String, 2nd question, text_b, textB, 句子二, 第二句.
_NUMBERED = (
    re.compile(r"(?P<stem>.*?)[\s_.#-]*[(\[]?(?P<number>\d{1,2})[)\]]?"),
    re.compile(r"#?(?P<number>\d{1,2})(?:st|nd|rd|th)?[\s._-]+(?P<stem>.+)"),
    re.compile(r"(?P<stem>.+?)[\s_-]+(?P<number>[ABab])"),
    re.compile(r"(?P<stem>.*[a-z\u4e00-\u9fff])(?P<number>[AB])"),
    re.compile(r"第?(?P<number>[一二三四五六七八九])(?P<stem>句|句话|个?问题|个?句子|段)"),
    re.compile(r"(?P<stem>.+)(?P<number>[一二三四五六七八九甲乙])"),
)
_NUMBERS = {**{sign: n for n, sign in enumerate("一二三四五六七八九", 1)}, "甲": 1, "乙": 2, "a": 1, "b": 2}
LETTERS = frozenset({"q", "a"})  # they name roles only together; A alone is what a column without a name is called
SPOKEN: frozenset[Role | None] = frozenset({"text", "prompt", "reply", "label"})
LANGUAGES = ("zh", "cn", "en", "chinese", "english")
_BRACKETS = re.compile(r"[(\[【{<《].*?[)\]】}>》]")
_NOISE = re.compile(r"[\s\W_]+")


def numbered(header: str) -> tuple[str, int] | None:
    """The bare word and the number of a name that has one: `question_2` → question, 2; else None."""
    text = unicodedata.normalize("NFKC", header).strip()
    for way in _NUMBERED:
        if (found := way.fullmatch(text)) and (stem := plain(found["stem"])) and not stem.isdecimal():
            sign = found["number"].casefold()
            return stem, _NUMBERS[sign] if sign in _NUMBERS else int(sign)
    return None


def spoken(names: Sequence[str]) -> Mapping[int, Role]:
    """The places of the names that ask or answer, where there are two at least, with the role of each."""
    roles = {j: _ROLES[word] for j, name in enumerate(names) if (word := plain(name)) in _ROLES}
    held = {j: role for j, role in roles.items() if role in SPOKEN}
    return held if len(held) > 1 else {}


def said_again(header: Mapping[int, Role], row: Sequence[str]) -> bool:
    """Whether a row is the header once more, in its words or in others: under every name that is `spoken` stands a
    word for the same."""
    for j, role in header.items():
        if j >= len(row) or _ROLES.get(row[j].strip().casefold()) != role:
            return False
    return bool(header)


@lru_cache(4096)
def plain(header: str) -> str:
    """The bare word: `" 评论 （必填）"` → `评论`, `System_Prompt` → `systemprompt`."""
    text = unicodedata.normalize("NFKC", header).casefold()
    return _NOISE.sub("", _BRACKETS.sub("", text)) or _NOISE.sub("", text)


def known(header: str) -> bool:
    """Whether the name is one that a list holds, exactly."""
    return plain(header) in _ROLES or is_word(header)


def known_among(names: Sequence[str]) -> int:
    """How many of them a list holds. A letter counts only beside others: A alone may answer a question."""
    words = {plain(name) for name in names}
    choices = words >= {"a", "b", "c"}  # A, B, C head what is to choose from
    return sum(
        (known(name) and (plain(name) not in LETTERS or words >= LETTERS)) or (choices and plain(name) in "abcdefgh")
        for name in names
    )


def heads_alone(header: str) -> bool:
    """Whether the only cell of a row is the name of the only column: one that is known, or review_text."""
    return known(header) or bool(_PROGRAM.fullmatch(header.strip()) and role_of(header))


def role_of(header: str) -> tuple[Role, int] | None:
    """The role that a column's name claims and how far down the list its word stands (0 is best), or None.

    A longer name counts by the last known word in it, which is its head: 顾客评价 is a 评价, review_text a text.
    """
    word = plain(header)
    if word in _ROLES:
        return _ROLES[word], _RANK[word]
    if said := claim(header):
        return said, len(_ROLES)
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
    text = unicodedata.normalize("NFKC", header)
    words = [word.casefold() for word in _WORD.findall(_BRACKETS.sub("", text)) or _WORD.findall(text)]
    if len(words) > 1 and words[-1] in LANGUAGES:
        words.pop()
    if not 1 <= len(words) <= 4 or words[-1] not in _ROLES or len(words[-1]) < 2:
        return None
    return _ROLES[words[-1]], _RANK[words[-1]] + 100
