"""When to remind before a meeting: while people work. Plain arithmetic, no database."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from anlan.kernel.deadlines.calendar import CHINA, NoCalendar, is_working_day

# Assumption: hours of work in which somebody can still act on a reminder the same day.
HOURS = ((time(8, 30), time(12)), (time(14, 30), time(17)))


def hours_before(wanted: int, meets_at: datetime, now: datetime) -> int:
    """How many hours before the meeting to remind: ``wanted``, or the fewest beyond that lie in
    hours of work. None of those is left since ``now``: ``wanted``, for late is better than never.
    """
    hours = wanted
    while (moment := meets_at - timedelta(hours=hours)) > now:
        if _works(moment.astimezone(CHINA)):
            return hours
        hours += 1
    return wanted


def _works(moment: datetime) -> bool:
    return _working(moment) and any(begin <= moment.time() < end for begin, end in HOURS)


def _working(moment: datetime) -> bool:
    """By the official calendar; Monday to Friday in a year whose holidays are not known yet."""
    try:
        return is_working_day(moment.date())
    except NoCalendar:
        return moment.weekday() < 5
