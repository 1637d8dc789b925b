"""Small files as shops really have them, each with the rows that must come out of it, or the question it must raise.

Knows no parser: it makes bytes, and says what a careful person would read in them.
"""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from studio.data.schema import Reading

Pairs = list[tuple[str, str]]
REVIEWS: Pairs = [
    ("珍珠很软糯，下次还来", "好评"), ("等了一个小时还没送到", "差评"), ("味道一般，价格还行", "中性"),
    ("店员很热情，推荐", "好评"), ("太甜了，喝不下去", "差评"), ("份量刚好，包装干净", "好评"),
]  # fmt: skip
QUESTIONS: Pairs = [
    ("你们几点开门？", "早上九点半开门，晚上十点关门。"), ("可以少糖吗？", "可以，少糖是减20%的糖浆。"),
    ("外卖多久能到？", "三公里以内大约三十分钟。"), ("能开发票吗？", "能，请把抬头发给我们。"),
    ("有没有停车的地方？", "门口有两个车位，地下也能停。"), ("生日有优惠吗？", "生日当天第二杯半价。"),
]  # fmt: skip
TRADITIONAL: Pairs = [
    ("珍珠很軟，奶茶也好喝，下次還會來", "好評"), ("等了一個小時還沒有送到", "差評"), ("味道普通，價格偏貴", "中性"),
    ("店員的服務很親切，推薦", "好評"), ("飲料太甜，喝不完", "差評"), ("環境乾淨，適合聊天", "好評"),
]  # fmt: skip
JAPANESE: Pairs = [
    ("とても美味しいです。また来ます", "良い"), ("三十分も待ちました", "悪い"), ("味は普通でした", "普通"),
    ("店員さんが親切でした", "良い"), ("値段が高いと思います", "悪い"), ("タピオカがもちもち", "良い"),
]  # fmt: skip
ENGLISH: Pairs = [
    ("Lovely tea, will come again", "good"), ("Waited an hour for it", "bad"), ("It was fine, nothing more", "neutral"),
    ("Very friendly staff", "good"), ("Far too sweet for me", "bad"), ("Neat box and good portion", "good"),
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """`rows` are what must come out; where `refusal` is set, that is the question or the sentence instead.

    `said` are reasons that the report must hold, as (row, reason), with row 0 for the whole file.
    """

    name: str
    content: bytes
    rows: Pairs | None = None
    said: Sequence[tuple[int, str]] = ()
    refusal: str = ""
    reading: Reading = field(default_factory=Reading)
    context: Sequence[tuple[str, ...]] = ()  # (speaker, words …) before the last row's question


# how files are made


def table(
    rows: Sequence[Sequence[str]], header: Sequence[str] = ("评论", "标签"), mark: str = ",", end: str = "\n"
) -> str:
    return end.join(mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in [header, *rows]) + end


def as_json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def as_lines(records: Sequence[Any]) -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


def book(fill: Callable[[Worksheet], None], more: Callable[[Workbook], None] | None = None) -> bytes:
    made, buffer = Workbook(), io.BytesIO()
    fill(made.worksheets[0])
    if more:
        more(made)
    made.save(buffer)
    return buffer.getvalue()


def rows_on(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    for row in rows:
        sheet.append(row)


def plain_book(rows: Sequence[Sequence[Any]], then: Callable[[Worksheet], None] = lambda sheet: None) -> bytes:
    def fill(sheet: Worksheet) -> None:
        rows_on(sheet, rows)
        then(sheet)

    return book(fill)


def edited(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The zip file with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(body.decode()) if name == part else body)
    return buffer.getvalue()


def ods(rows: Sequence[Sequence[str]]) -> bytes:
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "table", "text"))
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in rows)
    body = f'<office:body><office:spreadsheet><table:table table:name="表">{lines}</table:table></office:spreadsheet></office:body>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return buffer.getvalue()


def webpage(rows: Sequence[Sequence[str]], charset: str = "utf-8", above: str = "") -> bytes:
    """What a back office calls .xls."""
    lines = "".join(f"<tr>{''.join(f'<td x:str>{cell}</td>' for cell in row)}</tr>" for row in rows)
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}"><style>td {{color: red}}</style>'
    return f"<html><head>{head}</head><body>{above}<table border=1>{lines}</table></body></html>".encode(charset)


def xml_book(lines: str, encoding: str = "utf-8") -> bytes:
    """Excel's XML Spreadsheet 2003, with an empty sheet first."""
    urn = "urn:schemas-microsoft-com:office:spreadsheet"
    head = f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
    sheets = f'<Worksheet ss:Name="空"><Table/></Worksheet><Worksheet ss:Name="评论"><Table>{lines}</Table></Worksheet>'
    return f'{head}<Workbook xmlns="{urn}" xmlns:ss="{urn}">{sheets}</Workbook>'.encode(encoding)


