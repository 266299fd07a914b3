"""The process that devices and counties' nodes speak to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.config.commands import DONE, _parser, _settings, command, django
from anlan.config.errors import SetupError
from anlan.config.monitoring import stopped
from anlan.monitoring.devices.ports import PORTS

if TYPE_CHECKING:
    import argparse

    from anlan.monitoring.gateways.contracts import Directory
    from anlan.monitoring.gateways.conversation import Conversation
    from anlan.monitoring.gateways.gateway import Gateway
    from anlan.monitoring.gateways.tcp import TcpServer
    from anlan.monitoring.gateways.udp import UdpServer
    from anlan.monitoring.stream.admission import Names
    from anlan.monitoring.stream.broker import Urls
    from anlan.monitoring.stream.connection import Connection

log = logging.getLogger("anlan.monitoring")
FRESH_SECONDS = 1.0  # how soon a gateway knows of a device that was registered or retired


@command
def gateways(arguments: Sequence[str]) -> int:
    """Run the servers that devices and counties' nodes speak to."""
    parser = _parser("gateways", "只运行接入网关：MQTT、GB/T 26875.3、JT/T 808、HJ 212、县级节点")
    add_ports(parser, "127.0.0.1")
    options = parser.parse_args(arguments)
    with django():
        asyncio.run(_gateways(_settings().VAR, options.host, vars(options)))
    return DONE


@command
def coal(arguments: Sequence[str]) -> int:
    """Take the files that coal mines put into a folder: a process of its own, since a large file
    is computed with for a while and must keep no device waiting."""
    parser = _parser(
        "coal", "只运行煤矿数据文件的接收：各矿的文件由 FTP 或 SFTP 服务放进这个文件夹"
    )
    parser.add_argument("folder", type=Path, help="文件夹；各矿写入其中的 in/煤矿编码/")
    options = parser.parse_args(arguments)
    with django():
        asyncio.run(_coal(_settings().VAR, options.folder))
    return DONE


async def _coal(var: Path, root: Path) -> None:
    from anlan.monitoring.devices.register import register
    from anlan.monitoring.gateways.folder import Folder
    from anlan.monitoring.gateways.gateway import Gateway
    from anlan.monitoring.stream.broker import url
    from anlan.monitoring.stream.connection import connected
    from anlan.monitoring.stream.publishing import Publisher

    stop = stopped()
    async with connected(url(var)) as connection:
        await asyncio.to_thread(register.refresh_in_thread)
        gateway = Gateway(Publisher(connection.stream), register)
        try:
            folder = Folder(root, gateway)
        except OSError as error:
            raise SetupError(
                f"不能使用煤矿文件夹 {root}：{error.strerror}。请检查权限。"
            ) from error
        async with asyncio.TaskGroup() as group:
            group.create_task(folder.run())
            while not stop.is_set():
                await asyncio.to_thread(register.refresh_in_thread)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), FRESH_SECONDS)
            gateway.closing.set()


def add_ports(parser: argparse.ArgumentParser, host: str) -> None:
    """The options of whoever opens servers for devices."""
    parser.add_argument("--host", default=host, help=f"监听地址（默认 {host}）")
    for name, (port, what) in PORTS.items():
        parser.add_argument(f"--{name}", type=int, default=port, help=f"{what} 的端口，0 不开")


async def _gateways(var: Path, host: str, ports: Mapping[str, int]) -> None:
    from anlan.kernel import collector
    from anlan.monitoring.devices.nodes import nodes
    from anlan.monitoring.devices.register import register
    from anlan.monitoring.edge.door import Door
    from anlan.monitoring.edge.landing import Landing
    from anlan.monitoring.gateways.gateway import Gateway
    from anlan.monitoring.stream.broker import url, urls
    from anlan.monitoring.stream.connection import connected, linked
    from anlan.monitoring.stream.publishing import Publisher

    collector.settle()
    stop, door = stopped(), Door()

    async def refresh() -> None:
        await asyncio.to_thread(register.refresh_in_thread)
        await asyncio.to_thread(nodes.refresh_in_thread)

    async with connected(url(var)) as connection:
        await refresh()
        gateway = Gateway(Publisher(connection.stream), register)
        async with (
            devices_served(gateway, var, host, ports),
            admitted(gateway, var, urls(var), connection, stop, nodes, door.owed) as cut_node,
            linked(url(var)) as hearing,  # a flood there keeps no device waiting
        ):
            await Landing(hearing, connection.stream, nodes, door, cut_node).open()
            while not stop.is_set():
                await refresh()
                for name in nodes.let_go():  # a thief's link must not outlive the key
                    await cut_node(name)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), FRESH_SECONDS)


