"""Dead letters of nodes, no more than leaves room for those of the others."""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from anlan.monitoring.edge.pace import NotYet
from anlan.monitoring.gateways.contracts import DeadLetter, NotStored
from anlan.monitoring.gateways.limits import Rates
from anlan.monitoring.stream.publishing import Publisher

log = logging.getLogger("anlan.monitoring")
HOUR = 3600.0
PER_SECOND = 1024.0  # bytes of one node: in a day a third of what is kept of all (connection.py)
LETTER = 512  # bytes of a letter beside its data


class _Saved(Rates):
    BURST = 4096.0  # seconds: 4 MiB at once, some thousand letters of a day without a link


class Burying:
    """Of all nodes, each by itself."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._rates = _Saved()
        self._left_out = Counter[str]()
        self._told: dict[tuple[str, str], float] = {}

    def room(self, node: str) -> None:
        """NotYet where a letter that the node keeps must wait."""
        if owed := self._owed(node):
            raise NotYet(owed, "县级节点的死信太多，请稍后再发这一封。")

    async def sent(self, node: str, letter: DeadLetter, name: str) -> None:
        """A letter for which there was room; NotStored where it may not be kept."""
        await self._bury(node, letter, name)

    async def made(self, node: str, letter: DeadLetter, name: str) -> None:
        """A letter of what the node said; where it is too much it is counted, and the next says how
        many were not kept."""
        if self._owed(node):
            self._left_out[node] += 1
            return
        if left_out := self._left_out.pop(node, 0):
            reason = f"{letter.reason}。此前同一节点另有 {left_out} 封这样的死信没有留存"
            letter = replace(letter, reason=reason)
        await self._bury(node, letter, name)

    async def hourly(self, node: str, what: str, make: Callable[[], DeadLetter]) -> None:
        """Something that somebody should look at, at most once an hour."""
        kind, now = (node, what), time.monotonic()
        if now - self._told.get(kind, -math.inf) < HOUR:
            return
        self._told[kind] = now
        try:
            await self._publisher.bury(make())
        except NotStored as error:
            log.warning("node %s: no letter of it: %s", node, error)

    async def _bury(self, node: str, letter: DeadLetter, name: str) -> None:
        size = LETTER + len(letter.data)
        self._rates.spend(node, size, PER_SECOND, time.monotonic())
        await self._publisher.bury(letter, name)

    def _owed(self, node: str) -> float:
        return self._rates.wait(node, PER_SECOND, time.monotonic())
