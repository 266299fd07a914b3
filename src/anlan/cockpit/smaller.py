"""Where a township or a unit stands: counted from its own duties' rows, which are few."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.urls import reverse

from anlan.cockpit.ranking import Side
from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Area, Organisation
from anlan.plan.choices import Standing
from anlan.plan.matrix import Cell
from anlan.plan.models import Duty, KeyDuty, Plan
from anlan.plan.selectors import duties
from anlan.plan.visibility import OVERVIEW


@dataclass(frozen=True)
class Smaller:
    """``rows``: its duties that the viewer sees, those handed down to it among them.

    ``below``: the duties of the units that are shown beneath it. ``url`` opens its rows as a list;
    ``around``: address and name of what it is part of; without an address where the viewer may
    not go there.
    """

    name: str
    rows: QuerySet[Duty]
    below: QuerySet[Duty]
    url: str
    around: tuple[str, str] | None = None


def township(actor: Actor, plan: Plan, area: Area) -> Smaller:
    """All that is to be done in the township, unit by unit."""
    seen = duties(actor).filter(key_duty__plan=plan)
    rows = seen.filter(area.within_of("area"))
    around = _county(actor, seen, area.parent) if area.parent else None
    return Smaller(area.name, rows, rows, _list(plan, area=area.code), around)


def _county(actor: Actor, seen: QuerySet[Duty], county: Area) -> tuple[str, str]:
    reachable = sees(actor, seen.filter(area=county), county)
    return reverse("cockpit:area", args=[county.code]) if reachable else "", county.name


def unit(actor: Actor, plan: Plan, organisation: Organisation) -> Smaller:
    """What the unit must do itself, and what it handed down."""
    seen = duties(actor).filter(key_duty__plan=plan)
    return Smaller(
        str(organisation),
        seen.filter(organisation=organisation),
        seen.filter(parent__organisation=organisation),
        _list(plan, unit=organisation.pk),
        _above(actor, seen, organisation.parent) if organisation.parent else None,
    )


def _above(actor: Actor, seen: QuerySet[Duty], unit: Organisation) -> tuple[str, str]:
    reachable = sees(actor, seen.filter(organisation=unit), unit.area, unit)
    return reverse("cockpit:unit", args=[unit.pk]) if reachable else "", str(unit)


def sees(actor: Actor, rows: QuerySet[Duty], area: Area, unit: Organisation | None = None) -> bool:
    """Whether it exists for the actor: he oversees the area, works for the unit, or sees a duty."""
    overseen = any(g.area.covers(area) for g in actor.grants if g.role in OVERVIEW)
    own = unit and any(g.organisation.covers(unit) for g in actor.grants)
    return bool(overseen or own or rows.exists())


def organisation(pk: int) -> Organisation:
    """Unknown where there is none."""
    found = Organisation.objects.select_related("area", "parent__area").filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这个单位。")
    return found


def counted(shown: Smaller) -> tuple[Side, list[tuple[KeyDuty, Cell]]]:
    """Its counts in all, and by key duty; one query and one for the key duties' titles."""
    by_key_duty = _counts(shown.rows, "key_duty")
    titles = KeyDuty.objects.filter(pk__in=by_key_duty).order_by("number", "pk")
    lines = [
        (each, Cell(by_key_duty[each.pk], f"{shown.url}&key_duty={each.pk}")) for each in titles
    ]
    whole = sum(by_key_duty.values(), Counter())
    by_number = {each.number: cell.counts for each, cell in lines}
    return Side(shown.name, whole, by_number, shown.url), lines


def by_unit(shown: Smaller) -> list[tuple[Organisation, Side]]:
    """The units beneath with their counts; who has most that is overdue comes first."""
    counts = _counts(shown.below, "organisation")
    units = Organisation.objects.filter(pk__in=counts).order_by("sort", "pk")
    sides = [(each, Side(str(each), counts[each.pk])) for each in units]
    return sorted(sides, key=lambda pair: -pair[1].counts.get(Standing.OVERDUE, 0))


def _counts(rows: QuerySet[Duty], by: str) -> dict[int, Counter[str]]:
    """How many stand where, for each key duty or organisation."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows.order_by().values(by, "standing").annotate(count=Count("pk")):
        found[row[by]][row["standing"]] = row["count"]
    return found


def _list(plan: Plan, **narrowed: object) -> str:
    conditions = "".join(f"&{key}={value}" for key, value in narrowed.items())
    return f"{reverse('plan:duties')}?plan={plan.pk}{conditions}"
