"""Tables in plain text: cells between tabs (copied from an office program) or between ``|``."""

from __future__ import annotations

import re

from anlan.notices.document import Row

_BETWEEN = re.compile(r"</p>\s*<p>|<br\s*/?>", re.IGNORECASE)
_PARAGRAPH_TAG = re.compile(r"</?p>", re.IGNORECASE)
_PIPE_RULE = re.compile(r"\s*\|(?:\s*:?-{2,}:?\s*\|)+\s*")
# 一、<tab>…, 1.<tab>…: an automatic number copied with its text, not a table
_NUMBERED = re.compile(r"\s*[（(]?[一二三四五六七八九十\d]+[）)、.．]?\s*")
_MIN_COLUMNS = 3


def rows_of(lines: list[str]) -> dict[int, Row | None]:
    """The lines (counted from 1) that are table rows; None for the rule ``|---|`` under a head.

    A blank line does not end a table.
    """
    rows: dict[int, Row | None] = {}
    width = 0
    for number, line in enumerate(lines, 1):
        cells = _cells(line)
        if _PIPE_RULE.fullmatch(line):
            if width:
                rows[number] = None
        elif cells is not None and _is_row(cells, width):
            width = max(width, len(cells))
            rows[number] = Row(tuple(map(_cell, cells)), number)
        elif cells is None and line.strip():
            width = 0
    return rows


def _cells(line: str) -> list[str] | None:
    if "\t" in line:
        return line.split("\t")
    return line.strip().strip("|").split("|") if line.lstrip().startswith("|") else None


def _is_row(cells: list[str], width: int) -> bool:
    if width and len(cells) > 1:
        return True
    filled = [cell for cell in cells if cell.strip()]
    if len(cells) >= _MIN_COLUMNS and len(filled) > 1:
        return True
    return len(cells) > 1 and len(filled) > 1 and not _NUMBERED.fullmatch(filled[0])


def _cell(text: str) -> str:
    return _PARAGRAPH_TAG.sub("", _BETWEEN.sub("\n", text))
