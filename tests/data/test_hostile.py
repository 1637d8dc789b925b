"""Files that are broken, disguised or meant to do harm: one plain sentence, and a process that lives."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from studio.data.datastore import DataStore
from studio.data.reading.child import tabulate_file
from studio.data.reading.read import read_table
from studio.data.schema import Reading
from studio.errors import StudioError
from studio.workspace import Workspace
from tests.data.conftest import Read, refusal
from tests.data.nasty.make import parquet

Xlsx = Callable[[list[list[Any]]], Path]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "data.empty"),
        (b"\xef\xbb\xbf", "data.empty"),
        (b"  \r\n\t\n", "data.empty"),
        (b",,\n,,\n", "data.empty"),
        ("评论,标签\n".encode(), "data.no_rows"),
        (b"[]", "data.empty"),
        (b"[true, null]", "data.not_records"),
        (b'{"a": 1', "data.bad_json"),
        (b'[{"a": 1},,]', "data.bad_json"),
        (b"[" * 100_000, "data.not_records"),
        (PNG, "data.is_other"),
        (b"%PDF-1.7 ...", "data.is_other"),
        (b"\x1f\x8b\x08" + bytes(40), "data.is_other"),
        (b"PAR1" + bytes(40), "data.broken_parquet"),
        (b"<html><body>...", "data.is_other"),
        (bytes(range(256)) * 20, "data.not_text"),
        (b"PK\x03\x04 but nothing more", "data.broken_workbook"),
        (OLE + bytes(600), "data.broken_workbook"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "data.encrypted"),
        ('评论,标签\n好喝,好评\n"没有收尾,差评\n难喝,差评\n'.encode(), "data.unclosed_quote"),
    ],
)
def test_each_broken_or_disguised_file_gets_its_own_sentence(content: bytes, key: str, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(content)
    assert refusal(lambda: read_table(path)) == key


def test_every_truncation_of_a_workbook_is_refused_as_broken(xlsx: Xlsx, tmp_path: Path) -> None:
    whole = xlsx([["评论", "标签"], ["好喝", "好评"]]).read_bytes()
    for length in range(4, len(whole), len(whole) // 40):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[:length])
        assert refusal(lambda path=path: tabulate_file(path)) == "data.broken_workbook"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(lambda: read_table(tmp_path / "没有.xlsx")) == "data.no_such_file"
    assert refusal(lambda: read_table(tmp_path)) == "data.no_such_file"


def test_an_unknown_sheet_is_named_with_those_that_exist(xlsx: Xlsx) -> None:
    path = xlsx([["评论", "标签"], ["好喝", "好评"]])
    with pytest.raises(StudioError) as refused:
        read_table(path, Reading(sheet="第九页"))
    assert refused.value.details["sheets"] == "Sheet"


def test_a_sparse_sheet_that_would_fill_the_memory_only_ends_the_child(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["GR1048576"] = "评论", "x"
    book.save(tmp_path / "sparse.xlsx")
    assert (tmp_path / "sparse.xlsx").stat().st_size < 10_000
    assert refusal(lambda: read_table(tmp_path / "sparse.xlsx")) == "data.too_big"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(xlsx: Xlsx, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(xlsx([["评论", "标签"], ["好", "1"]])) as honest,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file,
    ):
        for name in honest.namelist():
            if name != "xl/sharedStrings.xml":
                file.writestr(name, honest.read(name))
        with file.open("xl/sharedStrings.xml", "w", force_zip64=True) as member:
            for _ in range(700):
                member.write(bytes(2**20))
    assert refusal(lambda: read_table(bomb)) == "data.too_big"


def test_other_zips_are_called_what_they_are(tmp_path: Path) -> None:
    for member, kind in (("word/document.xml", "a Word document"), ("photo.jpg", "a zip archive")):
        with zipfile.ZipFile(tmp_path / "some.xlsx", "w") as file:
            file.writestr(member, "x")
        with pytest.raises(StudioError) as refused:
            read_table(tmp_path / "some.xlsx")
        assert kind in refused.value.say("en")


def test_sixteen_thousand_columns_are_refused(read_text: Read) -> None:
    names = ",".join(f"c{j}" for j in range(16_000))
    assert refusal(lambda: read_text(f"{names}\n{names.replace('c', 'v')}\n")) == "data.too_many_columns"


def test_a_megabyte_in_one_cell_costs_only_its_row(read_text: Read) -> None:
    table = read_text("评论,标签\n" + "好" * 1_000_000 + ",好评\n难喝,差评\n")
    assert table.rows == (("难喝", "差评"),)
    assert table.dropped[0]["reason"] == "data.cell_too_long"


def test_entities_in_a_workbook_are_not_expanded(xlsx: Xlsx, tmp_path: Path) -> None:
    evil = tmp_path / "lol.xlsx"
    lol = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    with zipfile.ZipFile(xlsx([["评论", "标签"], ["好喝", "好评"]])) as honest, zipfile.ZipFile(evil, "w") as file:
        for name in honest.namelist():
            body = honest.read(name).decode()
            file.writestr(name, body.replace("<sst", lol + "<sst").replace("好喝", "&b;&f;"))
    try:
        table = read_table(evil)
    except StudioError:
        return
    assert "root:" not in json.dumps(table.rows) and "haha" not in json.dumps(table.rows)


cells = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
tables = st.lists(st.lists(cells, max_size=5), max_size=8)


@given(tables, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
@example(rows=[["", "", ";", ";", ";"], ["", "", "", "", "0"], ["", ""]], mark=",", encoding="utf-8")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_table_or_refused_in_words(
    tmp_path: Path, rows: list[list[str]], mark: str, encoding: str
) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes("\n".join(mark.join(row) for row in rows).encode(encoding))
    try:
        table = tabulate_file(path)
    except StudioError as refused:
        assert refused.key.startswith("data.")
    else:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert len(table.numbers) == len(table.rows)


@given(st.binary(max_size=300), st.integers(0, 10_000))
@example(b"\x00@", 4663)  # an entry that asks for a zip version from the future
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_to_a_workbook_is_read_or_refused(tmp_path: Path, damage: bytes, place: int) -> None:
    book, buffer = Workbook(), io.BytesIO()
    for row in (["评论", "标签"], ["好喝", "好评"]):
        book.worksheets[0].append(row)
    book.save(buffer)
    whole = bytearray(buffer.getvalue())
    place %= len(whole)
    whole[place : place + len(damage)] = damage
    path = tmp_path / "hurt.xlsx"
    path.write_bytes(whole)
    try:
        tabulate_file(path)
    except StudioError as refused:
        assert refused.key.startswith("data.")


def test_what_a_killed_import_left_behind_is_swept_when_the_store_opens(workspace: Workspace, xlsx: Xlsx) -> None:
    store = DataStore(workspace)
    kept = store.add(xlsx([["评论", "标签"], ["好喝", "好评"], ["难喝", "差评"]]))
    orphan, fresh = (workspace.home / "uploads" / f".reading-data-20260101-000000-{end}" for end in ("dead", "live"))
    for folder in (orphan, fresh):
        folder.mkdir()
        (folder / "file").write_bytes(b"half a file")
    os.utime(orphan, (0, 0))
    os.utime(workspace.upload_dir(kept.id), (0, 0))
    store.close()
    DataStore(workspace).close()
    assert not orphan.exists()
    assert fresh.exists(), "another process may be reading it"
    assert workspace.upload_dir(kept.id).exists()


def test_an_import_that_fails_leaves_nothing_behind(workspace: Workspace, tmp_path: Path) -> None:
    store = DataStore(workspace)
    for content in (b"", b"PK\x03\x04", b"[" * 90_000, PNG):
        (tmp_path / "bad").write_bytes(content)
        refusal(lambda: store.add(tmp_path / "bad"))
    assert list((workspace.home / "uploads").iterdir()) == []
    store.close()


def test_a_workbook_of_very_many_sheets_is_read_or_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.xlsx", "w") as file:
        for number in range(6_000):
            file.writestr(f"xl/worksheets/sheet{number}.xml", "<worksheet/>")
        file.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal(lambda: read_table(tmp_path / "many.xlsx")) == "data.too_big"


def test_a_parquet_file_with_too_many_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wide.parquet").write_bytes(parquet({f"c{n}": ["x"] for n in range(600)}))
    assert refusal(lambda: read_table(tmp_path / "wide.parquet")) == "data.too_many_columns"
