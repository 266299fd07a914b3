"""``anlan edge`` as a county runs it: devices are acknowledged without a link; after kill -9 and a
cut everything is in the city, once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import aiomqtt
import psutil

from anlan.config.processes import STEADY_SECONDS
from anlan.monitoring.edge.snapshot import Entry, Told
from anlan.monitoring.gateways.secrets import digest
from anlan.monitoring.protocols.batch import unpack
from anlan.monitoring.stream.broker import running
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.doors import Doors, Listener
from anlan.monitoring.stream.following import Follower, all_of
from anlan.monitoring.stream.names import Kind
from tests.monitoring.edge.given import KEY, NODE, Link, Register, city, free_port

SITE, SECRET, UNDER = 5, "right", bytes(32)
DEVICE = Entry("mqtt", "7", 7, SITE, 10_000, digest(SECRET, UNDER), {"1": 50})
BY_HTTP = Entry("http", "D1", 8, SITE, 10_000, digest(SECRET, UNDER), {"3": 51})
PORTS = ("--gb26875", "0", "--jt808", "0", "--hj212", "0")


@contextmanager
def edge(var: Path, link: int, mqtt: int, http: int) -> Iterator[None]:
    """The program, inside the ``with`` block."""
    command = [
        sys.executable, "-m", "anlan.cli", "edge", "--city", f"nats-leaf://127.0.0.1:{link}",
        "--name", NODE, "--host", "127.0.0.1", "--mqtt", f"127.0.0.1:{mqtt}",
        "--http", str(http), *PORTS,
    ]  # fmt: skip
    environment = os.environ | {"ANLAN_VAR": str(var), "ANLAN_EDGE_KEY": KEY}
    process = subprocess.Popen(command, env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def kill(var: Path, what: str) -> None:
    """kill -9 of the node's ``broker`` or ``gateways``."""
    for each in psutil.process_iter(["cmdline"]):
        line = " ".join(each.info["cmdline"] or [])
        broker = f"--config {var}/nats/nats.conf" in line
        programs = "--only gateways" in line and each.environ().get("ANLAN_VAR") == str(var)
        if broker if what == "broker" else programs:
            each.kill()
            return
    raise AssertionError(f"no {what} runs")


async def say(port: int, numbers: range) -> None:
    """Readings of these times and values, each until it is acknowledged."""
    for number in numbers:
        body = f'{{"readings": [{{"point": 1, "time": {number * 1000}, "value": {number}}}]}}'
        await until(lambda body=body: said(port, body))  # type: ignore[misc]


async def said(port: int, body: str) -> bool:
    try:
        async with aiomqtt.Client(
            "127.0.0.1", port, username="7", password=SECRET, identifier="7", timeout=3
        ) as device:
            await device.publish("devices/7/readings", body, qos=1)
    except aiomqtt.MqttError:
        return False
    return True


def post(port: int, number: int, secret: str = SECRET) -> int:
    """A reading by HTTP; the status of the answer, 0 where nobody answers."""
    body = f'{{"readings": [{{"point": 3, "time": {number * 1000}, "value": {number}}}]}}'
    headers = {"Authorization": f"Device D1:{secret}", "Content-Type": "application/json"}
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("POST", "/gateway/readings/", body, headers)
        return line.getresponse().status
    except OSError:
        return 0
    finally:
        line.close()


async def posted(port: int, number: int) -> bool:
    return await asyncio.to_thread(post, port, number) == 200


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + 60
    while not await true():
        assert time.monotonic() < end
        await asyncio.sleep(0.2)


async def values(there: Connection, point: int = 50) -> list[float]:
    found = [each async for each in all_of(Follower(there.stream, SITE % 4, 0))]
    batches = [unpack(each.data) for each in found if each.kind == Kind.BATCH]
    return [v for each in batches for v in each.value[each.point == point].tolist()]


def test_a_device_notices_nothing_of_cuts_and_deaths(tmp_path: Path) -> None:
    leaf, mqtt, http = free_port(), free_port(), free_port()
    link = Link(leaf)
    register = Register(Told(3, UNDER.hex(), (DEVICE, BY_HTTP)), {50: SITE, 51: SITE})

    async def act() -> None:
        async with city(there, register) as connection:
            await link.open()
            await say(mqtt, range(5))  # once the node has learnt of the device
            await link.cut()
            await say(mqtt, range(5, 10))
            await until(lambda: posted(http, 100))
            assert await asyncio.to_thread(post, http, 101, "wrong") == 401
            await asyncio.sleep(STEADY_SECONDS + 1)  # who dies at once is not started again
            kill(tmp_path / "node", "gateways")
            await say(mqtt, range(10, 15))
            await link.open()
            await say(mqtt, range(15, 17))
            await asyncio.sleep(STEADY_SECONDS + 1)
            kill(tmp_path / "node", "broker")
            await say(mqtt, range(17, 20))

            async def all_there() -> bool:
                return {*map(float, range(20))} <= {*await values(connection)}

            await until(all_there)
            found = await values(connection)
            assert sorted(set(found), key=found.index) == list(map(float, range(20)))  # in order
            assert await values(connection, 51) == [100.0]
            assert register.reports[-1] >= 0
        await link.close()

    doors = Doors(leaves=Listener(f"127.0.0.1:{leaf}"))
    with running(tmp_path / "city", doors) as there, edge(tmp_path / "node", link.port, mqtt, http):
        asyncio.run(asyncio.wait_for(act(), 150))
