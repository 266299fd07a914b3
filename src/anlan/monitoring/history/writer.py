"""From the stream to the table: gathers readings of a part and appends them together."""

from __future__ import annotations

import asyncio
import logging
import time

from deltalake.exceptions import DeltaError

from anlan.monitoring.history.table import History
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.stream.bookmarks import Bookmark
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.names import Kind
from anlan.monitoring.stream.seldom import Seldom

log = logging.getLogger("anlan.monitoring")
MOST_READINGS = 500_000  # then it is written
MOST_SECONDS = 30.0  # then too: a file for fewer would be a file too many
RETRY_SECONDS = 2.0


class Writer:
    """Follows one part."""

    def __init__(self, part: int, history: History, follower: Follower) -> None:
        self.part = part
        self.readings = 0
        self._history = history
        self._follower = follower
        self._gathered: list[Batch] = []
        self._count = 0
        self._written = follower.after
        self._since = time.monotonic()
        self._saying = Seldom()

    @property
    def kept(self) -> int:
        """The last message up to which all readings are in the table."""
        return (self._written if self._gathered else self._follower.after).number

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
                    self._go_on_after(await asyncio.to_thread(self._opened))
                    opened = True
                self._saying.again()
            except (OSError, DeltaError) as error:
                self._say(error)
                await asyncio.sleep(RETRY_SECONDS)
        try:
            await self.flush()
        except (OSError, DeltaError) as error:  # the stream keeps it, and who comes next writes it
            self._say(error)

    def _opened(self) -> Bookmark:
        """What the table holds, once it is whole."""
        self._history.mend()
        return self._history.after(self.part)

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

    def _say(self, error: Exception) -> None:
        if self._saying.due():
            log.error(
                "第 %s 分区的历史读数写不进磁盘，暂留在消息服务里，恢复后自动补写。"
                "磁盘满时请清理 %s 所在的磁盘：%s",
                self.part, self._history.where, error,
            )  # fmt: skip

    async def flush(self) -> None:
        """Write what is gathered; a failure leaves it gathered.

        The table is asked first: a commit that failed may have come about all the same (a full
        disk refuses what follows it), and a writer that lost the part may end its last one late.
        """
        if self._gathered:
            held = await asyncio.to_thread(self._history.after, self.part)
            last = self._follower.after
            if held == self._written:
                whole = Batch.joined(self._gathered)
                await asyncio.to_thread(self._history.append, self.part, whole, *last)
            elif held != last:
                log.warning("part %s: another writer has written up to %s", self.part, held.number)
                await self._follower.close()  # it has read further than the table now holds
                self._go_on_after(held)
                return
            self.readings += self._count
            self._go_on_after(last)
        self._since = time.monotonic()

    def _go_on_after(self, mark: Bookmark) -> None:
        """The table holds all up to this message, and nothing is gathered."""
        self._written = mark
        self._follower.go_on_after(*mark)
        self._gathered, self._count = [], 0
