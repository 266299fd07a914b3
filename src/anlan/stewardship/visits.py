"""Visits to mines: work records of the type ``mine_visit``, and what is still owed of them.

A steward goes to each of his mines so many times a quarter (norm
``stewardship.visits_per_quarter``, an assumption until the office confirms it). A visit counts once
another person has verified it, by the day on which it was made, for the steward whom it names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models.fields.json import KT
from django.urls import reverse

from anlan.kernel.access.actor import Actor
from anlan.kernel.deadlines.calendar import add_months
from anlan.kernel.norms.values import values
from anlan.kernel.typed import referables
from anlan.kernel.typed.forms import PREFIX
from anlan.kernel.typed.referables import is_reference
from anlan.records import policies
from anlan.records.choices import RecordState
from anlan.records.flow import works_for
from anlan.records.models import Record
from anlan.records.selectors import versions
from anlan.registry.models import Site
from anlan.registry.referables import MINE
from anlan.stewardship.models import Stewardship
from anlan.stewardship.referables import POST

TYPE = "mine_visit"
PER_QUARTER = "stewardship.visits_per_quarter"
QUARTER = 3  # months
Span = tuple[date, date]  # first and last day


@dataclass(frozen=True)
class Visit:
    """A visit as it is on record. ``post``: the leader it names. ``verified``: it counts."""

    record: int
    title: str
    mine: int
    post: int
    day: date
    verified: bool


def visits(start: date, end: date) -> list[Visit]:
    """The visits of these days that wait or were verified, the newest first.

    One to a mine that was merged since is one to the mine that it is. Records by the type's first
    version, which named mine and leader in words, are left out.
    """
    rows = (
        Record.objects.filter(
            type__code=TYPE,
            state__in=(RecordState.SUBMITTED, RecordState.VERIFIED),
            held_on__range=(start, end),
        )
        .annotate(mine=KT("values__mine"), post=KT("values__steward"))
        .order_by("-held_on", "-pk")
    )
    merged = dict(Site.objects.exclude(merged_into=None).values_list("pk", "merged_into"))
    found = []
    for record in rows.values("pk", "title", "mine", "post", "held_on", "state"):
        if is_reference(MINE, record["mine"]) and is_reference(POST, record["post"]):
            mine = _pk(record["mine"])
            found.append(
                Visit(
                    record["pk"], record["title"], merged.get(mine) or mine, _pk(record["post"]),
                    record["held_on"], record["state"] == RecordState.VERIFIED,
                )
            )  # fmt: skip
    return found


def record_urls(actor: Actor, stewardships: Iterable[Stewardship]) -> dict[int, str]:
    """Where the actor records a visit of each steward to his mine, with both filled in already, by
    the stewardship's key; without those for whose organisation he does not record, or which by the
    type in force records no visits."""
    if not policies.RECORD.allows(actor):
        return {}
    version = versions().filter(type__code=TYPE).first()
    if version is None:
        return {}
    return {
        each.pk: _record_url(each)
        for each in stewardships
        if works_for(actor, each.post.organisation) and version.open_to(each.post.organisation)
    }


def _record_url(stewardship: Stewardship) -> str:
    filled = {
        "organisation": stewardship.post.organisation_id,
        "title": f"到{stewardship.site.name}检查",
        f"{PREFIX}mine": referables.get(MINE).stored(stewardship.site),
        f"{PREFIX}steward": referables.get(POST).stored(stewardship.post),
    }
    return f"{reverse('records:new', args=[TYPE])}?{urlencode(filled)}"


def per_quarter(on: date | None = None) -> int:
    """How often a steward is to go to each of his mines in a quarter."""
    return int(values({PER_QUARTER: 1}, on=on)[PER_QUARTER])


def quarter(day: date) -> Span:
    """The calendar quarter of the day."""
    first = date(day.year, day.month - (day.month - 1) % QUARTER, 1)
    return first, add_months(first, QUARTER) - timedelta(days=1)


def quarters(start: date, end: date) -> list[Span]:
    """The quarters of which a day lies in the span, in order."""
    found = [quarter(start)]
    while found[-1][1] < end:
        found.append(quarter(found[-1][1] + timedelta(days=1)))
    return found


def owes(stewardship: Stewardship, span: Span) -> bool:
    """Whether he owes visits in the quarter: he is the mine's steward for half of it or more.

    The assumption that holds for an organisation which existed for a part of a span, too
    (docs/indicators.md).
    """
    first = max(stewardship.valid_from, span[0])
    last = min(stewardship.valid_to or date.max, span[1])
    return 2 * ((last - first).days + 1) >= (span[1] - span[0]).days + 1


def missing(
    stewardships: Iterable[Stewardship], made: Sequence[Visit], span: Span, needed: int
) -> list[Stewardship]:
    """Those that owe visits in the quarter of which fewer than ``needed`` were verified."""
    done = Counter(
        (each.mine, each.post) for each in made if each.verified and span[0] <= each.day <= span[1]
    )
    return [
        each
        for each in stewardships
        if owes(each, span) and done[each.site_id, each.post_id] < needed
    ]


def _pk(reference: str) -> int:
    return int(reference.rpartition(":")[2])
