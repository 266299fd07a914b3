"""Telling the units that a fixed day comes, each once at each distance."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from anlan.almanac.days import FixedDay, Span, fixed_days, occurrences
from anlan.almanac.models import Told
from anlan.almanac.policies import OFFICE, UNIT
from anlan.kernel.access.actor import system
from anlan.kernel.access.models import Grant, User
from anlan.kernel.notify.services import notify
from anlan.kernel.orgs.models import Membership, Organisation
from anlan.kernel.orgs.selectors import in_force
from anlan.kernel.write import Write


def remind(*, today: date | None = None) -> int:
    """Tell of each fixed day that begins within one of its distances; how many people were told.

    Distances that were missed are not made up one by one: the nearest alone is told.
    """
    today = today or timezone.localdate()
    longest = max((each.remind[0] for each in fixed_days()), default=0)
    coming = Span(today + timedelta(days=1), today + timedelta(days=longest))
    told = 0
    for day, span in occurrences(coming):
        left = (span.first - today).days
        reached = [distance for distance in day.remind if distance >= left]
        if left > 0 and reached:
            told += _tell(day, span, min(reached), today)
    return told


def _tell(day: FixedDay, span: Span, distance: int, today: date) -> int:
    known = {"code": day.code, "year": span.first.year, "distance": distance}
    with Write(system(), "almanac.remind") as write:
        before = set(Told.objects.filter(**known).values_list("organisation", flat=True))
        new = [each for each in _concerned(day, today) if each.pk not in before]
        rows = [Told(**known, organisation=each) for each in new]
        if None not in before:
            rows.append(Told(**known, organisation=None))
        for row in rows:
            write.add(row)
        users = _people([each.pk for each in new], office=None not in before)
        notify(
            users=users,
            kind="almanac.fixed",
            title=f"{day.name}：还有 {(span.first - today).days} 天",
            text=f"{_words(span)}。{day.todo}。",
            link=f"{reverse('almanac:fixed')}#{day.code}",
        )
    return len(users)


def _concerned(day: FixedDay, on: date) -> list[Organisation]:
    """The organisations that the day names and those in its groups, that exist on the day."""
    members = Membership.objects.filter(in_force(on), group__code__in=day.groups)
    existing = Organisation.objects.filter(in_force(on))
    found = existing.filter(code__in=day.organisations) | existing.filter(
        pk__in=members.values("organisation")
    )
    return list(found.distinct().order_by("pk"))


def _people(organisations: list[int], *, office: bool) -> list[User]:
    """Who works for one of the organisations, and for the offices, each once."""
    grants = Grant.objects.in_force()
    found = grants.filter(role__in=UNIT, organisation__in=organisations)
    if office:
        found = found | grants.filter(role__in=OFFICE)
    return list(User.objects.filter(is_active=True, pk__in=found.values("user")).order_by("pk"))


def _words(span: Span) -> str:
    first = f"{span.first:%-m 月 %-d 日}"
    return first if span.days == 1 else f"{first}至{span.last:%-m 月 %-d 日}"
