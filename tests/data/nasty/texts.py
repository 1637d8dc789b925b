"""Nasty text files: encodings, separators, what stands around and within the cells, questions and answers line by line.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

from studio.data.schema import Reading
from tests.data.nasty.case import ENGLISH, JAPANESE, QUESTIONS, REVIEWS, TRADITIONAL, Case
from tests.data.nasty.make import table

(Q, A), (Q2, A2), *_ = QUESTIONS


def texts() -> list[Case]:
    csv, asked = table(REVIEWS), table(QUESTIONS, ("问题", "答案"))
    cases = [
        Case(f"separator {name}", table(REVIEWS, mark=mark, end=end).encode(), REVIEWS)
        for name, mark, end in (
            ("comma", ",", "\n"),
            ("semicolon", ";", "\r\n"),
            ("tab", "\t", "\r"),
            ("bar", "|", "\n"),
        )  # fmt: skip
    ]
    cases += [
        Case(f"Chinese as {encoding}", csv.encode(encoding), REVIEWS)
        for encoding in ("utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
    ]
    cases += [
        Case("questions as gbk", asked.encode("gbk"), QUESTIONS),
        Case("questions without a byte order mark as utf-16-be", asked.encode("utf-16-be"), QUESTIONS),
        Case("traditional as big5", table(TRADITIONAL, ("評論", "標籤")).encode("big5"), TRADITIONAL),
        Case("traditional as gbk", table(TRADITIONAL, ("評論", "標籤")).encode("gbk"), TRADITIONAL),
        Case("Japanese as shift_jis", table(JAPANESE, ("レビュー", "ラベル")).encode("shift_jis"), JAPANESE),
        Case("Japanese as cp932 marks", table([("①番が好きです。とても美味しい", "良い"), *JAPANESE], ("レビュー", "ラベル")).encode("cp932"),
             [("①番が好きです。とても美味しい", "良い"), *JAPANESE]),
        Case("Japanese as iso-2022-jp", table(JAPANESE, ("レビュー", "ラベル")).encode("iso2022_jp"), JAPANESE),
        Case("Japanese as euc-jp is asked about", table(JAPANESE, ("a", "b")).encode("euc_jp"), refusal="data.which_encoding"),
        Case("Japanese as euc-jp once told", table(JAPANESE, ("レビュー", "ラベル")).encode("euc_jp"), JAPANESE,
             reading=Reading(encoding="euc-jp")),
        Case("accents as cp1252", table([("Très bon café", "good"), *ENGLISH], ("text", "label")).encode("cp1252"),
             [("Très bon café", "good"), *ENGLISH]),
        Case("first Chinese late as gbk", table([*ENGLISH * 400, *REVIEWS], ("text", "label")).encode("gbk"), [*ENGLISH * 400, *REVIEWS]),
        Case("two words as gbk are asked about", "葱油".encode("gbk"), refusal="data.which_encoding"),
        Case("broken utf-8 is asked about", csv.encode() + b"\xff\xfe\xfd", refusal="data.which_encoding"),
        Case("broken utf-8 once told", csv.encode() + b"\xe5\xa5,x\n", [*REVIEWS, ("�", "x")], [(8, "lost_characters")],
             reading=Reading(encoding="utf-8")),
        Case("a false byte order mark", b"\xef\xbb\xbf" + csv.encode("gbk"), REVIEWS),
        Case("utf-16 cut in a character is asked about", csv.encode("utf-16")[:-1], refusal="data.which_encoding"),
        Case("emoji in gb18030", table([("好喝👍", "好评"), *REVIEWS]).encode("gb18030"), [("好喝👍", "好评"), *REVIEWS]),
    ]  # fmt: skip
    return cases


def delimited() -> list[Case]:
    csv = table(REVIEWS)
    numbered = [(str(n), text, "2024-05-01", label) for n, (text, label) in enumerate(REVIEWS, 1)]
    return [
        Case("no header", table(REVIEWS[1:], REVIEWS[0]).encode(), REVIEWS, [(1, "no_header")]),
        Case("no header, questions", table(QUESTIONS[1:], QUESTIONS[0]).encode(), QUESTIONS, [(1, "no_header")]),
        Case("no header, answers first", table([(a, q) for q, a in QUESTIONS[1:]], QUESTIONS[0][::-1]).encode(), QUESTIONS),
        Case("label first", table([(b, a) for a, b in REVIEWS], ("标签", "评论")).encode(), REVIEWS),
        Case("other columns around", table(numbered, ("序号", "评论内容", "评论时间", "情感倾向")).encode(), REVIEWS),
        Case("headers that say nothing", table(numbered, ("x1", "x2", "x3", "x4")).encode(), REVIEWS),
        Case("English headers of two words", table(ENGLISH, ("review_text", "sentimentLabel")).encode(), ENGLISH),
        Case("traditional headers", table(QUESTIONS, ("問題", "回覆")).encode(), QUESTIONS),
        Case("title rows above", ("五月评价汇总,\n制表：小王,\n\n" + csv).encode(), REVIEWS, [(1, "title_row"), (2, "title_row")]),
        Case("blank rows and a second header", csv.replace("等了", "\n评论,标签\n,\n等了").encode(), REVIEWS,
             [(3, "blank_row"), (4, "repeated_header"), (5, "blank_row")]),
        Case("an unquoted comma in the text", csv.replace("太甜了，", "太甜了,").encode(),
             [(text.replace("太甜了，", "太甜了,"), label) for text, label in REVIEWS], [(6, "joined_cells")]),
        Case("two unquoted commas in the last column", table(QUESTIONS, ("问题", "答案")).replace("九点半开门，", "九点半,开门,").encode(),
             [(q, a.replace("九点半开门，", "九点半,开门,")) for q, a in QUESTIONS], [(2, "joined_cells")]),
        Case("a forgotten quote", csv.replace("太甜了", '"太甜了').encode(), refusal="data.unclosed_quote"),
        Case("two forgotten quotes", csv.replace("等了", '"等了').replace("份量刚好，包装干净,好评", '份量,"好评').encode(),
             refusal="data.unclosed_quote"),
        Case("line ends and quotes in a cell", 'text,label\n"好喝,\r\n""真的""",好评\n太慢,差评\n'.encode(),
             [('好喝,\n"真的"', "好评"), ("太慢", "差评")]),
        Case("Excel's separator line", ("sep=;\r\n" + table(REVIEWS, mark=";")).encode(), REVIEWS),
        Case("words that mean nothing elsewhere", "text,label\nNA,None\nnull,nan\n没有,N/A\n-,NULL\n".encode(),
             [("NA", "None"), ("null", ""), ("没有", "N/A"), ("-", "")], [(3, "not_labelled_yet"), (5, "not_labelled_yet")]),
        Case("zeros and long numbers", "评论,单号,标签\n好喝,00123,1\n难喝,12345678901234567,0\n".encode(), [("好喝", "1"), ("难喝", "0")]),
        Case("NUL and control characters", csv.replace("珍珠", "珍\0珠\x0b").encode(), REVIEWS, [(2, "bad_characters")]),
        Case("rows without a label and without a text", "评论,标签\n好喝,好评\n　,差评\n一般,\n难喝,差评\n".encode(),
             [("好喝", "好评"), ("一般", ""), ("难喝", "差评")], [(3, "no_text")]),
        Case("spaces around labels", "评论,标签\n好喝, 好评\n难喝,差评　\n".encode(), [("好喝", "好评"), ("难喝", "差评")],
             [(2, "trimmed"), (3, "trimmed")]),
        Case("two columns of one name", "评论,评论,标签\n好喝,老王,好评\n难喝,小李,差评\n".encode(), [("好喝", "好评"), ("难喝", "差评")]),
        Case("more columns than names", "\n".join(["评论,标签", *(f"{a},{b},x{n}" for n, (a, b) in enumerate(REVIEWS))]).encode(), REVIEWS),
        *short_rows(),
        Case("a header and nothing else", "评论,标签\n".encode(), refusal="data.no_rows"),
        Case("one column of reviews", "\n".join(["评论", *(text for text, _ in REVIEWS)]).encode(), refusal="data.one_column"),
    ]  # fmt: skip


