"""Which monitor works on which part of the stream, where several run: a lock in the database.

A lock of PostgreSQL's session (pg_advisory_lock) ends with its connection, so with its process and
its machine too: whoever waits takes the part over within some seconds. Of several monitors each
takes its share at first, and more only where nobody else has.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from anlan.kernel.events.hub import connect

SPACE = 0x414E4C4E  # "ANLN": the first number of our locks; the second is the part's
KEEPING = -1  # the part that is none: looking after the history
LOOK_SECONDS = 1.0
OTHERS_SECONDS = 5.0  # how long a part beyond one's share is left to the others
HELD = """
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND classid = %s AND objid = %s::int::oid AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""


def share(parts: int) -> int:
    """How many parts a monitor takes at once: ``ANLAN_MONITORS`` of them are expected to run."""
    return -(-parts // max(1, int(os.environ.get("ANLAN_MONITORS", "1"))))


class Holder:
    """The parts of one process; all are lost together with the connection."""

    def __init__(self, db: psycopg.AsyncConnection, most: int) -> None:
        self._db = db
        self._most = most
        self._held: set[int] = set()
        self._one_by_one = asyncio.Lock()

    async def hold(self, part: int, stop: asyncio.Event) -> bool:
        """True once the part is ours, for as long as the connection lives; False: told to stop."""
        free_since: float | None = None
        while not stop.is_set():
            async with self._one_by_one:  # each counts what the others have taken
                if self._may_take(part, free_since):
                    if await self._told("SELECT pg_try_advisory_lock(%s, %s)", part):
                        self._held.add(part)
                        return True
                    free_since = None
                elif await self._told(HELD, part):
                    free_since = None
                elif free_since is None:
                    free_since = time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)
        return False

    def _may_take(self, part: int, free_since: float | None) -> bool:
        """Within our share, or left by the others for long enough. Until then it is only looked
        at: who took it to see whether it is free would seem to the others to work on it."""
        if part == KEEPING or len(self._held) < self._most:
            return True
        return free_since is not None and time.monotonic() - free_since >= OTHERS_SECONDS

    async def watch(self, stop: asyncio.Event) -> None:
        """Until told to stop; raises ``psycopg.OperationalError`` where the connection, and with it
        every part, is lost."""
        while not stop.is_set():
            await self._db.execute("SELECT 1")
            await asyncio.sleep(LOOK_SECONDS)

    async def _told(self, query: str, part: int) -> bool:
        row = await (await self._db.execute(query, [SPACE, part])).fetchone()
        return bool(row and row[0])


@asynccontextmanager
async def holder(parts: int) -> AsyncIterator[Holder]:
    """Of this process, with a connection of its own, which carries its name: so
    ``pg_stat_activity`` and ``pg_locks`` tell who works on which part."""
    async with await connect() as db:
        name = f"anlan monitor {socket.gethostname()} {os.getpid()}"
        await db.execute("SELECT set_config('application_name', %s, false)", [name])
        yield Holder(db, share(parts))
