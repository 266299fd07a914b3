"""Why nobody is called for an alarm: its point is being maintained, or somebody silenced it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from anlan.monitoring.models import Point, Silence, Window

BACK = timedelta(days=1)  # maintenance that ended no longer ago still explains what comes late


class Hush:
    """The windows and silences of some points and rules, read once."""

    def __init__(self, points: Iterable[Point], rules: set[int], now: datetime) -> None:
        self.now = now
        chosen = list(points)
        numbers, sites = [each.pk for each in chosen], {each.site_id for each in chosen}
        self._windows = defaultdict[int, list[Window]](list)
        for window in Window.objects.filter(
            point__in=numbers, end__gt=now - BACK, begin__lte=now
        ).select_related("by"):
            self._windows[window.point_id].append(window)
        self._silences: dict[tuple[int | None, int | None, int | None], Silence] = {}
        found = Silence.objects.filter(
            Q(point__in=numbers)
            | Q(site__in=sites, rule=None)
            | Q(rule__in=rules, site=None)
            | Q(rule__in=rules, site__in=sites),
            begin__lte=now, until__gt=now,
        )  # fmt: skip
        for silence in found.select_related("by").order_by("until"):
            self._silences[silence.point_id, silence.site_id, silence.rule_id] = silence

    def of(self, rule: int, point: Point, began: datetime) -> tuple[str, datetime | None]:
        """Why nobody is called, and until when; an empty text: somebody is."""
        for window in self._windows[point.pk]:
            if window.end > self.now or window.begin <= began < window.end:
                return f"测点维护：{window.reason}（{window.by}，{_until(window.end)}）", window.end
        site = point.site_id
        keys = ((point.pk, None, None), (None, site, None), (None, site, rule), (None, None, rule))
        found = [each for key in keys if (each := self._silences.get(key))]
        if not found:
            return "", None
        longest = max(found, key=lambda each: each.until)
        why = f"报警静默：{longest.reason}（{longest.by}，{_until(longest.until)}）"
        return why, longest.until


def _until(moment: datetime) -> str:
    return f"至 {timezone.localtime(moment):%m-%d %H:%M}"
