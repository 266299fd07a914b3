"""One listener per web process: it follows the outbox and hands events to the open pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
from django.db import connection

from anlan.kernel.events.outbox import NOW, SELECT, WAITING, Cursor, Happening

log = logging.getLogger("anlan.events")

CHANNEL = "anlan_events"
PAGE = 500
QUIET = 5.0  # seconds after which the hub looks even without a notification
SETTLING = 0.05  # seconds between looks while an older transaction holds events back
MOST_CONNECTIONS = 3  # that pages which come back use at once: after a restart all of them come
BACKLOG = 1000  # events that one slow page may owe; beyond that it is told to reload


class Subscription:
    """The events that a page has not been sent yet; ``lost`` once there were too many."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Happening] = asyncio.Queue(BACKLOG)
        self.lost = False

    def put(self, event: Happening) -> None:
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.lost = True


class Hub:
    """Follows the outbox while at least one page is open."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._task: asyncio.Task[None] | None = None
        self.connections = asyncio.Semaphore(MOST_CONNECTIONS)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Subscription]:
        """Events from now on; use :func:`since` first for what a page missed."""
        subscription = Subscription()
        self._subscriptions.add(subscription)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow())
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            if not self._subscriptions and self._task:
                self._task.cancel()

    async def _follow(self) -> None:
        cursor: Cursor | None = None
        while self._subscriptions:
            try:
                async with await connect() as db:
                    await db.execute(f"LISTEN {CHANNEL}")
                    cursor = cursor or await now(db)
                    while self._subscriptions:
                        cursor = await self._drain(db, cursor)
                        await _wait(db)
            except psycopg.OperationalError:
                log.warning("the database is away; live pages wait for it")
                await asyncio.sleep(1)

    async def _drain(self, db: psycopg.AsyncConnection, cursor: Cursor) -> Cursor:
        while events := await since(db, cursor):
            for event in events:
                for subscription in self._subscriptions:
                    subscription.put(event)
            cursor = events[-1].cursor
        return cursor


async def connect() -> psycopg.AsyncConnection:
    """A connection of the hub's own, outside Django's pool."""
    parameters = connection.get_connection_params()
    parameters.pop("pool", None)
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    return await psycopg.AsyncConnection.connect(**parameters, autocommit=True)


async def now(db: psycopg.AsyncConnection) -> Cursor:
    """The place behind all settled events."""
    row = await (await db.execute(NOW)).fetchone()
    return Cursor.before(row[0] if row else "1")


async def since(db: psycopg.AsyncConnection, cursor: Cursor) -> list[Happening]:
    """The next settled events behind ``cursor``, at most ``PAGE``."""
    rows = await db.execute(SELECT, [str(cursor.xid), cursor.id, PAGE])
    return [Happening.of(row) for row in await rows.fetchall()]


async def _wait(db: psycopg.AsyncConnection) -> None:
    row = await (await db.execute(WAITING)).fetchone()
    if row and row[0]:
        await asyncio.sleep(SETTLING)
        return
    with suppress(StopAsyncIteration):
        await anext(db.notifies(timeout=QUIET, stop_after=1))


hub = Hub()
