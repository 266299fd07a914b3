"""How fast a node may send: over its pace it is answered later, and then told *not yet*."""

from __future__ import annotations

import asyncio
import time

from anlan.monitoring.edge.snapshot import Told
from anlan.monitoring.gateways.limits import Rates

# Readings a second. Assumptions, by what one city takes in all on two cores: two million.
LEAST, MOST = 50_000.0, 500_000.0
CATCHING_UP = 10  # times what the county's devices may say: a day's cut is made good in hours
READING_BYTES = 17  # in a message (docs/monitoring.md, "The batch")
QUESTION = 250.0  # what any question costs at least, in readings: a row of the database
LOOK_SECONDS = 0.25  # of the pace: what a search in the stream costs
HOLD_SECONDS = 10.0  # a question waits at the city; well below what a node waits for its answer
SOONEST, LATEST = 5.0, 60.0  # seconds after which one is to ask again


class NotYet(Exception):
    """The node keeps what it has, and asks again after ``wait`` seconds. ``why`` in Chinese."""

    def __init__(self, wait: float, why: str) -> None:
        super().__init__(why)
        self.wait = min(max(wait, SOONEST), LATEST)
        self.why = why


def readings_per_second(told: Told) -> float:
    """Of a node whose register this is. Never less than all its devices may say: it would fall
    behind for ever."""
    devices = float(sum(each.rate for each in told.devices))
    return max(LEAST, devices, min(CATCHING_UP * devices, MOST))


def cost(size: int) -> float:
    """Of so many bytes, in readings."""
    return max(QUESTION, size / READING_BYTES)


class Pace:
    """Of all nodes, each by itself."""

    def __init__(self) -> None:
        self._rates = Rates()

    async def turn(self, node: str, rate: float, amount: float) -> None:
        """Return when the node may have its question looked at; NotYet where that is too long. Who
        comes first has its turn first."""
        owed = self._rates.wait(node, rate, time.monotonic())
        if owed > HOLD_SECONDS:
            raise NotYet(owed, "县级节点发得太快，请稍后再发这一段。")
        self.charge(node, rate, amount)
        await asyncio.sleep(owed)

    def charge(self, node: str, rate: float, amount: float) -> None:
        """Count what it has made the city do, in readings."""
        self._rates.spend(node, amount, rate, time.monotonic())
