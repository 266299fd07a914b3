"""Where the body of a notice and its table of assignments disagree.

White space, full- and half-width forms and the order of units are no differences. The list is
ordered by weight (the order of ``DifferenceKind``), within one kind by place in the notice.
"""

from __future__ import annotations

from dataclasses import replace

from anlan.notices.differences.columns import compare_columns
from anlan.notices.differences.pairing import Pair, pair_up
from anlan.notices.differences.texts import compare_texts, compare_titles
from anlan.notices.differences.units import compare_units
from anlan.notices.document import Difference, Notice, TableRow
from anlan.notices.kinds import DifferenceKind
from anlan.notices.places import Places

__all__ = ["DifferenceKind", "compare"]

_WEIGHT = {kind: weight for weight, kind in enumerate(DifferenceKind)}
_QUOTED_IF_UNTITLED = 40  # characters of an item without title that name it


def compare(notice: Notice) -> list[Difference]:
    """All differences between body and table; empty where the notice has no table."""
    if not notice.table:
        return []
    pairing, places = pair_up(notice), Places(notice)
    titled = any(row.title for row in notice.table)
    found = [
        Difference(
            item.number,
            DifferenceKind.MISSING_ROW,
            _name(item.title, item.text),
            "",
            places.chapter(item),
        )
        for item in pairing.without_row
    ]
    found += [_missing_item(rows[0]) for rows in pairing.without_item]
    for pair in pairing.pairs:
        chapter = places.chapter(pair.item)
        found += [replace(each, chapter=chapter) for each in _compare_pair(pair, titled)]
    return sorted(found, key=lambda difference: _WEIGHT[DifferenceKind(difference.kind)])


def _compare_pair(pair: Pair, titled: bool) -> list[Difference]:
    number = pair.number
    found = compare_titles(number, pair.item.title, pair.title) if titled else []
    found += [Difference(number, DifferenceKind.PART_MISSING, t, "") for t in pair.parts_only_body]
    found += [Difference(number, DifferenceKind.PART_MISSING, "", t) for t in pair.parts_only_table]
    for side in pair.assignments:
        found += compare_units(number, side.body, side.table)
    for texts in pair.texts if any(texts.table.strip() for texts in pair.texts) else []:
        found += compare_texts(number, texts.body, texts.table)
    whole = "\n".join([pair.item.text, *(part.text for part in pair.item.parts)])
    return found + compare_columns(number, whole, pair.columns)


def _missing_item(row: TableRow) -> Difference:
    return Difference(row.item, DifferenceKind.MISSING_ITEM, "", _name(row.title, row.text))


def _name(title: str | None, text: str) -> str:
    return title or text.strip()[:_QUOTED_IF_UNTITLED]
