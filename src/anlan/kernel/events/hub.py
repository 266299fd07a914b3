"""One listener per web process: it follows the outbox and hands events to the open pages.

Readers of the outbox wait for the oldest transaction that runs, or they would miss its events. A
page would wait with them: while somebody imports a register for half a minute, no alarm would
appear. So pages hear of an event as soon as it is committed; their place in the outbox moves on
when it is settled, and they are not told again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import psycopg
from django.db import connection

from anlan.kernel.events.outbox import AHEAD, NOW, SELECT, Cursor, Happening

log = logging.getLogger("anlan.events")

CHANNEL = "anlan_events"
PAGE = 500
QUIET = 5.0  # seconds after which the hub looks even without a notification
SETTLING = 0.05  # seconds between looks while an older transaction holds places back
MOST_AHEAD = 500  # events that are told before they are settled; further ones wait for it
MOST_CONNECTIONS = 3  # that pages which come back use at once: after a restart all of them come
BACKLOG = 1000  # events that one slow page may owe; beyond that it is told to reload


class News(NamedTuple):
    """``settled``: the page's place moves on to it. ``known``: it was told of it before that."""

    event: Happening
    settled: bool = True
    known: bool = False


class Subscription:
    """What a page has not been sent yet; ``lost`` once there was too much."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[News] = asyncio.Queue(BACKLOG)
        self.lost = False
        self._ahead: set[Cursor] = set()

    def put(self, event: Happening, *, settled: bool = True) -> None:
        known = event.cursor in self._ahead
        if settled:
            self._ahead.discard(event.cursor)
        elif known:
            return
        else:
            self._ahead.add(event.cursor)
        try:
            self.queue.put_nowait(News(event, settled, known))
        except asyncio.QueueFull:
            self.lost = True


class Hub:
    """Follows the outbox while at least one page is open."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._task: asyncio.Task[None] | None = None
        self._ahead: set[int] = set()  # events that were told and are not settled
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
        self._ahead.clear()
        while self._subscriptions:
            try:
                async with await connect() as db:
                    await db.execute(f"LISTEN {CHANNEL}")
                    cursor = cursor or await now(db)
                    while self._subscriptions:
                        cursor = await self._drain(db, cursor)
                        await self._look_ahead(db)
                        await _wait(db, SETTLING if self._ahead else QUIET)
            except psycopg.OperationalError:
                log.warning("the database is away; live pages wait for it")
                await asyncio.sleep(1)

    async def _drain(self, db: psycopg.AsyncConnection, cursor: Cursor) -> Cursor:
        while events := await since(db, cursor):
            for event in events:
                self._ahead.discard(event.cursor.id)
                self._tell(event)
            cursor = events[-1].cursor
        return cursor

    async def _look_ahead(self, db: psycopg.AsyncConnection) -> None:
        for event in await ahead(db, self._ahead):
            self._ahead.add(event.cursor.id)
            self._tell(event, settled=False)

    def _tell(self, event: Happening, *, settled: bool = True) -> None:
        for subscription in self._subscriptions:
            subscription.put(event, settled=settled)


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


async def ahead(db: psycopg.AsyncConnection, known: Collection[int] = ()) -> list[Happening]:
    """Events that are committed and not settled, without those ``known`` by their ids; with them
    at most ``MOST_AHEAD``."""
    rows = await db.execute(AHEAD, [list(known), MOST_AHEAD - len(known)])
    return [Happening.of(row) for row in await rows.fetchall()]


async def _wait(db: psycopg.AsyncConnection, seconds: float) -> None:
    with suppress(StopAsyncIteration):
        await anext(db.notifies(timeout=seconds, stop_after=1))


hub = Hub()
