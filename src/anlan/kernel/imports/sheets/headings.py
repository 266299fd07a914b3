"""Finding the columns of a sheet by the words above them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# What people put around a heading: blanks and line breaks, the mark of a required column, a colon.
_AROUND = re.compile(r"[\s*:\u200b-\u200d\u2060\ufeff]+")
_NEED = re.compile(r"\((?:必填|选填)\)")
ASIDE = ("序号", "行号", "问题")  # stand in our own templates and reports, and are not imported


@dataclass(frozen=True)
class Wanted:
    """A column that an importer asks for."""

    key: str
    label: str
    required: bool = False


@dataclass(frozen=True)
class Match:
    """Which place (from 0) holds which key; headings that are nobody's; what is wrong."""

    places: dict[str, int]
    unknown: list[str]
    twice: list[str]
    missing: list[str]


def normal(heading: object) -> str:
    """The form under which two spellings of one heading are equal.

    >>> normal("＊统一社会\\n信用代码 ") == normal("统一社会信用代码")
    True
    >>> normal("面积（㎡）（必填）") == normal("面积(m2)")
    True
    """
    folded = unicodedata.normalize("NFKC", str(heading or "")).casefold()
    return _NEED.sub("", _AROUND.sub("", folded))


def match(wanted: Sequence[Wanted], cells: Sequence[object]) -> Match:
    """Hold a row of the sheet against the wanted columns; ValueError if two of these look alike."""
    by_name = {normal(each.label): each for each in wanted}
    if len(by_name) != len(wanted):
        raise ValueError("two columns have the same heading")
    places: dict[str, int] = {}
    unknown, twice = [], []
    for place, cell in enumerate(cells):
        if not (name := normal(cell)):
            continue
        column = by_name.get(name)
        if column is None:
            unknown.append(str(cell).strip())
        elif column.key in places:
            twice.append(column.label)
        else:
            places[column.key] = place
    missing = [each.label for each in wanted if each.required and each.key not in places]
    aside = {normal(each) for each in ASIDE}
    return Match(places, [each for each in unknown if normal(each) not in aside], twice, missing)
