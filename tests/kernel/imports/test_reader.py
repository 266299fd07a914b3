"""What stands in a file comes back row by row; what is odd about it is said."""

from __future__ import annotations

import io
import math
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from anlan.kernel.imports.sheets import cells, table
from anlan.kernel.imports.sheets.bounded import reading
from anlan.kernel.imports.sheets.errors import NotReadable
from anlan.kernel.imports.sheets.headings import Wanted
from anlan.kernel.imports.sheets.table import Data, open_table
from tests.kernel.imports import books

WANTED = [Wanted("name", "名称", True), Wanted("code", "代码"), Wanted("day", "日期")]
HEAD = ["名称", "代码", "日期"]

# Excel's moments have no zone.
FIRST, LAST = datetime.fromisoformat("1950-01-01"), datetime.fromisoformat("2090-01-01")
# What XML can hold and Excel keeps as it is: no control characters, no escapes of them.
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    max_size=40,
).filter(lambda text: not text.startswith("=") and "_x" not in text and text != "示例")
VALUE = st.one_of(
    st.none(),
    TEXT,
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 6)),
    st.dates(FIRST.date(), LAST.date()),
    st.datetimes(FIRST, LAST).map(lambda moment: moment.replace(microsecond=0)),
)
ROWS = st.lists(st.lists(VALUE, min_size=3, max_size=3), max_size=30)


def read(content: bytes, wanted: list[Wanted] = WANTED) -> tuple[list[Data], list[str]]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with open_table(Path(file.name), wanted) as found:
            return list(found.rows), found.notes


