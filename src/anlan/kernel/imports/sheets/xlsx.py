"""The rows of a workbook's sheets as a stream: values, not formulas.

openpyxl's own way to stream a sheet says nothing of hidden rows, of merged cells, of formulas
without a result, and keeps the shell of each row. So its parser of cells is used, and the walk
over the sheet is ours.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import (
    DATA_TAG,
    FORMULA_TAG,
    MERGE_TAG,
    ROW_TAG,
    WorkSheetParser,
)
from openpyxl.xml.functions import iterparse

from anlan.kernel.imports.sheets import guard
from anlan.kernel.imports.sheets.cells import ERROR, NO_RESULT, Cell, plain
from anlan.kernel.imports.sheets.errors import NotReadable

MOST_COLUMNS = 200
NO_SHEET = "文件里没有可见的工作表。请取消隐藏，或把数据放在第一张工作表后再上传。"
_BROKEN = (
    BadZipFile, ParseError, InvalidFileException, ValueError, TypeError, KeyError, IndexError,
    AttributeError, EOFError, OverflowError, OSError, NotImplementedError, RecursionError,
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
            book: Any = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except _BROKEN as error:
            raise NotReadable(guard.DAMAGED) from error
        visible = [s for s in book.worksheets if s.sheet_state == "visible"]
        if not visible:
            raise NotReadable(NO_SHEET)
        try:
            yield (_sheet(book, each) for each in visible)
        finally:
            book.close()


def _sheet(book: Any, opened: Any) -> Sheet:
    sheet = Sheet(opened.title)
    sheet.rows = _rows(book, opened, sheet)
    return sheet


def _rows(book: Any, opened: Any, sheet: Sheet) -> Iterator[Row]:
    last = 0
    try:
        with book._archive.open(opened._worksheet_path) as source:
            parser = _parser(book, opened, source)
            for element in _elements(source):
                if element.tag == MERGE_TAG:
                    sheet.merged = _merged(element)
                    continue
                number, cells = parser.parse_row(element)
                if number <= last:
                    raise ValueError(f"row {number} after row {last}")
                last = number
                yield _row(number, cells, element.get("hidden") in ("1", "true"))
                parser.row_dimensions.clear()
    except _BROKEN as error:
        raise NotReadable(guard.DAMAGED) from error


class _Parser(WorkSheetParser):
    """Tells a formula without a result, and an error, from a value."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "no result"
        return cell


def _parser(book: Any, opened: Any, source: Any) -> _Parser:
    return _Parser(
        source,
        opened._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _elements(source: Any) -> Iterator[Any]:
    """The rows, each forgotten when the next is asked for, and at the end the merged cells."""
    data = None
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            if element.tag == DATA_TAG:
                data = element
        elif element.tag == ROW_TAG:
            yield element
            if data is not None:
                data.clear()
        elif element.tag == MERGE_TAG:
            yield element


def _row(number: int, found: list[dict[str, Any]], hidden: bool) -> Row:
    cells: list[Cell] = []
    wrong: dict[int, str] = {}
    for each in found:
        place = each["column"] - 1
        value, fault = _value(each)
        if value is None and not fault:
            continue
        if place > MOST_COLUMNS:  # one more is kept, so that it can be said
            continue
        if place >= len(cells):
            cells.extend([None] * (place + 1 - len(cells)))
        cells[place] = value
        if fault:
            wrong[place] = fault
    return Row(number, cells, wrong, hidden)


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
