"""What the watchman asks of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from anlan.kernel.indicators.selectors import Book
from anlan.kernel.watchman import beats
from anlan.kernel.watchman.registry import Fault, check
from anlan.plan import tally
from anlan.plan.daily import RESTAND
from anlan.plan.models import Clause, Duty, KeyDuty

LATE = timedelta(minutes=10)  # after midnight


@check("plan.standing", "任务状态当日已重新计算")
def standing(now: datetime) -> Iterator[Fault]:
    """A day that is ten minutes old, and duties that still stand as yesterday."""
    day = timezone.localdate(now - LATE)
    last = beats.day(RESTAND)
    if (last is None or last < day) and Duty.objects.running().exists():
        said = f"最近一次是 {last:%Y-%m-%d}" if last else "从未计算过"
        yield Fault("", f"今日尚未重新计算任务状态（{said}）。请查看后台任务是否在运行。")


@check("plan.tally", "各状态项数的统计与任务相符")
def tallied(now: datetime) -> Iterator[Fault]:
    """One key duty each minute, in turn, counted anew and compared."""
    known = list(KeyDuty.objects.order_by("pk").values_list("pk", flat=True))
    if known and tally.differs([known[int(now.timestamp() // 60) % len(known)]]):
        yield Fault("", "看板上的项数与任务不符。请运行 anlan manage retally 重新统计。")


@check("plan.measures", "条款所用指标都有定义，都有台账提供")
def measures(now: datetime) -> Iterator[Fault]:
    """Clauses in force whose indicator nobody defined or offers: their duties stand still."""
    named = Clause.objects.filter(retired_at=None).exclude(measure="")
    known = Book().keys
    for key in sorted(set(named.exclude(measure__in=known).values_list("measure", flat=True))):
        yield Fault(
            key,
            f"有条款以指标“{key}”计数，但它没有定义，或没有台账提供其数据，进度不会更新。"
            "请在“指标”里核对。",
        )
