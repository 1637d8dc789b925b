"""Nasty JSON: objects, columns, conversations and preferences, as data sets for training come.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

import json

from tests.data.nasty.case import QUESTIONS, REVIEWS, Case
from tests.data.nasty.make import as_json, as_lines


def records() -> list[Case]:
    turns = [{"role": "system", "content": "你是店员"}]
    turns += [
        {"role": who, "content": words}
        for pair in QUESTIONS[:2]
        for who, words in zip(("user", "assistant"), pair, strict=True)
    ]
    before = [("system", "你是店员"), ("user", QUESTIONS[0][0]), ("assistant", QUESTIONS[0][1])]
    share = [{"from": "human", "value": QUESTIONS[0][0]}, {"from": "gpt", "value": QUESTIONS[0][1]}]
    asked, first = [{"role": "user", "content": QUESTIONS[0][0]}], [QUESTIONS[0]]
    good, bad = {"role": "assistant", "content": QUESTIONS[0][1]}, {"role": "assistant", "content": "不知道"}
    return [
        Case("objects", as_json([{"评论": a, "标签": b} for a, b in REVIEWS]), REVIEWS),
        Case("objects as gbk", json.dumps([{"评论": a, "标签": b} for a, b in REVIEWS], ensure_ascii=False).encode("gbk"), REVIEWS),
        Case("lines, one of them broken", as_lines([{"text": a, "label": b} for a, b in REVIEWS]) + b'\n{"text": "x', REVIEWS, [(7, "bad_line")]),
        Case("under a key", as_json({"data": [{"q": q, "a": a} for q, a in QUESTIONS]}), QUESTIONS),
        Case("by columns", as_json({"text": [a for a, _ in REVIEWS], "label": [b for _, b in REVIEWS]}), REVIEWS),
        Case("by columns and index, as pandas writes it",
             as_json({"text": {str(n): a for n, (a, _) in enumerate(REVIEWS)}, "label": {str(n): b for n, (_, b) in enumerate(REVIEWS)}}), REVIEWS),
        Case("parts of a set", as_json({"train": [{"text": a, "label": b} for a, b in REVIEWS[:4]],
                                        "test": [{"text": a, "label": b} for a, b in REVIEWS[4:]]}), REVIEWS),
        Case("lists with a header", as_json([["评论", "标签"], *REVIEWS]), REVIEWS),
        Case("question to answer", as_json(dict(QUESTIONS)), QUESTIONS),
        Case("numbers as labels stay as written", as_json([{"text": a, "label": n % 2} for n, (a, _) in enumerate(REVIEWS)]),
             [(a, str(n % 2)) for n, (a, _) in enumerate(REVIEWS)]),
        Case("alpaca", as_json([{"instruction": "回答顾客", "input": q, "output": a} for q, a in QUESTIONS]),
             [(f"回答顾客\n{q}", a) for q, a in QUESTIONS]),
        Case("alpaca with history", as_json([{"instruction": QUESTIONS[1][0], "input": "", "output": QUESTIONS[1][1], "system": "你是店员",
                                              "history": [QUESTIONS[0]]}]), [QUESTIONS[1]], context=before),
        Case("alpaca in Chinese columns", as_json([{"instruction_zh": q, "input_zh": "", "output_zh": a} for q, a in QUESTIONS]), QUESTIONS),
        Case("sharegpt", as_json([{"id": "1", "conversations": share}]), first),
        Case("sharegpt of pairs", as_lines([{"conversation": [{"human": q, "assistant": a} for q, a in QUESTIONS[:2]]}]), QUESTIONS[:2],
             context=before[1:]),
        Case("messages", as_lines([{"messages": turns}]), QUESTIONS[:2], context=before),
        Case("Gemini's contents", as_lines([{"systemInstruction": {"parts": [{"text": "你是店员"}]}, "contents": [
            {"role": "user", "parts": [{"text": QUESTIONS[0][0]}]}, {"role": "model", "parts": [{"text": QUESTIONS[0][1]}]}]}]),
            first, context=before[:1]),
        Case("LLaMA-Factory dpo", as_json([{"conversations": share[:1], "chosen": share[1], "rejected": {"from": "gpt", "value": "不知道"}}]),
             first, worse=["不知道"]),
        Case("dpo as alpaca", as_json([{"instruction": q, "input": "", "chosen": a, "rejected": "不知道"} for q, a in QUESTIONS]), QUESTIONS, worse=["不知道"] * len(QUESTIONS)),
        Case("TRL preferences", as_lines([{"prompt": asked, "chosen": [good], "rejected": [bad]}]), first, worse=["不知道"]),
        Case("TRL preferences without a prompt", as_lines([{"chosen": [*asked, good], "rejected": [*asked, bad]}]), first, worse=["不知道"]),
        Case("OpenAI preferences", as_lines([{"input": {"messages": asked}, "preferred_output": [good], "non_preferred_output": [bad]}]), first, worse=["不知道"]),
        Case("KTO keeps only good answers", as_json([{"messages": [*asked, good], "label": True}, {"messages": [*asked, bad], "label": False}]),
             first, [(2, "rejected_answer")]),
        Case("a true JSON that holds no rows", b"[true, null]", refusal="data.not_records"),
        Case("a JSON cut short", as_json([{"text": a, "label": b} for a, b in REVIEWS])[:-20], refusal="data.bad_json"),
    ]  # fmt: skip
