"""Encodings: decided on the whole file, right or refused, never garbled."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.data.reading.child import tabulate_file
from studio.data.reading.decode import decode
from studio.data.schema import Reading
from studio.errors import StudioError
from tests.data.nasty import case as nasty

CHINESE = "评论,标签\n珍珠很软糯，奶茶也好喝，下次还来,好评\n等了一个小时还没送到，太慢了,差评\n"
TRADITIONAL = (
    "評論,標籤\n珍珠很軟，奶茶也好喝，這家店的服務很好，下次還會來,好評\n等了一個小時還沒有送到，太慢了,差評\n"
)
JAPANESE = "このお店のミルクティーはとても美味しいです。店員さんも親切でした。また来たいと思います。"
FRENCH = "Le thé au lait était très bon, le café aussi.\nNous reviendrons à la première occasion.\n"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "gbk", "gb18030"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        (CHINESE, "utf-32", "utf-32"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (JAPANESE, "shift_jis", "cp932"),
        (FRENCH, "cp1252", "cp1252"),
        ("plain,words\n1,2\n", "ascii", "utf-8"),
        ("plain,words\n1,2\n", "utf-16-le", "utf-16-le"),
        ("plain,words\n1,2\n", "utf-16-be", "utf-16-be"),
    ],
)
def test_each_encoding_is_recognised_and_read_whole(text: str, encoding: str, name: str) -> None:
    assert decode(text.encode(encoding)) == (text, name)


def test_a_chinese_header_alone_is_enough_to_know_gbk() -> None:
    assert decode("评论,标签\ngood,1\nbad,0\n".encode("gbk"))[0].startswith("评论,标签")


def test_the_first_chinese_character_may_come_after_two_megabytes() -> None:
    text = "good,1\n" * 300_000 + CHINESE
    assert decode(text.encode("gbk")) == (text, "gb18030")
    assert decode(text.encode()) == (text, "utf-8")


def test_a_person_is_asked_with_previews_when_it_is_not_plain() -> None:
    with pytest.raises(StudioError) as asked:
        decode("葱油".encode("gbk"))
    assert asked.value.key == "data.which_encoding"
    candidates = asked.value.details["candidates"]
    assert ["gb18030", "葱油"] in candidates and len(candidates) == 3
    assert decode("葱油".encode("gbk"), "gbk") == ("葱油", "gb18030")
    assert all(decode("葱油".encode("gbk"), name)[0] == preview for name, preview in candidates)


def test_broken_utf_8_is_offered_as_utf_8_and_what_is_lost_is_marked() -> None:
    broken = CHINESE.encode()[:-2] + b"\xff\xfe"
    with pytest.raises(StudioError) as asked:
        decode(broken)
    assert asked.value.details["candidates"][0][0] == "utf-8"
    assert decode(broken, "utf-8")[0].count("\ufffd") > 0


def test_bytes_that_nobody_wrote_are_no_text() -> None:
    for data in (bytes(range(128, 256)) * 40, bytes(range(256)) * 20):
        with pytest.raises(StudioError) as refused:
            decode(data)
        assert refused.value.key == "data.not_text"


def test_an_encoding_that_does_not_exist_is_named_with_those_that_do() -> None:
    for name in ("utf-9", "rot13", "idna", "unicode_escape"):
        with pytest.raises(StudioError) as refused:
            decode(b"abc", name)
        assert refused.value.key == "data.no_such_encoding" and "big5hkscs" in refused.value.say("en")


def test_a_false_byte_order_mark_is_not_believed() -> None:
    assert decode(b"\xef\xbb\xbf" + CHINESE.encode("gbk")) == (CHINESE, "gb18030")


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\ufeff"), min_size=1))
def test_valid_utf_8_is_never_read_as_anything_else(text: str) -> None:
    assert decode(text.encode()) == (text, "utf-8")


@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_or_refused_in_words(data: bytes) -> None:
    try:
        text, name = decode(data)
    except StudioError as refused:
        assert refused.key in ("data.which_encoding", "data.not_text")
    else:
        assert data.decode(name, "replace").removeprefix("\ufeff") == text


@pytest.mark.parametrize("size", [1, 2, 4, 6])
@pytest.mark.parametrize(
    ("pairs", "header", "encodings"),
    [
        (nasty.REVIEWS, "评论,标签", ("utf-8", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be")),
        (nasty.QUESTIONS, "问题,答案", ("utf-8", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be")),
        (nasty.TRADITIONAL, "評論,標籤", ("utf-8", "big5", "gbk", "utf-16-le")),
        (nasty.JAPANESE, "レビュー,ラベル", ("utf-8", "shift_jis", "euc_jp", "iso2022_jp", "utf-16-be")),
    ],
)
def test_a_few_rows_are_read_right_or_the_right_reading_is_among_the_choices(
    pairs: nasty.Pairs, header: str, encodings: tuple[str, ...], size: int
) -> None:
    for start in range(len(pairs) - size + 1):
        rows = [f"{text},{label}" for text, label in pairs[start : start + size]]
        for text in ("\n".join([header, *rows]), "\n".join(["a,b", *rows]), "\n".join(rows)):
            for encoding in encodings:
                data = text.encode(encoding)
                try:
                    assert decode(data)[0] == text, encoding
                except StudioError as asked:
                    assert asked.key == "data.which_encoding"
                    names = [name for name, _ in asked.details["candidates"]]
                    assert any(decode(data, name)[0] == text for name in names), encoding


GARBLED = "评论,标签\n珍珠很软糯，下次还来,好评\n等了一个小时还没送到，差。,差评\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (GARBLED.encode().decode("gb18030", "ignore"), "utf-8-as-gbk"),
        (GARBLED.encode().decode("gb18030", "replace"), "utf-8-as-gbk"),
        (GARBLED.encode().decode("latin-1"), "utf-8-as-cp1252"),
        (GARBLED.encode("gbk").decode("latin-1"), "gbk-as-cp1252"),
        (GARBLED, None),
        ("text,label\ncafé très bon,pos\nthé glacé à l’été,neg\n", None),
        ("レビュー,ラベル\nとても美味しいです,良い\n", None),
        ("評論,標籤\n珍珠很軟，下次還會來,好評\n", None),
    ],
)
def test_text_that_was_decoded_twice_is_said_and_restored_only_when_asked(
    text: str, name: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "表.csv"
    path.write_text(text, encoding="utf-8")
    table = tabulate_file(path)
    said = [note for note in table.notes if note["reason"] == "data.decoded_twice"]
    assert [note["encoding"] for note in said] == ([name] if name else [])
    if name:
        assert table.columns != ("评论", "标签"), "nothing is mended in silence"
        assert "珍珠很软" in "".join(map("".join, tabulate_file(path, Reading(encoding=name)).rows))
