"""The further columns of a table (完成时限, 备注), which stand behind a row's text by their names.

A column that the body does not have contradicts nothing; a date in it may.
"""

from __future__ import annotations

import re

from anlan.notices.document import Difference
from anlan.notices.kinds import DifferenceKind
from anlan.notices.notes import split as split_notes

_DATE = re.compile(
    r"(?:20\d\d年)?(?:\d{1,2}月(?:\d{1,2}日|底|末|[上中下]旬)?|年底|年末|[上下]半年|第?[一二三四]季度)"
)
_YEAR = re.compile(r"20\d\d年")


def split(text: str) -> tuple[str, list[str]]:
    """A row's own text, and the lines ``name：value`` of its further columns."""
    own, notes = split_notes(text)
    return own, [note.line for note in notes]


def sets_date(text: str) -> bool:
    """Whether a further column of the row with this text gives a date."""
    return any(_dates(column) for column in split(text)[1])


def compare_columns(number: int | None, body: str, columns: list[str]) -> list[Difference]:
    """Dates of the table's columns that the body does not give, or gives otherwise."""
    known = _dates(body)
    found = []
    for column in columns:
        dates = _dates(column)
        if not dates or dates & known:
            continue
        if known:
            quote = "、".join(sorted(known))
            found.append(Difference(number, DifferenceKind.NUMBER, quote, column))
        else:
            found.append(Difference(number, DifferenceKind.TEXT_ONLY_IN_TABLE, "", column))
    return found


def _dates(text: str) -> set[str]:
    words = "".join(text.split()).replace("年末", "年底").replace("月末", "月底")
    return {_YEAR.sub("", match[0]) for match in _DATE.finditer(words)}
