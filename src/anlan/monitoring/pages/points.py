"""One point: its curve over any span, its limits, its alarms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.monitoring import policies
from anlan.monitoring.alarms import selectors
from anlan.monitoring.models import Alarm
from anlan.monitoring.now.drawing import drawn

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
    context = {
        "point": found,
        "drawn": drawn(found, begin, end),
        "spans": [(name, words, name == span) for name, (words, _) in SPANS.items()],
        "span": span,
        "begin": begin,
        "end": end,
        "until": until,
        "earlier": begin,
        "later": min(end + SPANS[span][1], timezone.now()) if until else None,
        "alarms": Alarm.objects.visible_to(request.actor)
        .filter(point=found)
        .select_related("rule", "version", "point")
        .order_by("-raised_at")[:ALARMS],
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, f"monitoring/{'_point' if partial else 'point'}.html", context)


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
