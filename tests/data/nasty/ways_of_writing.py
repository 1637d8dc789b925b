"""Rows as programs write them that are no spreadsheets: fastText, MySQL, careless JSON, Prodigy, SQuAD, covers in front.

Knows no parser: it makes bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence

from openpyxl import Workbook

from studio.data.schema import Reading
from tests.data.nasty.case import QUESTIONS, REVIEWS, Case
from tests.data.nasty.make import as_json, as_lines, plain_book, rows_on, table

HEADER = ("评论", "标签")
Rows = Sequence[Sequence[str | None]]


def fasttext() -> list[Case]:
    lines = [f"__label__{label} {text}" for text, label in REVIEWS]
    after = [f"{text} __label__{label}" for text, label in REVIEWS]
    comma = [f"__label__{label} , {text}" for text, label in REVIEWS]
    several = [*lines, "__label__好评 __label__物流 送得快"]
    columns = ["label,text", *(f"__label__{label},{text}" for text, label in REVIEWS)]
    return [
        Case("fastText", "\n".join(lines).encode(), REVIEWS),
        Case("fastText, the label last", "\n".join(after).encode(), REVIEWS),
        Case("fastText with \r\n, as gbk", "\r\n".join(lines).encode("gbk"), REVIEWS),
        Case("fastText, several labels", "\n".join(several).encode(), [*REVIEWS, ("送得快", "")], [(7, "several_labels")]),
        Case("fastText's labels in a csv", "\n".join(columns).encode(), REVIEWS),
        Case("fastText, a comma after the label", "\n".join(comma).encode(), [(f", {text}", label) for text, label in REVIEWS]),
    ]  # fmt: skip


def databases() -> list[Case]:
    said = [(0, "backslashes")]
    mysql = '"id","comment","label"\n"1","他说\\"好喝\\"，真的","好评"\n"2","路径 C:\\\\茶","差评"\n"3","两行\\\n真的","好评"\n'
    ended = '"comment","label"\n"屏幕 5\\"","好评"\n"太\\"甜\\"了","差评"\n'
    nulls = "comment\tlabel\n好喝\t好评\n还没标\t\\N\n难喝\t差评\n"
    plain = '路径,标签\n"D:\\",好评\n"E:\\茶\\",差评\n"F:\\茶 ""好""",好评\n'
    return [
        Case("MySQL", mysql.encode(), [('他说"好喝"，真的', "好评"), ("路径 C:\\茶", "差评"), ("两行\n真的", "好评")], said),
        Case("MySQL, a quote at the end", ended.encode(), [('屏幕 5"', "好评"), ('太"甜"了', "差评")], said),
        Case("MySQL's nulls", nulls.encode(), [("好喝", "好评"), ("还没标", ""), ("难喝", "差评")], [(0, "nulls")]),
        Case("backslashes that escape nothing", plain.encode(), [("D:\\", "好评"), ("E:\\茶\\", "差评"), ('F:\\茶 "好"', "好评")]),
    ]  # fmt: skip


def careless_json() -> list[Case]:
    records = [{"question": q, "answer": a} for q, a in QUESTIONS]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    said = [(0, "json_mended")]
    return [
        Case("a comma behind the last record", f"[{','.join(lines)},\n]".encode(), QUESTIONS, said),
        Case("a comma behind the last value", "\n".join(f"{line[:-1]},}}" for line in lines).encode(), QUESTIONS, said),
        Case("a comma behind each line", "".join(f"{line},\n" for line in lines).encode(), QUESTIONS, said),
        Case("comments", f"[ // 常见问题\n{','.join(lines)} /* 完 */]".encode(), QUESTIONS, said),
        Case("objects of several lines", "\n".join(json.dumps(one, indent=1) for one in records).encode(), QUESTIONS, said),
        Case("as Python prints a list", repr(records).encode(), QUESTIONS, said),
        Case("as Python prints each record", "\n".join(map(repr, records)).encode(), QUESTIONS, said),
        Case("a record that is cut off", f"[{','.join(lines)}"[:-9].encode(), refusal="data.bad_json"),
    ]  # fmt: skip