def xml_row(*cells: str, row: str = "", cell: str = "") -> str:
    made = "".join(f'<Cell{cell}><Data ss:Type="String">{text}</Data></Cell>' for text in cells)
    return f"<Row{row}>{made}</Row>"


def parquet(columns: dict[str, Any]) -> bytes:
    from arro3.core import Array, DataType, Table
    from arro3.io import write_parquet

    arrays = {
        name: Array(values, type=DataType.utf8() if isinstance(values[0], str) else DataType.int64())
        for name, values in columns.items()
    }
    buffer = io.BytesIO()
    write_parquet(Table.from_pydict(arrays), buffer)
    return buffer.getvalue()


# the files


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
             [("NA", "None"), ("null", "nan"), ("没有", "N/A"), ("-", "NULL")]),
        Case("zeros and long numbers", "评论,单号,标签\n好喝,00123,1\n难喝,12345678901234567,0\n".encode(), [("好喝", "1"), ("难喝", "0")]),
        Case("NUL and control characters", csv.replace("珍珠", "珍\0珠\x0b").encode(), REVIEWS, [(2, "bad_characters")]),
        Case("rows without a label and without a text", "评论,标签\n好喝,好评\n　,差评\n一般,\n难喝,差评\n".encode(),
             [("好喝", "好评"), ("一般", ""), ("难喝", "差评")], [(3, "no_text")]),
        Case("spaces around labels", "评论,标签\n好喝, 好评\n难喝,差评　\n".encode(), [("好喝", "好评"), ("难喝", "差评")],
             [(2, "trimmed"), (3, "trimmed")]),
        Case("two columns of one name", "评论,评论,标签\n好喝,老王,好评\n难喝,小李,差评\n".encode(), [("好喝", "好评"), ("难喝", "差评")]),
        Case("more columns than names", "\n".join(["评论,标签", *(f"{a},{b},x{n}" for n, (a, b) in enumerate(REVIEWS))]).encode(), REVIEWS),
        Case("a header and nothing else", "评论,标签\n".encode(), refusal="data.no_rows"),
        Case("one column of reviews", "\n".join(["评论", *(text for text, _ in REVIEWS)]).encode(), refusal="data.one_column"),
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
        Case("a table whose cells talk of Q and A", 'text,label\n"Q: why\nA: so",好评\n难喝,差评\n'.encode(),
             [("Q: why\nA: so", "好评"), ("难喝", "差评")]),
    ]  # fmt: skip


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
    chosen = [(0, "chosen_only")]
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
             first, chosen),
        Case("dpo as alpaca", as_json([{"instruction": q, "input": "", "chosen": a, "rejected": "不知道"} for q, a in QUESTIONS]), QUESTIONS, chosen),
        Case("TRL preferences", as_lines([{"prompt": asked, "chosen": [good], "rejected": [bad]}]), first, chosen),
        Case("TRL preferences without a prompt", as_lines([{"chosen": [*asked, good], "rejected": [*asked, bad]}]), first, chosen),
        Case("OpenAI preferences", as_lines([{"input": {"messages": asked}, "preferred_output": [good], "non_preferred_output": [bad]}]), first, chosen),
        Case("KTO keeps only good answers", as_json([{"messages": [*asked, good], "label": True}, {"messages": [*asked, bad], "label": False}]),
             first, [(2, "rejected_answer")]),
        Case("a true JSON that holds no rows", b"[true, null]", refusal="data.not_records"),
        Case("a JSON cut short", as_json([{"text": a, "label": b} for a, b in REVIEWS])[:-20], refusal="data.bad_json"),
    ]  # fmt: skip