def short_rows() -> list[Case]:
    """Rows with fewer cells than the header, the last or one in the middle."""
    days = [f"2024-05-{n:02}" for n in range(1, 7)]
    asked = [f"{n},{day},{q},{a}" for n, (day, (q, a)) in enumerate(zip(days, QUESTIONS, strict=True), 1)]
    named = [f"u{n}x,{day},{q},{a}" for n, (day, (q, a)) in enumerate(zip(days, QUESTIONS, strict=True), 1)]
    classed = [f"{('门店', '外卖')[n % 2]},{q},{a}" for n, (q, a) in enumerate(QUESTIONS)]
    judged = [f"{text},{label},第{n}条" for n, (text, label) in enumerate(REVIEWS)]

    def case(
        name: str, header: str, lines: list[str], rows: list[tuple[str, str]], said: list[tuple[int, str]]
    ) -> Case:
        return Case(f"short rows: {name}", "\n".join([header, *lines]).encode(), rows, said)

    lost, counted, open_row = [(8, "too_few_cells")], [(0, "short_rows")], ("周末几点？", "")
    return [
        case("a number gone", "编号,日期,问题,答案", [*asked, "2024-05-09,周末几点？,十点。"], QUESTIONS, lost),
        case("a name gone", "user,day,question,answer", [*named, "2024-05-09,周末几点？,十点。"], QUESTIONS, lost),
        case("a date gone", "编号,日期,问题,答案", [*asked, "9,周末几点？,十点。"], QUESTIONS, lost),
        case("a question gone", "编号,问题,日期,答案", [f"{n},{q},{day},{a}" for n, (day, (q, a)) in enumerate(
            zip(days, QUESTIONS, strict=True))] + ["9,2024-05-09,十点。"], QUESTIONS, lost),
        case("a class gone", "类别,问题,答案", [*classed, "周末几点？,十点。"], QUESTIONS, lost),
        case("the answer not there yet", "编号,日期,问题,答案", [*asked, "9,2024-05-09,周末几点？"], [*QUESTIONS, open_row], counted),
        case("a remark not there", "评论,标签,备注", [*judged, "还可以,中性", "很好,新的"], [*REVIEWS, ("还可以", "中性"), ("很好", "新的")], counted),
        case("a label not there yet", "评论,标签,备注", [*judged, "还可以"], [*REVIEWS, ("还可以", "")], counted),
    ]  # fmt: skip


