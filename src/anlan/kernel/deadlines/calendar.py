"""Reckoning time limits by the Civil Code (articles 200 to 204) and China's official calendar.

Plain functions without Django. A period that is reckoned in days ends when its last day ends
(art. 203: at 24:00), so that its end is midnight in China: the first moment after it.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import chinese_calendar

CHINA = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


class NoCalendar(LookupError):
    """The official arrangement of holidays of that year is not known to this program."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"没有 {year} 年的节假日安排，不能判断工作日。"
            "国务院办公厅公布该年安排后，请更新程序包 chinesecalendar。"
        )


def is_working_day(day: date) -> bool:
    """Whether offices work on ``day``: make-up days count, holidays and weekends do not.

    By the State Council's yearly arrangement; NoCalendar for a year without one.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise NoCalendar(day.year) from None


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day`` (before it, if negative); ``day`` itself for 0.

    The first day does not count (art. 201). NoCalendar where the way leads into an unknown year.
    """
    step = _DAY if count > 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def add_months(day: date, count: int) -> date:
    """The corresponding day ``count`` months later, or that month's last day (art. 202)."""
    months = day.year * 12 + day.month - 1 + count
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def roll(day: date) -> date:
    """``day``, or the first working day behind it if it is a legal day of rest (art. 203)."""
    while not is_working_day(day):
        day += _DAY
    return day


def last_day(start: date, amount: int, unit: Unit) -> date:
    """The last day of a period of ``amount`` days, working days or months after ``start``.

    The day on which it starts does not count (art. 201); an end on a legal day of rest moves to
    the next working day (art. 203). ValueError for a negative amount or a unit below a day.
    """
    if amount < 0:
        raise ValueError(f"a period cannot last {amount} {unit}")
    match unit:
        case Unit.DAYS:
            return roll(start + amount * _DAY)
        case Unit.WORKING_DAYS:
            return add_working_days(start, amount)
        case Unit.MONTHS:
            return roll(add_months(start, amount))
        case _:
            raise ValueError(f"{unit} do not end with a day")


def due(start: datetime, amount: int, unit: Unit) -> datetime:
    """When a period that begins at ``start`` (aware) is over.

    Hours run from the very moment (art. 201, second paragraph) and do not roll; all else ends
    with the end of :func:`last_day` in China.
    """
    if start.tzinfo is None:
        raise ValueError("a period begins at an aware moment")
    if unit == Unit.HOURS:
        if amount < 0:
            raise ValueError(f"a period cannot last {amount} {unit}")
        return start + timedelta(hours=amount)
    return end_of(last_day(day_of(start), amount, unit))


def end_of(day: date) -> datetime:
    """The end of ``day`` in China: the midnight that follows it."""
    return datetime.combine(day + _DAY, time(), CHINA)


def day_of(moment: datetime) -> date:
    """The day in China on which ``moment`` lies."""
    return moment.astimezone(CHINA).date()


def ends_with_day(end: datetime) -> bool:
    """Whether a period that ends at ``end`` ends with a day, not within one."""
    return end.astimezone(CHINA).time() == time()


def last_day_of(end: datetime) -> date:
    """The last day that belongs to a period which ends at ``end``."""
    return day_of(end - timedelta(microseconds=1))


@dataclass(frozen=True)
class Arrangement:
    """How the State Council's arrangement makes a day differ from a common week: ``off`` with the
    holiday's name, or a day of the weekend on which offices work for it."""

    off: bool
    name: str


def arrangement(day: date) -> Arrangement | None:
    """What was arranged for ``day``; None for a common working day or weekend, and for a year
    without an arrangement (see :class:`NoCalendar`)."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    if name is None:
        return None
    return Arrangement(bool(off), str(chinese_calendar.Holiday(name).chinese))


def is_arranged(year: int) -> bool:
    """Whether the holidays of the year are known to this program."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
