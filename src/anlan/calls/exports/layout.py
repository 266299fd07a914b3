"""Sections and tables of the calls' official papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from anlan.kernel import official


def section(document: official.Document, heading: str, words: Iterable[str]) -> None:
    """A heading of the first rank and its paragraphs."""
    head = official.line(document, heading, official.RANK_1)
    head.paragraph_format.keep_with_next = True
    for each in words:
        official.line(document, each)


def table(
    document: official.Document, headings: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    """A table with its headings; nothing for no rows."""
    listed = list(rows)
    if not listed:
        return
    made = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    _row(made.rows[0].cells, headings, official.RANK_1)
    for each in listed:
        _row(made.add_row().cells, each, official.BODY)


def _row(cells: Sequence[Any], words: Iterable[str], face: official.Face) -> None:
    for cell, text in zip(cells, words, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing = Pt(20)
        official.write(paragraph, text, face, official.SMALL_4)


def more(change: int) -> str:
    """没有变化, 增加3项, 减少2项."""
    if change == 0:
        return "没有变化"
    return f"增加{change}项" if change > 0 else f"减少{-change}项"
