"""Blanks that somebody was to fill in and did not: {{name}}, [姓名], XX元, ____. Learned, they are said to customers.

Knows no mask of our own: [电话] that stands for a telephone is no blank. An answer with code in it may mean its braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from studio.data.checkup.finding import Finding
from studio.data.checkup.personal import masks
from studio.data.schema import Example, Row
from studio.tasks import TASKS

if TYPE_CHECKING:
    from studio.tasks import Task

_NAMED = (  # what is asked for between brackets, by the ends of its words
    "姓名|名字|名称|店名|公司名?|品牌名?|昵称|称呼|地址|日期|时间|金额|价格|数量|编号|单号|链接|网址|型号|城市|"
    "产品名?|商品名?|客服名|机器人名"
)
BLANK = re.compile(
    r"\{\{\s*[\w.\u4e00-\u9fff ]{1,30}\s*\}\}"
    r"|\$\{\s*\w{1,30}\s*\}|(?<![{A-Za-z0-9_])\{\s*(?:[A-Za-z_]\w{0,29}|[\u4e00-\u9fff]{1,12})\s*\}(?!\})"
    rf"|[\[【<＜〈](?:请?(?:填写|输入|插入|替换|此处|在此)[^\]】>＞〉\n]{{0,20}}|[\w\u4e00-\u9fff]{{0,8}}?(?:{_NAMED}))[\]】>＞〉]"
    r"|[\[<](?:(?:your|company|customer|shop|store|product|insert|enter|user)[\w' -]{0,30}|(?:first |last )?name|date)"
    r"[\]>]"
    r"|(?<![A-Za-z0-9./_-])[Xx×]{2,8}(?=\s*[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff：:])\s*[Xx×]{2,8}(?![A-Za-z0-9×])"
    r"|(?<![A-Za-z0-9./_-])[Xx]{3,8}(?![A-Za-z0-9./_-])"
    r"|_{3,}|＿{2,}|(?:待补充|待填写|待完善)|\b(?:TODO|TBD)\b",
    re.IGNORECASE,
)
PROMISING = re.compile(r"[{\[【<＜〈×_＿待]|xx|todo|tbd", re.IGNORECASE)  # without one of these nothing is a blank
CODE = re.compile(
    r"```|</\w+>|\bf[\"']|=>|\);|^\s*(?:def|class) \w.*:\s*$|^\s*(?:import|from) [\w.]+(?: import .*)?$"
    r"|^\s*(?:const|let|var) \w+ =",
    re.MULTILINE,
)


def blanks(text: str) -> Iterator[str]:
    """The blanks in a text that is said."""
    if PROMISING.search(text) and not CODE.search(text):
        yield from (found[0].strip() for found in BLANK.finditer(text) if found[0] not in masks())


def unfilled_in(row: Row | Example) -> str:
    """The first blank in what a row teaches to say: its answer, what was answered before, the assistant's setting."""
    said = [row.target, *(turn.content for turn in row.context if turn.role != "user")]
    return next((blank for text in said for blank in blanks(text)), "")


def unfilled(rows: Sequence[Row], task: Task) -> Iterator[Finding]:
    """Answers that still have a blank."""
    held = of_rows(rows, task)
    if held:
        yield Finding("unfilled", "error", tuple(held), details={"blank": next(iter(held.values()))[:40]})


def of_rows(rows: Iterable[Row | Example], task: Task) -> dict[int, str]:
    """Number of a row → the first blank that it teaches to say."""
    if not TASKS[task].talks:
        return {}
    return {row.number: blank for row in rows if row.target and (blank := unfilled_in(row))}
