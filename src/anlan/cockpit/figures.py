"""The figures of a page, from the counts that the viewer may see: asked once, then arranged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.utils import timezone

from anlan.cockpit.models import Daily
from anlan.cockpit.ranking import Place, Side, rank
from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.plan.choices import Standing
from anlan.plan.matrix import Matrix, matrix
from anlan.plan.models import Plan
from anlan.plan.tally import suffices

WEEK = timedelta(days=7)
TREND = timedelta(days=90)
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Since:
    """How an area's counts differ from those with which ``day`` began."""

    day: date
    before: Counts
    now: Counts

    def change(self, standing: str) -> int:
        return self.now.get(standing, 0) - self.before.get(standing, 0)

    @property
    def met(self) -> int:
        return self.change(Standing.MET)

    @property
    def overdue(self) -> int:
        return self.change(Standing.OVERDUE)


@dataclass(frozen=True)
class Moved:
    """An area that changed since: ``gain`` is the change of its share of met duties, in points of
    a percent."""

    side: Side
    since: Since
    gain: int


@dataclass(frozen=True)
class Overview:
    """``whole``: all that the viewer sees; ``city``: of the city's own units; ``places``: the areas
    of county rank, best first."""

    plan: Plan
    matrix: Matrix
    whole: Side
    city: Side | None
    places: list[Place]
    at: str

    def place_of(self, code: str) -> Place | None:
        return next((each for each in self.places if each.side.code == code), None)


def overview(actor: Actor, plan: Plan) -> Overview:
    """Where the areas stand that the actor sees, by one query for all counts."""
    counted = matrix(actor, plan)
    sides = {area.pk: _side(counted, column, area) for column, area in enumerate(counted.areas)}
    own = next((sides[a.pk] for a in counted.areas if a.level == AreaLevel.CITY), None)
    counties = [sides[a.pk] for a in counted.areas if a.level != AreaLevel.CITY]
    return Overview(
        plan=plan,
        matrix=counted,
        whole=Side("合计", counted.whole.counts, _by_key_duty(counted), counted.whole.url),
        city=own,
        places=rank(counties),
        at=f"{timezone.localtime():%Y-%m-%d %H:%M}",
    )


def _side(counted: Matrix, column: int, area: Area) -> Side:
    name = "市直单位" if area.level == AreaLevel.CITY else area.name
    by_key_duty = {line.key_duty.number: line.cells[column].counts for line in counted.lines}
    cell = counted.totals[column]
    return Side(name, cell.counts, by_key_duty, cell.url, area.code)


def _by_key_duty(counted: Matrix) -> dict[int, Counts]:
    return {
        line.key_duty.number: sum((Counter(c.counts) for c in line.cells), Counter())
        for line in counted.lines
    }


# --- time --------------------------------------------------------------------------------------


def history(
    actor: Actor, plan: Plan, *, since: date, area: Area | None = None
) -> dict[date, Counts]:
    """The counts with which each recorded day began, in all that the actor oversees or in ``area``.

    Empty for who sees duties by unit: what was kept is by area.
    """
    if not suffices(actor):
        return {}
    rows = Daily.objects.visible_to(actor).filter(plan=plan, day__gte=since)
    if area is not None:
        rows = rows.filter(area=area)
    days: dict[date, Counter[str]] = defaultdict(Counter)
    for row in rows.values("day", "standing").annotate(total=Sum("count")).order_by():
        days[row["day"]][row["standing"]] = row["total"]
    return dict(days)


def year_ago(
    actor: Actor, plan: Plan, today: date, area: Area | None = None
) -> tuple[date, Side] | None:
    """Where the plan of the year before stood when the same date of that year began: shares can be
    compared, numbers of two years cannot. None where that day was not recorded.

    29 February is compared with the 28th.
    """
    leap = (today.month, today.day) == (2, 29)
    day = today.replace(year=today.year - 1, day=28 if leap else today.day)
    before = Plan.objects.filter(year=plan.year - 1, area=plan.area_id).first()
    counts = before and history(actor, before, since=day, area=area).get(day)
    return (day, Side(str(before), counts)) if counts else None


def week_ago(actor: Actor, plan: Plan, today: date) -> dict[str, tuple[date, Counter[str]]]:
    """By area code: the counts with which the day a week ago began, or the first one recorded
    since then; empty where nothing is recorded before today."""
    if not suffices(actor):
        return {}
    rows = Daily.objects.visible_to(actor).filter(plan=plan, day__gte=today - WEEK, day__lt=today)
    first = rows.order_by("day").values_list("day", flat=True).first()
    if first is None:
        return {}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    cells = rows.filter(day=first).values("area__code", "standing").annotate(total=Sum("count"))
    for row in cells.order_by():
        found[row["area__code"]][row["standing"]] = row["total"]
    return {code: (first, counts) for code, counts in found.items()}


def moved(shown: Overview, before: Mapping[str, tuple[date, Counter[str]]]) -> list[Moved]:
    """The areas whose share of met duties changed since, the greatest gain first."""
    found = []
    for place in shown.places:
        if place.side.code in before:
            day, counts = before[place.side.code]
            was = Side(place.side.name, counts)
            gain = place.side.percent(Standing.MET) - was.percent(Standing.MET)
            since = Since(day, counts, place.side.counts)
            if gain or since.overdue:
                found.append(Moved(place.side, since, gain))
    return sorted(found, key=lambda each: (-each.gain, each.since.overdue, each.side.code))


def since_week(shown: Overview, before: Mapping[str, tuple[date, Counter[str]]]) -> Since | None:
    """What changed in all since then; None where nothing is recorded."""
    if not before:
        return None
    day = next(iter(before.values()))[0]
    total: Counter[str] = sum((counts for _, counts in before.values()), Counter())
    return Since(day, total, shown.whole.counts)
