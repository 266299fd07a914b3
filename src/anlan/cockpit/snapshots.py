"""How each day began: taken once a day from the counts that the plan keeps."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from anlan.cockpit.models import Daily
from anlan.kernel.watchman import beats
from anlan.plan.daily import RESTAND
from anlan.plan.tally import Tally

JOB = "cockpit.daily"


def begin_day(*, now: datetime | None = None) -> bool:
    """Take today's snapshot unless it is taken, as soon as today's standings are computed.

    A day on which no worker ran has none: a gap in the trend is a gap, not a guess.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    if beats.day(JOB) == today or beats.day(RESTAND) != today:
        return False
    take(today)
    beats.beat(JOB, now=now)
    return True


def take(day: date) -> int:
    """Keep where the duties of all plans stand now as the beginning of ``day``; how many rows.

    Taken again, the first one stays.
    """
    counted = (
        Tally.objects.filter(handed=False, key_duty__retired_at=None)
        .values("key_duty__plan", "key_duty", "area", "standing")
        .annotate(total=Sum("count"))
        .filter(total__gt=0)
        .order_by()
    )
    with transaction.atomic():
        known = set(Daily.objects.filter(day=day).values_list("plan", flat=True).distinct())
        rows = [
            Daily(
                plan_id=row["key_duty__plan"], key_duty_id=row["key_duty"], area_id=row["area"],
                day=day, standing=row["standing"], count=row["total"],
            )
            for row in counted
            if row["key_duty__plan"] not in known
        ]  # fmt: skip
        Daily.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)