def kept(value: Any) -> Any:
    """What a cell of this value should come back as."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, datetime):
        day = value.date().isoformat()
        return day if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.integers(0, 9))
def test_what_openpyxl_writes_comes_back(rows: list[list[Any]], titles: int) -> None:
    above = [["试市企业登记表", None]] * titles
    found, notes = read(books.xlsx([*above, HEAD, *rows]))
    expected = {
        titles + 2 + number: dict(zip(["name", "code", "day"], map(kept, row), strict=True))
        for number, row in enumerate(rows)
        if any(kept(each) is not None for each in row)
    }
    assert {row.number: row.cells for row in found} == expected
    assert [row.wrong for row in found if row.wrong] == []
    assert notes == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=20), st.sampled_from(",\t;"))
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_with_separators_comes_back(code: str, rows: list[list[str]], mark: str) -> None:
    import csv

    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows([HEAD, *rows])
    text = out.getvalue()
    if code == "gb18030" and _is_utf8(text.encode(code)):
        return  # the same bytes are both: nobody can tell
    found, _ = read(text.encode(code))
    expected = [[kept(each) for each in row] for row in rows]
    assert [list(row.cells.values()) for row in found] == [r for r in expected if any(r)]


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def test_shared_texts_as_excel_writes_them() -> None:
    found, _ = read(
        books.as_excel([HEAD, ["甲", "01", 45000], ["甲", None, 1.5], [None, "乙", "丙"]])
    )
    assert [list(row.cells.values()) for row in found] == [
        ["甲", "01", 45000], ["甲", None, 1.5], [None, "乙", "丙"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime.fromisoformat("2025-03-05T08:30"), "2025-03-05 08:30:00"),
        (time(8, 30), "08:30:00"),
        (timedelta(hours=36), "36:00:00"),
        ("a\r\nb\x07", "a\nb"),
        (" _x000D_\n", None),
        (True, True),
        (12.0, 12.0),
    ],
)
def test_single_contents(value: Any, expected: Any) -> None:
    assert cells.plain(value) == (expected, "")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (141102199001011234, "15 位"),
        (-1e15, "15 位"),
        (math.inf, "不是有效的数字"),
        (math.nan, "不是有效的数字"),
        ("长" * 2001, "超过 2,000 个字"),
    ],
)
def test_contents_that_cannot_be_right(value: Any, said: str) -> None:
    content, wrong = cells.plain(value)
    assert said in wrong
    assert isinstance(content, str)
    assert len(content) <= cells.LONGEST + 1


def test_fifteen_digits_are_kept() -> None:
    assert cells.plain(999_999_999_999_999) == (999_999_999_999_999, "")


# --- what is odd in a sheet ----------------------------------------------------------------------


def odd(change: Any) -> tuple[list[Data], list[str]]:
    made = books.book([HEAD, ["甲", "1", None], ["乙", "2", None], ["丙", "3", None]])
    change(made, made.active)
    return read(books.saved(made))


def test_hidden_rows_are_read_and_said() -> None:
    found, notes = odd(lambda book, sheet: setattr(sheet.row_dimensions[3], "hidden", True))
    assert len(found) == 3
    assert any("1 行" in note and "隐藏" in note and "第 3 行" in note for note in notes)


def test_merged_cells_in_the_data_are_said_and_those_of_a_title_are_not() -> None:
    def merge(book: Workbook, sheet: Any) -> None:
        sheet.insert_rows(1)
        sheet["A1"] = "登记表"
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A3:A4")

    found, notes = odd(merge)
    assert [row.cells["name"] for row in found] == ["甲", None, "丙"]
    assert [note for note in notes if "合并" in note] == [notes[-1]]
    assert "1 处" in notes[-1]
    assert "第 3 行" in notes[-1]


def test_a_formula_without_a_result_is_a_fault_of_its_cell() -> None:
    found, _ = odd(lambda book, sheet: sheet.__setitem__("B3", "=1+1"))
    assert found[1].wrong == {"code": cells.NO_RESULT}
    assert found[1].cells["code"] is None


def test_a_formula_with_a_result_is_its_result() -> None:
    sheet = (
        '<sheetData><row r="1"><c t="inlineStr"><is><t>名称</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>B2</f><v>甲</v></c></row>'
        '<row r="3"><c r="A3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData>'
    )
    found, _ = read(books.packed(books.parts(sheet)))
    assert found[0].cells["name"] == "甲"
    assert "#DIV/0!" in found[1].wrong["name"]


def test_blank_rows_and_the_example_are_left_out() -> None:
    rows = [
        ["序号", *HEAD],
        ["示例", "某矿", "1"],
        [1, "甲", None],
        [None, " ", ""],
        [2, "乙", "x"],
    ]
    found, notes = read(books.xlsx([*rows, *[[None] * 4] * 50]))
    assert [(row.number, row.cells["name"]) for row in found] == [(3, "甲"), (5, "乙")]
    assert notes == ["第 2 行标着“示例”，没有导入。"]


def test_columns_that_are_not_wanted_are_said_but_those_of_our_reports_are_not() -> None:
    _, notes = read(books.xlsx([[*HEAD, "备注", "行号", "问题"], ["甲", "", "", "x", 3, "错"]]))
    assert notes == ["这些列不在模板里，没有导入：“备注”。"]


def test_the_first_visible_sheet_with_headings_is_read() -> None:
    made = books.book([["封面"]], title="封面")
    hidden: Any = made.create_sheet("藏")
    hidden.append(HEAD)
    hidden.sheet_state = "hidden"
    data: Any = made.create_sheet("表")
    data.append(HEAD)
    data.append(["甲", "1", "2025-01-01"])
    found, _ = read(books.saved(made))
    assert [row.cells["name"] for row in found] == ["甲"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["甲", "乙"]], "没有找到表头"),
        ([], "没有找到表头"),
        ([[None]] * 10 + [HEAD, ["甲", "1", "2"]], "没有找到表头"),
        ([["代码", "日期"], ["1", "2"]], "缺少必填的列：名称"),
        ([[*HEAD, "名　称*"], ["甲"]], "“名称”出现了两次"),
        ([HEAD + [f"列{n}" for n in range(198)], ["甲"]], "超过 200 列"),
    ],
)
def test_headings_that_cannot_be_used(rows: list[list[Any]], said: str) -> None:
    with pytest.raises(NotReadable, match=said.replace("*", r"\*")):
        read(books.xlsx(rows))


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 5)
    assert len(read(books.xlsx([HEAD, *[["甲"]] * 5]))[0]) == 5
    with pytest.raises(NotReadable, match="超过 5 行"):
        read(books.xlsx([HEAD, *[["甲"]] * 6]))


def test_a_process_of_its_own_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(books.as_excel([["表"], HEAD, ["甲", 1, 2.5], ["乙" * 2001, None, 10**16]]))
    with reading(path, WANTED) as stream:
        assert (stream.sheet, stream.heading_row, stream.keys) == (
            "数据",
            2,
            ["name", "code", "day"],
        )
        found = list(stream.rows)
    assert found == read(path.read_bytes())[0]
    assert set(found[1].wrong) == {"name", "day"}