def other_tools() -> list[Case]:
    options = [{"id": "P", "text": "好评"}, {"id": "N", "text": "差评"}, {"id": "M", "text": "中性"}]
    ids = {one["text"]: one["id"] for one in options}
    chosen = [
        {"text": text, "_task_hash": 1, "options": options, "accept": [ids[label]], "answer": "accept"}
        for text, label in REVIEWS
    ]
    passed = {"text": "看不懂", "_task_hash": 1, "options": options, "accept": [], "answer": "ignore"}
    refused = {"text": "不是好评", "_task_hash": 1, "label": "好评", "answer": "reject"}
    binary = [{"text": text, "_task_hash": 1, "label": label, "answer": "accept"} for text, label in REVIEWS]
    flat = [
        {"context": "本店。", "question": q, "answers": {"text": [a, a], "answer_start": [0, 0]}} for q, a in QUESTIONS
    ]
    asked = [{"question": q, "answers": [{"text": a, "answer_start": 0}]} for q, a in QUESTIONS]
    told = [(f"{q}\n本店。", a) for q, a in QUESTIONS]
    nested = {"version": "1", "data": [{"title": "店", "paragraphs": [{"context": "本店。", "qas": asked}]}]}
    return [
        Case("Prodigy, one of several options", as_lines([*chosen, passed]), [*REVIEWS, ("看不懂", "")]),
        Case("Prodigy, yes or no", as_lines([*binary, refused]), [*REVIEWS, ("不是好评", "")], [(7, "rejected_label")]),
        Case("SQuAD as the hubs have it", as_lines(flat), told),
        Case("SQuAD as it was published", as_json(nested), told),
    ]  # fmt: skip


def garbled() -> list[Case]:
    """Text that was read in the wrong encoding and saved, as it was when a person asks for it."""
    again = {
        "utf-8-as-cp1252": table(REVIEWS).encode().decode("latin-1"),
        "gbk-as-cp1252": table(REVIEWS).encode("gbk").decode("latin-1"),
    }
    return [Case(name, text.encode(), REVIEWS, reading=Reading(encoding=name)) for name, text in again.items()]


def fronts() -> list[Case]:
    def written(*sheets: tuple[str, Rows]) -> bytes:
        made, buffer = Workbook(), io.BytesIO()
        made.remove(made.worksheets[0])
        for name, rows in sheets:
            rows_on(made.create_sheet(name), rows)
        made.save(buffer)
        return buffer.getvalue()

    cover = ("封面", [("2024 年评价汇总",), ("制表：小李",), ("请看第二页",)])
    legend = ("说明", [("列名", "含义"), *((f"列{n}", f"第{n}列的意思") for n in range(30))])
    data = ("数据", [HEADER, *REVIEWS])
    few = ("样例", [HEADER, ("好喝", "好评")])
    said = [(0, "other_sheets")]
    return [
        Case("a cover in front", written(cover, data), REVIEWS, said),
        Case("a longer legend in front", written(legend, data), REVIEWS, said),
        Case("a sample in front", written(few, data), REVIEWS, said),
        Case("the table in front", written(data, cover, few), REVIEWS, said),
        Case("the cover, when it is asked for", written(("封面", QUESTIONS), data), QUESTIONS, reading=Reading(sheet="封面")),
        Case("parts at the root of the package", moved(lambda name: name.replace("xl/", "")), REVIEWS),
        Case("parts in another folder", moved(lambda name: name.replace("xl/", "office/")), REVIEWS),
        Case("parts with backslashes", moved(lambda name: name.replace("/", "\\")), REVIEWS),
        Case("parts in capitals", moved(lambda name: name if "[" in name else name.upper()), REVIEWS),
    ]  # fmt: skip


def moved(place: Callable[[str], str]) -> bytes:
    """A workbook whose parts lie elsewhere in the zip file, and its relationships with them."""
    made = io.BytesIO()
    links = ("rels", "Types].xml")
    with (
        zipfile.ZipFile(io.BytesIO(plain_book([HEADER, *REVIEWS]))) as book,
        zipfile.ZipFile(made, "w") as out,
    ):
        for name in book.namelist():
            data = book.read(name).decode()
            elsewhere = place("xl/").replace("\\", "/")
            moves = elsewhere.casefold() != "xl/"
            out.writestr(place(name), data.replace("xl/", elsewhere) if name.endswith(links) and moves else data)
    return made.getvalue()
