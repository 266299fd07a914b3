"""How much of the city's stream one node may fill.

Each may take half of what is free: the fuller the stream, the less anybody may have of it, and some
is always left for who has little there. (Choudhury and Hahne, "Dynamic queue length thresholds for
shared-memory packet switches", 1998.) How much a node has sent is known since this process began;
what it took before counts as taken, but not as its own. It has at most what there is at all: what
both readers have had leaves the stream before its day (``stream/room.py``).
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque

from nats.js import JetStreamContext

from anlan.monitoring.stream.connection import DAYS
from anlan.monitoring.stream.names import STREAM

OF_FREE = 0.5
HOUR = 3600.0
KEPT = DAYS * 24 * HOUR + HOUR  # as long as the stream keeps it, and the hour it is counted in
FRESH_SECONDS = 1.0
MESSAGE = 300  # bytes of a message in the stream beside its data: headers, subject, the index


class Shares:
    """Of all nodes."""

    def __init__(self, stream: JetStreamContext) -> None:
        self._stream = stream
        self._sent = defaultdict[str, deque[list[float]]](deque)  # hour, bytes
        self._free, self._held, self._asked = 0.0, 0.0, -math.inf

    async def full(self, node: str) -> bool:
        """Whether the node has its share."""
        now = time.monotonic()
        if now - self._asked >= FRESH_SECONDS:
            self._free, self._held = await self._ask()
            self._asked = now
        return min(self.of(node, now), self._held) > OF_FREE * self._free

    def of(self, node: str, now: float) -> float:
        """Bytes that the node has sent in as long as the stream may keep them."""
        sent = self._sent[node]
        while sent and sent[0][0] < now - KEPT:
            sent.popleft()
        return sum(each for _, each in sent)

    def add(self, node: str, size: int) -> None:
        """A message of the node is in the stream."""
        now, sent = time.monotonic(), self._sent[node]
        if not sent or sent[-1][0] < now - HOUR:
            sent.append([now, 0.0])
        sent[-1][1] += size + MESSAGE
        self._free -= size + MESSAGE
        self._held += size + MESSAGE

    async def _ask(self) -> tuple[float, float]:
        """Bytes that are free, and that are taken; a stream without a limit has room for all."""
        found = await self._stream.stream_info(STREAM)
        most, held = found.config.max_bytes or -1, float(found.state.bytes)
        return (math.inf if most <= 0 else most - held), held
