"""A county's node and the city at work, for a test to act in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import numpy as np
from nats.errors import Error as NatsError

from anlan.monitoring.edge.forwarding import Forwarder
from anlan.monitoring.edge.wire import LETTERS, Ask, Place, Stretch, answered, inbox, subject
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.stream.broker import running
from anlan.monitoring.stream.connection import MOST_BYTES, Connection, connected
from anlan.monitoring.stream.doors import City
from anlan.monitoring.stream.following import Follower, Letters, all_of
from anlan.monitoring.stream.letters import unpack_letter
from anlan.monitoring.stream.names import STREAM, Kind
from anlan.monitoring.stream.publishing import Publisher
from tests.monitoring.edge.given import (
    KEY,
    NODE,
    Brokers,
    Link,
    Register,
    brokers,
    city,
    free_port,
    node,
)

SITE = 1  # its points are 10 to 19; it lies in part 1
MAD, HERE = "mad", Place(0, "2026-11-26")  # another node, and a part of its stream
PARTS = (0, 1, LETTERS)


def readings(number: int, site: int = SITE) -> Batch:
    points = np.arange(10 * site, 10 * site + 10)
    return Batch.of(points, np.full(10, number * 1000), np.full(10, number), np.zeros(10))


class Scene:
    def __init__(self, made: Brokers, link: Link, register: Register) -> None:
        self.brokers, self.link, self.register = made, link, register
        self.programs = AsyncExitStack()  # of the city: closed, they end
        self.here: Connection
        self.there: Connection

    async def store(self, numbers: range, site: int = SITE) -> None:
        publisher = Publisher(self.here.stream)
        for number in numbers:
            await publisher.store(site, readings(number, site))

    async def arrived(self, part: int = SITE) -> list[float]:
        """Values in the city's stream, in order; each batch has ten readings of one value."""
        found = [each async for each in all_of(Follower(self.there.stream, part, 0))]
        batches = [unpack(each.data) for each in found if each.kind == Kind.BATCH]
        return [float(v) for each in batches for v in each.value[::10]]

    async def until(self, true: Callable[[], Awaitable[bool]]) -> None:
        end = time.monotonic() + 40
        while not await true():
            assert time.monotonic() < end, await self.arrived()
            await asyncio.sleep(0.1)

    async def left(self) -> int:
        """Messages that the node still keeps."""
        return (await self.here.stream.stream_info(STREAM)).state.messages

    async def nothing_left(self) -> None:
        async def none() -> bool:
            return await self.left() == 0

        await self.until(none)


@asynccontextmanager
async def forwarding_on(scene: Scene) -> AsyncIterator[list[Forwarder]]:
    """The node's forwarders at work."""
    stop = asyncio.Event()
    forwarders = [Forwarder(scene.here.client, NODE, part) for part in PARTS]
    tasks = [asyncio.create_task(each.run(stop)) for each in forwarders]
    try:
        yield forwarders
    finally:
        stop.set()
        await asyncio.gather(*tasks)


@asynccontextmanager
async def another(scene: Scene, folder: Path, name: str = MAD) -> AsyncIterator[Connection]:
    """A second node, linked: its client says what it likes."""
    scene.register.names.add(name)
    above = City(f"nats-leaf://127.0.0.1:{scene.brokers.leaf}", name, KEY)
    with running(folder / name, city=above) as broker:
        async with connected(broker.url, days=0, inbox=inbox(name)) as connection:

            async def linked() -> bool:
                with suppress(NatsError, TimeoutError):
                    body = json.dumps({"waiting": 0, "revision": 1}).encode()
                    await connection.client.request(subject(name, Ask.REGISTER), body, timeout=1)
                    return True
                return False

            await scene.until(linked)
            yield connection


async def reasons(there: Connection) -> list[str]:
    found = [each async for each in all_of(Letters(there.stream))]
    return [unpack_letter(each.data).reason for each in found]


async def send(mad: Connection, stretch: Stretch, data: bytes) -> dict[str, object]:
    """As a node that waits for its answer, and does not mind being told to wait."""
    said = await mad.client.request(
        subject(MAD, Ask.STORE), data, timeout=20, headers=stretch.headers()
    )
    return answered(said.data)


def play(
    folder: Path, act: Callable[[Scene], Awaitable[None]], most_bytes: int = MOST_BYTES
) -> Register:
    leaf, register = free_port(), Register()
    link = Link(leaf)

    async def whole(made: Brokers) -> None:
        scene = Scene(made, link, register)
        async with AsyncExitStack() as open_:
            scene.here = await open_.enter_async_context(node(made.node))
            await open_.enter_async_context(scene.programs)
            scene.there = await scene.programs.enter_async_context(
                city(made.city, register, most_bytes)
            )
            await act(scene)
            await link.close()

    with brokers(folder, link.port, leaf) as made:
        asyncio.run(asyncio.wait_for(whole(made), 100))
    return register
