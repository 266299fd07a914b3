"""The assignment table as a workbook: the same rows, ready to sort and to print."""

from __future__ import annotations

import io
import math

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from anlan.intake.exports.assignments import HEADINGS, AssignmentTable, Row
from anlan.kernel.ui.export import TYPE as TYPE  # the media type, for who sends the file
from anlan.kernel.ui.export import plain

WIDTHS = (6, 22, 92, 44, 18)  # characters
LONG = 800  # characters of content in one cell: they need 300 pt, and a row has at most 409
_LINE = 16.5  # points that a line of size 11 needs
_MM = 1 / 25.4  # margins are in inches
_THIN = Side(style="thin")
_GRID = Border(_THIN, _THIN, _THIN, _THIN)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


def xlsx(table: AssignmentTable) -> bytes:
    """The file: title, head (frozen, repeated in print), chapters and rows."""
    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]
    sheet.title = "重点任务分工"
    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    heads = [(table.title, Font(name="方正小标宋简体", size=18))]
    heads += [(f"（{mark}）", Font(name="黑体", size=12, color="C00000")) for mark in table.marks]
    heads.append((table.source, Font(name="楷体_GB2312", size=11)))
    for words, font in heads:
        _across(sheet, words, font, _MIDDLE)
    sheet.row_dimensions[1].height = 30
    _head(sheet)
    for chapter in table.chapters:
        if chapter.name:
            _across(sheet, chapter.name, Font(name="黑体", size=11), _LEFT, border=_GRID)
        for row in chapter.rows:
            _row(sheet, row)
    _print(sheet, head=len(heads) + 1)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _across(
    sheet: Worksheet, words: str, font: Font, align: Alignment, border: Border | None = None
) -> None:
    """A row whose cells are one."""
    number = _next(sheet)
    for column in range(1, len(HEADINGS) + 1):
        cell = _put(sheet, number, column, words if column == 1 else "", font, align)
        if border:
            cell.border = border
    sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(HEADINGS))


def _head(sheet: Worksheet) -> None:
    number = _next(sheet)
    for column, words in enumerate(HEADINGS, 1):
        _put(sheet, number, column, words, Font(name="黑体", size=11), _MIDDLE).border = _GRID


def _row(sheet: Worksheet, row: Row) -> None:
    """One row, or several that share all but the content where that is too long for one cell."""
    pieces = split(row.text)
    first = _next(sheet)
    font = Font(name="仿宋_GB2312", size=11)
    for offset, piece in enumerate(pieces):
        words = (row.cells[0], row.title, piece, row.units, row.due)
        for column, text in enumerate(words, 1):
            shown = text if not offset or column == 3 else ""
            align = _LEFT if column in (3, 4) else _MIDDLE
            _put(sheet, first + offset, column, shown, font, align).border = _GRID
    for offset, piece in enumerate(pieces):
        _heighten(sheet, first + offset, piece, row, len(pieces))
    if len(pieces) > 1:
        for column in (1, 2, 4, 5):
            sheet.merge_cells(
                start_row=first,
                end_row=first + len(pieces) - 1,
                start_column=column,
                end_column=column,
            )
    number = sheet.cell(first, 1)
    number.value, number.data_type = row.number, "n"


def _heighten(sheet: Worksheet, number: int, piece: str, row: Row, pieces: int) -> None:
    """Not every program fits rows to wrapped text by itself. Cells that run over several rows
    need their share of each."""
    shared = max(
        _lines(words, WIDTHS[place]) for place, words in enumerate(row.cells) if place != 2
    )
    lines = max(_lines(piece, WIDTHS[2]), math.ceil(shared / pieces))
    sheet.row_dimensions[number].height = min(409, (lines + 0.5) * _LINE)


def _lines(words: str, width: int) -> int:
    """Lines that the words take in a column; a Chinese character is two wide, a margin one each."""
    return sum(max(1, math.ceil(2 * len(each) / (width - 2))) for each in words.split("\n"))


def split(text: str, limit: int = LONG) -> list[str]:
    """The text in pieces of at most ``limit`` characters, cut after a line or a sentence."""
    pieces = [""]
    for sentence in _sentences(text, limit):
        if len(pieces[-1]) + len(sentence) > limit and pieces[-1]:
            pieces.append("")
        pieces[-1] += sentence
    return [piece.strip("\n") for piece in pieces]


def _sentences(text: str, limit: int) -> list[str]:
    found, start = [], 0
    for at, sign in enumerate(text, 1):
        if sign in "\n。；" or at - start == limit:
            found.append(text[start:at])
            start = at
    return [*found, text[start:]]


def _put(sheet: Worksheet, row: int, column: int, words: str, font: Font, align: Alignment) -> Cell:
    cell: Cell = sheet.cell(row, column)  # type: ignore[assignment]
    cell.value = plain(words)
    if isinstance(cell.value, str):
        cell.data_type = "s"  # text that begins with = is a text, not a formula
    cell.font, cell.alignment = font, align
    return cell


def _next(sheet: Worksheet) -> int:
    return sheet.max_row + 1 if sheet["A1"].value else 1


def _print(sheet: Worksheet, *, head: int) -> None:
    sheet.freeze_panes = f"A{head + 1}"
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.top, margins.bottom = 28 * _MM, 26 * _MM
    margins.left, margins.right = 35 * _MM, 37 * _MM
    sheet.oddFooter.right.text = sheet.evenFooter.left.text = "— &P —"  # type: ignore[union-attr]
    sheet.HeaderFooter.differentOddEven = True