@asynccontextmanager
async def devices_served(
    gateway: Gateway, var: Path, host: str, ports: Mapping[str, int]
) -> AsyncIterator[None]:
    """The servers of all protocols but MQTT, inside the ``with`` block; SetupError where a port
    cannot be had."""
    from anlan.kernel.secret import kept
    from anlan.monitoring.gateways.gb26875 import Gb26875, splitter
    from anlan.monitoring.gateways.hj212 import Hj212
    from anlan.monitoring.gateways.jt808 import Jt808
    from anlan.monitoring.gateways.tcp import TcpServer
    from anlan.monitoring.gateways.udp import UdpServer

    secret = kept(var, "terminal-key").encode()
    openers: dict[str, Callable[[Directory, str], Conversation]] = {
        "gb26875": Gb26875,
        "jt808": partial(Jt808, secret=secret),
        "hj212": Hj212,
    }
    async with AsyncExitStack() as open_:
        for name, opener in openers.items():
            if not ports[name]:
                continue
            servers: list[TcpServer | UdpServer] = [TcpServer(gateway, opener)]
            if name == "gb26875":
                servers.append(UdpServer(gateway, opener, splitter))
            for server in servers:
                await _start(server, name, host, ports[name])
                open_.push_async_callback(server.stop)
        yield


async def _start(server: TcpServer | UdpServer, name: str, host: str, port: int) -> None:
    try:
        await server.start(host, port)
    except OSError as error:
        what = PORTS[name][1]
        raise SetupError(f"{what} 不能使用 {host} 的端口 {port}：{error.strerror}。") from error


@asynccontextmanager
async def admitted(
    gateway: Gateway,
    var: Path,
    accounts: Urls | None,
    connection: Connection,
    stop: asyncio.Event,
    nodes: Names | None = None,
    owed: Callable[[str], float] | None = None,
) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Let MQTT devices and counties' nodes in, and take what devices say, where the broker's
    accounts for it are known. ``owed``: seconds until a node may come. Gives what puts a node off
    the line."""
    from anlan.monitoring.gateways.mqtt import Mqtt
    from anlan.monitoring.stream.admission import Admission, never
    from anlan.monitoring.stream.broker import Broker
    from anlan.monitoring.stream.connection import linked
    from anlan.monitoring.stream.inlet import Inlet
    from anlan.monitoring.stream.names import partition_of
    from anlan.monitoring.stream.tokens import Issuer

    if accounts is None:
        log.warning("no MQTT, no nodes: NATS_DEVICES_URL and NATS_SYSTEM_URL are not set")
        yield _not_cut
        return
    async with linked(accounts.devices) as devices, linked(accounts.system) as system:
        issuer = Issuer(Broker(var).issuer)
        admission = Admission(
            gateway, issuer, core=connection.client, devices=devices, system=system, nodes=nodes,
            owed=owed or never,
        )  # fmt: skip
        inlet = Inlet(devices, Mqtt(gateway, partition_of), admission)
        await inlet.open()  # first: what is acknowledged must be kept
        await admission.open()
        async with asyncio.TaskGroup() as group:
            group.create_task(inlet.run(stop))
            yield admission.cut_node


async def _not_cut(node: str) -> None:
    """Where a broker of one's own lets nodes in, it alone can put them off the line."""
    log.error("node %s cannot be put off the line", node)
