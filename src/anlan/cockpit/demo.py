"""The past of the demonstration's plan, so that its trend is alive: invented, and marked as such on
every page by the plan itself. A plan in earnest has the days that were recorded, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from anlan.cockpit.models import Daily
from anlan.kernel.orgs.models import Area
from anlan.plan.choices import DutyState, Standing
from anlan.plan.models import Duty, Plan
from anlan.plan.standing import standing

DAYS = 60


def load() -> str:
    """Give the demonstration's plan a past, once; says what it did."""
    today = timezone.localdate()
    plan = Plan.objects.filter(year=today.year, is_demo=True).first()
    if plan is None:
        return "没有演示计划，未改动"
    if Daily.objects.filter(plan=plan, day__lt=today).exists():
        return "已载入，未改动"
    rows = list(_past(plan, today))
    Daily.objects.bulk_create(rows, batch_size=2000)
    return f"{DAYS} 天的演示态势"


def _past(plan: Plan, today: date) -> Iterator[Daily]:
    counties = {area.path: area.pk for area in Area.objects.filter(parent=plan.area)}
    duties = list(
        Duty.objects.running()
        .filter(key_duty__plan=plan, key_duty__retired_at=None, parent=None)
        .select_related("area")
    )
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        cells: Counter[tuple[int, int, str]] = Counter()
        for duty in duties:
            top = "/".join(duty.area.path.split("/")[:2])
            cells[duty.key_duty_id, counties.get(top, plan.area_id), _stood(duty, day, today)] += 1
        for (key_duty, area, stood), count in cells.items():
            yield Daily(
                plan=plan, key_duty_id=key_duty, area_id=area, day=day, standing=stood, count=count
            )


def _stood(duty: Duty, day: date, today: date) -> Standing:
    """As if what is verified now had been verified on some day of these weeks."""
    verified = day >= today - timedelta(days=Random(duty.pk).randrange(1, DAYS))
    return standing(
        state=duty.state if verified else DutyState.OPEN,
        period_start=duty.period_start,
        due_on=duty.due_on,
        progress=duty.progress if verified else None,
        target=duty.target,
        today=day,
    )
