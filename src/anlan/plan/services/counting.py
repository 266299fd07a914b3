"""Duties whose progress is counted by a measure, never typed in: the count closes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.events.mark import current
from anlan.kernel.events.outbox import SELECT, Cursor, Happening
from anlan.kernel.indicators import registry
from anlan.kernel.indicators.registry import Measure
from anlan.kernel.notify.services import notify
from anlan.kernel.watchman import beats
from anlan.kernel.write import Write
from anlan.plan import audience, clocks, flow
from anlan.plan.choices import DutyState
from anlan.plan.goals import quota_of, span_of
from anlan.plan.models import Duty
from anlan.plan.quotas import Verdict, judge
from anlan.plan.services.standings import restand

JOB = "plan.count"
PAGE = 1000


def counted() -> QuerySet[Duty]:
    """The running duties that a measure on offer counts; met ones too, for a count may fall."""
    offered = [measure.key for measure in registry.all_measures()]
    return Duty.objects.running().filter(target__isnull=False, clause__measure__in=offered)


def recount(duties: QuerySet[Duty], *, today: date | None = None) -> int:
    """Count the duties anew from the ledgers' rows; how many changed.

    From the first day of the period through the last one, or through ``today`` before that.
    """
    today = today or timezone.localdate()
    pks = list(duties.order_by("pk").values_list("pk", flat=True))
    offered = {measure.key: measure for measure in registry.all_measures()} if pks else {}
    return sum(_recount(pk, today, offered) for pk in pks)


def _recount(pk: int, today: date, offered: Mapping[str, Measure]) -> bool:
    with Write(system(), "plan.duty.count") as write:
        duty = write.lock(Duty.objects.all(), pk)
        quota = quota_of(duty)
        measure = offered.get(duty.clause.measure) if duty.clause else None
        if measure is None or quota is None or duty.state == DutyState.CANCELLED:
            return False
        value = measure.value(duty.organisation, duty.period_start, min(duty.due_on, today))
        changed = value != duty.progress
        if changed:
            write.change(duty, progress=value, progress_at=timezone.now())
        moved = _settle(write, duty, judge(quota, value, span_of(duty), today))
        if changed or moved:
            restand(write, duty)
    return changed or moved


def _settle(write: Write, duty: Duty, verdict: Verdict) -> bool:
    """The count alone closes the duty, and opens it again if what was counted is withdrawn."""
    if duty.state == DutyState.OPEN and verdict.met:
        flow.DUTY.move(write, duty, "complete", fields={"met_at": timezone.now()})
    elif duty.state == DutyState.MET and not verdict.met:
        reason = f"计数有变：{verdict.working}"
        flow.DUTY.move(write, duty, "reopen", fields={"met_at": None}, reason=reason)
        notify(
            users=audience.owners(duty),
            kind="duty.reopened",
            title="任务重新打开",
            text=f"{duty.title}。{reason}。",
            link=reverse("plan:duty", args=[duty.pk]),
        )
    else:
        return False
    clocks.keep(write, duty)
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
