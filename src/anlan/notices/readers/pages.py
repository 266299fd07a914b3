"""From the pages of a PDF or scan to one source: running headers and page numbers left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from anlan.notices.document import Paragraph, Repair, Row, Source
from anlan.notices.readers.layout import Line, TableLine

_PAGE_NUMBER = re.compile(
    r"[-—–－~·•\s]*\d{1,4}[-—–－~·•\s]*|第\s*\d{1,4}\s*页(?:[\s,，/]*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}"
)
# The model takes 门 for 内 in many fonts; 部内 is no word of a city's notice.
_MISREAD = re.compile(r"(?<!本)部内(?!部|容|设|外|司)")
_MARGIN = 0.12  # share of the page's height at top and bottom where headers and footers stand
_MIN_PAGES = 3  # a line must stand on this many pages to be a running header
_MIN_SHARE = 0.5
_FIGURES = re.compile(r"\d+")


@dataclass
class Page:
    """What was read on one page; ``height`` in the unit of the blocks; ``recognised``: by OCR."""

    blocks: list[Line | TableLine]
    height: float
    recognised: bool = False


def assemble(pages: Sequence[Page], kind: str, confidence: float | None = None) -> Source:
    """One source from all pages. What is left out stays in ``lines`` and is listed as a repair."""
    running = _running(pages)
    source = Source(lines=[], blocks=[], kind=kind, confidence=confidence)
    tables = 0
    for number, page in enumerate(pages, 1):
        for block in page.blocks:
            mend = _Mender(source if page.recognised else None)
            if isinstance(block, TableLine):
                _add_row(source, block, number, tables, mend)
            else:
                _add_line(source, block, number, _margin_kind(block, page, running), mend)
        tables += max((b.table for b in page.blocks if isinstance(b, TableLine)), default=0)
    return source


class _Mender:
    """Mends what the recognition surely misread and lists it; does nothing to typed text."""

    def __init__(self, source: Source | None) -> None:
        self._source = source

    def __call__(self, text: str) -> str:
        if self._source is None or not _MISREAD.search(text):
            return text
        line = len(self._source.lines) + 1
        self._source.repairs.append(Repair(line, "misread", "部内", "部门"))
        return _MISREAD.sub("部门", text)


def _add_row(source: Source, row: TableLine, page: int, tables: int, mend: _Mender) -> None:
    cells = tuple(map(mend, row.cells))
    source.lines.append("\t".join(cell.replace("\n", " ") for cell in cells))
    source.blocks.append(Row(cells, len(source.lines), page, tables + row.table))


def _add_line(source: Source, line: Line, page: int, margin: str | None, mend: _Mender) -> None:
    text = mend(line.text)
    source.lines.append(text)
    if margin is not None:
        source.repairs.append(Repair(len(source.lines), margin, text, ""))
    elif text.strip():
        source.blocks.append(Paragraph(text, len(source.lines), page))


def _margin_kind(line: Line, page: Page, running: set[str]) -> str | None:
    """The kind of repair if the line is a page number or a running header."""
    if not _in_margin(line, page):
        return None
    if _PAGE_NUMBER.fullmatch(line.text.strip()):
        return "page_number"
    return "running_header" if _pattern(line) in running else None


def _in_margin(line: Line, page: Page) -> bool:
    return line.bottom < _MARGIN * page.height or line.top > (1 - _MARGIN) * page.height


def _running(pages: Sequence[Page]) -> set[str]:
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update(
            {_pattern(b) for b in page.blocks if isinstance(b, Line) and _in_margin(b, page)}
        )
    needed = max(_MIN_PAGES, _MIN_SHARE * len(pages))
    return {pattern for pattern, count in seen.items() if count >= needed}


def _pattern(line: Line) -> str:
    return _FIGURES.sub("#", "".join(line.text.split()))
