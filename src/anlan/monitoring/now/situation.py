"""Monitored sites with what is open at them: for the map, its list and its counts by county."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import Area
from anlan.monitoring.choices import OPEN, WAITING, Level
from anlan.monitoring.models import Alarm, Point
from anlan.registry.models import Site

NOTHING = -1  # ``worst`` of a site without an open alarm


def monitored(actor: Actor) -> QuerySet[Any]:
    """The sites that the actor sees and that have a point in use.

    ``worst``: the highest level of an alarm that people are not done with, else :data:`NOTHING`;
    ``colour``: its name, else empty; ``open`` and ``waiting``: how many are.
    """
    rows: QuerySet[Any] = Site.objects.visible_to(actor).standing()
    open_ = Alarm.objects.filter(site=OuterRef("pk"), state__in=OPEN).order_by("-highest")
    colours = [When(worst=each, then=Value(each.colour)) for each in Level]
    equipped = Point.objects.filter(site=OuterRef("pk"), retired_at=None)
    found: QuerySet[Any] = rows.filter(Exists(equipped)).annotate(
        worst=Coalesce(Subquery(open_.values("highest")[:1]), NOTHING),
        open=_count(Q(state__in=OPEN)),
        waiting=_count(Q(state__in=WAITING)),
        colour=Case(*colours, default=Value(""), output_field=CharField()),
    )
    return found


def _count(condition: Q) -> Coalesce:
    found = Alarm.objects.filter(condition, site=OuterRef("pk")).order_by()
    return Coalesce(Subquery(found.values("site").annotate(n=Count("pk")).values("n")), 0)


def by_county(sites: QuerySet[Any], areas: list[Area]) -> list[tuple[Area, dict[str, int], int]]:
    """Of each county that has a monitored site: how many by colour (empty: nothing open), the worst
    first, and how many in all."""
    found: dict[str, dict[str, int]] = {}
    counted = sites.order_by().values_list("area__path", "colour").annotate(n=Count("pk"))
    for path, colour, count in counted:
        county = next((each for each in areas if f"{path}/".startswith(f"{each.path}/")), None)
        if county is not None:
            counts = found.setdefault(
                county.code, {each.colour: 0 for each in reversed(Level)} | {"": 0}
            )
            counts[colour] += count
    rows = [
        (each, found[each.code], sum(found[each.code].values()))
        for each in areas
        if each.code in found
    ]
    return sorted(rows, key=lambda row: [-count for count in row[1].values()][:-1])
