"""From points and rules as people keep them to the plan that the engine works by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet
from django.db.models.functions import Mod
from django.utils import timezone

from anlan.monitoring.choices import COLOURS, MeasureKind
from anlan.monitoring.engine import Key, Measure, Plan, Watch, calendar, plan
from anlan.monitoring.engine.rules import Calendar
from anlan.monitoring.models import Point, Revision, RuleVersion
from anlan.monitoring.rules.combined import combinations
from anlan.monitoring.stream.names import partitions

MEASURES = {
    MeasureKind.VALUE: Measure.VALUE,
    MeasureKind.RATE: Measure.RATE,
    MeasureKind.MEAN: Measure.MEAN,
    MeasureKind.SPREAD: Measure.SPREAD,
    MeasureKind.QUALITY: Measure.QUALITY,
    MeasureKind.SILENCE: Measure.SILENCE,
}
SECOND, MINUTE = 1_000, 60_000  # ms


class Located(NamedTuple):
    """What finds the points of a rule."""

    point: int
    quantity: str
    place: str
    site: int
    sector: int


def revision() -> int:
    """Grows with every change of points, channels or rules, and at midnight, when versions come
    into force. Read it before :func:`compiled`: a plan may then be newer than said, never older."""
    row = Revision.objects.first()
    return (row.number if row else 0) + timezone.localdate().toordinal()


def in_force(on: date | None = None) -> QuerySet[RuleVersion]:
    """The newest published version of each rule that holds on the day."""
    on = on or timezone.localdate()
    newest = (
        RuleVersion.objects.filter(state="published", effective_from__lte=on)
        .order_by("rule_id", "-number")
        .distinct("rule_id")
    )
    found = RuleVersion.objects.filter(pk__in=newest.values("pk"), rule__retired_at=None)
    return found.select_related("rule").order_by("rule_id")


def compiled(points: QuerySet[Point] | None = None) -> Plan:
    """The plan for ``points`` (default: all) that are not retired, by the rules in force today;
    points that no rule watches stand in it too, for their newest readings."""
    return planned(in_force(), located(points))


def of_part(partition: int) -> QuerySet[Point]:
    """The points whose readings go through this part of the stream. A worker's plan has no others:
    it would say of them for ever that they sent nothing."""
    return Point.objects.alias(part=Mod("site_id", partitions())).filter(part=partition)


def located(points: QuerySet[Point] | None = None) -> list[Located]:
    """Those of ``points`` (default: all) that are not retired."""
    chosen = Point.objects.all() if points is None else points
    rows = chosen.filter(retired_at=None).values_list(
        "pk", "quantity", "place", "site_id", "site__sector_id"
    )
    return [Located(*row) for row in rows]


def planned(versions: Iterable[RuleVersion], points: list[Located]) -> Plan:
    """The plan by these versions, at most one of each rule, with their combinations."""
    calendars: list[Calendar] = []
    held = [(version, held_by(version, points)) for version in versions]
    watches = [
        watch
        for version, mine in held
        if version.measure != MeasureKind.COMBINED
        for watch in _watches(version, mine, _calendar(version, calendars))
    ]
    return plan(watches, combinations(held), calendars, [each.point for each in points])


def held_by(version: RuleVersion, points: list[Located]) -> list[Located]:
    """Those of ``points`` that the version holds for."""
    named, places, sites = set(version.points), set(version.places), set(version.sites)
    if named:
        return [each for each in points if each.point in named]
    sector = version.rule.sector_id
    return [
        each
        for each in points
        if version.quantity in ("", each.quantity)
        and (not places or each.place in places)
        and (not sites or each.site in sites)
        and sector in (None, each.sector)
    ]


def _watches(version: RuleVersion, points: list[Located], timed: int | None) -> Iterator[Watch]:
    measure = MEASURES[MeasureKind(version.measure)]
    scale = MINUTE if measure == Measure.SILENCE else 1
    for each in version.levels:
        level, limit = COLOURS[each["level"]], float(each["limit"]) * scale
        back = float(each.get("back", each["limit"])) * scale
        for held in points:
            yield Watch(
                Key(version.rule_id, version.number, int(level), held.point),
                limit, measure, version.above, back,
                version.hold * SECOND, version.window * SECOND, timed,
            )  # fmt: skip


def _calendar(version: RuleVersion, calendars: list[Calendar]) -> int | None:
    """The place of the version's calendar, added to ``calendars``; None: it always holds."""
    if not version.spans:
        return None
    calendars.append(calendar(*((day, begin, end) for day, begin, end in version.spans)))
    return len(calendars) - 1
