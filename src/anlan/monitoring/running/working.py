"""The process ``monitor``: the engine and the history of every part that it holds.

All parts are held by one connection to the database (:mod:`.holding`). When it is lost, so are the
parts, and what works on them begins anew; the process itself goes on, since a database that starts
again, or waits for room on its disk, is back soon.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import psycopg
from deltalake.exceptions import DeltaError
from django.db import DatabaseError
from django.utils import timezone
from nats.errors import Error as NatsError

from anlan.monitoring.devices.hearing import Hearing, Overheard
from anlan.monitoring.history.table import History
from anlan.monitoring.history.writer import Writer
from anlan.monitoring.running.holding import KEEPING, Holder, holder
from anlan.monitoring.running.keeping import keep
from anlan.monitoring.running.ledger import DjangoLedger
from anlan.monitoring.stream.asking import answering
from anlan.monitoring.stream.connection import Connection, connected
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.names import partitions
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.room import Room, telling
from anlan.monitoring.stream.seldom import Seldom
from anlan.monitoring.stream.worker import Worker

log = logging.getLogger("anlan.monitoring")
KEEP_SECONDS = 3600.0
AGAIN_SECONDS = 1.0


class PartLost(Exception):
    """A part that we hold by the database's lock has been taken by another."""


async def work(folder: Path, broker: str, stop: asyncio.Event) -> None:
    """Until told to stop. ``folder``: of the history; ``broker``: its address."""
    history, hearing, saying = History.at(folder), Hearing(), Seldom()
    async with connected(broker) as connection, asyncio.TaskGroup() as group:
        group.create_task(hearing.run(stop))
        while not stop.is_set():
            try:
                await _hold_and_work(connection, history, hearing, stop)
                saying.again()
            except* (psycopg.OperationalError, NatsError, TimeoutError, PartLost) as lost:
                if saying.due():
                    log.error(
                        "监测失去了数据库或消息服务，各分区暂停判断，恢复后自动补判：%s",
                        _first(lost),
                    )
            if not stop.is_set():
                await asyncio.sleep(AGAIN_SECONDS)


def _first(lost: BaseException) -> BaseException:
    return _first(lost.exceptions[0]) if isinstance(lost, BaseExceptionGroup) else lost


async def _hold_and_work(
    connection: Connection, history: History, hearing: Hearing, stop: asyncio.Event
) -> None:
    """Take parts and work on them until told to stop; raises where they are lost.

    The ledger is new each time: what a thread of the round before still writes is then refused.
    """
    parts, ledger = range(partitions()), DjangoLedger()
    publisher = Publisher(connection.stream)

    async def work_on(part: int, held: Holder) -> None:
        if not await held.hold(part, stop):
            return
        worker = Worker(part, ledger, Follower(connection.stream, part, 0), publisher)
        writer = Writer(part, history, Overheard(connection.stream, part, 0, hearing))
        async with (
            answering(connection.client, part, lambda: worker.engine),
            telling(connection.client, part, lambda: min(worker.kept, writer.kept)),
            asyncio.TaskGroup() as both,
        ):
            both.create_task(writer.run(stop))
            await worker.run(stop)
            if not stop.is_set():
                raise PartLost(f"第 {part} 分区已由另一个监测进程接管")

    async with holder(len(parts)) as held, asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(work_on(part, held))
        group.create_task(_keep(history, Room(connection.client), held, stop))
        group.create_task(held.watch(stop))


async def _keep(history: History, room: Room, held: Holder, stop: asyncio.Event) -> None:
    """Look after stream and history, one monitor of several."""
    if not await held.hold(KEEPING, stop):
        return
    async with asyncio.TaskGroup() as group:
        group.create_task(room.run(stop))
        group.create_task(_keep_history(history, stop))


async def _keep_history(history: History, stop: asyncio.Event) -> None:
    """Once an hour: see :mod:`.keeping`."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), KEEP_SECONDS)
            return
        try:
            await asyncio.to_thread(keep, history, timezone.now(), stop.is_set)
        except (OSError, ValueError, DeltaError, DatabaseError) as error:
            # neither a full disk nor a wrong policy ends the engine; the next hour tries again
            log.error("history cannot be looked after: %s", error)
