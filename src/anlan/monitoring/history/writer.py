"""From the stream to the table: gathers readings of a part and appends them together."""

from __future__ import annotations

import asyncio
import logging
import time

from deltalake.exceptions import DeltaError

from anlan.monitoring.history.table import History
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.names import Kind

log = logging.getLogger("anlan.monitoring")
MOST_READINGS = 500_000  # then it is written
MOST_SECONDS = 30.0  # then too: a file for fewer would be a file too many
RETRY_SECONDS = 2.0


class Writer:
    """Follows one part; ``written`` is the number of the last message that the table holds."""

    def __init__(self, part: int, history: History, follower: Follower) -> None:
        self.part = part
        self.readings = 0
        self._history = history
        self._follower = follower
        self._gathered: list[Batch] = []
        self._count = 0
        self._since = time.monotonic()

    async def run(self, stop: asyncio.Event) -> None:
        """Go on where the table ends, until told to stop; then write what is gathered.

        Where opening or writing fails (a full disk) it is tried again and again, and nothing more
        is taken: the stream keeps it meanwhile.
        """
        opened = False
        while not stop.is_set():
            try:
                if opened:
                    await self.step()
                else:
                    self._follower.last = await asyncio.to_thread(self._history.last, self.part)
                    opened = True
            except (OSError, DeltaError) as error:
                log.error("history of part %s cannot be written: %s", self.part, error)
                await asyncio.sleep(RETRY_SECONDS)
        await self.flush()

    async def step(self) -> None:
        """Write when there is enough or it has waited long enough; else take what is there."""
        waited = time.monotonic() - self._since
        if self._count >= MOST_READINGS or (self._count and waited >= MOST_SECONDS):
            await self.flush()
            return
        for message in await self._follower.some():
            if message.kind == Kind.BATCH:
                batch = unpack(message.data)
                self._gathered.append(batch)
                self._count += len(batch)

    async def flush(self) -> None:
        """Write what is gathered; a failure leaves it gathered."""
        if self._gathered:
            whole = Batch.joined(self._gathered)
            await asyncio.to_thread(self._history.append, self.part, whole, self._follower.last)
            self.readings += len(whole)
            self._gathered, self._count = [], 0
        self._since = time.monotonic()
