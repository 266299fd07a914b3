"""Jobs of the stewardship."""

from __future__ import annotations

from django.utils import timezone

from anlan.kernel.jobs import every
from anlan.kernel.watchman import beats
from anlan.stewardship import reminding

JOB = "stewardship.clocks"


@every("* * * * *", JOB)
def clocks() -> None:
    """Every minute asks whether today's clocks are set; they are once a day."""
    today = timezone.localdate()
    if beats.day(JOB) != today:
        reminding.keep_clocks(today)
        beats.beat(JOB)
