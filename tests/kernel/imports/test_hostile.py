"""Files that are none, that are damaged, and that were made to hurt: refused in words."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.kernel.imports.sheets import bounded, guard
from anlan.kernel.imports.sheets.bounded import reading
from anlan.kernel.imports.sheets.errors import NotReadable
from anlan.kernel.imports.sheets.guard import Form, form_of
from anlan.kernel.imports.sheets.headings import Wanted
from tests.kernel.imports import books

WANTED = [Wanted("name", "名称", True)]
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500)
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c></row>'


def rows_of(content: bytes, path: Path, **limits: int) -> list[object]:
    path.write_bytes(content)
    with reading(path, WANTED, **limits) as stream:
        return [row.cells["name"] for row in stream.rows]


def refused(content: bytes, tmp_path: Path, **limits: int) -> str:
    with pytest.raises(NotReadable) as caught:
        rows_of(content, tmp_path / "x", **limits)
    return str(caught.value)


def word() -> bytes:
    return books.packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (OLE, guard.OLD),
        (OLE + "EncryptedPackage".encode("utf-16-le"), guard.ENCRYPTED),
        (b"%PDF-1.7\n\x00\x01", guard.NOT_EXCEL),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", guard.NOT_EXCEL),
        ("名称\n甲".encode("utf-16"), guard.NOT_EXCEL),
        (word(), guard.NOT_EXCEL),
        (books.packed({"a.txt": "x"}), guard.NOT_EXCEL),
        (books.packed({"[Content_Types].xml": "", "xl/workbook.bin": ""}), guard.BINARY),
        (b"PK\x03\x04 and nothing more", guard.DAMAGED),
        (books.xlsx([["名称"], ["甲"]])[:-200], guard.DAMAGED),
    ],
)
def test_what_is_no_workbook(content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(NotReadable) as caught:
        form_of(io.BytesIO(content))
    assert str(caught.value) == said
    assert refused(content, tmp_path) == said


def test_what_is_one() -> None:
    assert form_of(io.BytesIO(books.xlsx([["名称"]]))) is Form.XLSX
    assert form_of(io.BytesIO("名称\n甲".encode("gb18030"))) is Form.CSV


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_judged_or_refused(content: bytes) -> None:
    """No other error comes out, whatever goes in."""
    with suppress(NotReadable):
        assert form_of(io.BytesIO(content)) in Form


def test_a_text_in_no_known_encoding(tmp_path: Path) -> None:
    assert "编码" in refused("名称\n甲".encode("gb18030") + b"\xff\xff", tmp_path)


def test_a_text_with_a_quote_that_never_ends(tmp_path: Path) -> None:
    assert "格式不对" in refused(b'\xe5\x90\x8d\xe7\xa7\xb0\n"' + b"a" * 200_000, tmp_path)


# --- archives ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"]
)
def test_a_part_that_unpacks_to_too_much(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = books.parts(f"<sheetData>{HEAD}</sheetData>")
    name = f"xl/{name}"
    made[name] = made.get(name, "<x/>") + " " * 100_000
    path = tmp_path / "x"
    path.write_bytes(books.packed(made))
    guard.check_archive(path)
    for limit in ("MOST_STRINGS", "MOST_SHEET", "MOST_OTHER"):
        monkeypatch.setattr(guard, limit, 50_000)
    with pytest.raises(NotReadable, match="展开后过大"):
        guard.check_archive(path)


def test_a_directory_that_understates_gives_no_more_than_it_says(tmp_path: Path) -> None:
    """The limit on the stated size is then a limit on what is read: the rest is cut off, and the
    file is damaged."""
    made = books.parts(f"<sheetData>{HEAD}{'<row><c><v>1</v></c></row>' * 10_000}</sheetData>")
    content = bytearray(books.packed(made))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    entry = content.rindex(b"xl/worksheets/sheet1.xml")  # in the directory, at the end
    content[entry - 22 : entry - 18] = (500).to_bytes(4, "little")
    assert size > 100_000
    assert refused(bytes(content), tmp_path) == guard.DAMAGED


def test_many_parts(tmp_path: Path) -> None:
    made = books.parts("") | {f"x{n}": "" for n in range(2_001)}
    assert "展开后过大" in refused(books.packed(made), tmp_path)


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_anything_is_resolved(code: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    made = books.parts("")
    made["xl/sharedStrings.xml"] = (
        f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY e SYSTEM "file://{secret}">]>'
        f'<sst xmlns="{books.MAIN}"><si><t>&e;</t></si></sst>'
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in made.items():
            archive.writestr(name, text.encode(code if "shared" in name else "utf-8"))
    assert refused(content.getvalue(), tmp_path) == guard.FOREIGN


# --- sheets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sheet",
    [
        "<sheetData><row r='1'><c r='A1'><v>1</v></c></row>",  # not closed
        "<sheetData><row r='x'><c r='A1'><v>1</v></c></row></sheetData>",
        "<sheetData><row r='1'><c r='!!'><v>1</v></c></row></sheetData>",
        "<sheetData><row r='1'><c r='A1' t='s'><v>99</v></c></row></sheetData>",
        "<sheetData><row r='1'><c r='A1'><v>1e</v></c></row></sheetData>",
        "<sheetData><row r='5'/><row r='2'/></sheetData>",
    ],
)
def test_a_sheet_that_is_damaged(sheet: str, tmp_path: Path) -> None:
    assert refused(books.packed(books.parts(sheet)), tmp_path) == guard.DAMAGED


def test_cells_far_to_the_right_cost_nothing(tmp_path: Path) -> None:
    row = '<row r="2"><c r="A2"><v>1</v></c><c r="XFD2"><v>2</v></c></row>'
    content = books.packed(books.parts(f"<sheetData>{HEAD}{row}</sheetData>"))
    assert rows_of(content, tmp_path / "x") == [1]


def test_one_row_that_takes_all_memory_takes_that_of_its_own_process(tmp_path: Path) -> None:
    cells = "<c><v>1</v></c>" * 3_000_000
    content = books.packed(books.parts(f"<sheetData>{HEAD}<row r='2'>{cells}</row></sheetData>"))
    assert len(content) < 1_000_000
    assert "内存" in refused(content, tmp_path, memory=300 * 1024**2)


def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c></row>" * 2_000_000
    content = books.packed(books.parts(f"<sheetData>{HEAD}{rows}</sheetData>"))
    assert "时间过长" in refused(content, tmp_path, seconds=1)


def test_a_reader_that_does_not_start_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded.sys, "executable", "/bin/false")
    assert "意外停止" in refused(b"", tmp_path)
