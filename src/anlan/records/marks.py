"""The marks of a record: what is unusual about it, judged from facts without the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from anlan.kernel.deadlines.calendar import NoCalendar, is_working_day
from anlan.records.choices import MarkKind

LONGEST = 300


@dataclass(frozen=True)
class Facts:
    """What is known of a record when it is submitted.

    ``entered_on``: the day of its first submission. ``submitted``: how many records its unit has
    submitted within the hour, with this one. ``reused``, ``misplaced``: what the flags of its
    evidence say. ``taken``: the days on which its photographs were taken. ``namesake``: the name
    of the type of another record of the unit with the same title and day.
    """

    held_on: date
    last_day: date
    entered_on: date
    imported: bool = False
    submitted: int = 1
    meeting: bool = False
    namesake: str = ""
    reused: Sequence[str] = ()
    misplaced: Sequence[str] = ()
    taken: Sequence[date] = field(default_factory=tuple)


def judge(facts: Facts, *, late_days: int, bulk_hour: int) -> dict[MarkKind, str]:
    """The marks that the facts earn, with what is said to the verifier."""
    said = {
        MarkKind.LATE: _late(facts, late_days),
        MarkKind.BULK: _bulk(facts, bulk_hour),
        MarkKind.PHOTO: "".join(dict.fromkeys(facts.reused)),
        MarkKind.SCENE: _scene(facts),
        MarkKind.TITLE: f"本单位同一天还有一条同名的“{facts.namesake}”记录。"
        if facts.namesake
        else "",
        MarkKind.REST: _rest(facts),
    }
    return {kind: text[:LONGEST] for kind, text in said.items() if text}


def _late(facts: Facts, late_days: int) -> str:
    days = (facts.entered_on - facts.last_day).days
    return f"工作完成 {days} 天后才提交（{late_days} 天内为及时）。" if days > late_days else ""


def _bulk(facts: Facts, bulk_hour: int) -> str:
    if facts.imported:
        return "由 Excel 批量导入。"
    if facts.submitted >= bulk_hour:
        return f"本单位一小时内已提交 {facts.submitted} 条。"
    return ""


def _scene(facts: Facts) -> str:
    early = sorted({day for day in facts.taken if day < facts.held_on})
    said = [f"照片拍摄于 {day}，早于工作日期 {facts.held_on}。" for day in early]
    return "".join(dict.fromkeys([*said, *facts.misplaced]))


def _rest(facts: Facts) -> str:
    """A year whose holidays are not known here is not judged."""
    try:
        works = is_working_day(facts.held_on)
    except NoCalendar:
        return ""
    return "" if works or not facts.meeting else f"{facts.held_on} 是法定休息日。"
