"""Documents of every kind become passages that can be read alone, or one sentence that says why not."""

from __future__ import annotations

import base64
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from studio.errors import StudioError
from studio.handbook.cutting import SIZE, Passage, cut, size
from studio.handbook.kinds.text import decoded
from studio.handbook.kinds.text import read as read_text
from studio.handbook.reading import read
from studio.words import LANGS
from tests.handbook.pdfs import pdf

Write = Callable[[str, bytes | str], Path]


def under(passages: tuple[Passage, ...], text: str) -> tuple[str, ...]:
    """The headings above the passage that has this text."""
    (found,) = [one for one in passages if text in one.text]
    return found.under


def test_a_word_document_is_cut_below_its_headings_and_row_by_row(manual: Path) -> None:
    passages = read(manual).passages
    assert under(passages, "珍珠要煮15分钟") == ("一、制作标准",) and under(passages, "七天内") == ("二、退款",)
    assert "饮品：柠檬水；大杯：10元" in [one.text for one in passages]
    (asked,) = [one.text for one in passages if "送错了" in one.text]
    assert asked == "问：送错了怎么办？\n答：先道歉，再免费重做一杯。", "a question stays with its answer"


def test_a_pdf_has_headings_by_their_letters_and_pages_without_what_all_repeat(write: Write) -> None:
    text = "Pearls are boiled for fifteen minutes and then rest in the pot for as long as"
    pages = [
        [(10, "Sweet Drops staff handbook"), (16, f"Chapter {n} on drink {n}"), (10, text), (10, f"drink {n} needs."),
         (10, str(n))] for n in range(1, 6)
    ]  # fmt: skip
    found = read(write("a.pdf", pdf(pages)))
    assert (found.kind, found.pages, found.blank, len(found.passages)) == ("pdf", 5, 0, 5)
    assert found.passages[2] == Passage(3, f"{text} drink 3 needs.", ("Chapter 3 on drink 3",), "3")


def test_five_hundred_pages_are_read(write: Write) -> None:
    found = read(write("a.pdf", pdf([[(10, f"Rule number {n}: add {n} grams of sugar.")] for n in range(500)])))
    assert found.pages == 500 and len(found.passages) == 500
    assert found.passages[-1].place == "500" and "499 grams" in found.passages[-1].text


MARKDOWN = """# 手册

第一段写制作。

## 退款

- 七天内可退
- 超过七天不退

| 饮品 | 大杯 |
|---|---|
| 柠檬水 | **10元** |

营业时间
========
九点半开门。
"""


def test_markdown_has_headings_items_and_tables(write: Write) -> None:
    passages = read(write("a.md", MARKDOWN)).passages
    assert [(one.text, one.under[-1]) for one in passages] == [
        ("第一段写制作。", "手册"), ("七天内可退\n超过七天不退", "退款"), ("饮品：柠檬水；大杯：10元", "退款"),
        ("九点半开门。", "营业时间"),
    ]  # fmt: skip


def test_plain_text_of_any_encoding_has_the_headings_that_people_number(write: Write) -> None:
    text = "第一章 制作\n珍珠煮15分钟。\n第二章 退款\n（一）期限\n七天内可以退。"
    passages = read(write("a.txt", text.encode("gb18030"))).passages
    assert [(one.under, one.text) for one in passages] == [
        (("第一章 制作",), "珍珠煮15分钟。"), (("第二章 退款", "（一）期限"), "七天内可以退。"),
    ]  # fmt: skip


def test_a_web_page_is_what_a_reader_sees(write: Write) -> None:
    page = """<!doctype html><title>t</title><nav>菜单</nav><script>alert(1)</script><h1>手册</h1>
    <div><p>少糖减20%。</p><ul><li>先道歉</li></ul></div><table><tr><th>饮品<th>价<tr><td>奶茶<td>12元</table>"""
    passages = read(write("a.html", page)).passages
    assert [one.text for one in passages] == ["少糖减20%。\n先道歉", "饮品：奶茶；价：12元"]
    assert {one.under for one in passages} == {("手册",)}


