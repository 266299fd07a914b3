"""The value of an indicator: of one organisation, of many at once, of areas; always from the rows.

The sums by organisation and by area are one query each, whatever their number: rows are grouped
by the database and folded along the paths here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from anlan.kernel.access.actor import Actor
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.indicators.registry import Measure
from anlan.kernel.orgs.models import Area, Organisation

NOTHING = Decimal(0)


def under(path: str) -> Iterator[str]:
    """The path itself and those of all above it."""
    parts = path.split("/")
    return ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))


def reached(measure: Measure, reach: str, organisation: Organisation, end: date) -> Q:
    """Condition on the measure's rows: those that count for the organisation on the last day."""
    if reach == Reach.AREA:
        return _below(measure.area, organisation.area.path)
    if reach == Reach.ANSWERING:
        return _below(measure.organisation, organisation.path)
    if measure.own:
        return measure.own(organisation, end)
    return Q(**{measure.organisation: organisation})


def rows_of(
    measure: Measure, reach: str, organisation: Organisation, start: date, end: date
) -> QuerySet[Any]:
    """The rows behind the organisation's value between the two days, both included."""
    return measure.rows(start, end).filter(reached(measure, reach, organisation, end))


def value(
    measure: Measure, reach: str, organisation: Organisation, start: date, end: date
) -> Decimal:
    """The organisation's value between the two days, counted anew from the rows."""
    return amount(measure, rows_of(measure, reach, organisation, start, end))


def amount(measure: Measure, rows: QuerySet[Any]) -> Decimal:
    """What the rows come to."""
    return Decimal(rows.order_by().aggregate(value=measure.amount)["value"] or 0)


def values(
    measure: Measure, reach: str, organisations: Iterable[Organisation], start: date, end: date
) -> dict[int, Decimal]:
    """The values of many organisations, by their id: one query, unless what is an organisation's
    own is told for each (``Measure.own``)."""
    if reach == Reach.OWN and measure.own:
        return {each.pk: value(measure, reach, each, start, end) for each in organisations}
    rows = measure.rows(start, end)
    if reach == Reach.OWN:
        found = _grouped(measure, rows, f"{measure.organisation}__path")
        return {each.pk: found.get(each.path, NOTHING) for each in organisations}
    field = measure.area if reach == Reach.AREA else measure.organisation
    sums = folded(_grouped(measure, rows, f"{field}__path"))
    paths = {
        each.pk: each.area.path if reach == Reach.AREA else each.path for each in organisations
    }
    return {pk: sums.get(path, NOTHING) for pk, path in paths.items()}


def by_area(
    measure: Measure, actor: Actor, start: date, end: date, within: Area
) -> dict[str, Decimal]:
    """What the rows come to that lie in ``within`` and that the actor sees, by the paths of areas;
    an area holds those below it. Without an entry: no row at all."""
    rows = seen(measure, actor, start, end).filter(lying_in(measure, within))
    return folded(_grouped(measure, rows, f"{measure.area}__path"))


def lying_in(measure: Measure, area: Area) -> Q:
    """Condition on the measure's rows: those in the area, whoever's they are."""
    return _below(measure.area, area.path)


def seen(measure: Measure, actor: Actor, start: date, end: date) -> QuerySet[Any]:
    """The measure's rows between the two days that the actor sees."""
    rows: Any = measure.rows(start, end)
    found: QuerySet[Any] = rows.visible_to(actor)
    return found


def folded(sums: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The same with what lies below added to each path."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for path, number in sums.items():
        for each in under(path):
            found[each] += number
    return dict(found)


def _grouped(measure: Measure, rows: QuerySet[Any], path: str) -> dict[str, Decimal]:
    cells = rows.order_by().values_list(path).annotate(value=measure.amount)
    return {place: Decimal(number or 0) for place, number in cells if place}


def _below(field: str, path: str) -> Q:
    return Q(**{f"{field}__path": path}) | Q(**{f"{field}__path__startswith": f"{path}/"})
