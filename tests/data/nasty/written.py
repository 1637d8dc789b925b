"""Nasty texts that no separator of one character tells: long separators, questions without marks, chats as messengers give them.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

from tests.data.nasty.case import QUESTIONS, REVIEWS, Case
from tests.data.nasty.make import quoted

(Q, A), (Q2, A2), *_ = QUESTIONS
SHOPLESS = "data.one_column"


def long_separators() -> list[Case]:
    rows = [(f"65{n:017}", "10" + str(n % 3), text, label) for n, (text, label) in enumerate(REVIEWS)]
    ways = (
        "_!_",
        " _!_ ",
        "|||",
        " ||| ",
        "||",
        "###",
        "@@@",
        "\t\t",
        "::",
        "^_^",
        " +++$+++ ",
        "<sep>",
        "[SEP]",
        "\x01",
    )
    words = ["茶,杯子,水", "", "店,价格,座位,空调", "人,店员,服务,笑", "糖,水,奶,茶", "盒,量,份"]
    keyed = ["_!_".join((*row[:2], row[3], row[2], key)) for row, key in zip(rows, words, strict=True)]
    return [
        *(Case(f"separator {mark!r}", "\n".join(mark.join(row) for row in [("评论", "标签"), *REVIEWS]).encode(), REVIEWS) for mark in ways),
        *(Case(f"separator {mark!r} without a header", "\n".join(mark.join(row) for row in rows).encode(), REVIEWS, [(1, "no_header"), (0, "unused_columns")])
          for mark in ways[:3]),
        Case("keywords behind a title", "\r\n".join(keyed).encode(), REVIEWS, [(0, "unused_columns")]),
        Case("an empty column between tabs", "\n".join("\t\t".join(row) for row in [("评论", "标签"), *REVIEWS[:5]]).encode() + "\n份量刚好\t是\t好评".encode(),
             [*REVIEWS[:5], ("份量刚好", "好评")]),
        Case("colons in the cells of a csv", "text,label\na::b,好评\nc::d,差评\ne::f,好评\n".encode(), [("a::b", "好评"), ("c::d", "差评"), ("e::f", "好评")]),
    ]  # fmt: skip


def without_marks() -> list[Case]:
    turns = "".join(f"{q}\n{a}\n" for q, a in QUESTIONS)
    blocks = "\n\n".join(f"{q}\n{a}" for q, a in QUESTIONS)
    apart = "\n\n".join(f"{n}、{q}\n\n{a}" for n, (q, a) in enumerate(QUESTIONS, 1))
    unsigned = [(q.rstrip("？") + "呢" * (n == 0), a) for n, (q, a) in enumerate(QUESTIONS) if "？" in q and n != 4]
    unsigned = [(q, a) for q, a in unsigned if q.endswith(("吗", "呢")) or "多久" in q or "几" in q]
    english = [
        ("How long does delivery take?", "Two days."),
        ("Can I return it?", "Yes, within a week."),
        ("Do you wrap gifts?", "We do, for free."),
    ]
    prose = "我早上去了市场。\n\n今天的鱼新鲜吗？\n\n老板说是刚到的。我就买了两条，准备晚上清蒸。\n\n回家路上下雨了，我没有带伞。\n\n衣服都湿了。\n\n晚上做了鱼，味道不错。"
    mixed = "几点开门？\n好喝\n太甜了\n能开发票吗？\n等了一个小时\n店员很热情\n有没有停车的地方？\n外卖多久能到？\n推荐"
    return [
        Case("line by line by turns", turns.encode(), QUESTIONS),
        Case("line by line under a title", ("本店常见问题\r\n" + turns.replace("\n", "\r\n")).encode(), QUESTIONS, [(1, "heading")]),
        Case("in blocks", ("常见问题\n\n" + blocks).encode(), QUESTIONS, [(1, "heading")]),
        Case("in blocks, numbered and apart", apart.encode("gbk"), QUESTIONS),
        Case("in blocks, an answer of two paragraphs", apart.replace("三十分钟。", "三十分钟。\n\n下雨会慢一点。").encode(),
             [(q, a.replace("三十分钟。", "三十分钟。\n\n下雨会慢一点。")) for q, a in QUESTIONS]),
        Case("in blocks, in English", "\n\n".join(f"{q}\n{a}" for q, a in english).encode(), english),
        Case("line by line, in English", "\n".join(f"{n}. {q}\n{a}" for n, (q, a) in enumerate(english, 1)).encode(), english),
        Case("questions without a sign", "\n".join(f"{q}\n{a}" for q, a in unsigned).encode(), unsigned),
        Case("a story with a question in it", prose.encode(), refusal=SHOPLESS),
        Case("what customers say, line by line", mixed.encode(), refusal=SHOPLESS),
        Case("questions alone", "\n".join(q for q, _ in QUESTIONS).encode(), refusal=SHOPLESS),
    ]  # fmt: skip


def headed() -> list[Case]:
    def below(before: str, after: str = "") -> bytes:
        return "\n\n".join(f"{before}{q}{after}\n\n{a}" for q, a in QUESTIONS).encode()

    first, rest = QUESTIONS[:3], QUESTIONS[3:]
    sections = (
        "# 常见问题\n\n欢迎光临。\n\n## 到店\n"
        + "".join(f"### {q}\n{a}\n" for q, a in first)
        + "## 外卖\n\n---\n"
        + "".join(f"### {q}\n{a}\n" for q, a in rest)
    )
    longer = [
        (QUESTIONS[0][0], "早上九点半。\n\n- 周末十点\n- 节日不开\n\n#### 附\n\n```\n# 不是标题吗？\n```"),
        *QUESTIONS[1:],
    ]
    contents = "## 目录\n\n" + "".join(f"- [{q}](#{n})\n" for n, (q, _) in enumerate(QUESTIONS)) + "\n"
    return [
        Case("Markdown, headings", below("## "), QUESTIONS),
        Case("Markdown, headings with numbers", below("### Q：", " ###"), QUESTIONS),
        Case("Markdown, bold lines", below("**", "**"), QUESTIONS),
        Case("Markdown, bold points", below("- **", "**"), QUESTIONS),
        Case("Markdown, sections around", sections.encode(), QUESTIONS, [(1, "heading"), (3, "heading"), (5, "heading")]),
        Case("Markdown, long answers", "\n\n".join(f"## {q}\n\n{a}" for q, a in longer).encode(), longer),
        Case("Markdown, a table of contents", contents.encode() + below("## "), QUESTIONS, [(1, "heading")]),
        Case("Markdown, folded", "\n".join(f"<details>\n<summary><b>{q}</b></summary>\n\n{a}\n</details>\n" for q, a in QUESTIONS).encode(), QUESTIONS),
        Case("Markdown that asks nothing", "".join(f"## 第{n}章\n\n{a}\n\n" for n, (_, a) in enumerate(QUESTIONS)).encode(), refusal=SHOPLESS),
    ]  # fmt: skip


def lettered() -> list[Case]:
    return [
        Case("conv", "".join(f"E\nM {q}\nM {a}\n" for q, a in QUESTIONS).encode(), QUESTIONS),
        Case("conv, four turns", f"E\r\nM {Q}\r\nM {A}\r\nM {Q2}\r\nM {A2}\r\nE\r\n".encode(), [(Q, A), (Q2, A2)], context=[("user", Q), ("assistant", A)]),
        *(Case(f"lines behind {asks} and {answers}", "".join(f"{asks} {q}\n{answers} {a}\n\n" for q, a in QUESTIONS).encode(), QUESTIONS)
          for asks, answers in (("Q", "A"), ("q", "a"), ("问", "答"))),
    ]  # fmt: skip


CHAT = [("17", "09:58", "", "消息和通话均端到端加密。"), ("17", "10:02", "小满", Q), ("17", "10:03", "小满", "周末也一样吗"), ("17", "10:05", "青禾茶铺", A),
        ("17", "10:06", "青禾茶铺", "<Media omitted>"), ("18", "16:40", "小满", Q2), ("18", "16:41", "青禾茶铺", "This message was deleted"),
        ("18", "16:42", "青禾茶铺", "可以：\n少糖减20%\n10:00 - 22:00: 都有")]  # fmt: skip
TALKED = [(f"{Q}\n周末也一样吗", A), (Q2, "可以：\n少糖减20%\n10:00 - 22:00: 都有")]
CHAT_SAID = [(0, "who_answers"), (0, "notices_left_out"), (0, "turns_by_row")]


def messengers() -> list[Case]:
    def whatsapp(head: str) -> bytes:
        return "\n".join(
            head.format(day=day, time=time) + (f"{who}: " if who else "") + words for day, time, who, words in CHAT
        ).encode()

    ways = {
        "Android": "{day}/03/2024, {time} - ",
        "Android, in America": "3/{day}/24, {time} PM - ",
        "Android, narrow blanks": "3/{day}/24, {time}\u202fPM - ",
        "Android, in Germany": "{day}.03.24, {time} - ",
        "Android, in China": "2024/3/{day} 上午{time} - ",
        "iPhone": "[{day}.03.24, {time}:09] ",
        "iPhone, in America": "[3/{day}/24, {time}:09 AM] ",
        "iPhone, a mark in front": "\u200e[2024-03-{day}, {time}:09] ",
    }
    said = [(day, time, who, words) for day, time, who, words in CHAT if who]
    qq = (
        "消息记录（此消息记录为文本格式，不支持重新导入）\n\n================\n消息分组:我的好友\n================\n消息对象:小满\n================\n\n"
        + "".join(
            f"2024-03-{day} {time}:00 {who}{'(10001)' if who == '小满' else '<a@b.cn>'}\n{words.replace('<Media omitted>', '[图片]')}\n\n"
            for day, time, who, words in said
        )
    )
    log = "".join(f"2024-03-17 10:0{n}:00 {('INFO', 'ERROR')[n % 2]}: step {n} went on\n" for n in range(8))
    return [
        *(Case(f"WhatsApp, {name}", whatsapp(head), TALKED, CHAT_SAID) for name, head in ways.items()),
        Case("QQ", qq.encode(), TALKED, CHAT_SAID),
        Case("WeChat's lines", "".join(f"2024-03-{day} {time}:00 {who}\n{words}\n\n" for day, time, who, words in said).encode(), TALKED, CHAT_SAID),
        Case("what a program logs", log.encode(), refusal=SHOPLESS),
        Case("what a program logs in brackets", "".join(f"[2024-03-17 10:0{n}:00] app.{('INFO', 'ERROR')[n % 2]}: step {n}\n" for n in range(8)).encode(), refusal=SHOPLESS),
    ]  # fmt: skip


def messenger_tables() -> list[Case]:
    header = (
        "localId",
        "TalkerId",
        "Type",
        "SubType",
        "IsSender",
        "CreateTime",
        "Status",
        "StrContent",
        "StrTime",
        "Remark",
        "NickName",
        "Sender",
    )
    kinds = {"": "10000", "<Media omitted>": "3"}
    rows = [(str(n), "7", kinds.get(who and words, "1") if who else "10000", "0", str(int(who == "青禾茶铺")), str(1710000000 + n), "2",
             '<?xml version="1.0"?><msg/>' if words == "<Media omitted>" else words.replace("This message was deleted", "[表情]"), f"2024-03-{day} {time}", "", who, who)
            for n, (day, time, who, words) in enumerate(CHAT)]  # fmt: skip
    other = [
        (
            row[0],
            {"1": "文本", "3": "图片"}.get(row[2], "系统通知"),
            row[4],
            "我" if row[4] == "1" else "wxid_1",
            "小满",
            row[7],
            row[8],
        )
        for row in rows
    ]
    by_column = [(0, "who_answers_by_column"), (0, "notices_left_out"), (0, "turns_by_row")]
    context = [("user", TALKED[0][0]), ("assistant", TALKED[0][1])]
    return [
        Case("WeChat's table", quoted(rows, header), TALKED, by_column, context=context),
        Case("WeChat's table, by another tool", quoted(other, ("id", "type_name", "is_sender", "talker", "room_name", "content", "CreateTime")),
             TALKED, by_column, context=context),
    ]  # fmt: skip


def commented() -> list[Case]:
    pairs = ",\n".join(f'"{q}": "{a}"' for q, a in QUESTIONS)
    return [
        Case("JSON below a comment", f"// 自动回复\n// 三月\n{{{pairs},}}".encode(), QUESTIONS, [(0, "comment_above")]),
        Case("JSON below a block of comment", f"/* 自动\n回复 {{ */\n{{{pairs}}}".encode(), QUESTIONS, [(0, "comment_above")]),
        Case("a list below a comment", ("// 三月\n[" + ",".join(f'{{"q": "{q}", "a": "{a}"}}' for q, a in QUESTIONS) + "]").encode(), QUESTIONS, [(0, "comment_above")]),
    ]  # fmt: skip