def exports() -> list[Case]:
    """What labelling tools hand out."""
    studio_tasks = [
        {"id": n, "data": {"text": a}, "predictions": [], "annotations": [{"id": n, "completed_by": 1, "was_cancelled": False, "result": [
            {"from_name": "choice", "to_name": "text", "type": "choices", "value": {"choices": [b]}}]}]}
        for n, (a, b) in enumerate(REVIEWS, 1)
    ]  # fmt: skip
    divided = json.loads(json.dumps(studio_tasks))
    divided[0]["annotations"].append(json.loads(json.dumps(divided[1]["annotations"][0])))
    written = [
        {"id": n, "data": {"question": q}, "annotations": [{"result": [
            {"from_name": "my_words", "to_name": "q", "type": "textarea", "value": {"text": [a]}}]}]}
        for n, (q, a) in enumerate(QUESTIONS, 1)
    ]  # fmt: skip
    least = [
        {
            "text": a,
            "id": n,
            "sentiment": b,
            "annotator": 1,
            "annotation_id": n,
            "created_at": "2024-05-01T00:00:00Z",
            "lead_time": 1.5,
        }
        for n, (a, b) in enumerate(REVIEWS, 1)
    ]
    names = ("annotation_id", "annotator", "created_at", "id", "lead_time", "choice", "text", "updated_at")
    lines = [(str(n), "1", "2024-05-01", str(n), "1.5", b, a, "2024-05-01") for n, (a, b) in enumerate(REVIEWS, 1)]
    argilla = [
        {"id": str(n), "fields": {"text": a}, "metadata": {}, "suggestions": {"label": {"value": "差评", "score": 0.5}},
         "responses": {"label": [{"value": b, "user_id": "u"}]}, "status": "completed"}
        for n, (a, b) in enumerate(REVIEWS)
    ]  # fmt: skip
    flat = [
        {"id": str(n), "status": "completed", "text": a, "label.responses": [b], "label.responses.users": ["u"],
         "label.responses.status": ["submitted"], "label.suggestion": "差评", "label.suggestion.score": 0.5}
        for n, (a, b) in enumerate(REVIEWS)
    ]  # fmt: skip
    flat_csv = [(str(n), "completed", a, f"['{b}']", "差评") for n, (a, b) in enumerate(REVIEWS)]
    feedback = [
        {"fields": {"prompt": q}, "responses": [{"status": "submitted", "values": {"answer": {"value": a}}}]}
        for q, a in QUESTIONS
    ]
    old = [
        {
            "text": a,
            "inputs": {"text": a},
            "prediction": [{"label": "差评", "score": 0.6}],
            "annotation": b,
            "status": "Validated",
        }
        for a, b in REVIEWS
    ]
    kiln_runs = [{"v": 1, "input": q, "output": {"v": 1, "output": a, "rating": {"value": 5}}} for q, a in QUESTIONS]
    kiln_rows = [(q, a, "想了想", "shop") for q, a in QUESTIONS]
    kiln_lines = [
        {
            "messages": [
                {"role": "system", "content": "你是店员"},
                {"role": "user", "content": q},
                {"role": "assistant", "content": a},
            ]
        }
        for q, a in QUESTIONS
    ]
    return [
        Case("Label Studio json", as_json(studio_tasks), REVIEWS),
        Case(
            "Label Studio json, divided",
            as_json(divided),
            [(REVIEWS[0][0], ""), *REVIEWS[1:]],
            [(1, "annotators_disagree")],
        ),
        Case("Label Studio json, written answers", as_json(written), QUESTIONS),
        Case("Label Studio json-min", as_json(least), REVIEWS),
        Case("Label Studio csv", table(lines, names).encode(), REVIEWS),
        Case("Argilla 2 records", as_json(argilla), REVIEWS),
        Case("Argilla 2 flat", as_lines(flat), REVIEWS),
        Case(
            "Argilla 2 csv",
            table(flat_csv, ("id", "status", "text", "label.responses", "label.suggestion")).encode(),
            REVIEWS,
        ),
        Case("Argilla 1 feedback", as_json(feedback), QUESTIONS),
        Case("Argilla 1 classification", as_lines(old), REVIEWS),
        Case(
            "Argilla parquet",
            parquet({"id": [1, 2, 3, 4, 5, 6], "text": [a for a, _ in REVIEWS], "label": [b for _, b in REVIEWS]}),
            REVIEWS,
        ),
        Case("Kiln runs", as_lines(kiln_runs), QUESTIONS),
        Case("Kiln csv", table(kiln_rows, ("input", "output", "reasoning", "tags")).encode(), QUESTIONS),
        Case("Kiln messages", as_lines(kiln_lines), QUESTIONS, context=[("system", "你是店员")]),
    ]


