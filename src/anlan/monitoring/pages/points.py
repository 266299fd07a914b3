"""One point: its curve over any span, its limits, its alarms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.monitoring import compiling, policies, selectors
from anlan.monitoring.choices import COLOURS, Level
from anlan.monitoring.engine import Measure
from anlan.monitoring.history.curve import HEIGHT, WIDTH, Curve, curve
from anlan.monitoring.models import Alarm, Point

SPANS = {
    "minute": ("1 分钟", timedelta(minutes=1)),
    "hour": ("1 小时", timedelta(hours=1)),
    "shift": ("8 小时", timedelta(hours=8)),
    "day": ("1 天", timedelta(days=1)),
    "week": ("7 天", timedelta(days=7)),
    "month": ("31 天", timedelta(days=31)),
    "year": ("366 天", timedelta(days=366)),
}
USUAL = "shift"
LABELS = 4  # on the axis of time, besides its end
ALARMS = 10


@page(policies.VIEW)
def point(request: Request, pk: int) -> HttpResponse:
    """The curve that ``span`` and ``until`` ask for; without ``until`` it ends now."""
    found = selectors.point(request.actor, pk)
    chosen = request.GET.get("span", "")
    span = chosen if chosen in SPANS else USUAL
    until = _moment(request.GET.get("until", ""))
    end = until or timezone.now()
    begin = end - SPANS[span][1]
    drawn = _curve(found, begin, end)
    context = {
        "point": found,
        "curve": drawn,
        "extremes": _extremes(drawn),
        "limits": [(COLOURS[each.name].label, each.value) for each in drawn.levels]
        if drawn
        else [],
        "size": (WIDTH, HEIGHT),
        "spans": [(name, words, name == span) for name, (words, _) in SPANS.items()],
        "span": span,
        "begin": begin,
        "end": end,
        "until": until,
        "labels": _labels(begin, end),
        "earlier": begin,
        "later": min(end + SPANS[span][1], timezone.now()) if until else None,
        "alarms": Alarm.objects.visible_to(request.actor)
        .filter(point=found)
        .select_related("rule", "version", "point")
        .order_by("-raised_at")[:ALARMS],
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, f"monitoring/{'_point' if partial else 'point'}.html", context)


def _curve(found: Point, begin: datetime, end: datetime) -> Curve | None:
    # not with the module: Arrow and Delta Lake would burden every process that knows addresses
    from anlan.monitoring.history.table import History

    first, last = _ms(begin), _ms(end)
    rows = History.at(settings.VAR / "history").read([found.pk], first, last)
    time = rows.column("time").to_numpy().astype("datetime64[ms]").astype(np.int64)
    value = rows.column("value").to_numpy().astype(np.float64)
    return curve(time, value, first, last, _limits(found))


def _limits(found: Point) -> list[tuple[str, float]]:
    plan = compiling.compiled(Point.objects.filter(pk=found.pk))
    return [
        (Level(watch.key.level).colour, watch.limit)
        for watch in plan.watches
        if watch.measure == Measure.VALUE
    ]


def _extremes(drawn: Curve | None) -> list[tuple[str, float, datetime]]:
    if drawn is None:
        return []
    named = (("最后", drawn.last), ("最大", drawn.most), ("最小", drawn.least))
    return [(words, value, _at(ms)) for words, (value, ms) in named]


def _labels(begin: datetime, end: datetime) -> list[tuple[float, str, str]]:
    """Where on the width, the moment in words as short as the span allows, the text's anchor."""
    span = end - begin
    form = "%H:%M:%S" if span <= timedelta(hours=1) else "%m-%d %H:%M"
    if span > timedelta(days=40):
        form = "%Y-%m-%d"
    places = [(number / LABELS, begin + span * number / LABELS) for number in range(LABELS + 1)]
    return [
        (
            WIDTH * place, timezone.localtime(moment).strftime(form),
            "start" if place == 0 else "end" if place == 1 else "middle",
        )
        for place, moment in places
    ]  # fmt: skip


def _moment(text: str) -> datetime | None:
    """A moment as pages write it; None for anything else, or one still to come."""
    try:
        found: Any = parse_datetime(text)
    except ValueError:
        return None
    if found is None:
        return None
    aware: datetime = found if timezone.is_aware(found) else timezone.make_aware(found)
    return aware if datetime(1971, 1, 1, tzinfo=UTC) < aware <= timezone.now() else None


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
