"""The processes of monitoring: the embedded broker, and the workers of the stream."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.config.commands import DONE, _parser, _settings, command, django
from anlan.config.errors import SetupError
from anlan.monitoring.devices.ports import PORTS

if TYPE_CHECKING:
    from anlan.monitoring.gateways.gateway import Gateway
    from anlan.monitoring.history.table import History
    from anlan.monitoring.stream.connection import Connection

log = logging.getLogger("anlan.monitoring")
KEEP_SECONDS = 3600.0
FRESH_SECONDS = 1.0  # how soon a gateway knows of a device that was registered or retired


@command
def broker(arguments: Sequence[str]) -> int:
    """Run the embedded broker: this process becomes it."""
    parser = _parser("broker", "只运行内置的消息服务")
    parser.add_argument(
        "--print", action="store_true", help="只打印它的配置（含口令），供自建集群参照"
    )
    options = parser.parse_args(arguments)
    from anlan.monitoring.stream.broker import Broker, Mqtt, NoBroker

    try:
        made = Broker(_settings().VAR, Mqtt.wanted())
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

    stop, parts = _stopped(), range(partitions())
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
def gateways(arguments: Sequence[str]) -> int:
    """Run the servers that devices speak to."""
    parser = _parser("gateways", "只运行接入网关：MQTT、GB/T 26875.3、JT/T 808、HJ 212")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认只限本机）")
    for name, (port, what) in PORTS.items():
        parser.add_argument(f"--{name}", type=int, default=port, help=f"{what} 的端口，0 不开")
    options = parser.parse_args(arguments)
    with django():
        asyncio.run(_gateways(_settings().VAR, options.host, vars(options)))
    return DONE


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


async def _gateways(var: Path, host: str, ports: Mapping[str, int]) -> None:
    from anlan.kernel import collector
    from anlan.kernel.secret import kept
    from anlan.monitoring.devices.register import register
    from anlan.monitoring.gateways.contracts import Directory
    from anlan.monitoring.gateways.conversation import Conversation
    from anlan.monitoring.gateways.gateway import Gateway
    from anlan.monitoring.gateways.gb26875 import Gb26875, splitter
    from anlan.monitoring.gateways.hj212 import Hj212
    from anlan.monitoring.gateways.jt808 import Jt808
    from anlan.monitoring.gateways.tcp import TcpServer
    from anlan.monitoring.gateways.udp import UdpServer
    from anlan.monitoring.stream.broker import url
    from anlan.monitoring.stream.connection import connected
    from anlan.monitoring.stream.publishing import Publisher

    collector.settle()
    stop = _stopped()
    secret = kept(var, "terminal-key").encode()
    async with connected(url(var)) as connection:
        await asyncio.to_thread(register.refresh_in_thread)
        gateway = Gateway(Publisher(connection.stream), register)
        openers: dict[str, Callable[[Directory, str], Conversation]] = {
            "gb26875": Gb26875,
            "jt808": partial(Jt808, secret=secret),
            "hj212": Hj212,
        }
        servers: list[TcpServer | UdpServer] = []
        for name, opener in openers.items():
            if not ports[name]:
                continue
            kinds: list[TcpServer | UdpServer] = [TcpServer(gateway, opener)]
            if name == "gb26875":
                kinds.append(UdpServer(gateway, opener, splitter))
            for server in kinds:
                try:
                    await server.start(host, ports[name])
                except OSError as error:
                    what = PORTS[name][1]
                    raise SetupError(
                        f"{what} 不能使用 {host} 的端口 {ports[name]}：{error.strerror}。"
                    ) from error
                servers.append(server)
        async with _mqtt(var, gateway, connection, stop):
            while not stop.is_set():
                await asyncio.to_thread(register.refresh_in_thread)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), FRESH_SECONDS)
        for server in servers:
            await server.stop()


@asynccontextmanager
async def _mqtt(
    var: Path, gateway: Gateway, connection: Connection, stop: asyncio.Event
) -> AsyncIterator[None]:
    """Let MQTT devices in and take what they say, where the broker's accounts for it are known."""
    from anlan.monitoring.gateways.mqtt import Mqtt
    from anlan.monitoring.stream.admission import Admission
    from anlan.monitoring.stream.broker import Broker, urls
    from anlan.monitoring.stream.connection import linked
    from anlan.monitoring.stream.inlet import Inlet
    from anlan.monitoring.stream.names import partition_of
    from anlan.monitoring.stream.tokens import Issuer

    accounts = urls(var)
    if accounts is None:
        log.warning("no MQTT: NATS_DEVICES_URL and NATS_SYSTEM_URL are not set")
        yield
        return
    async with linked(accounts.devices) as devices, linked(accounts.system) as system:
        issuer = Issuer(Broker(var).issuer)
        admission = Admission(
            gateway, issuer, core=connection.client, devices=devices, system=system
        )
        inlet = Inlet(devices, Mqtt(gateway, partition_of), admission)
        await inlet.open()  # first: what is acknowledged must be kept
        await admission.open()
        async with asyncio.TaskGroup() as group:
            group.create_task(inlet.run(stop))
            yield


def _stopped() -> asyncio.Event:
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
