"""The questions that a careful clerk would put to the drafters before a notice is published.

Each remark says in Chinese what stands in the notice and what should be written instead. The list
is ordered by weight (the order of ``RemarkKind``), within one kind by place in the notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from anlan.notices.document import Chapter, Notice, Remark, TableRow
from anlan.notices.kinds import RemarkKind
from anlan.notices.remarks.amounts import amounts, contradictions
from anlan.notices.remarks.layout import layout, wording
from anlan.notices.remarks.owners import owners
from anlan.notices.remarks.repetition import repetition

__all__ = ["RemarkKind", "remarks"]

_WEIGHT = {kind: weight for weight, kind in enumerate(RemarkKind)}


def remarks(notice: Notice, known_units: Collection[str] | None = None) -> list[Remark]:
    """All remarks on ``notice``.

    ``known_units`` are the names of the organisation tree; without them no unit is called unknown.
    ``notice.differences`` must be filled before: contradicting figures come from there too.
    """
    found = [
        *owners(notice, known_units),
        *contradictions(notice),
        *repetition(notice),
        *layout(notice),
    ]
    rows: defaultdict[int | None, list[TableRow]] = defaultdict(list)
    for row in notice.table:
        rows[row.item].append(row)
    for chapter in notice.chapters:
        for item in chapter.items:
            found += _placed(chapter, [*amounts(item, rows[item.number]), *wording(item)])
    return sorted(found, key=lambda remark: _WEIGHT[RemarkKind(remark.kind)])


def _placed(chapter: Chapter, found: list[Remark]) -> list[Remark]:
    """An item without number is found by the title of its chapter."""
    return [
        Remark(None, each.kind, f"“{chapter.title}”部分：{each.text}")
        if each.item is None and chapter.title
        else each
        for each in found
    ]
