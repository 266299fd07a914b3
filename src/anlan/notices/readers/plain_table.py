"""Tables in plain text: cells between tabs (copied from an office program) or between ``|``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anlan.notices.document import Row

_BETWEEN = re.compile(r"</p>\s*<p>|<br\s*/?>", re.IGNORECASE)
_PARAGRAPH_TAG = re.compile(r"</?p>", re.IGNORECASE)
_PIPE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*")
# 一、<tab>…, 1.<tab>…: an automatic number copied with its text, not a table
_NUMBERED = re.compile(r"\s*[（(]?[一二三四五六七八九十\d]+[）)、.．]?\s*")
_MIN_COLUMNS = 3


def rows_of(lines: list[str]) -> dict[int, Row]:
    """The lines (counted from 1) that are table rows. A blank line does not end a table."""
    rows: dict[int, Row] = {}
    width = 0
    for number, cells in _candidates(lines):
        if cells is None:
            width = 0
        elif _is_row(cells, width):
            width = max(width, len(cells))
            rows[number] = Row(tuple(map(_cell, cells)), number)
    return rows


def _candidates(lines: list[str]) -> Iterable[tuple[int, list[str] | None]]:
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            yield number, line.split("\t")
        elif line.lstrip().startswith("|"):
            if not _PIPE_RULE.fullmatch(line):
                yield number, line.strip().strip("|").split("|")
        elif line.strip():
            yield number, None


def _is_row(cells: list[str], width: int) -> bool:
    if width and len(cells) > 1:
        return True
    filled = [cell for cell in cells if cell.strip()]
    if len(cells) >= _MIN_COLUMNS and len(filled) > 1:
        return True
    return len(cells) > 1 and len(filled) > 1 and not _NUMBERED.fullmatch(filled[0])


def _cell(text: str) -> str:
    return _PARAGRAPH_TAG.sub("", _BETWEEN.sub("\n", text))
