"""Room on the stream: what engine and history both have is taken away when it fills.

Messages would stay a day; at 100,000 readings a second (17 bytes each) a day is 147 GB, and a full
stream refuses all devices. So as it fills, one monitor takes away what the readers of all parts
have written down, and had written down a while ago: after a power cut the newest commits of the
history may be set aside, and come again from the stream. While one part has nobody who says how far
it is, nothing is taken away.

It is taken away by number, for all parts at once: by subject it is dear (2.4 s for 0.4 GB, in
which nobody can publish; by number 0.3 s for 0.8 GB; tried once, by hand).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import StreamInfo

from anlan.monitoring.stream.names import STREAM, partitions

log = logging.getLogger("anlan.monitoring")
LOOK_SECONDS = 20.0
# full to this share → seconds since which all readers have had what is taken away; assumptions
AGES = ((0.5, 120.0), (0.25, 900.0))
AT_ONCE = 64 * 1024**2  # bytes, so that nobody waits long for the stream
PAUSE_SECONDS = 0.1
ANSWER_SECONDS = 2.0


def had_subject(partition: int) -> str:
    """Where is asked how far the readers of a part are."""
    return f"had.{partition}"


@asynccontextmanager
async def telling(client: Client, partition: int, had: Callable[[], int]) -> AsyncIterator[None]:
    """Inside the ``with`` block the part says up to which message both its readers have all."""

    async def answer(message: Msg) -> None:
        await message.respond(str(had()).encode())

    subscription = await client.subscribe(had_subject(partition), cb=answer)
    try:
        yield
    finally:
        with suppress(NatsError):  # the link is gone, and so is the subscription
            await subscription.unsubscribe()


class Room:
    """Of the whole stream; one monitor makes it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stream = client.jetstream(timeout=30)
        self._born: object = None
        self._seen: deque[tuple[float, int]] = deque()  # when, and what all had then

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop."""
        while not stop.is_set():
            try:
                await self.look(monotonic())
            except (NatsError, TimeoutError) as error:  # the next look does it
                log.warning("no room was made on the stream: %r", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    async def look(self, now: float) -> None:
        """Take away what may go."""
        had, found = await self._had(), await self._stream.stream_info(STREAM)
        if had is None or had > found.state.last_seq or found.created != self._born:
            # A part without a worker; or the stream is another, or has lost its end.
            self._born = found.created
            self._seen.clear()
            return
        self._seen.append((now, had))
        while self._seen[0][0] < now - 2 * AGES[-1][1]:
            self._seen.popleft()
        age = _age(found)
        if age is not None:
            long_had = max((number for at, number in self._seen if at <= now - age), default=0)
            await self._take_away(found, min(long_had, had))

    async def _take_away(self, found: StreamInfo, last: int) -> None:
        """In steps: all up to this message."""
        step = max(1, AT_ONCE * found.state.messages // max(1, found.state.bytes))
        reached = found.state.first_seq - 1
        while reached < last:
            reached = min(last, reached + step)
            await self._stream.purge_stream(STREAM, seq=reached + 1)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _had(self) -> int | None:
        """Up to which message all readers have all; None where a part does not say."""
        found = []
        for part in range(partitions()):
            try:
                asked = self._client.request(had_subject(part), timeout=ANSWER_SECONDS)
                found.append(int((await asked).data))
            except (NatsError, TimeoutError):
                return None
        return min(found)


def _age(found: StreamInfo) -> float | None:
    """How long ago it must have been had; None: there is room enough."""
    most = found.config.max_bytes or -1
    full = found.state.bytes / most if most > 0 else 0.0
    return next((age for share, age in AGES if full >= share), None)
