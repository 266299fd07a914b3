"""``anlan edge``: a county's node, its broker and its gateways (docs/edge.md). No database."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.config.commands import DONE, _parser, _settings, command, only_one
from anlan.config.errors import SetupError
from anlan.config.monitoring import stopped
from anlan.config.processes import Supervisor, die_with_parent

if TYPE_CHECKING:
    from anlan.monitoring.stream.doors import City

KEY = "ANLAN_EDGE_KEY"
MOST_BYTES = "ANLAN_EDGE_BYTES"
USUAL_BYTES = 8 * 1024**3
SCHEMES = ("nats-leaf://", "tls://")
BROKER, GATEWAYS, HTTP = "broker", "gateways", "http"


@command
def edge(arguments: Sequence[str]) -> int:
    """Run a county's node until told to stop."""
    from anlan.config.gateways import add_ports

    parser = _parser("edge", f"运行县级节点：断网时接收本县设备，恢复后补送（密钥用 {KEY} 给出）")
    parser.add_argument("--city", required=True, help="市平台的节点地址，如 nats-leaf://主机:7422")
    parser.add_argument("--name", required=True, help="节点名称，登记时定的")
    parser.add_argument("--mqtt", default="", help="MQTT 的地址和端口（默认 监听地址:1883）")
    add_ports(parser, "0.0.0.0")  # noqa: S104 — devices are elsewhere
    parser.add_argument("--http", type=int, default=8000, help="HTTP 的端口，0 不开")
    parser.add_argument("--only", choices=(BROKER, GATEWAYS, HTTP), help="只运行其中一个进程")
    options = parser.parse_args(arguments)
    city, var = _city(options.city, options.name), _settings().VAR
    if options.only == BROKER:
        return _broker(var, city, options.mqtt or f"{options.host}:1883")
    if options.only == GATEWAYS:
        asyncio.run(_gateways(var, city, options.host, vars(options)))
        return DONE
    if options.only == HTTP:
        return _http(var, options.host, options.http)
    die_with_parent()
    anlan = [sys.executable, "-m", "anlan.cli", "edge", *arguments, "--only"]
    processes = {"消息服务": [*anlan, BROKER], "接入网关": [*anlan, GATEWAYS]}
    if options.http:
        processes["HTTP 接入"] = [*anlan, HTTP]
    with only_one(var):
        return Supervisor(processes).run(lambda: None)


def _city(url: str, name: str) -> City:
    """Where the node belongs; SetupError says what is missing."""
    from anlan.monitoring.edge.wire import NAME
    from anlan.monitoring.stream.doors import City

    if not url.startswith(SCHEMES):
        raise SetupError(f"市平台的节点地址应以 {SCHEMES[0]} 开头（加密用 {SCHEMES[1]}）：{url}")
    if not NAME.fullmatch(name):
        raise SetupError(f"节点名称用小写字母、数字和“-”：{name}")
    if not (key := os.environ.get(KEY)):
        raise SetupError(f"没有密钥。请把登记节点时显示的密钥放进环境变量 {KEY}。")
    return City(url, name, key)


def _broker(var: Path, city: City, mqtt: str) -> int:
    from anlan.config import brokering
    from anlan.monitoring.stream.broker import Broker
    from anlan.monitoring.stream.doors import Doors, Listener, NoBroker

    async def keep(made: Broker) -> int:
        return await brokering.keep(made, stopped())

    try:
        return asyncio.run(keep(Broker(var, Doors(mqtt=Listener.wanted("MQTT", mqtt)), city)))
    except NoBroker as missing:
        raise SetupError(str(missing)) from missing


def _http(var: Path, host: str, port: int) -> int:
    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels

    from anlan.config.serve import check_port

    check_port(host, port)
    os.environ["ANLAN_VAR"] = str(var)
    Granian(
        "anlan.config.edge_http:application", address=host, port=port, loop=Loops.asyncio,
        interface=Interfaces.ASGINL, respawn_failed_workers=True, log_level=LogLevels.error,
    ).serve()  # fmt: skip
    return DONE


async def _gateways(var: Path, city: City, host: str, ports: Mapping[str, int]) -> None:
    from anlan.config.gateways import admitted, devices_served
    from anlan.kernel import collector
    from anlan.monitoring.edge.forwarding import Forwarder
    from anlan.monitoring.edge.reporting import Reporter
    from anlan.monitoring.edge.snapshot import Snapshot
    from anlan.monitoring.edge.wire import LETTERS, inbox
    from anlan.monitoring.gateways.gateway import Gateway
    from anlan.monitoring.stream.broker import Broker
    from anlan.monitoring.stream.connection import connected
    from anlan.monitoring.stream.names import partitions
    from anlan.monitoring.stream.publishing import Publisher

    collector.settle()
    stop, urls = stopped(), Broker(var, city=city).urls
    snapshot = Snapshot(var / "register.json")
    most = int(os.environ.get(MOST_BYTES, USUAL_BYTES))
    async with connected(urls.core, most_bytes=most, days=0, inbox=inbox(city.name)) as here:
        gateway = Gateway(Publisher(here.stream), snapshot)
        async with (
            devices_served(gateway, var, host, ports),
            admitted(gateway, var, urls, here, stop),
            asyncio.TaskGroup() as group,
        ):
            group.create_task(Reporter(here.client, city.name, snapshot).run(stop))
            for part in (*range(partitions()), LETTERS):
                group.create_task(Forwarder(here.client, city.name, part).run(stop))
