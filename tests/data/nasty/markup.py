"""Nasty web pages and XML spreadsheets, and markup that is no table at all.

Knows no parser: it says what a careful person would read in each.
"""

from __future__ import annotations

from studio.data.schema import Reading
from tests.data.nasty.case import QUESTIONS, REVIEWS, Case
from tests.data.nasty.make import table, webpage, xml_book, xml_row

HEADER = ("评论", "标签")


def webpages() -> list[Case]:
    spans = "<table><tr><th>评论<th>标签<tr><td>好喝<td rowspan=2>好评<tr><td>不错<tr><td>难喝<td>差评</table>"
    return [
        Case("a web page", webpage([HEADER, *REVIEWS]), REVIEWS),
        Case("a web page as gb2312", webpage([HEADER, *REVIEWS], "gb2312"), REVIEWS),
        Case("a web page in utf-16", webpage([HEADER, *REVIEWS], "utf-16"), REVIEWS),
        Case("a web page that is too short to guess", webpage([("text", "label"), ("葱油", "a")], "gbk"), [("葱油", "a")]),
        Case("a web page with breaks, blocks and signs", webpage([HEADER, ("好\n  喝<br>下次&nbsp;来", "好评"), ("<p>太甜</p><p>&lt;差&gt;</p>", "差评")]),
             [("好 喝\n下次\xa0来", "好评"), ("太甜\n<差>", "差评")]),
        Case("a web page with a script in a cell", webpage([HEADER, ("好喝<script>alert(1)</script>", "好评")]), [("好喝", "好评")]),
        Case("a web page that is nothing but a table", spans.encode(), [("好喝", "好评"), ("不错", "好评"), ("难喝", "差评")], [(3, "merged_cell")]),
        Case("a web page, cells over two rows left alone", spans.encode(), [("好喝", "好评"), ("不错", ""), ("难喝", "差评")], [(0, "merged_left")],
             reading=Reading(fill_merged=False)),
        Case("a web page of several tables", webpage([HEADER, *REVIEWS], above="<table><caption>店名</caption><tr><td>青禾</table>"),
             REVIEWS, [(0, "other_sheets")]),
        Case("a web page, another table", webpage([HEADER], above="<table><caption>问答</caption>" + "".join(
             f"<tr><td>{q}<td>{a}" for q, a in [("问题", "答案"), *QUESTIONS]) + "</table>"), QUESTIONS, reading=Reading(sheet="问答")),
        Case("a web page, no such table", webpage([HEADER, *REVIEWS]), refusal="data.no_such_sheet", reading=Reading(sheet="9")),
        Case("a table within a table", b"<table><tr><td>" + webpage([HEADER, *REVIEWS]) + b"</table>", REVIEWS),
        Case("a table within a cell", webpage([HEADER, ("<table><tr><td>好喝<td>不贵<tr><td>会再来</table>", "好评")]), [("好喝 不贵\n会再来", "好评")]),
        Case("a web page without a table", b"<!DOCTYPE html><html><body>hello</body></html>", refusal="data.is_other"),
        Case("a text that begins with a bracket", table(REVIEWS, ("<评论>", "<标签>")).encode(), REVIEWS),
    ]  # fmt: skip


def spreadsheets() -> list[Case]:
    typed = [("没有中文也行", "1"), ("价格 12 元", "0.1"), ("单号是多少", "12345678901234567")]
    number = '<Row><Cell><Data ss:Type="String">{}</Data></Cell><Cell><Data ss:Type="Number">{}</Data></Cell></Row>'
    return [
        Case("an XML spreadsheet", xml_book(xml_row(*HEADER) + "".join(xml_row(*row) for row in REVIEWS)), REVIEWS),
        Case("an XML spreadsheet as gbk", xml_book(xml_row(*HEADER) + "".join(xml_row(*row) for row in REVIEWS), "gbk"), REVIEWS),
        Case("an XML spreadsheet with numbers", xml_book(xml_row(*HEADER) + "".join(number.format(*row) for row in [*typed, ("三", "x")])), [*typed, ("三", "x")]),
        Case("an XML spreadsheet with rows left out", xml_book(xml_row("五月的评论") + xml_row(*HEADER, row=' ss:Index="4"') + xml_row(*REVIEWS[0]) + xml_row(*REVIEWS[1], row=' ss:Index="7"')),
             REVIEWS[:2], [(1, "title_row"), (6, "blank_row")]),
        Case("an XML spreadsheet with merged cells", xml_book(xml_row(*HEADER) + xml_row("好喝", "好评", cell=' ss:MergeDown="1"') + xml_row("", "") + xml_row(*REVIEWS[1])),
             [("好喝", "好评"), ("好喝", "好评"), REVIEWS[1]], [(3, "merged_cell")]),
        Case("an XML spreadsheet cut short", xml_book(xml_row(*HEADER))[:-30], refusal="data.broken_workbook"),
        Case("an XML spreadsheet after comments", xml_book(xml_row(*HEADER) + "".join(xml_row(*row) for row in REVIEWS)).replace(
            b"?><Workbook", b"?><!-- <html> --><!-- <table>\n --><Workbook"), REVIEWS),
    ]  # fmt: skip


def no_tables() -> list[Case]:
    return [
        Case("an XML bomb", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><Workbook>&b;</Workbook>', refusal="data.is_other"),
        Case("another XML file", b'<?xml version="1.0"?><rss><item>1</item></rss>', refusal="data.is_other"),
        Case("a formatted document", rb"{\rtf1\ansi hello}", refusal="data.is_other"),
        Case("a web archive", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nhello", refusal="data.is_other"),
    ]  # fmt: skip
