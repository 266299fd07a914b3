"""The processes of monitoring: the embedded broker, the workers of the stream, the devices of the
demonstration."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from anlan.config.commands import DONE, _parser, _settings, command, django
from anlan.config.errors import SetupError


@command
def broker(arguments: Sequence[str]) -> int:
    """Run the embedded broker, and keep it running."""
    parser = _parser("broker", "只运行内置的消息服务")
    parser.add_argument(
        "--print", action="store_true", help="只打印它的配置（含口令），供自建集群参照"
    )
    options = parser.parse_args(arguments)
    from anlan.config import brokering
    from anlan.monitoring.stream.broker import Broker
    from anlan.monitoring.stream.doors import Doors, NoBroker

    async def keep(made: Broker) -> int:
        return await brokering.keep(made, stopped())

    try:
        made = Broker(_settings().VAR, Doors.wanted())
        if not options.print:
            return asyncio.run(keep(made))
        sys.stdout.write(made.configuration())
    except NoBroker as missing:
        raise SetupError(str(missing)) from missing
    return DONE


@command
def monitor(arguments: Sequence[str]) -> int:
    """Run the workers of the stream: the engine and the history of every part."""
    _parser("monitor", "只运行监测：判断读数、写入历史").parse_args(arguments)
    with django():
        from anlan.kernel import collector
        from anlan.monitoring.running import working
        from anlan.monitoring.stream.broker import url

        collector.settle()

        async def work(var: Path) -> None:
            await working.work(var / "history", url(var), stopped())

        asyncio.run(work(_settings().VAR))
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


def stopped() -> asyncio.Event:
    """Set once we are told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
