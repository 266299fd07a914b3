"""Reads of the cockpit beyond the counts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.urls import reverse

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.kernel.orgs.selectors import COUNTY_RANK, TOWNSHIP_RANK, areas_of_township_rank
from anlan.plan import policies
from anlan.plan.choices import Standing
from anlan.plan.models import Duty, Plan
from anlan.plan.selectors import duties, orders_to_decide, to_decide, to_verify

MOST_DELAYED = 8


@dataclass(frozen=True)
class Decision:
    """So many of one kind wait for the viewer."""

    label: str
    count: int
    url: str


def decisions(actor: Actor) -> list[Decision]:
    """What waits for the viewer to decide, without what there is none of."""
    inbox = reverse("plan:inbox") if policies.VERIFY.allows(actor) else ""
    if not inbox:
        return []
    found = [
        Decision("进展上报待核验", to_verify(actor).count(), inbox),
        Decision(
            "延期申请待审批",
            to_decide(actor).count() if policies.DECIDE.allows(actor) else 0,
            inbox,
        ),
        Decision("督办待决定", orders_to_decide(actor).count(), inbox),
    ]
    return [each for each in found if each.count]


def most_delayed(actor: Actor, plan: Plan, area: Area | None = None) -> QuerySet[Duty]:
    """The duties given by the notice that have been overdue for longest."""
    given = duties(actor).filter(key_duty__plan=plan, parent=None)
    return longest_overdue(given.filter(area.within_of("area")) if area else given)


def longest_overdue(rows: QuerySet[Duty]) -> QuerySet[Duty]:
    """Of these duties the ones that have been overdue for longest."""
    overdue = rows.filter(standing=Standing.OVERDUE)
    return overdue.order_by("due_on", "key_duty__number", "pk")[:MOST_DELAYED]


def area(code: str) -> Area:
    """A city, an area of county or of township rank; Unknown for any other."""
    levels = [AreaLevel.CITY, *COUNTY_RANK, *TOWNSHIP_RANK]
    found = Area.objects.select_related("parent").filter(code=code, level__in=levels).first()
    if found is None:
        raise Unknown("没有这个县（市、区）或乡镇（街道）。")
    return found


def by_township(actor: Actor, plan: Plan, county: Area) -> list[tuple[Area, dict[str, int]]]:
    """Where the duties handed down to each township of the county stand, of those that the viewer
    sees; townships without any duty too."""
    counted = (
        duties(actor)
        .filter(key_duty__plan=plan, area__path__startswith=f"{county.path}/")
        .order_by()
        .values("area__path", "standing")
        .annotate(count=Count("pk"))
    )
    townships = list(areas_of_township_rank(county))
    found: dict[str, dict[str, int]] = {each.path: {} for each in townships}
    for row in counted:
        path = "/".join(row["area__path"].split("/")[: county.path.count("/") + 2])
        if path in found:
            counts = found[path]
            counts[row["standing"]] = counts.get(row["standing"], 0) + row["count"]
    return [(each, found[each.path]) for each in townships]
