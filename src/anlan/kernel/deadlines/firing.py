"""Taking the steps that are due: each clock in a transaction of its own, none twice."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.deadlines.handlers import handler_of
from anlan.kernel.deadlines.models import Deadline, DeadlineStep
from anlan.kernel.watchman.findings import found, gone, open_keys
from anlan.kernel.write import Write

log = logging.getLogger("anlan.deadlines")

FAILED = "deadlines.failed"  # the findings about handlers that fail
BATCH = 200


def due(now: datetime) -> QuerySet[Deadline]:
    """The clocks with a step due at ``now``, longest due first."""
    return Deadline.objects.filter(next_at__lte=now).order_by("next_at", "pk")


def fire_due(*, now: datetime | None = None) -> int:
    """Take every step due at ``now``; how many. Of one clock several may have come due.

    Workers share the clocks among them. A handler that fails undoes its own step alone, raises a
    finding, and is tried again the next time.
    """
    now = now or timezone.now()
    fired = 0
    tried: set[int] = set()
    before = open_keys(FAILED)
    while batch := list(due(now).exclude(pk__in=tried).values_list("pk", flat=True)[:BATCH]):
        tried.update(batch)
        for pk in batch:
            fired += _fire_all(pk, now, failed_before=str(pk) in before)
    return fired


def _fire_all(pk: int, now: datetime, *, failed_before: bool) -> int:
    """Take the due steps of one clock, each in its own transaction."""
    fired = 0
    try:
        while _fire_next(pk, now):
            fired += 1
    except Exception as error:  # whatever a handler raises must not keep the others waiting
        log.exception("the step of deadline %s failed", pk)
        clock = Deadline.objects.get(pk=pk)
        found(FAILED, str(pk), f"期限“{clock}”的步骤执行失败，将重试：{error}")
    else:
        if failed_before:
            gone(FAILED, str(pk))
    return fired


def _fire_next(pk: int, now: datetime) -> bool:
    """Take the clock's next step; False if none is due, or another worker is at it."""
    with Write(system(), "deadlines.step") as write:
        clock = due(now).filter(pk=pk).select_for_update(skip_locked=True).first()
        if clock is None or clock.next_at is None:
            return False
        step = DeadlineStep(
            deadline=clock, due_at=clock.due_at, place=clock.next_step,
            step=clock.rung["step"], planned_at=clock.next_at, fired_at=now,
        )  # fmt: skip
        # Moved away and back again: for this end the step was taken already.
        if not clock.steps.filter(due_at=step.due_at, place=step.place).exists():
            step.text = handler_of(clock)(write, clock, step.step)[:300]
            write.add(step)
        clock.next_step += 1
        write.change(clock, next_step=clock.next_step, next_at=clock.moment_of_next())
    return True
