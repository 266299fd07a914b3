"""What the watchman asks of the almanac."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from anlan.almanac.tasks import REMIND
from anlan.kernel.watchman import beats
from anlan.kernel.watchman.registry import Fault, check

LATE = timedelta(minutes=30)  # after midnight


@check("almanac.remind", "固定日提醒当日已执行")
def reminded(now: datetime) -> Iterator[Fault]:
    """A day that is half an hour old and has not seen its reminders, once there were any."""
    last = beats.day(REMIND)
    if last is not None and last < timezone.localdate(now - LATE):
        yield Fault("", f"固定日提醒最近一次执行是 {last}。请查看后台任务是否在运行。")
