"""The fixed days of the year, as ``data/calendar.yaml`` says them. No database.

The file is checked when it is read: a mistake in it is a :class:`CalendarFactsError` that names the
entry.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

FILE = settings.BASE / "data" / "calendar.yaml"
_DAY = timedelta(days=1)
_KEYS = {"code", "name", "source", "todo", "who", "remind", "years", "verified"}
_RULES = ("date", "from", "week_with", "last_weekday")


class CalendarFactsError(Exception):
    """The file contradicts itself. The message is Chinese and names the entry."""


@dataclass(frozen=True)
class Span:
    """Both days belong to it."""

    first: date
    last: date

    def overlaps(self, other: Span) -> bool:
        return self.first <= other.last and self.last >= other.first

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class FixedDay:
    """A day or stretch of each year. ``groups`` and ``organisations`` are the codes of whom it
    concerns; ``remind``: how many days before the first day they are told, longest first.

    ``verified`` False: the date's rule or whom it concerns is an assumption.
    """

    code: str
    name: str
    source: str
    todo: str
    verified: bool
    groups: tuple[str, ...]
    organisations: tuple[str, ...]
    remind: tuple[int, ...]
    rule: Callable[[int], Span]
    announced: Mapping[int, Span]

    def of(self, year: int) -> Span:
        """Its days of the year: as announced, else by the rule."""
        return self.announced.get(year) or self.rule(year)


def occurrences(within: Span) -> Iterator[tuple[FixedDay, Span]]:
    """The fixed days that lie in the stretch or reach into it, in the order of their first days."""
    years = range(within.first.year, within.last.year + 1)
    found = [(day, day.of(year)) for day in fixed_days() for year in years]
    yield from sorted(
        ((day, span) for day, span in found if span.overlaps(within)),
        key=lambda pair: (pair[1].first, -pair[1].days, pair[0].code),
    )


@cache
def fixed_days() -> tuple[FixedDay, ...]:
    """All of the file."""
    return read(FILE)


def read(file: Path) -> tuple[FixedDay, ...]:
    """The fixed days that the file names; CalendarFactsError if it contradicts itself."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    found = [_day(entry, content.get("verified", True)) for entry in content["days"]]
    codes = [each.code for each in found]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise CalendarFactsError(f"{file.name}：{'、'.join(sorted(twice))} 写了两次")
    return tuple(found)


def _day(entry: dict[str, Any], verified: bool) -> FixedDay:
    code = str(entry.get("code", "?"))
    try:
        unknown = entry.keys() - _KEYS - {*_RULES, "to"}
        if unknown or not entry["remind"]:
            raise CalendarFactsError(f"不认识 {sorted(unknown)}，或没有提醒天数")
        made = FixedDay(
            code=code,
            name=entry["name"],
            source=entry["source"],
            todo=entry["todo"],
            verified=entry.get("verified", verified),
            groups=tuple(entry["who"].get("groups", ())),
            organisations=tuple(entry["who"].get("organisations", ())),
            remind=tuple(sorted(entry["remind"], reverse=True)),
            rule=_rule(entry),
            announced={year: _span(**each) for year, each in entry.get("years", {}).items()},
        )
        for year in (2024, 2025):  # with a leap day and without
            made.rule(year)
    except (KeyError, TypeError, ValueError, AttributeError, CalendarFactsError) as error:
        raise CalendarFactsError(f"日历中“{code}”写得不对：{error}") from error
    return made


def _rule(entry: dict[str, Any]) -> Callable[[int], Span]:
    given = [name for name in _RULES if name in entry]
    if len(given) != 1:
        raise CalendarFactsError(f"日期要写且只写一种：{'、'.join(_RULES)}")
    at = entry[given[0]]
    match given[0]:
        case "date":
            return lambda year: Span(date(year, **at), date(year, **at))
        case "from":
            until = entry["to"]
            return lambda year: _span(date(year, **at), date(year, **until))
        case "week_with":
            return lambda year: _week(date(year, **at))
        case _:
            return lambda year: _last_weekday(year, **at)


def _span(first: date | None = None, last: date | None = None, **named: date) -> Span:
    """``from`` and ``to`` are words of Python, so that the file's names come by ``named``."""
    begins, ends = first or named["from"], last or named["to"]
    if not isinstance(begins, date) or not isinstance(ends, date) or begins > ends:
        raise CalendarFactsError(f"{begins} 至 {ends} 不是一段日期")
    return Span(begins, ends)


def _week(day: date) -> Span:
    """From Monday to Sunday."""
    monday = day - day.weekday() * _DAY
    return Span(monday, monday + 6 * _DAY)


def _last_weekday(year: int, month: int, weekday: int) -> Span:
    """The month's last Monday (0) to Sunday (6)."""
    last = date(year, month, calendar.monthrange(year, month)[1])
    day = last - ((last.weekday() - weekday) % 7) * _DAY
    return Span(day, day)
