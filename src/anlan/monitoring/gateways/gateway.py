"""What all servers share: storing, answering, rates, dead letters, the end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Hashable, Iterable
from typing import Protocol

from anlan.monitoring.gateways.contracts import DeadLetter, Directory, NotStored, Sink
from anlan.monitoring.gateways.conversation import Heard, Task
from anlan.monitoring.gateways.limits import Counters, Limits, Rates, bucket
from anlan.monitoring.gateways.readings import Readings, together
from anlan.monitoring.protocols.batch import Batch

log = logging.getLogger(__name__)


class Line(Protocol):
    """The way back to a device."""

    host: str

    async def send(self, data: bytes) -> None:
        """Raises ``TimeoutError`` where the device does not read."""


class Gateway:
    """May be shared by several servers, so that a device has one rate whatever way it comes."""

    def __init__(self, sink: Sink, directory: Directory, limits: Limits | None = None) -> None:
        self.sink = sink
        self.directory = directory
        self.limits = limits or Limits()
        self.counters = Counters()
        self.rates = Rates()  # of devices
        self._hosts = Rates()  # of dead letters; apart, so that strangers displace no device
        self.closing = asyncio.Event()

    async def perform(self, line: Line, heard: Heard) -> None:
        """Sends, stores and answers what was ``heard``, in this order.

        The caller does not read on meanwhile: so a device over its rate, or faster than the
        sink, is slowed, and no other is.
        """
        await line.send(heard.send)
        for letter in heard.letters:
            await self.paced(self._hosts, line.host, 1, self.limits.letters_per_second)
            await self.bury(letter)
        await self._tasks(line, heard.tasks)

    def noisy(self, host: str) -> bool:
        """Whether ``host`` makes too many dead letters, one more counted; for those who cannot be
        made to wait."""
        now, rate = time.monotonic(), self.limits.letters_per_second
        if self._hosts.wait(host, rate, now):
            return True
        self._hosts.spend(host, 1, rate, now)
        return False

    async def _tasks(self, line: Line, tasks: Iterable[Task]) -> None:
        """What may be stored now is stored together; what is over the rate waits."""
        ready: list[Task] = []
        for task in tasks:
            key, rate = bucket(task.device)
            if self.rates.wait(key, rate, time.monotonic()):
                await self._settle(line, ready)
                ready = []
            if not await self.paced(self.rates, key, max(1, len(task.readings)), rate):
                self.counters.refused += 1
                continue
            ready.append(task)
        await self._settle(line, ready)

    async def paced(self, rates: Rates, key: Hashable, amount: float, rate: float) -> bool:
        """Waits out the debt of ``key``, then spends; False where the server stops before."""
        wait = rates.wait(key, rate, time.monotonic())
        if wait:
            self.counters.slowed += 1
            try:
                await asyncio.wait_for(self.closing.wait(), wait)
                return False
            except TimeoutError:
                pass  # the debt is paid
        rates.spend(key, amount, rate, time.monotonic())
        return True

    async def _settle(self, line: Line, tasks: list[Task]) -> None:
        if not tasks:
            return
        self.counters.frames += len(tasks)
        buried = [task.letter is None or await self.bury(task.letter) for task in tasks]
        stored = await self._stored(tasks)
        answers: list[bytes] = []
        for task, letter_lies in zip(tasks, buried, strict=True):
            if letter_lies and task.device.site in stored:
                self.counters.readings += len(task.readings)
                answers.append(task.stored(time.time()))
            else:
                self.counters.refused += 1
                answers.append(task.failed(time.time()))
        await line.send(b"".join(answers))

    async def _stored(self, tasks: list[Task]) -> set[int]:
        """The sites all of whose readings lie safely."""
        by_site: dict[int, list[Readings]] = {}
        for task in tasks:
            by_site.setdefault(task.device.site, []).append(task.readings)
        stored: set[int] = set()
        for site, found in by_site.items():
            batch = together(found)
            if not len(batch) or await self.store(site, batch):
                stored.add(site)
        return stored

    async def store(self, site: int, batch: Batch) -> bool:
        """Whether the sink has stored it, and in time."""
        try:
            async with asyncio.timeout(self.limits.store_within):
                await self.sink.store(site, batch)
        except (NotStored, TimeoutError) as error:
            log.warning("%d readings of site %d were not stored: %r", len(batch), site, error)
            return False
        return True

    async def bury(self, letter: DeadLetter) -> bool:
        """Whether the sink has stored it, and in time."""
        try:
            async with asyncio.timeout(self.limits.store_within):
                await self.sink.bury(letter)
        except (NotStored, TimeoutError) as error:
            log.warning("a dead letter from %s was not stored: %r", letter.source, error)
            self.counters.unburied += 1
            return False
        self.counters.dead += 1
        return True
