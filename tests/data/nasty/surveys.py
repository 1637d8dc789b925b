"""Nasty tables: headers of two lines, headers that come again, rare classes among marks, answers in the column beside.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

from tests.data.nasty.case import ENGLISH, QUESTIONS, REVIEWS, Case
from tests.data.nasty.make import table

MOODS = {"good": "Very satisfied", "bad": "Dissatisfied", "neutral": "Neither satisfied nor dissatisfied"}


def surveys() -> list[Case]:
    told = [(text, MOODS[mood]) for text, mood in ENGLISH]
    names = ("Respondent ID", "IP Address", "How satisfied are you?", "Please tell us why", "What did you drink?", "")
    ticks = [
        (str(900 + n), f"192.0.2.{n}", mood, text, "Tea" if n % 2 else "", "" if n % 2 else "Milk")
        for n, (text, mood) in enumerate(told)
    ]
    below = ("", "", "Response", "Open-Ended Response", "Tea", "Milk")
    chinese = [("答卷编号", "满意度", "具体说说", "买了什么", ""), ("", "单选", "填空", "奶茶", "果茶")]
    answers = [(str(n), mood, text, "√", "") for n, (text, mood) in enumerate(REVIEWS)]
    qualtrics = [
        ("ResponseId", "Q1", "Q2"),
        ("Response ID", "Comment", "Label"),
        *[('{"ImportId":"_recordId"}', '{"ImportId":"QID1_TEXT"}', '{"ImportId":"QID2"}')],
    ]
    again = [*QUESTIONS[:2], ("Question", "Answer"), *QUESTIONS[2:4], ("问题", "答案"), *QUESTIONS[4:]]
    marks = [(text, "1" if mood == "好评" else "0", "0", "1" if mood == "差评" else "0", "0") for text, mood in REVIEWS]
    marked = [(text, {"好评": "夸", "差评": "骂", "中性": ""}[mood]) for text, mood in REVIEWS]
    elsewhere = [(q, "" if n == 1 else a, f"**{a}**") for n, (q, a) in enumerate(QUESTIONS)]
    filled = [(q, f"**{a}**" if n == 1 else a) for n, (q, a) in enumerate(QUESTIONS)]
    two = [(0, "two_lines")]
    return [
        Case("a survey's header of two lines", table([below, *ticks], names).encode(), told, two),
        Case("a Chinese survey's header of two lines", table([chinese[1], *answers], chinese[0]).encode(), REVIEWS, two),
        Case("Qualtrics' header of three lines", table([*qualtrics[1:], *((f"R_{n}", *one) for n, one in enumerate(REVIEWS))], qualtrics[0]).encode(),
             REVIEWS, two),
        Case("a header that comes again in other words", table(again, ("question", "answer")).encode(), QUESTIONS,
             [(4, "repeated_header"), (7, "repeated_header")]),
        Case("classes that no row has", table(marks, ("评论", "夸", "问", "骂", "怕")).encode(), marked, [(0, "one_hot"), (0, "marked_none")]),
        Case("an answer in the column beside", table(elsewhere, ("question", "answer", "markdown")).encode(), filled, [(0, "answer_from")]),
    ]  # fmt: skip
