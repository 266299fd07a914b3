"""Keeping what the tamper detector found, night by night, and what people found out about it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.monitoring.alarms import line
from anlan.monitoring.choices import TamperState
from anlan.monitoring.models import Point, TamperLook, TamperSignal
from anlan.monitoring.running.looking import Seen, look
from anlan.monitoring.tamper.signals import KINDS, Signal
from anlan.registry.models import Site

if TYPE_CHECKING:
    from anlan.monitoring.history.table import History

log = logging.getLogger("anlan.monitoring")
HOUR = 2  # of the city's night: devices have sent what they kept for a while
SECONDS = 45.0  # a run looks at no further site afterwards; the next minute goes on
BACK_DAYS = 7  # days that are made up for after a standstill
SAME_MS = 3_600_000
"""What ends so little after a judged signal is that signal: windows do not end to the minute."""
LONGEST_WHY = 1000


def due(now: datetime) -> date:
    """The last day whose readings are complete enough to be judged."""
    local = timezone.localtime(now)
    return local.date() - timedelta(days=1 if local.hour >= HOUR else 2)


def lacking(now: datetime) -> QuerySet[Site]:
    """Sites with points whose day was not judged yet, the longest neglected first; without those
    that failed this night already."""
    day = due(now)
    night = timezone.localtime(now).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    night -= timedelta(days=0 if night <= now else 1)
    watched = Point.objects.standing().filter(site=OuterRef("pk"))
    return (
        Site.objects.filter(Exists(watched))
        .exclude(tamper_look__day__gte=day)
        .exclude(tamper_look__failed_at__gte=night)
        .order_by(F("tamper_look__day").asc(nulls_first=True), "pk")
    )


def look_on(*, history: History, now: datetime, clock: Callable[[], float] = time.monotonic) -> int:
    """Judge yesterday at one site after another until all are done or the time is up; how many
    were judged. A site that cannot be judged stops no other; it is tried again the next night."""
    until, judged = clock() + SECONDS, 0
    while clock() < until and (site := lacking(now).first()) is not None:
        try:
            look_at(site=site, day=due(now), history=history)
            judged += 1
        except Exception as error:  # whatever it is, the other sites must not wait for it
            log.exception("site %s could not be looked at", site.pk)
            with Write(system(), "monitoring.tamper.find") as write:
                row = _row(write, site)
                write.change(row, failed_at=timezone.now(), problem=repr(error)[:300])
    return judged


def look_at(*, site: Site, day: date, history: History) -> int:
    """Judge the days of a site up to ``day`` that were not judged; how many signals are new.
    Done again it changes nothing."""
    row = TamperLook.objects.filter(site=site).first()
    if row and row.day and row.day >= day:
        return 0
    back = day - timedelta(days=BACK_DAYS - 1)
    first = max(row.day + timedelta(days=1), back) if row and row.day else day
    points = list(site.points.standing().order_by("pk"))
    return record(site=site, day=day, seen=look(history, points, first, day))


def record(*, site: Site, day: date, seen: Seen) -> int:
    """Store what was seen up to ``day`` and that it was looked for, both or neither; how many
    signals are new. Tells the regulator's staff once of all that is new."""
    with Write(system(), "monitoring.tamper.find") as write:
        row = _row(write, site)
        if row.day is not None and row.day >= day:
            return 0
        new = [made for each in seen.signals if (made := _keep(write, site, day, *each))]
        write.change(row, day=day, unjudged=seen.unjudged, failed_at=None, problem="")
        if new:
            _tell(write, site, new)
    return len(new)


def _row(write: Write, site: Site) -> TamperLook:
    row = TamperLook.objects.select_for_update().filter(site=site).first()
    return row or write.add(TamperLook(site=site))


def _keep(
    write: Write, site: Site, day: date, point: Point, signal: Signal, beside: list[int]
) -> TamperSignal | None:
    """A signal that is not on record yet, stored; None where it is, perhaps longer now."""
    begin = signal.start
    known = TamperSignal.objects.select_for_update().filter(
        point=point, kind=signal.kind, begin_ms__lte=signal.end, end_ms__gte=signal.start
    )
    for each in known.order_by("begin_ms"):
        if each.state == TamperState.OPEN:
            _lengthen(write, each, signal, beside)
            return None
        if signal.end <= each.end_ms + SAME_MS:
            return None
        begin = each.end_ms + 1  # people have judged what was before
    return write.add(
        TamperSignal(
            point=point, site=site, kind=signal.kind, begin_ms=begin, end_ms=signal.end,
            score=signal.score, why=signal.why[:LONGEST_WHY], beside=beside, found_on=day,
            is_demo=point.is_demo,
        )
    )  # fmt: skip


def _lengthen(write: Write, known: TamperSignal, signal: Signal, beside: list[int]) -> None:
    """The same event, of which more is known now; what is over is told on its last day."""
    if signal.end <= known.end_ms:
        return
    write.change(
        known, end_ms=signal.end, score=signal.score, why=signal.why[:LONGEST_WHY], beside=beside
    )


def _tell(write: Write, site: Site, new: Iterable[TamperSignal]) -> None:
    users, _ = line.people(site, "staff")
    kinds = "、".join(dict.fromkeys(f"{each.point} {KINDS[each.kind]}" for each in new))
    notify(
        users=users, kind="tamper.found", title=f"监测数据有篡改疑点：{site}"[:120],
        text=kinds[:1000], link=reverse("monitoring:tamper"),
    )  # fmt: skip
    write.event("tamper.found", site, area=site.area, organisation=site.regulator)
