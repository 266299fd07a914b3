"""From points and rules as people keep them to the plan that the engine works by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from anlan.monitoring.choices import COLOURS, MeasureKind
from anlan.monitoring.engine import Key, Measure, Plan, Watch, calendar, plan
from anlan.monitoring.engine.rules import Calendar
from anlan.monitoring.models import Point, Revision, RulePoint, RuleVersion

MEASURES = {
    MeasureKind.VALUE: Measure.VALUE,
    MeasureKind.RATE: Measure.RATE,
    MeasureKind.MEAN: Measure.MEAN,
    MeasureKind.SPREAD: Measure.SPREAD,
    MeasureKind.QUALITY: Measure.QUALITY,
    MeasureKind.SILENCE: Measure.SILENCE,
}
SECOND, MINUTE = 1_000, 60_000  # ms

# what finds the points of a rule: quantity, place, point
_Located = tuple[int, str, str]


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
    chosen = Point.objects.all() if points is None else points
    located: list[_Located] = list(
        chosen.filter(retired_at=None).values_list("pk", "quantity", "place")
    )
    calendars: list[Calendar] = []
    watches = [
        watch
        for version, held in _held(located)
        for watch in _watches(version, held, _calendar(version, calendars))
    ]
    return plan(watches, (), calendars, [pk for pk, _, _ in located])


def _held(located: list[_Located]) -> Iterator[tuple[RuleVersion, list[int]]]:
    """Each version in force with the points that its rule holds for."""
    known = {pk for pk, _, _ in located}
    named = defaultdict[int, list[int]](list)
    for number, point in RulePoint.objects.order_by("point_id").values_list("rule_id", "point_id"):
        if point in known:
            named[number].append(point)
    for version in in_force():
        rule = version.rule
        if rule.by_points:
            yield version, named[rule.pk]
            continue
        places = set(rule.places)
        yield (
            version,
            [
                pk
                for pk, quantity, place in located
                if rule.quantity in ("", quantity) and (not places or place in places)
            ],
        )


def _watches(version: RuleVersion, points: list[int], timed: int | None) -> Iterator[Watch]:
    measure = MEASURES[MeasureKind(version.measure)]
    scale = MINUTE if measure == Measure.SILENCE else 1
    for each in version.levels:
        level, limit = COLOURS[each["level"]], float(each["limit"]) * scale
        back = float(each.get("back", each["limit"])) * scale
        for point in points:
            yield Watch(
                Key(version.rule_id, version.number, int(level), point),
                limit, measure, version.above, back,
                version.hold * SECOND, version.window * SECOND, timed,
            )  # fmt: skip


def _calendar(version: RuleVersion, calendars: list[Calendar]) -> int | None:
    """The place of the version's calendar, added to ``calendars``; None: it always holds."""
    if not version.spans:
        return None
    calendars.append(calendar(*((day, begin, end) for day, begin, end in version.spans)))
    return len(calendars) - 1
