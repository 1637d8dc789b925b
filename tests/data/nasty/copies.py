"""Nasty judgements and replies: yes or no to one label, what was passed over, posts that name what they reply to.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

from tests.data.nasty.case import QUESTIONS, REVIEWS, Case
from tests.data.nasty.make import as_json, as_lines, table

(Q1, A1), (Q2, A2), (Q3, A3), *_ = QUESTIONS


def copies() -> list[Case]:
    said = [
        ["agent", "您好"],
        ["customer", Q1],
        ["action", "已查到门店"],
        ["agent", A1],
        ["customer", Q2],
        ["agent", A2],
    ]
    again = [{"speaker": who, "text": words[:4], "turn_count": n} for n, (who, words) in enumerate(said, 1)]
    records = [{"convo_id": 1, "scenario": {"flow": "hours"}, "original": said, "delexed": again}]
    before = [("assistant", "您好"), ("user", Q1), ("assistant", A1)]
    notes = [(0, "second_copy"), (0, "notes_in_talk")]
    events = [
        {"role": "event", "content": "客户进入会话"},
        {"role": "user", "content": Q1},
        {"role": "assistant", "content": A1},
    ]
    return [
        Case("a conversation in two copies", as_json(records), [(Q1, A1), (Q2, A2)], notes, context=before),
        Case("events among turns", as_lines([{"messages": events}]), [(Q1, A1)], notes[1:]),
    ]  # fmt: skip


def judged() -> list[Case]:
    def tasks(label: str) -> list[dict[str, object]]:
        answers = {"好评": "accept", "差评": "reject", "中性": "ignore"}
        return [
            {"text": text, "label": label, "_task_hash": n, "answer": answers[mood]}
            for n, (text, mood) in enumerate(REVIEWS)
        ]

    def judgements(yes: str, no: str) -> list[tuple[str, str]]:
        return [(text, {"好评": yes, "差评": no, "中性": ""}[mood]) for text, mood in REVIEWS]

    skipped = {"was_cancelled": True, "result": []}
    studio = [
        {"id": n, "data": {"text": text}, "predictions": [{"result": []}], "annotations": [skipped if mood == "中性" else {
            "was_cancelled": False, "result": [{"from_name": "mood", "type": "choices", "value": {"choices": [mood]}}]}]}
        for n, (text, mood) in enumerate(REVIEWS)
    ]  # fmt: skip
    said = [(0, "rejected_is_not"), (3, "passed_over")]
    return [
        Case("Prodigy, one label for all", as_lines(tasks("PRAISE")), judgements("PRAISE", "not PRAISE"), said),
        Case("Prodigy, one Chinese label for all", as_lines(tasks("表扬")), judgements("表扬", "不是表扬"), said),
        Case("Label Studio, one passed over", as_json(studio), judgements("好评", "差评"), [(3, "passed_over")]),
    ]  # fmt: skip


def posts() -> list[Case]:
    names = ("tweet_id", "author_id", "inbound", "text", "response_tweet_id", "in_response_to_tweet_id")
    tweets = [
        ("4", "shop", "False", A2, "", "3.0"), ("3", "77", "True", Q2, "4", "2.0"), ("2", "shop", "False", A1, "3", "1.0"),
        ("1", "77", "True", Q1, "2", ""), ("9", "78", "True", Q3, "", ""),
    ]  # fmt: skip
    spoken = [
        {"task_message_id": f"t{n}", "user_message_id": f"u{n}", "parent_message_id": parent, "text": text, "role": role}
        for n, parent, text, role in (
            (1, None, Q1, "prompter"), (2, "u1", A1, "assistant"), (3, "u2", Q2, "prompter"), (4, "u3", A2, "assistant"), (5, "u3", "不知道。", "assistant"),
        )
    ]  # fmt: skip
    chinese = [(str(n), who, words, str(n - 1 or "")) for n, (who, words) in enumerate(
        [("客户", Q1), ("客服", A1), ("客户", Q2), ("客服", A2)], 1)]  # fmt: skip
    both, before = [(Q1, A1), (Q2, A2)], [("user", Q1), ("assistant", A1)]
    return [
        Case("tweets, newest first", table(tweets, names).encode(), [*both, (Q3, "")], [(0, "turns_by_row")]),
        Case("messages by the ids of others", as_json(spoken), both, [(0, "other_branches")], context=before),
        Case("posts in Chinese", table(chinese, ("消息ID", "角色", "内容", "回复ID")).encode(), both, context=before),
    ]
