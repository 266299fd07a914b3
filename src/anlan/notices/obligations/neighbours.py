"""What a clause takes from its neighbours: a date, a period, a case; and where a clause is cut."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from anlan.notices.document import ObligationKind
from anlan.notices.obligations.measures import Measure

SCOPES = (ObligationKind.CONDITION, ObligationKind.TRIGGER)
_ACHIEVES = re.compile(
    r"^[^，]{0,24}?(?:基本|全面|力争|确保|全部)?(?<!未)(?:完成|建成|实现|达到|建立|形成|出台|印发).*(?<!的)$"
)
_ACTS = re.compile(r"开展|进行|给予|实施|采取|予以|实行")
_MODAL = re.compile(r"应当?|必须|须|要")
_WHEN = re.compile(r"(?:达到|超过|发生|低于|高于|大于|不足).*\d.*时$")


def governed(words: str, measures: list[Measure], day: date) -> list[Measure]:
    """年底前实现A，完成B，建成C: B and C are due by the same day."""
    if measures:
        due = [each.takes_date and each.op in (">=", ">", "all") for each in measures]
        dated = zip(measures, due, strict=True)
        return [replace(each, deadline=day) if takes else each for each, takes in dated]
    if _ACHIEVES.match(words):
        return [Measure(0, len(words), ObligationKind.DEADLINE, deadline=day)]
    return []


def of_those(measures: list[Measure], before: list[Measure]) -> list[Measure]:
    """每年演练2次，其中夜间演练1次: the part is counted in the period of the whole."""
    whole = before[-1] if before else None
    if whole is None or whole.kind is not ObligationKind.FREQUENCY:
        return measures
    return [
        replace(each, kind=whole.kind, period=whole.period)
        if each.takes_date and each.unit == whole.unit
        else each
        for each in measures
    ]


def follows(readings: list[list[Measure]], waiting: list[int]) -> bool:
    """Whether the waiting clauses say what happens in the case set right before them."""
    before = readings[waiting[0] - 1] if waiting and waiting[0] else []
    return any(each.kind in SCOPES for each in before)


def sets_condition(words: str) -> bool:
    """发生2起以上的, 对超过30天未整改的隐患: what follows the comma happens in this case."""
    if words.endswith(("的", "者")) or _WHEN.search(words):
        return True
    scope = words.startswith(("对", "凡")) and "的" in words[-14:]
    return scope and not _ACTS.search(words)


def is_tail(words: str, measures: list[Measure]) -> bool:
    """Whether a clause is nothing but its measure (，每日不少于2次) and so ends the one before."""
    return len(measures) == 1 and len(words) - (measures[0].end - measures[0].start) <= 2


def joint(words: str, first: Measure, second: Measure) -> int | None:
    """Where to cut between two measures of a clause: after the first joint outside brackets.

    Where the first says whom the second binds, the modal begins the second, and 、 does not cut.
    """
    start, end = first.end, second.start
    if first.kind in SCOPES:
        modal = _MODAL.search(words, start, end)
        if modal:
            return modal.start()
    bracket = words.rfind("（", start, end)
    if bracket >= 0 and words.find("）", bracket, end) < 0:
        return bracket
    bound = first.kind in SCOPES and second.kind not in SCOPES
    joints = "，" if bound else "、或并，"
    depth = words.count("（", 0, start) - words.count("）", 0, start)
    for place in range(start, end):
        depth += (words[place] in "（(") - (words[place] in "）)")
        if depth == 0 and words[place] in joints:
            return place + 1
    return None
