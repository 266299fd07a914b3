"""The workbook that people fill in: headings, what they mean, the allowed words, one example."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from anlan.kernel.imports.registry import ImportColumn
from anlan.kernel.imports.sheets.table import EXAMPLE, MOST_ROWS
from anlan.kernel.ui.export import HEAD, plain

NUMBER = "序号"  # its column marks the example, and is not imported
WORDS = "可选项"
_GREY = Font(italic=True, color="FF5D6B75")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def template(title: str, columns: Sequence[ImportColumn]) -> Workbook:
    """The sheet to fill in comes first: an import reads the first visible sheet with headings."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _FORBIDDEN.sub(" ", title)[:31].strip() or "数据"
    _head(sheet, columns)
    _example(sheet, columns)
    _explain(book.create_sheet("填写说明"), title, columns)
    _offer(book, sheet, columns)
    return book


def _head(sheet: Any, columns: Sequence[ImportColumn]) -> None:
    labels = [NUMBER, *(f"{'*' if each.required else ''}{each.label}" for each in columns)]
    for place, label in enumerate(labels, 1):
        cell = sheet.cell(1, place, label)
        cell.font, cell.fill, cell.alignment = HEAD["font"], HEAD["fill"], _WRAPPED
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width = max(8, min(40, 2 * len(label) + 4))
        # As text: Excel cuts numbers after fifteen digits and makes dates of much that is none.
        column.number_format = "@"
    sheet.freeze_panes = "B2"


def _example(sheet: Any, columns: Sequence[ImportColumn]) -> None:
    for place, value in enumerate([EXAMPLE, *(each.example for each in columns)], 1):
        cell = sheet.cell(2, place, _text(value))
        cell.font, cell.number_format = _GREY, "@"


def _explain(sheet: Any, title: str, columns: Sequence[ImportColumn]) -> None:
    sheet.append([f"{title}：填写说明"])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in (
        "第一张表从第 2 行起填写，每行一条；表头不要改动，列的次序可以变。",
        f"“序号”写着“{EXAMPLE}”的行不会导入，可以留着，也可以删去。",
        f"带 * 的列必填。一次最多 {MOST_ROWS:,} 行；不要合并单元格。",
        "日期写成 2025-03-05；多个选项之间用顿号（、）隔开。",
    ):
        sheet.append([line])
    sheet.append([])
    sheet.append(["列", "必填", "说明", WORDS, "例"])
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = HEAD["font"], PatternFill("solid", fgColor="E1EEF5")
    for each in columns:
        need = "必填" if each.required else ""
        words = "、".join(each.words)
        sheet.append([each.label, need, each.help, words[:2000], _text(each.example)])
        for cell in sheet[sheet.max_row]:
            cell.alignment, cell.data_type = _WRAPPED, "s" if cell.value else "n"
    for letter, width in zip("ABCDE", (24, 8, 50, 40, 30), strict=True):
        sheet.column_dimensions[letter].width = width


def _offer(book: Workbook, sheet: Any, columns: Sequence[ImportColumn]) -> None:
    """Lists of the allowed words, from a hidden sheet: a list in the cell itself holds only 255
    characters. Another word is warned of, not refused: several may be joined."""
    offered = [(place, each) for place, each in enumerate(columns, 2) if each.words]
    if not offered:
        return
    lists: Any = book.create_sheet(WORDS)
    lists.sheet_state = "hidden"
    for number, (place, column) in enumerate(offered, 1):
        for row, word in enumerate(column.words, 1):
            lists.cell(row, number, word).data_type = "s"
        letter, target = get_column_letter(number), get_column_letter(place)
        rule = DataValidation(
            type="list",
            formula1=f"'{WORDS}'!${letter}$1:${letter}${len(column.words)}",
            errorStyle="warning",
            errorTitle="不在可选项里",
            error=f"“{column.label}”请从下拉列表中选择。",
            showErrorMessage=True,
        )
        rule.add(f"{target}2:{target}{MOST_ROWS}")
        sheet.add_data_validation(rule)


def _text(value: Any) -> str | None:
    shown = plain(value)
    return None if shown is None else str(shown)
