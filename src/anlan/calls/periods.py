"""The stretch of time that a call is the call of: plain arithmetic, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from anlan.calls.choices import CallKind
from anlan.kernel.deadlines.calendar import add_months


@dataclass(frozen=True)
class Period:
    """From ``first`` through ``last``, both days included."""

    kind: CallKind
    first: date
    last: date

    @property
    def name(self) -> str:
        """2026年第1周, 2026年1月; a week has the number and the year of ISO 8601 (GB/T 7408.1)."""
        if self.kind == CallKind.WEEKLY:
            iso = self.first.isocalendar()
            return f"{iso.year}年第{iso.week}周"
        return f"{self.first.year}年{self.first.month}月"

    @property
    def title(self) -> str:
        """2026年第1周调度."""
        return f"{self.name}调度"

    def before(self, day: date) -> date:
        """The day a week, or a month, before ``day``."""
        return day - timedelta(days=7) if self.kind == CallKind.WEEKLY else add_months(day, -1)


def period(kind: str, day: date) -> Period:
    """The week (Monday to Sunday) or the month in which ``day`` lies."""
    if kind == CallKind.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return Period(CallKind.WEEKLY, monday, monday + timedelta(days=6))
    first = day.replace(day=1)
    return Period(CallKind.MONTHLY, first, add_months(first, 1) - timedelta(days=1))
