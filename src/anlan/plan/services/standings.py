"""Keeping the computed standing of duties true: at every write, and when a day begins."""

from __future__ import annotations

import time
from datetime import date
from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.norms.values import values
from anlan.kernel.write import Write
from anlan.plan.models import Duty
from anlan.plan.standing import RISK_DAYS, standing

AT_RISK = "duty.at_risk_days"


def standing_of(duty: Duty, *, today: date | None = None) -> str:
    """The standing of ``duty`` today, computed from its stored facts."""
    return standing(
        state=duty.state,
        period_start=duty.period_start,
        due_on=duty.due_on,
        progress=duty.progress,
        target=duty.target,
        today=today or timezone.localdate(),
        assigned_on=timezone.localdate(duty.created_at or timezone.now()),
        risk_days=risk_days(),
    )


def risk_days() -> int:
    """With fewer days left a duty is at risk: the norm in force, read once a minute, because
    thousands of duties are judged at once."""
    return _risk_days(_minute())


def _minute() -> int:
    return int(time.monotonic() // 60)


@lru_cache(maxsize=1)
def _risk_days(minute: int) -> int:
    return int(values({AT_RISK: RISK_DAYS})[AT_RISK])


def restand(write: Write, duty: Duty) -> None:
    """Compute the standing anew within a write, store it if it changed, and say so."""
    was, now = duty.standing, standing_of(duty)
    if now != was:
        write.change(duty, standing=now)
    write.event(
        "duty.changed",
        duty,
        area=duty.area,
        organisation=duty.organisation,
        key_duty=duty.key_duty_id,
        area_id=duty.area_id,
    )


def restand_all(*, today: date | None = None) -> int:
    """A new day moves the calendar under every running duty; how many standings changed."""
    today = today or timezone.localdate()
    changed = 0
    running = Duty.objects.running().order_by("pk").values_list("pk", flat=True)
    for start in range(0, running.count(), 1000):
        changed += _restand_page(list(running[start : start + 1000]), today)
    return changed


def _restand_page(pks: list[int], today: date) -> int:
    stale = [
        pk
        for pk, duty in Duty.objects.in_bulk(pks).items()
        if standing_of(duty, today=today) != duty.standing
    ]
    for pk in stale:
        with transaction.atomic(), Write(system(), "plan.duty.restand") as write:
            duty = write.lock(Duty.objects.all(), pk)
            restand(write, duty)
    return len(stale)
