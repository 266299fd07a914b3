"""Jobs that run by the clock, each at most once at a time.

    @every("* * * * *", "deadlines.fire")
    def fire() -> None: ...

Times of the schedule are UTC. A run that was missed while the worker was away is made up for when
it comes back (the last one alone); what hangs on the hour in China is therefore better asked
every minute ("was it done today?") than scheduled for that hour.

What calls and tells people is urgent, and the worker has hands for that alone: four long jobs (two
notices read, a register imported, a rule tried on a year) must not keep an alarm from a person.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app

Job = Callable[[], Any]
URGENT = "urgent"  # the queue
HANDS, URGENT_HANDS = 4, 2  # jobs at once; free hands of the first do what is urgent too


def every(cron: str, name: str, *, queue: str = "default") -> Callable[[Job], Job]:
    """Let the worker run the function by the schedule; a run still waiting is not queued again."""

    def declare(function: Job) -> Job:
        @app.periodic(cron=cron, periodic_id=name)
        @app.task(name=name, queue=queue, queueing_lock=name, pass_context=False)
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


async def work() -> None:
    """Be the worker until told to stop: then what is begun is done to its end."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(HANDS + URGENT_HANDS))
    async with app.open_async(), asyncio.TaskGroup() as group:
        urgent = group.create_task(
            app.run_worker_async(
                name=URGENT, queues=[URGENT], concurrency=URGENT_HANDS,
                install_signal_handlers=False,
            )
        )  # fmt: skip
        await app.run_worker_async(name="anlan", concurrency=HANDS)
        urgent.cancel()
