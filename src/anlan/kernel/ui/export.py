"""The rows of a list as an Excel file, written row by row: its size does not grow the memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from anlan.kernel.errors import Refused

if TYPE_CHECKING:
    from anlan.kernel.ui.lists import Column

MOST = 200_000
CHUNK = 2000
LONGEST = 32_767  # characters that Excel holds in a cell
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = {"font": Font(bold=True), "fill": PatternFill("solid", fgColor="E1EEF5")}


def response(
    name: str, columns: Sequence[Column], rows: QuerySet[Any], conditions: list[tuple[str, str]]
) -> FileResponse:
    """The file as a download. Refused beyond ``MOST`` rows: nobody reads them, the server pays."""
    count = rows.count()
    if count > MOST:
        raise Refused(
            "export", f"共 {count} 行，一次最多导出 {MOST} 行。请先用筛选缩小范围，再分次导出。"
        )
    now = timezone.localtime()
    about = [
        ("名称", name),
        ("导出时间", f"{now:%Y-%m-%d %H:%M}"),
        ("行数", str(count)),
        *conditions,
    ]
    # The response closes the file, and closing deletes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    workbook(name, columns, rows.iterator(chunk_size=CHUNK), about).save(file)
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{name}-{now:%Y%m%d-%H%M}.xlsx", content_type=TYPE
    )


def workbook(
    name: str, columns: Sequence[Column], rows: Iterator[Any], about: list[tuple[str, str]]
) -> Workbook:
    """A sheet of the rows under their columns' labels, and a sheet that says what they are."""
    book = Workbook(write_only=True)
    add_sheet(book, name, columns, rows)
    notes: Any = book.create_sheet("说明")
    notes.column_dimensions["B"].width = 60
    for label, words in about:
        notes.append([_styled(notes, label, font=Font(bold=True)), _cell(notes, words)])
    return book


def add_sheet(book: Workbook, name: str, columns: Sequence[Column], rows: Iterator[Any]) -> None:
    """One more sheet of the book: rows under their columns' labels."""
    sheet: Any = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.append([_styled(sheet, column.label, **HEAD) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, column.value(row)) for column in columns])
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}1"


def plain(value: Any) -> Any:
    """What Excel gets for a value: numbers and dates as such, all else as clean text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return moment.replace(tzinfo=None)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int | float | date):
        return value
    text = strip_tags(value) if isinstance(value, SafeString) else str(value)
    return ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]


def _cell(sheet: Any, value: Any) -> Any:
    made = WriteOnlyCell(sheet, plain(value))
    if isinstance(made.value, str):
        made.data_type = "s"  # text that begins with = is a text, not a formula
        made.alignment = Alignment(wrap_text=True, vertical="top")
    return made


def _styled(sheet: Any, words: str, **styles: Any) -> Any:
    made = _cell(sheet, words)
    for name, style in styles.items():
        setattr(made, name, style)
    return made
