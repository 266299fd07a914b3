"""The stretches of a year over which a clause is measured."""

from __future__ import annotations

from datetime import date, timedelta

from anlan.kernel.errors import Refused

# The days a duty can be about: beyond them a date is a slip of the pen, and reckoning fails.
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
MONTHS = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}


def require_possible(day: date) -> None:
    """Refused if ``day`` cannot be the date of a duty."""
    if not FIRST <= day <= LAST:
        raise Refused(
            "date_impossible", f"日期须在 {FIRST} 至 {LAST} 之间（填写的是 {day}），请核对年份。"
        )


def spans(year: int, *, period: str = "", deadline: date | None = None) -> list[tuple[date, date]]:
    """First and last day of each stretch: one per period of ``year``, or one up to ``deadline``.

    A deadline before the year begins on its own year's 1 January. Without either: the year.
    """
    if deadline:
        return [(date(min(year, deadline.year), 1, 1), deadline)]
    months = MONTHS.get(period, 12)
    starts = [date(year, month, 1) for month in range(1, 13, months)]
    return [(start, _before_next(start, months)) for start in starts]


def _before_next(start: date, months: int) -> date:
    month = start.month + months
    following = date(start.year + (month > 12), (month - 1) % 12 + 1, 1)
    return following - timedelta(days=1)


def name(period: str, start: date) -> str:
    """What people call the stretch from ``start``: 上半年, 第二季度, 3 月; empty for a year."""
    if period == "half_year":
        return "上半年" if start.month == 1 else "下半年"
    if period == "quarter":
        return f"第{'一二三四'[start.month // 3]}季度"
    return f"{start.month} 月" if period == "month" else ""