def workbooks() -> list[Case]:
    header = ("评论", "标签")
    day = datetime.datetime(2024, 5, 1)

    def merged(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("B3:B4")

    def formats(sheet: Worksheet) -> None:
        sheet["A2"].number_format, sheet["A3"].number_format, sheet["A4"].number_format = "0%", "0.0%", "00000"

    def coded(sheet: Worksheet) -> None:
        for n in range(2, 8):
            sheet[f"B{n}"].number_format = '[=1]"好评";"差评"'

    def hide(made: Workbook) -> None:
        sheet = made.worksheets[0]
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["C"].hidden = True
        made.create_sheet("旧的").sheet_state = "hidden"
        rows_on(made.create_sheet("问答"), [("问题", "答案"), *QUESTIONS])

    several = book(lambda sheet: rows_on(sheet, [header, *REVIEWS]), hide)
    formula = plain_book([("评论", "标签"), *REVIEWS[:2], ("=A2", "差评")])
    cached = edited(
        formula,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace('<c r="A4"><f>A2</f><v />', '<c r="A4" t="str"><f>A2</f><v>算好的话</v>'),
    )
    failed = plain_book([header, *REVIEWS[:2], ("不错", "#N/A")])
    left = plain_book([("五月", None), header, ("好喝", "好评"), ("不错", None), ("难喝", "差评")], merged)
    return [
        Case("workbook", plain_book([header, *REVIEWS]), REVIEWS),
        Case("workbook with a title and merged cells", left, [("好喝", "好评"), ("不错", "好评"), ("难喝", "差评")], [(1, "title_row"), (4, "merged_cell")]),
        Case("workbook, merged cells left alone", left, [("好喝", "好评"), ("不错", ""), ("难喝", "差评")], [(0, "merged_left")],
             reading=Reading(fill_merged=False)),
        Case("workbook of several sheets, with hidden things", several, REVIEWS,
             [(0, "hidden_rows"), (0, "hidden_columns"), (0, "hidden_sheets"), (0, "other_sheets")]),
        Case("workbook, another sheet", several, QUESTIONS, reading=Reading(sheet="问答")),
        Case("workbook, no such sheet", several, refusal="data.no_such_sheet", reading=Reading(sheet="第九页")),
        Case("formula without a result", formula, REVIEWS[:2], [(4, "formula_without_value"), (4, "no_text")]),
        Case("formula with a result", cached, [*REVIEWS[:2], ("算好的话", "差评")]),
        Case("a cell that is an error", failed, [*REVIEWS[:2], ("不错", "")], [(4, "error_cell")]),
        Case("percentages and leading zeros", plain_book([header, (0.5, "a"), (0.125, "b"), (123, "c")], formats), [("50%", "a"), ("12.5%", "b"), ("00123", "c")]),
        Case("ids as text and as numbers", plain_book([header, ("00123", "a"), ("12345678901234567", "b"), (1.5, "a"), (2.0, "b")]),
             [("00123", "a"), ("12345678901234567", "b"), ("1.5", "a"), ("2", "b")]),
        Case("a number too long for Excel", edited(plain_book([("问题", "答案"), ("我的单号是多少？", 1)]), "xl/worksheets/sheet1.xml",
             lambda xml: xml.replace("<v>1</v>", "<v>1.23456789012345E+16</v>")), [("我的单号是多少？", "12345678901234500")], [(2, "long_number")]),
        Case("a number that shows as words", plain_book([header, *((text, n % 2) for n, (text, _) in enumerate(REVIEWS))], coded),
             [(text, str(n % 2)) for n, (text, _) in enumerate(REVIEWS)], [(0, "shown_otherwise")]),
        Case("dates and truth", plain_book([("评论", "时间", "标签"), ("好喝", day, True), ("难喝", day, False)]), [("好喝", "TRUE"), ("难喝", "FALSE")]),
        Case("a header of two lines", plain_book([("评论", "2024 年"), ("评论", "标签"), *REVIEWS]), REVIEWS, [(1, "title_row")]),
        Case("workbook without a header", plain_book(REVIEWS), REVIEWS, [(1, "no_header")]),
        Case("a workbook with a header and nothing else", plain_book([header]), refusal="data.no_rows"),
        Case("an empty workbook", plain_book([]), refusal="data.empty"),
        Case("LibreOffice", ods([header, *REVIEWS]), REVIEWS),
        Case("parquet", parquet({"问题": [q for q, _ in QUESTIONS], "答案": [a for _, a in QUESTIONS]}), QUESTIONS),
        Case("parquet cut short", parquet({"q": ["1"], "a": ["2"]})[:-9], refusal="data.broken_parquet"),
    ]  # fmt: skip


def markup() -> list[Case]:
    header = ("评论", "标签")
    spans = "<table><tr><th>评论<th>标签<tr><td>好喝<td rowspan=2>好评<tr><td>不错<tr><td>难喝<td>差评</table>"
    typed = [("没有中文也行", "1"), ("价格 12 元", "0.1"), ("单号是多少", "12345678901234567")]
    number = '<Row><Cell><Data ss:Type="String">{}</Data></Cell><Cell><Data ss:Type="Number">{}</Data></Cell></Row>'
    return [
        Case("a web page", webpage([header, *REVIEWS]), REVIEWS),
        Case("a web page as gb2312", webpage([header, *REVIEWS], "gb2312"), REVIEWS),
        Case("a web page in utf-16", webpage([header, *REVIEWS], "utf-16"), REVIEWS),
        Case("a web page that is too short to guess", webpage([("text", "label"), ("葱油", "a")], "gbk"), [("葱油", "a")]),
        Case("a web page with breaks, blocks and signs", webpage([header, ("好\n  喝<br>下次&nbsp;来", "好评"), ("<p>太甜</p><p>&lt;差&gt;</p>", "差评")]),
             [("好 喝\n下次\xa0来", "好评"), ("太甜\n<差>", "差评")]),
        Case("a web page with a script in a cell", webpage([header, ("好喝<script>alert(1)</script>", "好评")]), [("好喝", "好评")]),
        Case("a web page that is nothing but a table", spans.encode(), [("好喝", "好评"), ("不错", "好评"), ("难喝", "差评")], [(3, "merged_cell")]),
        Case("a web page, cells over two rows left alone", spans.encode(), [("好喝", "好评"), ("不错", ""), ("难喝", "差评")], [(0, "merged_left")],
             reading=Reading(fill_merged=False)),
        Case("a web page of several tables", webpage([header, *REVIEWS], above="<table><caption>店名</caption><tr><td>青禾</table>"),
             REVIEWS, [(0, "other_sheets")]),
        Case("a web page, another table", webpage([header], above="<table><caption>问答</caption>" + "".join(
             f"<tr><td>{q}<td>{a}" for q, a in [("问题", "答案"), *QUESTIONS]) + "</table>"), QUESTIONS, reading=Reading(sheet="问答")),
        Case("a web page, no such table", webpage([header, *REVIEWS]), refusal="data.no_such_sheet", reading=Reading(sheet="9")),
        Case("a table within a table", b"<table><tr><td>" + webpage([header, *REVIEWS]) + b"</table>", REVIEWS),
        Case("a table within a cell", webpage([header, ("<table><tr><td>好喝<td>不贵<tr><td>会再来</table>", "好评")]), [("好喝 不贵\n会再来", "好评")]),
        Case("a web page without a table", b"<!DOCTYPE html><html><body>hello</body></html>", refusal="data.is_other"),
        Case("a text that begins with a bracket", table(REVIEWS, ("<评论>", "<标签>")).encode(), REVIEWS),
        Case("an XML spreadsheet", xml_book(xml_row(*header) + "".join(xml_row(*row) for row in REVIEWS)), REVIEWS),
        Case("an XML spreadsheet as gbk", xml_book(xml_row(*header) + "".join(xml_row(*row) for row in REVIEWS), "gbk"), REVIEWS),
        Case("an XML spreadsheet with numbers", xml_book(xml_row(*header) + "".join(number.format(*row) for row in [*typed, ("三", "x")])), [*typed, ("三", "x")]),
        Case("an XML spreadsheet with rows left out", xml_book(xml_row("五月的评论") + xml_row(*header, row=' ss:Index="4"') + xml_row(*REVIEWS[0]) + xml_row(*REVIEWS[1], row=' ss:Index="7"')),
             REVIEWS[:2], [(1, "title_row"), (6, "blank_row")]),
        Case("an XML spreadsheet with merged cells", xml_book(xml_row(*header) + xml_row("好喝", "好评", cell=' ss:MergeDown="1"') + xml_row("", "") + xml_row(*REVIEWS[1])),
             [("好喝", "好评"), ("好喝", "好评"), REVIEWS[1]], [(3, "merged_cell")]),
        Case("an XML spreadsheet cut short", xml_book(xml_row(*header))[:-30], refusal="data.broken_workbook"),
        Case("an XML spreadsheet after comments", xml_book(xml_row(*header) + "".join(xml_row(*row) for row in REVIEWS)).replace(
            b"?><Workbook", b"?><!-- <html> --><!-- <table>\n --><Workbook"), REVIEWS),
        Case("an XML bomb", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><Workbook>&b;</Workbook>', refusal="data.is_other"),
        Case("another XML file", b'<?xml version="1.0"?><rss><item>1</item></rss>', refusal="data.is_other"),
        Case("a formatted document", rb"{\rtf1\ansi hello}", refusal="data.is_other"),
        Case("a web archive", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nhello", refusal="data.is_other"),
    ]  # fmt: skip


CASES = [*texts(), *delimited(), *dialogues(), *records(), *exports(), *workbooks(), *markup()]
