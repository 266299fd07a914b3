"""A demonstration year: a plan for the current year, marked as one, and work on it.

Everything goes through the services that people use, as of today: no record is given a time at
which it was not made. Only the demonstration's plan says that it was published earlier in the
year, so that what is overdue by now can be proposed for supervision.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from anlan.kernel.access.actor import ActorSource, system
from anlan.kernel.access.demo import DemoRefused
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.kernel.write import Write
from anlan.plan.demo import people
from anlan.plan.demo.facts import draft
from anlan.plan.demo.work import Work
from anlan.plan.models import Plan
from anlan.plan.publishing import publish

PUBLISHED_BEFORE = timedelta(days=30)  # before the latest date that the demonstration misses
FACTS = settings.BASE / "data" / "luliang" / "plan.yaml"


def load() -> str:
    """Load the demonstration of the current year, all or nothing; says what it did.

    A year that has a plan already, of this demonstration or in earnest, is left alone.
    """
    today = timezone.localdate()
    city = Area.objects.get(level=AreaLevel.CITY)
    plan = Plan.objects.filter(year=today.year, area=city).first()
    if plan:
        return "已载入，未改动" if plan.is_demo else f"{plan.year} 年已有正式计划，不载入演示数据"
    try:
        people.ensure()
    except DemoRefused as refused:
        return f"不载入：{refused}"
    with transaction.atomic():
        made = _publish(city)
        done = Work(made).do()
    return f"{made.year} 年演示计划，{done}"


def _publish(city: Area) -> Plan:
    with Write(system(ActorSource.COMMAND), "plan.demo.load", reason="演示数据") as write:
        plan, _ = publish(write, draft(FACTS, city, today=timezone.localdate()))
        write.change(plan, published_at=timezone.now() - PUBLISHED_BEFORE)
    return plan
