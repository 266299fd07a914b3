"""The assignment table as a Word document in official layout."""

from __future__ import annotations

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from anlan.intake.exports.assignments import HEADINGS, AssignmentTable
from anlan.kernel import official

# Together the 225 mm of the turned type area.
WIDTHS = (Mm(13), Mm(32), Mm(104), Mm(50), Mm(26))
LINE = Pt(18)
WHOLE = 240  # characters of content: a row of no more is not cut in two (half a page)
_MIDDLE = (0, 1, 4)  # short columns stand in the middle, long texts run from the left


def docx(table: AssignmentTable) -> bytes:
    """The file: A4 turned, the head of the table on every page."""
    document = official.paper(across=True)
    official.title(document, table.title)
    if table.marks:
        official.centred(document, "".join(f"（{mark}）" for mark in table.marks))
    official.centred(document, table.source)
    rows = sum(len(chapter.rows) for chapter in table.chapters)
    heads = sum(bool(chapter.name) for chapter in table.chapters)
    _fill(_grid(document, 1 + rows + heads), table)
    return official.content(document)


def _grid(document: Document, rows: int) -> Table:
    grid = document.add_table(rows=rows, cols=len(HEADINGS))
    grid.style = "Table Grid"
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    for column, width in zip(grid.columns, WIDTHS, strict=True):
        column.width = width
    return grid


def _fill(grid: Table, table: AssignmentTable) -> None:
    rows = iter(grid.rows)
    head = next(rows)
    _mark(head, "w:cantSplit", "w:tblHeader")  # it heads the table on every page
    for place, words in enumerate(HEADINGS):
        _cell(head.cells[place], words, place, official.RANK_1, middle=True)
    for chapter in table.chapters:
        if chapter.name:
            _chapter(next(rows), chapter.name)
        for row in chapter.rows:
            line = next(rows)
            if len(row.text) <= WHOLE:
                _mark(line, "w:cantSplit")
            cells = line.cells
            for place, words in enumerate(row.cells):
                _cell(cells[place], words, place, middle=place in _MIDDLE)


def _chapter(row: _Row, name: str) -> None:
    cells = row.cells
    whole = cells[0].merge(cells[-1])
    _write(whole, name, official.RANK_1, middle=False)
    whole.paragraphs[0].paragraph_format.keep_with_next = True


def _cell(
    cell: _Cell, words: str, place: int, face: official.Face = official.BODY, *, middle: bool
) -> None:
    cell.width = WIDTHS[place]
    _write(cell, words, face, middle=middle)


def _write(cell: _Cell, words: str, face: official.Face, *, middle: bool) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    size: Length = official.SMALL_4
    for number, words_of_line in enumerate(words.split("\n")):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        spacing = paragraph.paragraph_format
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.JUSTIFY
        _off_grid(paragraph)
        official.write(paragraph, words_of_line, face, size)


def _off_grid(paragraph: Paragraph) -> None:
    """The grid of 22 lines is for the body: a table's smaller lines do not keep to it."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(
        snap, "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:rPr"
    )


def _mark(row: _Row, *names: str) -> None:
    properties = row._tr.get_or_add_trPr()
    for name in names:
        properties.append(OxmlElement(name))
