"""One sender for each protocol: a device's own side, over real sockets, HTTP and files."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Protocol

from anlan.monitoring.simulate.world import Said

log = logging.getLogger(__name__)


class Sender(Protocol):
    """One device's way to the platform."""

    def start(self) -> None:
        """Begins to connect; within a running event loop."""

    def say(self, said: Said, now: float) -> None:
        """Hands readings over. What is not acknowledged is kept and sent again."""

    async def stop(self, grace: float) -> None:
        """Waits at most ``grace`` seconds for what is not acknowledged, then closes."""


def begun(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """The work of a sender; a fault of the program in it is told at once."""
    task = asyncio.create_task(work)
    task.add_done_callback(_tell)
    return task


async def ended(task: asyncio.Task[None], settled: Callable[[], bool], grace: float) -> None:
    """Ends it once all is ``settled``, or after ``grace`` seconds; raises what broke it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(grace):
            while not settled() and not task.done():
                await asyncio.sleep(0.02)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("a simulated device has broken down", exc_info=error)
