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
        self._silences: dict[tuple[str, int | None], Silence] = {}
        found = Silence.objects.filter(
            Q(point__in=numbers) | Q(site__in=sites) | Q(rule__in=rules), until__gt=now
        )
        for silence in found.select_related("by").order_by("until"):
            self._silences["point", silence.point_id] = silence
            self._silences["site", silence.site_id] = silence
            self._silences["rule", silence.rule_id] = silence

    def of(self, rule: int, point: Point, began: datetime) -> tuple[str, datetime | None]:
        """Why nobody is called, and until when; an empty text: somebody is."""
        for window in self._windows[point.pk]:
            if window.end > self.now or window.begin <= began < window.end:
                return f"测点维护：{window.reason}（{window.by}，{_until(window.end)}）", window.end
        for key in (("point", point.pk), ("site", point.site_id), ("rule", rule)):
            if silence := self._silences.get(key):
                told = f"报警静默：{silence.reason}（{silence.by}，{_until(silence.until)}）"
                return told, silence.until
        return "", None


def _until(moment: datetime) -> str:
    return f"至 {timezone.localtime(moment):%m-%d %H:%M}"
