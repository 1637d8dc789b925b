"""Tables that say what they mean by how they are laid out: pairs side by side, a column a class, parts of one text.

Knows no parser: it makes bytes.
"""

from __future__ import annotations

import json

from tests.data.nasty.case import QUESTIONS, REVIEWS, Case, Pairs
from tests.data.nasty.make import as_lines

WAYS = [(f"怎么退{n}号货", f"{n}号能退吗", f"想退{n}号", f"去订单页点退货{n}。") for n in range(1, 5)]
ALL_WAYS: Pairs = [(way, row[-1]) for row in WAYS for way in row[:-1]]
SENTENCES = [(f"怎么退{n}号货", f"{n}号货退得了吗", str(n % 2)) for n in range(12)]
PAIRED: Pairs = [(f"{one}\n{other}", label) for one, other, label in SENTENCES]


def lines(header: str, *rows: str) -> bytes:
    return "\n".join((header, *rows)).encode()


def side_by_side() -> list[Case]:
    halves = list(zip(QUESTIONS[::2], QUESTIONS[1::2], strict=True))
    rows = [f"{a},{b},{c},{d}" for (a, b), (c, d) in halves]
    spaced = [f"{a},{b},,{c},{d}" for (a, b), (c, d) in halves]
    judged = [f"{a},{b},{c},{d}" for (a, b), (c, d) in zip(REVIEWS[::2], REVIEWS[1::2], strict=True)]
    said = [(0, "side_by_side")]
    return [
        Case("question 2 beside question", lines("question,answer,question 2,answer 2", *rows), QUESTIONS, said),
        Case("问题1 beside 问题2", lines("问题1,答案1,问题2,答案2", *rows), QUESTIONS, said),
        Case("Q1 beside Q2", lines("Q1,A1,Q2,A2", *rows), QUESTIONS, said),
        Case("the same two names twice", lines("问题,答案,,问题,答案", *spaced), QUESTIONS, said),
        Case("questions first, then answers", lines("问题1,问题2,答案1,答案2", *(
            f"{a},{c},{b},{d}" for (a, b), (c, d) in halves)), QUESTIONS, said),
        Case("a last pair that is blank", lines("问题1,答案1,问题2,答案2,问题3,答案3", *(f"{row},," for row in rows)), QUESTIONS, said),
        Case("labelled reviews side by side", lines("评论1,标签1,评论2,标签2", *judged), REVIEWS, said),
    ]  # fmt: skip


def one_hot() -> list[Case]:
    names = ("好评", "差评", "中性")

    def marked(yes: str, no: str) -> list[str]:
        return [",".join([text, *(yes if label == name else no for name in names)]) for text, label in REVIEWS]

    said = [(0, "one_hot")]
    both = lines(
        "评论,物流,口味,服务", "茶好喝,0,1,0", "又慢又难喝,1,1,0", "没说什么,0,0,0", "很热情,0,0,1", "送得快,1,0,0"
    )
    return [
        Case("a column a class", lines("评论,好评,差评,中性", *marked("1", "0")), REVIEWS, said),
        Case("a tick a class", lines("评论,好评,差评,中性", *marked("√", "")), REVIEWS, said),
        Case("是 and 否", lines("评论,好评,差评,中性", *marked("是", "否")), REVIEWS, said),
        Case("get_dummies", lines("text,label_好评,label_差评,label_中性", *marked("True", "False")), REVIEWS, said),
        Case("several classes at once", both, [
            ("茶好喝", "口味"), ("又慢又难喝", ""), ("没说什么", ""), ("很热情", "服务"), ("送得快", "物流")],
            [*said, (3, "several_labels")]),
        Case("marks beside a label", lines("评论,标签,是否会员,是否首单", *(
            f"{text},{label},{n % 2},{1 - n % 2}" for n, (text, label) in enumerate(REVIEWS))), REVIEWS),
    ]  # fmt: skip


def parts_of_one_text() -> list[Case]:
    def pair(one: str, other: str, label: str = "label") -> Case:
        rows = [f"{a}\t{b}\t{c}" for a, b, c in SENTENCES]
        said = [(0, "read_together")]
        return Case(f"{one} and {other}", lines(f"{one}\t{other}\t{label}", *rows), PAIRED, said)

    about = [
        {"context": f"第{n}家店在西湖边。", "question": f"第{n}家店在哪？", "answer": f"西湖边{n}。"} for n in range(6)
    ]
    told = [(f"第{n}家店在哪？\n第{n}家店在西湖边。", f"西湖边{n}。") for n in range(6)]
    alpaca = [{"input": q, "instruction": "回答顾客", "output": a} for q, a in QUESTIONS]
    bare = lines(*("\t".join(row) for row in SENTENCES))
    return [
        pair("sentence1", "sentence2"), pair("premise", "hypothesis"), pair("text_a", "text_b"), pair("query1", "query2"),
        pair("question1", "question2", "is_duplicate"), pair("句子一", "句子二", "是否相似"), pair("#1 String", "#2 String", "Quality"),
        pair("question", "sentence"), pair("textA", "textB", "gold_label"),
        Case("a pair without a header, as LCQMC", bare, PAIRED, [(1, "no_header"), (0, "read_together")]),
        Case("a question after its context", as_lines(about), told, [(0, "read_together")]),
        Case("alpaca in the order of the alphabet", as_lines(alpaca), [(f"回答顾客\n{q}", a) for q, a in QUESTIONS]),
        Case("no gold label, as SNLI", lines("sentence1,sentence2,gold_label", *(
            f"{a},{b},{'-' if n == 3 else label}" for n, (a, b, label) in enumerate(SENTENCES))),
            [(text, "" if n == 3 else label) for n, (text, label) in enumerate(PAIRED)], [(5, "not_labelled_yet")]),
        Case("a text column that is empty", lines("评论,反馈,标签", *(f",{a},{b}" for a, b in REVIEWS)), REVIEWS),
        Case("a second judgement", lines("评论,标签1,标签2", *(f"{a},{b},{'物流' if n % 2 else '口味'}" for n, (a, b) in enumerate(REVIEWS))),
             REVIEWS, [(0, "unused_columns")]),
        Case("a column that nobody uses", lines("问题,答案,内部说明", *(
            f"{q},{a},第{n}条说明文字" for n, (q, a) in enumerate(QUESTIONS))), QUESTIONS, [(0, "unused_columns")]),
    ]  # fmt: skip


