"""What a new day brings: each part once a day, as soon as a worker is there to do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from anlan.kernel.watchman import beats
from anlan.plan import clocks
from anlan.plan.services import counting, orders, partials, standings

RESTAND = "plan.restand"


def new_day(*, now: datetime | None = None) -> list[str]:
    """Do what today has not seen done yet; the names of what was done.

    A part that fails ends the run, and is tried again with what follows it at the next one.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    parts: list[tuple[str, Callable[[], Any]]] = [
        (RESTAND, lambda: standings.restand_all(today=today)),
        ("plan.clocks", clocks.start_missing),
        ("plan.partials", partials.adjust),
        ("plan.recount", lambda: counting.recount(counting.counted(), today=today)),
        ("plan.propose", lambda: orders.propose_for_overdue(today=today)),
    ]
    done = []
    for name, part in parts:
        if beats.day(name) != today:
            part()
            beats.beat(name, now=now)
            done.append(name)
    return done
