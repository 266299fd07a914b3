"""A responsibility list as a paper in official layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from anlan.kernel import official
from anlan.stewardship.choices import ListKind, ListState
from anlan.stewardship.models import ListItem, ResponsibilityList

NAMES = {ListKind.DUTIES: "安全生产职责清单", ListKind.TASKS: "安全生产重点工作清单"}
_WIDTHS = {
    ListKind.DUTIES: (Mm(16), Mm(140)),
    ListKind.TASKS: (Mm(16), Mm(80), Mm(30), Mm(30)),
}


def docx(row: ResponsibilityList, today: date) -> bytes:
    """The file: whose list, its items, who issued it and when; a draft says that it is one."""
    document = official.paper()
    unit = row.post.organisation
    official.title(document, f"{row.year} 年{NAMES[ListKind(row.kind)]}")
    official.centred(document, f"{unit.name}{row.post.title}　{row.post.name}")
    for words in _remarks(row):
        official.centred(document, words)
    official.line(document, "")
    _table(document, row)
    official.line(document, "")
    issued = row.issued_at.date() if row.issued_at else today
    official.signature(document, unit.name, f"{issued.year}年{issued.month}月{issued.day}日")
    return official.content(document)


def _remarks(row: ResponsibilityList) -> Iterable[str]:
    if row.state == ListState.DRAFT:
        yield "（草稿，尚未印发）"
    if row.post.is_demo:
        yield "（演示数据，不是正式文件）"


def _table(document: Any, row: ResponsibilityList) -> None:
    widths = _WIDTHS[ListKind(row.kind)]
    heads = ("序号", "职责") if row.kind == ListKind.DUTIES else _HEADS
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.autofit = False
    _fill(table.rows[0].cells, heads, widths, official.RANK_1)
    for item in row.items.order_by("number"):
        _fill(table.add_row().cells, _words(item)[: len(heads)], widths, official.BODY)


_HEADS = ("序号", "工作任务", "完成时限", "完成情况")


def _words(item: ListItem) -> Sequence[str]:
    due = f"{item.due_on:%Y-%m-%d}" if item.due_on else ""
    return str(item.number), item.text, due, item.get_state_display()


def _fill(cells: Any, words: Sequence[str], widths: Sequence[Any], face: official.Face) -> None:
    for place, (cell, text) in enumerate(zip(cells, words, strict=True)):
        cell.width = widths[place]
        paragraph = cell.paragraphs[0]
        centred = face is official.RANK_1 or place != 1
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
        paragraph.paragraph_format.line_spacing = Pt(20)
        official.write(paragraph, text, face, official.SMALL_4)