def further_ways() -> list[Case]:
    def one_cell(name: str, between: str, header: str = "标准问,相似问,答案") -> Case:
        return Case(name, lines(header, *(f'{a},"{b}{between}{c}",{d}' for a, b, c, d in WAYS)), ALL_WAYS, said)

    said = [(0, "further_ways")]
    listed = [{"question": a, "similar_questions": [b, c], "answer": d} for a, b, c, d in WAYS]
    below = [line for a, b, c, d in WAYS for line in (f"{a},{b},{d}", f",{c},")]
    merged = [line for a, b, c, d in WAYS for line in (f"{a},{b},{d}", f"{a},{c},{d}")]
    return [
        one_cell("ways between |", "|"), one_cell("ways between ||", "||"), one_cell("ways between ；", "；"),
        one_cell("ways on lines of their own", "\n", "标准问题,相似问法,回复"), one_cell("ways between ###", "###"),
        one_cell("ways between commas", "，", "标准问法,扩展问,标准回复"), one_cell("ways that are counted", "\n2. "),
        Case("ways in columns", lines("标准问,相似问1,相似问2,答案", *map(",".join, WAYS)), ALL_WAYS, said),
        Case("questions in numbered columns", lines("问法1,问法2,问法3,答案", *map(",".join, WAYS)), ALL_WAYS, said),
        Case("the answer first", lines("答案,扩展问法,标准问法", *(f"{d},{b}|{c},{a}" for a, b, c, d in WAYS)), ALL_WAYS, said),
        Case("ways in a list", as_lines(listed), ALL_WAYS, said),
        Case("ways below their question", lines("标准问,相似问,答案", *below), ALL_WAYS, [*said, (3, "further_ways_of")]),
        Case("ways each beside their question", lines("标准问,相似问,答案", *merged), ALL_WAYS, said),
    ]  # fmt: skip


def labels() -> list[Case]:
    def held(name: str, *written: str, said: str = "several_labels") -> Case:
        texts = [f"第{n}杯" for n in range(4 + len(written))]
        cells = ["好评", "差评", "好评", "差评", *written]
        rows = [
            f'{text}\t"{cell}"' for text, cell in zip(texts, (cell.replace('"', '""') for cell in cells), strict=True)
        ]
        right = [*cells[:4], *([""] * len(written) if said == "several_labels" else ["好评"] * len(written))]
        return Case(name, lines("评论\t标签", *rows), list(zip(texts, right, strict=True)), [(6, said)])

    doccano = [{"id": n, "text": t, "label": [label]} for n, (t, label) in enumerate(REVIEWS)]
    cats = [{"text": t, "cats": {"好评": 1.0 * (b == "好评"), "其他": 1.0 * (b != "好评")}} for t, b in REVIEWS]
    spans = [{"text": t, "label": b, "entities": [[0, 2, "PER"]]} for t, b in REVIEWS]
    return [
        held("labels between commas", "好评,差评", "好评，差评"), held("labels between 、", "好评、差评"),
        held("labels in a list", json.dumps(["好评", "差评"], ensure_ascii=False), "['好评', '差评']"),
        held("labels as doccano joins them", "好评#差评"), held("labels between |", "好评|差评"), held("labels after a blank", "好评 差评"),
        held("a zero width space in a label", "\u200b好评", "好评\u200b", said="unseen_in_label"),
        held("a mark of direction in a label", "\u200e好评\u2060", said="unseen_in_label"),
        held("a wide blank in a label", "好\u3000评", "好\xa0评", said="unseen_in_label"),
        held("a blank beside a label", "\xa0好评", said="trimmed"),
        Case("one label in a list", as_lines(doccano), REVIEWS),
        Case("an empty list", as_lines([*doccano, {"id": 9, "text": "还没看", "label": []}]), [*REVIEWS, ("还没看", "")]),
        Case("labels with a slash", lines("评论,标签", *(f"{t},物流/{b}" for t, b in REVIEWS)), [(t, f"物流/{b}") for t, b in REVIEWS]),
        Case("spaCy's cats", as_lines(cats), [(t, b if b == "好评" else "其他") for t, b in REVIEWS]),
        Case("places of names beside a label", as_lines(spans), REVIEWS),
    ]  # fmt: skip
