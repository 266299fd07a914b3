"""What the watchman asks of the clocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.utils import timezone

from anlan.kernel.deadlines.models import Deadline
from anlan.kernel.watchman.registry import Fault, check

LATE = timedelta(minutes=5)


@check("deadlines.late", "到期提醒按时发出")
def late(now: datetime) -> Iterator[Fault]:
    """Steps that are due for more than five minutes and were not taken."""
    groups = (
        Deadline.objects.filter(next_at__lt=now - LATE)
        .values("subject_type", "name")
        .annotate(count=Count("pk"), first=Min("next_at"))
        .order_by("subject_type", "name")
    )
    for group in groups:
        first = timezone.localtime(group["first"])
        yield Fault(
            f"{group['subject_type']} {group['name']}",
            f"{group['count']} 个期限的提醒超过 5 分钟没有执行，最早应在 {first:%Y-%m-%d %H:%M}。"
            "请查看后台任务是否在运行。",
        )
