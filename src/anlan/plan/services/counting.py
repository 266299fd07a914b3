"""Duties whose progress is counted by a measure, never typed in."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.events.mark import current
from anlan.kernel.events.outbox import SELECT, Cursor, Happening
from anlan.kernel.indicators import registry
from anlan.kernel.watchman import beats
from anlan.kernel.write import Write
from anlan.plan.choices import DutyState
from anlan.plan.models import Duty
from anlan.plan.services.standings import restand

JOB = "plan.count"
PAGE = 1000


def is_counted(duty: Duty) -> bool:
    """Whether a measure gives the duty's progress: its clause names one, and it has a number."""
    return duty.target is not None and duty.clause is not None and bool(duty.clause.measure)


def counted() -> QuerySet[Duty]:
    """The open duties that a measure on offer counts."""
    offered = [measure.key for measure in registry.all_measures()]
    return Duty.objects.filter(
        state=DutyState.OPEN, target__isnull=False, clause__measure__in=offered
    )


def recount(duties: QuerySet[Duty], *, today: date | None = None) -> int:
    """Count the duties anew from the ledgers' rows; how many changed.

    From the first day of the period through the last one, or through ``today`` before that.
    """
    today = today or timezone.localdate()
    pks = list(duties.order_by("pk").values_list("pk", flat=True))
    return sum(_recount(pk, today) for pk in pks)


def _recount(pk: int, today: date) -> bool:
    with Write(system(), "plan.duty.count") as write:
        duty = write.lock(Duty.objects.all(), pk)
        if duty.clause is None or duty.state != DutyState.OPEN:
            return False
        measure = registry.get(duty.clause.measure)
        last = min(duty.due_on, today)
        value = measure.value(duty.organisation, duty.period_start, last)
        if value == duty.progress:
            return False
        write.change(duty, progress=value, progress_at=timezone.now())
        restand(write, duty)
    return True


def follow(*, today: date | None = None) -> int:
    """Count anew what events since the last time may have changed; how many duties did.

    A published plan, or the first time: all. Otherwise the duties of the organisations that
    something happened to. Counting is idempotent: an event seen twice does no harm.
    """
    since = Cursor.parse(beats.place(JOB))
    if since is None:
        here = current()  # before counting, so that nothing falls between
        changed = recount(counted(), today=today)
        beats.beat(JOB, place=str(here))
        return changed
    changed = 0
    while rows := _events(since):
        since = rows[-1].cursor
        changed += recount(_touched(rows), today=today)
        beats.beat(JOB, place=str(since))
    return changed


def _touched(events: list[Happening]) -> QuerySet[Duty]:
    if any(event.kind == "plan.published" for event in events):
        return counted()
    paths = {event.organisation for event in events if event.organisation}
    return counted().filter(organisation__path__in=paths)


def _events(since: Cursor) -> list[Happening]:
    with connection.cursor() as cursor:
        cursor.execute(SELECT, [str(since.xid), since.id, PAGE])
        return [Happening.of(row) for row in cursor.fetchall()]
