"""The questions that a careful clerk would put to the drafters before a notice is published.

Each remark says in Chinese what stands in the notice and what should be written instead. The list
is ordered by weight (the order of ``RemarkKind``), within one kind by place in the notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from anlan.notices.document import Notice, Remark, TableRow
from anlan.notices.kinds import RemarkKind
from anlan.notices.places import Places
from anlan.notices.remarks.amounts import amounts, contradictions
from anlan.notices.remarks.layout import layout, wording
from anlan.notices.remarks.owners import owners
from anlan.notices.remarks.placing import placed
from anlan.notices.remarks.repetition import repetition

__all__ = ["RemarkKind", "remarks"]

_WEIGHT = {kind: weight for weight, kind in enumerate(RemarkKind)}


def remarks(notice: Notice, known_units: Collection[str] | None = None) -> list[Remark]:
    """All remarks on ``notice``.

    ``known_units`` are the names of the organisation tree; without them no unit is called unknown.
    ``notice.differences`` must be filled before: contradicting figures come from there too.
    """
    places = Places(notice)
    found = [
        *owners(notice, known_units, places),
        *contradictions(notice),
        *repetition(notice, places),
        *layout(notice),
    ]
    rows: defaultdict[int | None, list[TableRow]] = defaultdict(list)
    for row in notice.table:
        rows[row.item].append(row)
    for item in notice.items:
        remarks_on_item = [*amounts(item, rows[item.number]), *wording(item)]
        found += [placed(remark, places.chapter(item)) for remark in remarks_on_item]
    once = {(each.item, each.kind, each.text): each for each in found}  # a sentence may stand twice
    return sorted(once.values(), key=lambda remark: _WEIGHT[RemarkKind(remark.kind)])
