"""The rows of a workbook's sheets as a stream: values, not formulas.

openpyxl's own way to stream a sheet says nothing of hidden rows, of merged cells, of formulas
without a result, and walks a sheet twice that does not state its size. So its parsers of the
workbook, of styles and of cells are used, and the walk over the sheets is ours.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import (
    FORMULA_TAG,
    INLINE_STRING,
    MERGE_TAG,
    ROW_TAG,
    WorkSheetParser,
)
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from anlan.kernel.imports.sheets import guard, strings
from anlan.kernel.imports.sheets.cells import ERROR, NO_RESULT, Cell, plain
from anlan.kernel.imports.sheets.errors import NotReadable

MOST_COLUMNS = 200
NO_SHEET = "文件里没有可见的工作表。请取消隐藏，或把数据放在第一张工作表后再上传。"
_BROKEN = (
    BadZipFile, ParseError, ExpatError, InvalidFileException, ValueError, TypeError, KeyError,
    IndexError, AttributeError, EOFError, OverflowError, OSError, NotImplementedError,
    RecursionError,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """``number`` as Excel shows it; ``wrong``: place (from 0) → what is wrong with that cell."""

    number: int
    cells: list[Cell]
    wrong: dict[int, str] = field(default_factory=dict)
    hidden: bool = False


@dataclass
class Sheet:
    """One sheet; ``merged`` (first row, last row, first place, last place, from 0) is known at
    the end of ``rows``."""

    name: str
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@contextmanager
def sheets(path: Path) -> Iterator[Iterator[Sheet]]:
    """The visible sheets in order. NotReadable for a workbook that cannot be read."""
    guard.check_archive(path)
    # By its content: the name of a stored file says nothing, and openpyxl would go by it.
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl leaves out: none of it is a value
        try:
            book = _Book(file)
        except _BROKEN as error:
            raise NotReadable(guard.DAMAGED) from error
        if not book.visible:
            raise NotReadable(NO_SHEET)
        with book.archive:
            yield (_sheet(book, name, part) for name, part in book.visible)


class _Book(ExcelReader):
    """The workbook without its sheets: ``visible`` has the name and the part of each."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, read_only=True, data_only=True, keep_links=False)
        self.visible: list[tuple[str, str]] = []
        self.read()

    def read_strings(self) -> None:
        table = self.package.find(SHARED_STRINGS)
        if table is not None:
            with self.archive.open(table.PartName[1:]) as source:
                self.shared_strings = strings.read(source)

    def read_worksheets(self) -> None:
        for sheet, relation in self.parser.find_sheets():
            known = relation.target in self.valid_files and "chartsheet" not in relation.Type
            if known and sheet.state == "visible":
                self.visible.append((sheet.name, relation.target))


def _sheet(book: _Book, name: str, part: str) -> Sheet:
    sheet = Sheet(name)
    sheet.rows = _rows(book, part, sheet)
    return sheet


def _rows(book: _Book, part: str, sheet: Sheet) -> Iterator[Row]:
    last = 0
    try:
        with book.archive.open(part) as source:
            parser = _parser(book, source)
            for _, element in iterparse(source):
                if element.tag == MERGE_TAG:
                    sheet.merged = _merged(element)
                elif element.tag == ROW_TAG:
                    row = _row(parser, element)
                    if row.number <= last:
                        raise ValueError(f"row {row.number} after row {last}")
                    last = row.number
                    element.clear()  # its shell stays with the sheet: some 70 bytes a row
                    yield row
    except _BROKEN as error:
        raise NotReadable(guard.DAMAGED) from error


class _Parser(WorkSheetParser):
    """Tells a formula without a result from an empty cell; and is quick with texts that stand in
    their cells, of which openpyxl makes objects."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        inline = element.find(INLINE_STRING) if element.get("t") == "inlineStr" else None
        if inline is not None:
            element.remove(inline)
        cell: dict[str, Any] = super().parse_cell(element)
        if inline is not None:
            cell["data_type"], cell["value"] = "s", _text(inline)
        elif cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "no result"
        return cell


def _text(inline: Any) -> str:
    """The text itself and its runs, without hints of pronunciation."""
    own = inline.findtext(_T) or ""
    return own + "".join(run.findtext(_T) or "" for run in inline.findall(_R))


_T, _R = f"{{{SHEET_MAIN_NS}}}t", f"{{{SHEET_MAIN_NS}}}r"


def _parser(book: _Book, source: Any) -> _Parser:
    workbook: Any = book.wb
    return _Parser(
        source,
        book.shared_strings,
        data_only=True,
        epoch=workbook.epoch,
        date_formats=workbook._date_formats,
        timedelta_formats=workbook._timedelta_formats,
    )


def _row(parser: _Parser, element: Any) -> Row:
    number, found = parser.parse_row(element)
    parser.row_dimensions.clear()
    cells: list[Cell] = []
    wrong: dict[int, str] = {}
    for each in found:
        place = each["column"] - 1
        value, fault = _value(each)
        if (value is None and not fault) or place > MOST_COLUMNS:
            continue  # one more than allowed is kept, so that it can be said
        if place >= len(cells):
            cells.extend([None] * (place + 1 - len(cells)))
        cells[place] = value
        if fault:
            wrong[place] = fault
    return Row(number, cells, wrong, element.get("hidden") in ("1", "true"))


def _value(cell: dict[str, Any]) -> tuple[Cell, str]:
    match cell["data_type"]:
        case "no result":
            return None, NO_RESULT
        case "e":
            return str(cell["value"]), ERROR.format(value=cell["value"])
        case _:
            return plain(cell["value"])


def _merged(ranges: Iterable[Any]) -> list[tuple[int, int, int, int]]:
    found = []
    for each in ranges:
        left, top, right, bottom = range_boundaries(each.get("ref", ""))
        if left and top and right and bottom:
            found.append((top, bottom, left - 1, right - 1))
    return found
