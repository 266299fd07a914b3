"""Looking after the history each hour and each night: what the process ``monitor`` does beside."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

import numpy as np
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from anlan.kernel.visits import release
from anlan.monitoring.choices import TamperState
from anlan.monitoring.history.policy import Policy
from anlan.monitoring.history.table import CITY_OFFSET, DAY, History
from anlan.monitoring.history.thinning import Spans
from anlan.monitoring.history.upkeep import Task, Upkeep
from anlan.monitoring.models import Span, TamperSignal

log = logging.getLogger("anlan.monitoring")
NIGHT = range(1, 6)  # hours of the city in which past days are put in order
BACKLOG_DAYS = 3  # what so many nights have not brought about is done by day


def policy() -> Policy:
    """As the city's data say."""
    return Policy.read(settings.BASE / "data" / "monitoring" / "history.yaml")


def keep(history: History, now: datetime, stopped: Callable[[], bool]) -> int:
    """Put the small files of today together; at night put past days in order, thin the old ones
    and clear away what nobody needs. Ends early where ``stopped``: the next night goes on. Says
    how many days were put in order."""
    today = (int(now.timestamp() * 1000) + CITY_OFFSET) // DAY
    night = timezone.localtime(now).hour in NIGHT
    history.compact(today)
    rules = policy()
    upkeep = Upkeep(history, rules)
    ordered = 0
    for task in upkeep.due(today if night else today - BACKLOG_DAYS):
        if stopped():
            return ordered
        done = upkeep.order(task, lambda each: whole(each, rules.around_minutes * 60_000))
        if done is not None:
            ordered += 1
            log.info(
                "%s of part %s in order, %s of %s readings kept",
                task.date, task.part, done.after, done.before,
            )  # fmt: skip
    if night:
        upkeep.clear()
    return ordered


def whole(task: Task, around: int) -> Spans:
    """The stretches of a day around alarms and signs of tampering, ``around`` ms on both sides."""
    begin = task.day * DAY - CITY_OFFSET
    end = begin + DAY
    try:
        found = [*_alarmed(begin - around, end + around), *_touched(begin - around, end + around)]
    finally:
        release()
    rows = [(point, b - around, end if e is None else e + around) for point, b, e in found]
    return Spans(*np.array(rows, np.int64).reshape(-1, 3).T)


Stretch = tuple[int, int, int | None]  # point, first and last moment; None: it goes on


def _alarmed(begin: int, end: int) -> Iterator[Stretch]:
    met = Q(cleared_ms=None) | Q(cleared_ms__gte=begin)
    found = Span.objects.filter(met, begin_ms__lt=end)
    yield from found.values_list("point_id", "begin_ms", "cleared_ms")


def _touched(begin: int, end: int) -> Iterator[Stretch]:
    """Signs of tampering are proved by the readings themselves, and by those of other points."""
    found = TamperSignal.objects.filter(end_ms__gte=begin, begin_ms__lt=end)
    rows = found.exclude(state=TamperState.FALSE)
    for point, beside, first, last in rows.values_list("point_id", "beside", "begin_ms", "end_ms"):
        yield from ((each, first, last) for each in (point, *beside))
