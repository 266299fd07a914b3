"""Jobs of the almanac."""

from __future__ import annotations

from django.utils import timezone

from anlan.almanac.services.reminding import remind
from anlan.kernel.jobs import every
from anlan.kernel.watchman import beats

REMIND = "almanac.remind"


@every("* * * * *", REMIND)
def reminders() -> None:
    """Every minute asks whether today's reminders were given: once a day, as soon as a worker is
    there."""
    if beats.day(REMIND) != timezone.localdate():
        remind()
        beats.beat(REMIND)
