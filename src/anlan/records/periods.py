"""The stretches of time by which people look at records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from anlan.kernel.deadlines.calendar import add_months

Span = tuple[date, date]
_DAY = timedelta(days=1)


def _months(first: date, count: int) -> Span:
    return first, add_months(first, count) - _DAY


def _month(today: date) -> Span:
    return _months(today.replace(day=1), 1)


def _last_month(today: date) -> Span:
    return _months(add_months(today.replace(day=1), -1), 1)


def _quarter(today: date) -> Span:
    return _months(date(today.year, today.month - (today.month - 1) % 3, 1), 3)


def _first_half(today: date) -> Span:
    return date(today.year, 1, 1), date(today.year, 6, 30)


def _second_half(today: date) -> Span:
    return date(today.year, 7, 1), date(today.year, 12, 31)


def _year(today: date) -> Span:
    return date(today.year, 1, 1), date(today.year, 12, 31)


def _last_year(today: date) -> Span:
    return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)


_SPANS: dict[str, tuple[str, Callable[[date], Span]]] = {
    "month": ("本月", _month),
    "last_month": ("上月", _last_month),
    "quarter": ("本季度", _quarter),
    "first_half": ("上半年", _first_half),
    "second_half": ("下半年", _second_half),
    "year": ("今年", _year),
    "last_year": ("去年", _last_year),
}
PERIODS = [(key, label) for key, (label, _) in _SPANS.items()]


def span(key: str, today: date) -> Span:
    """The first and the last day of the period that ``key`` names, seen from ``today``."""
    return _SPANS[key][1](today)
