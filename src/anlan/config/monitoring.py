"""The processes of monitoring: the embedded broker, the workers of the stream, the devices of the
demonstration."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.config.commands import DONE, _parser, _settings, command, django
from anlan.config.errors import SetupError

if TYPE_CHECKING:
    from anlan.monitoring.history.table import History

log = logging.getLogger("anlan.monitoring")
KEEP_SECONDS = 3600.0


@command
def broker(arguments: Sequence[str]) -> int:
    """Run the embedded broker: this process becomes it."""
    parser = _parser("broker", "只运行内置的消息服务")
    parser.add_argument(
        "--print", action="store_true", help="只打印它的配置（含口令），供自建集群参照"
    )
    options = parser.parse_args(arguments)
    from anlan.monitoring.stream.broker import Broker
    from anlan.monitoring.stream.doors import Doors, NoBroker

    try:
        made = Broker(_settings().VAR, Doors.wanted())
        program = made.command()
    except NoBroker as missing:
        raise SetupError(str(missing)) from missing
    if options.print:
        sys.stdout.write(made.configuration())
    else:
        os.execv(program[0], program)  # noqa: S606 — the supervisor's child is the broker itself
    return DONE


@command
def monitor(arguments: Sequence[str]) -> int:
    """Run the workers of the stream: the engine and the history of every part."""
    _parser("monitor", "只运行监测：判断读数、写入历史").parse_args(arguments)
    with django():
        asyncio.run(_monitor(_settings().VAR))
    return DONE


async def _monitor(var: Path) -> None:
    from anlan.monitoring.devices.hearing import Hearing, Overheard
    from anlan.monitoring.history.table import History
    from anlan.monitoring.history.writer import Writer
    from anlan.monitoring.running.holding import KEEPING, holder
    from anlan.monitoring.running.ledger import DjangoLedger
    from anlan.monitoring.stream.asking import answering
    from anlan.monitoring.stream.broker import url
    from anlan.monitoring.stream.connection import connected
    from anlan.monitoring.stream.following import Follower
    from anlan.monitoring.stream.names import partitions
    from anlan.monitoring.stream.publishing import Publisher
    from anlan.monitoring.stream.worker import Worker

    async def work(part: int) -> None:
        if not await held.hold(part, stop):
            return
        worker = Worker(part, ledger, Follower(connection.stream, part, 0), publisher)
        writer = Writer(part, history, Overheard(connection.stream, part, 0, hearing))
        async with answering(connection.client, part, lambda: worker.engine):
            await asyncio.gather(worker.run(stop), writer.run(stop))

    async def keep() -> None:
        if await held.hold(KEEPING, stop):
            await _keeping(history, stop)

    stop, parts = stopped(), range(partitions())
    history, ledger, hearing = History.at(var / "history"), DjangoLedger(), Hearing()
    async with (
        connected(url(var)) as connection,
        holder(len(parts)) as held,
        asyncio.TaskGroup() as group,
    ):
        publisher = Publisher(connection.stream)
        for part in parts:
            group.create_task(work(part))
        group.create_task(keep())
        group.create_task(held.watch(stop))
        group.create_task(hearing.run(stop))


@command
def demo_devices(arguments: Sequence[str]) -> int:
    """Let the demonstration's devices speak: gives them fresh secrets, then simulates them."""
    parser = _parser("demo-devices", "让演示设备上报模拟读数（只在演示时用）")
    parser.add_argument("--web", default="http://127.0.0.1:8000", help="平台网址")
    options = parser.parse_args(arguments)
    city = _settings().VAR / "demo-city.json"
    with django():
        from anlan.monitoring.demo import city as demo_city

        count = demo_city.write(city)
    if not count:
        signal.pause()  # nothing to say, and the supervisor need not start us again
    from anlan.monitoring.cli import simulating

    return simulating.main([str(city), "--web", options.web])


def stopped() -> asyncio.Event:
    """Set once we are told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _keeping(history: History, stop: asyncio.Event) -> None:
    """Look after the history once an hour: see :mod:`anlan.monitoring.running.keeping`."""
    from deltalake.exceptions import DeltaError
    from django.db import DatabaseError
    from django.utils import timezone

    from anlan.monitoring.running.keeping import keep

    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), KEEP_SECONDS)
            return
        try:
            await asyncio.to_thread(keep, history, timezone.now(), stop.is_set)
        except (OSError, ValueError, DeltaError, DatabaseError) as error:
            # neither a full disk nor a wrong policy ends the engine; the next hour tries again
            log.error("history cannot be looked after: %s", error)
