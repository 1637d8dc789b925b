"""Nasty conversations: other tools' names for turns, trees, tags, tables with one turn a row, turns not to be learned.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

import json
from typing import Any

from tests.data.nasty.case import QUESTIONS, Case
from tests.data.nasty.make import as_json, as_lines, quoted, table

Q, A = QUESTIONS[0]
Q2, A2 = QUESTIONS[1]
FIRST, BOTH = [(Q, A)], QUESTIONS[:2]
BEFORE = [("user", Q), ("assistant", A)]
SHOP = [("system", "你是店员")]


def said(who: str, what: str, names: tuple[str, str] = ("user", "assistant"), **more: Any) -> list[dict[str, Any]]:
    """Two questions with their answers, under other names for the one who speaks and for what is said."""
    asks, answers = names
    return [{who: asks, what: Q}, {who: answers, what: A, **more}, {who: asks, what: Q2}, {who: answers, what: A2}]


def names() -> list[Case]:
    """The same two turns, by other names."""
    ways = {
        "role and content": as_lines([{"messages": said("role", "content")}]),
        "from and value": as_json([{"conversations": said("from", "value", ("human", "gpt"))}]),
        "from and text": as_json([{"conversations": said("from", "text", ("human", "gpt"))}]),
        "speaker and text": as_json([{"dialog": said("speaker", "text", ("USER", "SYSTEM AGENT"))}]),
        "author and utterance": as_json([{"turns": said("author", "utterance", ("customer", "agent"))}]),
        "sender and text, as Claude exports it": as_json([{"uuid": "1", "chat_messages": said("sender", "text", ("human", "assistant"))}]),
        "Chinese names": as_json([{"对话": said("角色", "内容", ("顾客", "客服小王"))}]),
        "Cohere's names": as_lines([{"messages": said("role", "message", ("USER", "CHATBOT"))}]),
        "names that say nothing": as_json([{"conversation": said("speaker", "text", ("A", "B"))}]),
        "a customer by her name": as_json([{"conversation": said("speaker", "text", ("张三", "客服"))}]),
        "parts with a text": as_lines([{"messages": [{**one, "content": [{"type": "text", "text": one["content"]}]} for one in said("role", "content")]}]),
        "parts with a value": as_lines([{"messages": [{**one, "content": [{"type": "text", "value": one["content"]}]} for one in said("role", "content")]}]),
        "Gemini's parts": as_lines([{"contents": [{**one, "parts": [{"text": one["parts"]}]} for one in said("role", "parts", ("user", "model"))]}]),
        "bare lists of turns": as_lines([said("role", "content")]),
        "a list of sentences under a name": as_lines([{"id": "1", "data": [Q, A, Q2, A2], "dialog": [Q, A, Q2, A2]}]),
        "pairs": as_json([{"conversation": [{"human": Q, "assistant": A}, {"human": Q2, "assistant": A2}]}]),
        "pairs by other names": as_json([{"turns": [{"question": Q, "answer": A}, {"question": Q2, "answer": A2}]}]),
        "pairs as lists": as_json([{"conversation": [[Q, A], [Q2, A2]]}]),
        "under a name of its own": as_json([{"id": 7, "my_talk": said("role", "content")}]),
        "UltraChat": as_lines([{"id": "1", "data": [Q, A, Q2, A2]}]),
        "turns under their numbers": as_lines([{"conversation": {str(n): one for n, one in enumerate(said("role", "content"))}}]),
        "turns that do not say who speaks": as_lines([{"messages": [{"message": words} for words in (Q, A, Q2, A2)]}]),
        "a list as text": as_lines([{"messages": json.dumps(said("role", "content"))}]),
        "LangChain's": as_lines([{"messages": [{"type": one["type"], "data": {"content": one["content"]}} for one in said("type", "content", ("human", "ai"))]}]),
        "MultiWOZ, where the system answers": as_lines([{"turns": said("speaker", "utterance", ("USER", "SYSTEM"))}]),
        "MOSS": as_lines([{"conversation_id": 1, "chat": {
            f"turn_{n}": {"Human": f"<|Human|>: {q}<eoh>\n", "Inner Thoughts": "<|Inner Thoughts|>: None<eot>\n",
                          "Commands": "<|Commands|>: None<eoc>\n", "Tool Responses": "<|Results|>: None<eor>\n", "MOSS": f"<|MOSS|>: {a}<eom>\n"}
            for n, (q, a) in enumerate(BOTH, 1)}}]),
        "a list in a cell of a csv": quoted([("1", as_json(said("role", "content")).decode())], ("id", "messages")),
    }  # fmt: skip
    return [
        *(Case(f"turns: {name}", content, BOTH, context=BEFORE) for name, content in ways.items()),
        Case("turns: lists of sentences", as_lines([["在吗"], [Q, A, Q2, A2]]), [("在吗", ""), *BOTH], context=BEFORE),
    ]


def in_tags() -> list[Case]:
    """The same two turns, written into one text."""
    chatml = "".join(
        f"<|im_start|>{who}\n{words}<|im_end|>\n"
        for who, words in (("user", Q), ("assistant", A), ("user", Q2), ("assistant", A2))
    )
    ways = {
        "ChatML": chatml,
        "Llama 2": f"<s>[INST] {Q} [/INST] {A} </s><s>[INST] {Q2} [/INST] {A2} </s>",
        "Llama 3": "<|begin_of_text|>" + "".join(f"<|start_header_id|>{who}<|end_header_id|>\n\n{words}<|eot_id|>" for who, words in
                                                   (("user", Q), ("assistant", A), ("user", Q2), ("assistant", A2))),
        "Gemma": "<bos>" + "".join(f"<start_of_turn>{who}\n{words}<end_of_turn>\n" for who, words in (("user", Q), ("model", A), ("user", Q2), ("model", A2))),
        "Zephyr": f"<|user|>\n{Q}</s>\n<|assistant|>\n{A}</s>\n<|user|>\n{Q2}</s>\n<|assistant|>\n{A2}</s>",
        "DeepSeek": f"<｜begin▁of▁sentence｜><｜User｜>{Q}<｜Assistant｜>{A}<｜end▁of▁sentence｜><｜User｜>{Q2}<｜Assistant｜>{A2}<｜end▁of▁sentence｜>",
        "MOSS": f"[Human]: {Q}<eoh> [MOSS]: {A}<eom> [Human]: {Q2}<eoh> [MOSS]: {A2}<eom>",
        "MiniCPM": f"<用户>{Q}<AI>{A}<用户>{Q2}<AI>{A2}",
        "ChatGLM": f"[Round 1]\n\n问：{Q}\n\n答：{A}\n\n[Round 2]\n\n问：{Q2}\n\n答：{A2}",
        "HH-RLHF": f"\n\nHuman: {Q}\n\nAssistant: {A}\n\nHuman: {Q2}\n\nAssistant: {A2}",
        "Guanaco": f"### Human: {Q}### Assistant: {A}\n### Human: {Q2}\n### Assistant: {A2}".replace("### A", "\n### A"),
        "Vicuna": f"USER: {Q} ASSISTANT: {A}</s>USER: {Q2} ASSISTANT: {A2}</s>",
        "Chinese names": f"<s>用户：{Q}\n客服：{A}\n用户：{Q2}\n客服：{A2}</s>",
        "CodeFuse": f"<s>human\n{Q}<s>bot\n{A}</s><s>human\n{Q2}<s>bot\n{A2}</s>",
        "Baichuan": f"<reserved_106>{Q}<reserved_107>{A}</s><reserved_106>{Q2}<reserved_107>{A2}</s>",
    }  # fmt: skip
    alpaca = f"Below is an instruction.\n\n### Instruction:\n{Q}\n\n### Response:\n{A}"
    begun = f"Human: {Q}\nAssistant: {A}\nHuman: {Q2}\nAssistant:"
    return [
        *(Case(f"tags: {name}", as_lines([{"text": text}]), BOTH, context=BEFORE) for name, text in ways.items()),
        Case("tags: Alpaca", as_lines([{"text": alpaca}]), FIRST, context=[("system", "Below is an instruction.")]),
        Case("tags: with a system text", as_lines([{"text": f"<|im_start|>system\n你是店员<|im_end|>\n{chatml}"}]), BOTH, context=[*SHOP, *BEFORE]),
        Case("tags: Llama 2 with a system text", as_lines([{"text": f"<s>[INST] <<SYS>>\n你是店员\n<</SYS>>\n\n{Q} [/INST] {A} </s>"}]), FIRST, context=SHOP),
        Case("tags: in the question of a pair", as_lines([{"instruction": begun, "input": "", "output": A2}]), [BOTH[1]], context=BEFORE),
        Case("tags: Anthropic's prompt", as_lines([{"prompt": f"\n\nHuman: {Q}\n\nAssistant:", "completion": f" {A}"}]), FIRST),
        Case("tags: in a csv", quoted([("1", chatml)], ("id", "text")), BOTH, context=BEFORE),
        Case("tags: a review that quotes somebody", as_lines([{"text": f"店员说：\n客服：{n}不退", "label": "差评"} for n in range(3)]
                                                              + [{"text": "很好", "label": "好评"}] * 2),
             [*((f"店员说：\n客服：{n}不退", "差评") for n in range(3)), ("很好", "好评"), ("很好", "好评")]),
    ]  # fmt: skip


def trees() -> list[Case]:
    def node(key: str, parent: str | None, role: str, words: str, *children: str, **more: Any) -> dict[str, Any]:
        message = {"id": key, "author": {"role": role}, "content": {"content_type": "text", "parts": [words]}, **more}
        return {"id": key, "parent": parent, "children": list(children), "message": message if role else None}

    nodes = [
        node("r", None, "", "", "s"), node("s", "r", "system", "", "q"), node("q", "s", "user", Q, "bad", "a"),
        node("bad", "q", "assistant", "不知道"), node("a", "q", "assistant", A, "q2", weight=1.0),
        node("q2", "a", "user", Q2, "a2"), node("a2", "q2", "assistant", A2),
    ]  # fmt: skip
    mapping = {one["id"]: one for one in nodes}
    fragments = {
        "root": {"id": "root", "parent": None, "children": ["1"], "message": None},
        "1": {"id": "1", "parent": "root", "children": ["2"], "message": {"fragments": [{"type": "REQUEST", "content": Q}]}},
        "2": {"id": "2", "parent": "1", "children": [], "message": {"fragments": [
            {"type": "THINK", "content": "想"}, {"type": "RESPONSE", "content": A}]}},
    }  # fmt: skip
    tree = {"message_tree_id": "1", "prompt": {"text": Q, "role": "prompter", "replies": [
        {"text": "不知道", "role": "assistant", "rank": 1, "replies": []},
        {"text": A, "role": "assistant", "rank": 0, "replies": [{"text": Q2, "role": "prompter", "replies": [
            {"text": A2, "role": "assistant", "rank": 0, "replies": []}]}]}]}}  # fmt: skip
    flat = [("1", "", Q, "prompter", ""), ("2", "1", "不知道", "assistant", "1"), ("3", "1", A, "assistant", "0")]
    return [
        Case("ChatGPT's own export", as_json([{"title": "店", "mapping": mapping, "current_node": "a2"}]), BOTH, [(0, "other_branches")], context=BEFORE),
        Case("DeepSeek's own export", as_json([{"title": "店", "mapping": fragments}]), [(Q, f"<think>\n想\n</think>\n\n{A}")], [(0, "thoughts")]),
        Case("OpenAssistant's trees", as_lines([tree]), BOTH, [(0, "other_branches")], context=BEFORE),
        Case("OpenAssistant's messages", table(flat, ("message_id", "parent_id", "text", "role", "rank")).encode(), FIRST, [(0, "other_branches")]),
    ]  # fmt: skip


def by_row() -> list[Case]:
    rows = [
        ("1", "用户", Q),
        ("1", "客服", A),
        ("1", "用户", Q2),
        ("1", "客服", A2),
        ("2", "用户", Q),
        ("2", "客服", A),
    ]
    expected = [*BOTH, (Q, A)]
    mixed = [
        ("2", "10:00", "买家", Q),
        ("1", "9:02", "客服小王", A),
        ("1", "9:01", "张三", Q),
        ("2", "10:01", "客服小李", A),
    ]
    timed = [(talk, f"2024-5-1 {time}", who, words) for talk, time, who, words in mixed]
    lines = [
        {"session_id": talk, "role": {"用户": "user", "客服": "assistant"}[who], "content": words}
        for talk, who, words in rows
    ]
    classes = [(talk, who, words, ("问价", "闲聊")[n % 2]) for n, (talk, who, words) in enumerate(rows)]
    return [
        Case("turn by row", table(rows, ("会话ID", "角色", "内容")).encode(), expected, [(0, "turns_by_row")]),
        Case("turn by row, in lines of JSON", as_lines(lines), expected, [(0, "turns_by_row")]),
        Case("turn by row, out of order", table(timed, ("会话编号", "发送时间", "发送人", "消息内容")).encode(), [(Q, A), (Q, A)]),
        Case("one conversation, turn by row", as_json(said("role", "content")), BOTH, context=BEFORE),
        Case("turns that are put into classes", table(classes, ("会话ID", "角色", "内容", "意图")).encode(),
             [(words, label) for _, _, words, label in classes]),
    ]  # fmt: skip


def left_out() -> list[Case]:
    asked = {"role": "user", "content": Q}
    used = [asked, {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "content": "{}"}, {"role": "assistant", "content": "查到了"}]  # fmt: skip
    whole = {"messages": said("role", "content")}
    thinking = {
        "messages": [
            asked,
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "想"}, {"type": "text", "text": A}]},
        ]
    }
    thought = [(Q, f"<think>\n想\n</think>\n\n{A}")]
    picture = {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}, {"type": "text", "text": Q}]},
                            {"role": "assistant", "content": "红的"}]}  # fmt: skip
    cases = [
        Case(f"not to learn: {name} {value}", as_lines([{"messages": said("role", "content", **{name: value})}]), [BOTH[1]],
             [(0, "not_to_learn")], context=BEFORE)
        for name, value in (("weight", 0), ("train", False), ("loss", False), ("training", False), ("weight", 0.0))
    ]  # fmt: skip
    tools = [
        Case("an answer after a tool", as_lines([whole, {"messages": used}]), BOTH, [(2, "after_tool")], context=BEFORE),
        Case("an answer before a tool", as_lines([{"messages": [*whole["messages"], *used]}]), BOTH, [(0, "after_tool")], context=BEFORE),
        Case("nothing but tools", as_lines([{"messages": used}]), refusal="data.all_left_out"),
        Case("a picture among parts", as_lines([whole, picture]), BOTH, [(2, "has_media")], context=BEFORE),
        Case("a picture beside the turns", as_json([whole, {"image": "1.jpg", "conversations": said("from", "value", ("human", "gpt"))[:2]}]),
             BOTH, [(2, "has_media")], context=BEFORE),
        Case("a mark of a picture in a pair", as_lines([{"question": Q, "answer": A}, {"question": "<image>红吗", "answer": "红"}]), FIRST, [(2, "has_media")]),
        Case("nothing but pictures", as_lines([picture]), refusal="data.all_left_out"),
        Case("two answers in a row", as_lines([{"messages": [asked, {"role": "assistant", "content": "您好"}, {"role": "assistant", "content": A}]}]),
             [(Q, f"您好\n{A}")]),
        Case("two answers in a row, one not to learn", as_lines([whole, {"messages": [
            asked, {"role": "assistant", "content": "滚", "weight": 0}, {"role": "assistant", "content": A}]}]), BOTH, [(2, "not_to_learn")], context=BEFORE),
        Case("a tool's tags in the words", as_lines([whole, {"messages": [asked, {"role": "assistant", "content": "<tool_call>\n{}\n</tool_call>"},
             {"role": "user", "content": "<tool_response>\n好\n</tool_response>"}, {"role": "assistant", "content": "查到了"}]}]),
             BOTH, [(2, "after_tool")], context=BEFORE),
        Case("a question at the end", as_lines([{"messages": [*whole["messages"], asked]}]), BOTH, [(0, "unanswered")], context=BEFORE),
        Case("the bot first", as_lines([{"messages": [{"role": "assistant", "content": "您好"}, asked, {"role": "assistant", "content": A}]}]),
             FIRST, context=[("assistant", "您好")]),
        Case("three who speak", as_lines([whole, {"messages": [{"role": "甲", "content": "1"}, {"role": "乙", "content": "2"}, {"role": "丙", "content": "3"}]}]),
             BOTH, [(2, "unknown_speakers")], context=BEFORE),
        Case("reasoning beside the answer", as_lines([{"messages": [asked, {"role": "assistant", "content": A, "reasoning_content": "想"}]}]), thought, [(0, "thoughts")]),
        Case("reasoning before the answer", as_lines([{"messages": [asked, {"role": "assistant", "content": f"<think>想</think>{A}"}]}]), thought, [(0, "thoughts")]),
        Case("reasoning as a part", as_lines([thinking]), thought, [(0, "thoughts")]),
    ]  # fmt: skip
    apart = [{"input": q, "reasoning_content": "想", "content": a} for q, a in QUESTIONS]
    flat = [
        Case("reasoning in a column", quoted([(q, "想", a) for q, a in QUESTIONS], ("Question", "Complex_CoT", "Response")),
             [(q, f"<think>\n想\n</think>\n\n{a}") for q, a in QUESTIONS], [(0, "thoughts")]),
        Case("reasoning beside the content", as_lines(apart), [(q, f"<think>\n想\n</think>\n\n{a}") for q, a in QUESTIONS], [(0, "thoughts")]),
    ]  # fmt: skip
    return [*cases, *tools, *flat]


def better() -> list[Case]:
    asked, good, bad = (
        {"role": "user", "content": Q},
        {"role": "assistant", "content": A},
        {"role": "assistant", "content": "滚"},
    )
    further = [(0, "further_answers_left_out")]
    human = f"\n\nHuman: {Q}\n\nAssistant: "
    judged = [(Q, A, "1"), (Q2, A2, "1"), (Q, "滚", "0")]
    scored = [{"response": "滚", "overall_score": 1.0}, {"response": A, "overall_score": 8.5}]
    return [
        Case("chosen messages", as_lines([{"chosen_messages": [asked, good], "rejected_messages": [asked, bad]}]), FIRST, worse=["滚"]),
        Case("ms-swift's rejected response", as_lines([{"messages": [asked, good], "rejected_response": "滚"}]), FIRST, worse=["滚"]),
        Case("HH-RLHF", as_lines([{"chosen": human + A, "rejected": human + "滚"}]), FIRST, worse=["滚"]),
        Case("preference with its prompt in tags", as_lines([{"prompt": human, "chosen": A, "rejected": "滚"}]), FIRST, worse=["滚"]),
        Case("an answer chosen in words of its own", as_lines([{"question": q, "response_chosen": a, "response_rejected": "滚"} for q, a in QUESTIONS]), QUESTIONS, worse=["滚"] * len(QUESTIONS)),
        Case("one turn chosen for a plain prompt", as_lines([{"prompt": Q, "chosen": [good], "rejected": [bad]}]), FIRST, worse=["滚"]),
        Case("UltraFeedback", as_lines([{"instruction": Q, "completions": scored}]), FIRST, worse=["滚"]),
        Case("answers by rank", as_lines([{"prompt": Q, "answers": [{"answer": "滚", "rank": 2}, {"answer": A, "rank": 1}]}]), FIRST, worse=["滚"]),
        Case("answers with their scores beside", as_lines([{"query": Q, "responses": ["滚", A], "scores": [0.1, 0.9]}]), FIRST, worse=["滚"]),
        Case("the answer that was taken", as_lines([{"question": Q, "answers": [{"text": "滚", "selected": False}, {"text": A, "selected": True}]}]), FIRST, worse=["滚"]),
        Case("answers without a score", as_lines([{"question": Q, "answers": [A, "滚"]}]), FIRST, further),
        Case("two lists of answers", as_lines([{"question": Q, "human_answers": [A], "chatgpt_answers": ["滚"]}]), FIRST, further),
        Case("a prompt in turns and an answer in words", as_lines([{"prompt": [asked], "response": A, "score": 0.9}]), FIRST),
        Case("a logged call", as_lines([{"custom_id": "1", "body": {"messages": [asked]}, "response": {"body": {"choices": [{"message": good}]}}}]), FIRST),
        Case("SQuAD's answers", as_lines([{"question": Q, "answers": {"text": [A, A, A2], "answer_start": [1, 1, 9]}}]), FIRST, further),
        Case("an arena", as_lines([{"winner": "model_b", "conversation_a": [asked, bad], "conversation_b": [asked, good]}]), FIRST, worse=["滚"]),
        Case("an arena without a winner", as_lines([{"messages": [asked, good]}, {"winner": "tie", "conversation_a": [asked, bad], "conversation_b": [asked, good]}]),
             FIRST, [(2, "no_winner")]),
        Case("KTO in a csv", table(judged, ("prompt", "completion", "label")).encode(), BOTH, [(4, "rejected_answer")]),
        Case("judged by a desk", table([(q, a, "合格" if y == "1" else "不合格") for q, a, y in judged], ("问题", "回答", "质检结果")).encode(),
             BOTH, [(4, "rejected_answer")]),
        Case("all judged bad", as_lines([{"prompt": Q, "completion": "滚", "label": False}, {"prompt": Q2, "completion": "滚", "label": False}]),
             refusal="data.all_left_out"),
        *(Case(f"no judgement: {name} of {value}", table([(q, a, value) for q, a in QUESTIONS], ("Q", "A", name)).encode(),
               QUESTIONS, [(0, "unused_columns")]) for name, value in (("label", "0"), ("label", "0.0"), ("标签", "差"), ("quality", "-1"), ("label", "no"))),
        *(Case(f"a judgement: {name} of {value}", table([(q, a, value) for q, a in QUESTIONS], ("Q", "A", name)).encode(),
               refusal="data.all_left_out") for name, value in (("label", "False"), ("是否合格", "不合格"), ("is_good", "no"))),
        Case("Label Studio's dialogue to answer", as_json([{"id": 1, "data": {"dialogue": [{"author": "user", "text": Q}, {"author": "bot", "text": A},
             {"author": "user", "text": Q2}]}, "annotations": [{"result": [{"from_name": "response", "type": "textarea", "value": {"text": [A2]}}]}]}]),
             [BOTH[1]], context=BEFORE),
    ]  # fmt: skip


def before() -> list[Case]:
    """What was said before a question that stands beside it is no conversation of its own."""
    turns = [{"role": speaker, "content": words} for speaker, words in BEFORE]
    ways = {"turns": turns, "pairs": [[Q, A]], "named pairs": [list(turn) for turn in BEFORE]}
    return [
        Case(f"history as {name}", as_lines([{"history": said, "prompt": Q2, "reply": A2}]), [BOTH[1]], context=BEFORE)
        for name, said in ways.items()
    ]


def talks() -> list[Case]:
    return [*before(), *names(), *in_tags(), *trees(), *by_row(), *left_out(), *better()]
