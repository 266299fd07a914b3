"""Jobs that run by the clock, each at most once at a time.

    @every("* * * * *", "deadlines.fire")
    def fire() -> None: ...

Times of the schedule are UTC. A run that was missed while the worker was away is made up for when
it comes back (the last one alone); what hangs on the hour in China is therefore better asked
every minute ("was it done today?") than scheduled for that hour.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app

Job = Callable[[], Any]


def every(cron: str, name: str) -> Callable[[Job], Job]:
    """Let the worker run the function by the schedule; a run still waiting is not queued again."""

    def declare(function: Job) -> Job:
        @app.periodic(cron=cron, periodic_id=name)
        @app.task(name=name, queueing_lock=name, pass_context=False)
        @functools.wraps(function)
        def run(timestamp: int = 0) -> None:
            # No request ends here: a connection that broke must not stay with this thread.
            close_old_connections()
            try:
                function()
            finally:
                close_old_connections()

        return function

    return declare
