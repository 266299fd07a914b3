"""What the watchman asks of monitoring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from anlan.kernel.watchman.registry import Fault, check
from anlan.monitoring.models import Point, TamperLook

NOON = 12  # of the city: by then the night's work is done, or something holds it up


@check(
    "monitoring.tamper",
    "昨天的监测数据已查过篡改疑点",
    applies=lambda: Point.objects.standing().exists(),
)
def looked(now: datetime) -> Iterator[Fault]:
    """Sites whose yesterday was not judged by noon, and those where it failed."""
    local = timezone.localtime(now)
    failed = TamperLook.objects.exclude(problem="")
    if failed.exists():
        names = "、".join(str(each.site) for each in failed.select_related("site")[:3])
        yield Fault(
            "failed",
            f"{failed.count()} 处场所的篡改检测没有做成（{names} 等）。今夜会再试；仍不成的，"
            "请查看后台任务的日志。",
        )
    day = local.date() - timedelta(days=1 if local.hour >= NOON else 2)
    started = TamperLook.objects.filter(day__isnull=False)
    late = started.filter(day__lt=day, problem="").count()
    if late:
        yield Fault(
            "late",
            f"{late} 处场所 {day:%Y-%m-%d} 的监测数据还没有查过篡改疑点。"
            "请查看后台任务是否在运行。",
        )
