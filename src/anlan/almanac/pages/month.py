"""A month as a grid, the rest of the year as a list, one day, and the fixed days with sources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from anlan.almanac import policies
from anlan.almanac.days import Span, fixed_days
from anlan.almanac.entries import Entry, Kind, entries
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.deadlines.calendar import Arrangement, add_months, arrangement, is_arranged
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Group, Organisation
from anlan.kernel.ui.lists import Empty
from anlan.plan import selectors as plan
from anlan.plan.pages.lists import DUTIES
from anlan.plan.periods import FIRST, LAST

DUE = replace(
    DUTIES,
    key="almanac.due",
    filters=tuple(each for each in DUTIES.filters if each.key != "plan"),
    empty=Empty("这一天没有到期的任务"),
)
_DAY = timedelta(days=1)
_WEEKEND = 5  # Saturday, by date.weekday()


@dataclass(frozen=True)
class Day:
    """One day of a page: ``other`` lies in another month than the page's; ``begin`` are the
    entries whose first day it is."""

    date: date
    begin: list[Entry]
    other: bool
    today: bool
    arranged: Arrangement | None

    @property
    def weekend(self) -> bool:
        return self.date.weekday() >= _WEEKEND

    @property
    def rest(self) -> bool:
        """Whether offices are closed."""
        return self.arranged.off if self.arranged else self.weekend

    @property
    def quiet(self) -> bool:
        """Nothing to say of it: left out on a phone."""
        return not (self.begin or self.today or self.arranged)

    @property
    def classes(self) -> str:
        marks = {
            "is-other": self.other, "is-today": self.today, "is-rest": self.rest,
            "is-quiet": self.quiet,
        }  # fmt: skip
        return " ".join(name for name, holds in marks.items() if holds)


@page(policies.VIEW)
def month(request: Request) -> HttpResponse:
    """The chosen month; ``view=list``: from there to the end of its year."""
    today = timezone.localdate()
    first, understood = _chosen(request, today)
    as_list = request.GET.get("view") == "list"
    last = date(first.year, 12, 31) if as_list else add_months(first, 1) - _DAY
    within = Span(first, last) if as_list else _weeks(first, last)
    found = entries(request.actor, within, counts=True)
    context = {
        "first": first,
        "as_list": as_list,
        "days": _listed(found, within, today) if as_list else _grid(found, within, first, today),
        "going_on": [e for e in found if e.span.days > 1 and e.span.overlaps(Span(first, last))],
        "unpublished": not is_arranged(first.year),
        "understood": understood,
        "months": _months(first, today),
        "unverified": any(not each.verified for each in fixed_days()),
        "kinds": [(each.value, each.label) for each in Kind],
    }
    return render(request, "almanac/month.html", context)


@page(policies.VIEW)
def day(request: Request, day: str) -> HttpResponseBase:
    """One day: what stands in the calendar, and all duties due on it that the viewer sees."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Unknown("没有这一天，日期要写成 2025-03-01 的样子。") from None
    found = entries(request.actor, Span(on, on))
    context = {
        "on": on,
        "entries": [each for each in found if each.kind != Kind.DUTY],
        "arranged": arrangement(on),
        "month_url": f"{reverse('almanac:month')}?month={on:%Y-%m}",
    }
    return DUE.respond(
        request, plan.duties(request.actor).filter(due_on=on), "almanac/day.html", context
    )


@page(policies.VIEW)
def fixed(request: Request) -> HttpResponse:
    """The fixed days of this year with their sources, and whom they concern."""
    year = timezone.localdate().year
    names = _names()
    rows = [
        {
            "day": each,
            "span": each.of(year),
            "assumed": not each.verified and year not in each.announced,
            "who": [names[code] for code in (*each.groups, *each.organisations) if code in names],
        }
        for each in fixed_days()
    ]
    rows.sort(key=lambda row: row["span"].first)  # type: ignore[attr-defined]
    return render(request, "almanac/fixed.html", {"rows": rows, "year": year})


# --- parts ----------------------------------------------------------------------------------------


def _chosen(request: Request, today: date) -> tuple[date, bool]:
    """The first day of the month that the address asks for; this month's, and False, if none."""
    given = request.GET.get("month", "")
    if not given:
        return today.replace(day=1), True
    try:
        first = date.fromisoformat(f"{given}-01")
    except ValueError:
        return today.replace(day=1), False
    possible = FIRST <= first <= LAST.replace(month=1)
    return (first, True) if possible else (today.replace(day=1), False)


def _weeks(first: date, last: date) -> Span:
    """Whole weeks, from Monday to Sunday, around the month."""
    return Span(first - first.weekday() * _DAY, last + (6 - last.weekday()) * _DAY)


def _by_day(found: list[Entry]) -> dict[date, list[Entry]]:
    ordered = sorted(found, key=lambda each: each.first)  # keeps the order within a day
    return {on: list(group) for on, group in groupby(ordered, key=lambda each: each.first)}


def _day(on: date, begin: list[Entry], today: date, *, other: bool = False) -> Day:
    return Day(on, begin, other, on == today, arrangement(on))


def _grid(found: list[Entry], within: Span, first: date, today: date) -> list[Day]:
    begins = _by_day(found)
    days = (within.first + n * _DAY for n in range(within.days))
    return [_day(on, begins.get(on, []), today, other=on.month != first.month) for on in days]


def _listed(found: list[Entry], within: Span, today: date) -> list[Day]:
    """The days of the stretch on which something begins."""
    begins = _by_day(found)
    return [_day(on, begins[on], today) for on in sorted(begins) if within.first <= on]


def _months(first: date, today: date) -> dict[str, str]:
    """Addresses' values of the months around."""
    return {
        "before": f"{first - _DAY:%Y-%m}",
        "after": f"{add_months(first, 1):%Y-%m}",
        "now": "" if (first.year, first.month) == (today.year, today.month) else f"{today:%Y-%m}",
        "this": f"{first:%Y-%m}",
    }


def _names() -> dict[str, str]:
    """What the codes of the fixed days mean here; codes of nobody are left out."""
    groups = Group.objects.filter(code__in={c for d in fixed_days() for c in d.groups})
    named = {c for d in fixed_days() for c in d.organisations}
    organisations = Organisation.objects.filter(code__in=named)
    found: list[tuple[str, Any]] = [(each.code, each) for each in (*groups, *organisations)]
    return {code: str(each) for code, each in found}
