"""Whose questions are looked at at all: who does not wait for answers is put off the line."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass

from anlan.monitoring.gateways.limits import Rates

MOST_AT_ONCE = 80  # questions of one node; each of its parts asks one
MOST_BYTES = 64 * 1024 * 1024  # of these; four parts have 32 MB at the very most
PIECE = 64 * 1024  # bytes of a message that count like one more
PER_SECOND = 100.0  # messages and pieces that may come in vain
CUT_SECONDS = 10.0  # of debt, as with MQTT devices
LONGEST_SECONDS = 60.0  # of debt: what is still on its way from a node that was cut adds no more


@dataclass(slots=True)
class Dropped:
    """What was not looked at, and its bytes."""

    messages: int = 0
    size: int = 0


class Door:
    """Of all nodes, each by itself."""

    def __init__(self) -> None:
        self._asking = Counter[str]()
        self._bytes = Counter[str]()
        self._rates = Rates()
        self._dropped = defaultdict[str, Dropped](Dropped)

    def enter(self, node: str, size: int) -> bool:
        """Whether a question is to be looked at; then ``leave`` must follow."""
        if self._asking[node] >= MOST_AT_ONCE or self._bytes[node] + size > MOST_BYTES:
            return False
        self._asking[node] += 1
        self._bytes[node] += size
        return True

    def leave(self, node: str, size: int) -> None:
        """It is answered."""
        self._asking[node] -= 1
        self._bytes[node] -= size

    def in_vain(self, node: str, size: int) -> bool:
        """Something came that is not looked at; True: the node is to be put off the line."""
        dropped = self._dropped[node]
        dropped.messages += 1
        dropped.size += size
        if self.owed(node) < LONGEST_SECONDS:
            self._rates.spend(node, 1 + size / PIECE, PER_SECOND, time.monotonic())
        return self.owed(node) > CUT_SECONDS

    def owed(self, node: str) -> float:
        """Seconds until the node may come again."""
        return self._rates.wait(node, PER_SECOND, time.monotonic())

    def dropped(self, node: str) -> tuple[int, int]:
        """How many messages of it, and bytes, were not looked at since this was asked last."""
        found = self._dropped.pop(node, Dropped())
        return found.messages, found.size
