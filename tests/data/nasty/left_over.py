"""Nasty files whose cells mislead: times for words, a colour for a judgement, objects for turns, words that are lost.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

import json

from tests.data.nasty.case import QUESTIONS, REVIEWS, Case
from tests.data.nasty.make import as_json, plain_book, quoted

NOTHING_TO_READ, NOTHING_TO_LEARN = "data.no_text_column", "data.one_column"


def machines() -> list[Case]:
    """What a program writes is nothing to read, and what a thing is like is no judgement of it."""
    kinds = ["退款", "物流", "退款", "发票", "物流", "退款"]
    closed = [(f"TK-{n:05}", f"2024-05-0{n + 1} 09:1{n}:02.51", kind) for n, kind in enumerate(kinds)]
    links = [(f"https://shop.example/p/{n}?id=7{n}", kind) for n, kind in enumerate(kinds)]
    worn = [
        (text, "冰河蓝" if n % 2 else "浩瀚黑", "杭州" if n % 3 else "上海") for n, (text, _) in enumerate(REVIEWS * 2)
    ]
    named = [("productColor", "buyerCity"), ("颜色", "城市")]
    stars = {"好评": ("5", "超棒"), "中性": ("4.5", "很好"), "差评": ("1.5", "")}
    known = [(text, *stars[mark]) for text, mark in REVIEWS * 2]
    filled = [("此用户没有填写评论!", "好评"), *REVIEWS, ("评价方未及时做出评价,系统默认好评！", "好评")]
    right = [(text, given) for text, given, _ in known]
    return [
        Case("times and kinds of cases alone", quoted(closed, ("ticket", "resolved_at", "category")), refusal=NOTHING_TO_READ),
        Case("links and kinds alone", quoted(links, ("page", "category")), refusal=NOTHING_TO_READ),
        *(Case(f"reviews beside a {color}", quoted(worn, ("contents", color, city)), refusal=NOTHING_TO_LEARN) for color, city in named),
        Case("a rating beside its name where it is high", quoted(known, ("评论", "评分", "评价")), right, [(0, "unused_columns")]),
        Case("a judgement in words that is whole", quoted([(t, m, "5" if m == "好评" else "") for t, m in REVIEWS * 2], ("内容", "评价", "评分")),
             REVIEWS * 2, [(0, "unused_columns")]),
        Case("what a platform wrote for a customer", quoted(filled, ("评论", "标签")), REVIEWS, [(2, "by_platform"), (9, "by_platform")]),
        Case("one column under a program's name", plain_book([("review_text",), *((text,) for text, _ in REVIEWS)]), refusal=NOTHING_TO_LEARN),
    ]  # fmt: skip


def remembered() -> list[Case]:
    """What chains and flows of other tools remember, a turn a row."""
    said = [(kind, words) for asked in QUESTIONS for kind, words in zip(("human", "ai"), asked, strict=True)]
    chain = [{"type": kind, "data": {"content": words, "type": kind, "example": False}} for kind, words in said]
    flow = [{"type": kind, "content": words, "additional_kwargs": {}, "tool_calls": []} for kind, words in said]
    kept = [{"id": n, "session_id": f"s{n // 2}", "message": turn} for n, turn in enumerate(flow)]
    written = [(str(n), f"s{n // 2}", json.dumps(turn, ensure_ascii=False)) for n, turn in enumerate(chain)]
    bare = [{"text": words} for _, words in said]
    noted = [(q, a, json.dumps(note, ensure_ascii=False)) for (q, a), note in zip(QUESTIONS, bare, strict=False)]
    return [
        Case("turns that a chain remembers", quoted(written, ("id", "conversation_uuid", "message")), QUESTIONS, [(0, "turns_by_row")]),
        Case("turns that a flow remembers", as_json(kept), QUESTIONS, [(0, "turns_by_row")]),
        Case("objects beside questions and answers", quoted(noted, ("问题", "答案", "memo")), QUESTIONS),
    ]  # fmt: skip


def above_questions() -> list[Case]:
    """A title above each question, topics for questions, questions with commas in blocks."""
    letters = [(f"请教第{n}件事", q, a, "内科") for n, (q, a) in enumerate(QUESTIONS)]
    both = [(f"请教第{n}件事\n{q}", a) for n, (q, a) in enumerate(QUESTIONS)]
    shelves = [("退货", q, a) for q, a in QUESTIONS]
    topics = [
        ("收不到短信", "看看是不是被拦了。"),
        ("页面打不开", "换个浏览器试试。"),
        ("付了款没出票", "- 等半小时\n- 再打客服电话"),
    ]
    front = "---\ntitle: 常见问题\ntags: \ndate: 2024-05-01\n---\n\n"
    page = front + "<br>\n\n".join(f"## <font color=#17f>{topic}</font>\n\n{words}\n\n" for topic, words in topics)
    notes = page.replace("常见问题", "会议记录")
    asked = [(q.rstrip("？") + "？,我是第一次来", a) for q, a in QUESTIONS]
    blocks = "\n\n\n".join(f"{q}\n{a}" for q, a in asked)
    return [
        Case("a title above each question", quoted(letters, ("title", "ask", "answer", "department")), both, [(0, "read_together")]),
        Case("one title above all questions", quoted(shelves, ("标题", "问题", "答案")), QUESTIONS),
        Case("topics on a page of questions", page.encode(), topics),
        Case("topics on another page", notes.encode(), refusal=NOTHING_TO_READ),
        Case("questions with commas, each above its answer", blocks.encode("gb18030"), asked),
    ]  # fmt: skip


def lost() -> list[Case]:
    """Words that were decoded in the wrong encoding and lost characters by it."""
    broken = [
        (q.encode().decode("big5", "replace").replace("\ufffd", "\ue57a"), a.encode().decode("big5", "replace"))
        for q, a in QUESTIONS
    ]
    return [Case("a workbook with lost words", plain_book([("question", "answer"), *broken]), broken, [(0, "spoilt")])]
