"""The matrix: key duties × areas of county rank, each cell the standing of the duties behind it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.plan.choices import Standing
from anlan.plan.models import Duty, KeyDuty, Plan
from anlan.plan.standing import worst
from anlan.plan.tally import Tally, suffices
from anlan.plan.visibility import OVERVIEW

STANDINGS = tuple(Standing.values)


@dataclass(frozen=True)
class Cell:
    """``standing`` None: nobody there has this duty. ``url`` opens the duties that it counts."""

    counts: dict[str, int]
    url: str

    @property
    def standing(self) -> Standing | None:
        return worst(self.counts)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def share(self) -> str:
        """Met of all."""
        return f"{self.counts.get(Standing.MET, 0)}/{self.total}"

    @property
    def words(self) -> str:
        """What the cell says in words, for pointers and screen readers."""
        named = [f"{Standing(name).label} {n}" for name, n in self.counts.items() if n]
        return f"共 {self.total} 项：{'，'.join(named)}" if named else "没有任务"


@dataclass(frozen=True)
class Line:
    key_duty: KeyDuty
    cells: list[Cell]


@dataclass(frozen=True)
class Matrix:
    """``areas`` are the columns (the city's own units first), ``totals`` one cell per column."""

    plan: Plan
    areas: list[Area]
    lines: list[Line] = field(default_factory=list)
    totals: list[Cell] = field(default_factory=list)
    whole: Cell = field(default_factory=lambda: Cell({}, ""))


def matrix(actor: Actor, plan: Plan) -> Matrix:
    """The matrix of ``plan`` as the actor sees it: one query for all cells, sub-duties aside
    (they are counted by the duty that they are part of)."""
    places = columns_of(plan)
    counts: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for row in _counted(actor, plan):
        column = column_of(row["area__path"], places)
        counts[row["key_duty"], column.pk][row["standing"]] += row["count"]
    areas = _columns(actor, places.values(), {area for _, area in counts})
    lines = [
        Line(each, [_cell(plan, counts[each.pk, area.pk], area, each) for area in areas])
        for each in plan.key_duties.filter(retired_at=None)
    ]
    totals = [
        _cell(plan, sum((counts[line.key_duty.pk, a.pk] for line in lines), Counter()), a)
        for a in areas
    ]
    whole = _cell(plan, sum((Counter(each.counts) for each in totals), Counter()))
    return Matrix(plan, areas, lines, totals, whole)


def _counted(actor: Actor, plan: Plan) -> Iterable[Mapping[str, Any]]:
    """From the tally, whatever the number of duties; for who sees few of them, from these."""
    cell = ("key_duty", "area__path", "standing")
    of_plan = {"key_duty__plan": plan, "key_duty__retired_at": None}
    if suffices(actor):
        kept = Tally.objects.visible_to(actor).filter(**of_plan, handed=False)
        return kept.values(*cell).annotate(count=Sum("count")).filter(count__gt=0).order_by()
    own = Duty.objects.visible_to(actor).running().filter(**of_plan, parent=None)
    return own.values(*cell).annotate(count=Count("pk")).order_by()


def _columns(actor: Actor, areas: Iterable[Area], filled: set[int]) -> list[Area]:
    """The areas that the actor oversees, and those where he has any duty."""
    tops = [grant.area for grant in actor.grants if grant.role in OVERVIEW]
    return [a for a in areas if a.pk in filled or any(top.covers(a) for top in tops)]


def columns_of(plan: Plan) -> dict[str, Area]:
    """By path: the city of the plan, for its own units, and its areas of county rank."""
    ranks = Area.objects.filter(parent=plan.area, level__in=[AreaLevel.COUNTY, AreaLevel.ZONE])
    return {area.path: area for area in [plan.area, *ranks]}


def column_of(path: str, places: dict[str, Area]) -> Area:
    """The column that an area belongs to: its county, or else the city itself."""
    city, _, below = path.partition("/")
    return places.get(f"{city}/{below.partition('/')[0]}") or places[city]


def _cell(
    plan: Plan, counts: Counter[str], area: Area | None = None, of: KeyDuty | None = None
) -> Cell:
    # Ids and codes of divisions need no quoting, and there are hundreds of cells. The list counts
    # what the cell counts: no sub-duties.
    url = f"{_duties()}?plan={plan.pk}&level=top"
    if of:
        url += f"&key_duty={of.pk}"
    if area:
        url += f"&area={area.code}"
    return Cell({name: counts[name] for name in STANDINGS if counts.get(name)}, url)


@lru_cache(maxsize=1)
def _duties() -> str:
    return reverse("plan:duties")