def test_a_workbook_is_every_row_of_every_sheet(write: Write, tmp_path: Path) -> None:
    book = Workbook()
    first, second = book.active, book.create_sheet("退款")
    for sheet, rows in (
        (first, [("饮品", "价"), ("奶茶", "12元")]),
        (second, [("情况", "怎么办"), ("口味不对", "七天内重做")]),
    ):
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    passages = read(tmp_path / "a.xlsx").passages
    assert [(one.text, one.place) for one in passages] == [
        ("饮品：奶茶；价：12元", "Sheet"), ("情况：口味不对；怎么办：七天内重做", "退款"),
    ]  # fmt: skip


def test_a_long_paragraph_is_cut_where_sentences_end(write: Write) -> None:
    sentences = [f"第{n}条说的是第{n}号饮品要放{n}克糖浆，煮好以后十分钟内交给客人。" for n in range(60)]
    passages = read(write("a.txt", "".join(sentences))).passages
    assert len(passages) > 5 and all(size(one.text) <= 1.5 * SIZE for one in passages)
    assert all(one.text.endswith("。") for one in passages)
    assert "".join(one.text for one in passages) == "".join(sentences), "nothing is lost"


def test_a_word_without_any_end_is_cut_too() -> None:
    from studio.handbook.blocks import Block

    passages = cut([Block("糖" * 5000)])
    assert all(size(one.text) <= 1.5 * SIZE for one in passages) and sum(len(one.text) for one in passages) == 5000


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def pictures(path: Path) -> Path:
    import docx

    document, picture = docx.Document(), path.with_name("p.png")
    picture.write_bytes(PIXEL)
    document.add_picture(str(picture))
    document.save(str(path))
    return path


def old_word() -> bytes:
    return b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "WordDocument".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("locked.pdf", pdf([[(10, "secret")]], encrypted=True), "handbook.encrypted"),
        ("scan.pdf", pdf([[], []]), "handbook.pictures_only"),
        ("cut.pdf", pdf([[(10, "a")]])[:60], "handbook.broken"),
        ("locked.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "handbook.encrypted"),
        ("old.doc", old_word(), "handbook.old_word"),
        ("nothing.txt", b" \n ", "handbook.empty"),
        ("nothing.html", b"<html><body><script>1</script></body></html>", "handbook.empty"),
        ("picture.html", b"<html><body><img src=a.png></body></html>", "handbook.pictures_only"),
        ("picture.png", PIXEL, "handbook.is_other"),
        ("program", b"\x7fELF\x02\x01\x01\0\0\0\0", "handbook.is_other"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(write: Write, name: str, content: bytes, key: str) -> None:
    with pytest.raises(StudioError) as refusal:
        read(write(name, content))
    assert refusal.value.key == key
    for lang in LANGS:
        assert name in refusal.value.say(lang)


def test_a_word_document_of_pictures_says_so(tmp_path: Path) -> None:
    with pytest.raises(StudioError) as refusal:
        read(pictures(tmp_path / "a.docx"))
    assert refusal.value.key == "handbook.pictures_only"


def test_a_word_document_that_unpacks_to_gigabytes_is_refused(tmp_path: Path, manual: Path) -> None:
    with zipfile.ZipFile(manual, "a", zipfile.ZIP_DEFLATED) as file, file.open("word/media/a.bin", "w") as part:
        for _ in range(210):
            part.write(b"\0" * 2**20)
    with pytest.raises(StudioError) as refusal:
        read(manual)
    assert refusal.value.key == "data.too_big"


def test_an_encoding_in_doubt_stops_nobody(write: Write) -> None:
    assert decoded("退款".encode("gb18030"))
    assert read_text(write("a.txt", "退款規則：七天內可退。".encode("big5"))).blocks


@pytest.mark.parametrize("text", ["问" * 1_000_000, "？" * 200_000, "[" * 200_000, "# a" + "#" * 200_000 + "x"])
def test_a_line_of_any_length_is_read_in_a_time_that_grows_as_it_does(text: str, write: Write) -> None:
    began = time.process_time()
    blocks = read_text(write("long.md", text)).blocks
    assert sum(len(passage.text) for passage in cut(blocks)) > 0
    assert time.process_time() - began < 8  # it took minutes where each part was measured anew