def dialogues() -> list[Case]:
    lines = "\n".join(f"问：{q}\n答：{a}\n" for q, a in QUESTIONS)
    return [
        Case("问 and 答", lines.encode(), QUESTIONS),
        Case("问 and 答 as gbk", lines.encode("gbk"), QUESTIONS),
        Case("Q and A", "".join(f"Q: {q}\nA: {a}\n" for q, a in QUESTIONS).encode(), QUESTIONS),
        Case("numbered questions", "".join(f"{n}. 问题{n}：{q}\n答案：{a}\n" for n, (q, a) in enumerate(QUESTIONS, 1)).encode(), QUESTIONS),
        Case("on one line", "\n".join(f"问：{q}答：{a}" for q, a in QUESTIONS).encode(), QUESTIONS),
        Case("in bold and in brackets", "".join(f"**【问】：**{q}\n【答】：{a}\n" for q, a in QUESTIONS).encode(), QUESTIONS),
        Case("customer and shop", "".join(f"顾客：{q}\n客服：{a}\n" for q, a in QUESTIONS).encode(), QUESTIONS),
        Case("answers of several lines under a title", ("常见问题\n\n" + lines.replace("三十分钟。", "三十分钟。\n下雨会慢一点。")).encode(),
             [(q, a.replace("三十分钟。", "三十分钟。\n下雨会慢一点。")) for q, a in QUESTIONS], [(1, "title_row")]),
        Case("a question that nobody answered", (lines + "问：周末呢？\n").encode(), [*QUESTIONS, ("周末呢？", "")]),
        *(Case(f"entries between {rule}", f"\n{rule}\n".join(f"Q: {q}\nA: {a}" for q, a in QUESTIONS).encode() + f"\n{rule}\n".encode(), QUESTIONS)
          for rule in ("===", "---", "***", "~~~", "* * *", "————", "########")),
        Case("several exchanges between separators", "===\n".join(f"问：{q}\n答：{a}\n问：{q2}\n答：{a2}\n" for (q, a), (q2, a2) in
             zip(QUESTIONS[::2], QUESTIONS[1::2], strict=True)).encode(), QUESTIONS),
        Case("titles between separators", "".join(f"=====\n第{n}部分\n=====\n问：{q}\n答：{a}\n\n" for n, (q, a) in enumerate(QUESTIONS)).encode(),
             QUESTIONS, [(8, "heading"), (14, "heading")]),
        Case("a separator within an answer", f"问：{Q}\n答：{A}\n---\n周末也一样。\n下雨天也是。\n\n问：{Q2}\n答：{A2}".encode(),
             [(Q, f"{A}\n\n周末也一样。\n下雨天也是。"), (Q2, A2)]),
        Case("a fence in an answer", f"Q: {Q}\nA: {A}\n~~~\nls\n~~~\nQ: {Q2}\nA: {A2}".encode(), [(Q, f"{A}\n~~~\nls\n~~~"), (Q2, A2)]),
        Case("lettered lines between separators", "\n***\n".join(f"Q {q}\nA {a}" for q, a in QUESTIONS).encode(), QUESTIONS),
        Case("unmarked pairs between separators", "\n-----\n".join(f"{q}\n{a}" for q, a in QUESTIONS).encode(), QUESTIONS),
        Case("a table whose cells talk of Q and A", 'text,label\n"Q: why\nA: so",好评\n难喝,差评\n'.encode(),
             [("Q: why\nA: so", "好评"), ("难喝", "差评")]),
    ]  # fmt: skip
