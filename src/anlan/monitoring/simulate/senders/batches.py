"""What senders of batches share: ANB1 messages of a device that go one after another, in order."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass

import numpy as np

from anlan.monitoring.protocols.batch import Batch, pack, split
from anlan.monitoring.protocols.batch.binary import SPAN
from anlan.monitoring.simulate.city import Device
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.senders import begun, ended
from anlan.monitoring.simulate.world import Said

MOST_WAITING = 10_000  # messages of a device


@dataclass(frozen=True, slots=True)
class Body:
    """A message that waits."""

    data: bytes
    readings: int


class BatchSender(ABC):
    """One device. ``most``: readings of a message."""

    def __init__(self, device: Device, tally: Tally, most: int) -> None:
        self.tally = tally
        self.waiting: deque[Body] = deque()
        self.more = asyncio.Event()
        self._most = most
        self._channels = np.array([int(point.channel) for point in device.points], np.uint32)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = begun(self.run())

    def say(self, said: Said, now: float) -> None:
        if not len(said):
            return
        whole = Batch.of(
            self._channels[said.point], said.time, said.value, np.zeros(len(said), np.uint8)
        )
        for part in split(whole, span=SPAN, most=self._most):
            if len(self.waiting) >= MOST_WAITING:
                self.tally.lost += len(part)
                continue
            self.waiting.append(Body(pack(part), len(part)))
            self.tally.sent += len(part)
        self.more.set()

    async def stop(self, grace: float) -> None:
        if self._task is not None:
            await ended(self._task, lambda: not self.waiting, grace)

    @abstractmethod
    async def run(self) -> None:
        """Sends what waits, until it is cancelled."""
