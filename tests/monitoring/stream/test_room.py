"""A full stream gives away what both its readers have had; nothing else, and never too soon."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.history.table import History
from anlan.monitoring.history.writer import Writer
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.stream import room
from anlan.monitoring.stream.broker import Broker, running
from anlan.monitoring.stream.connection import Connection, connected, ensure
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.names import KIND, STREAM, Kind, subject
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.room import Room, telling

MOST = 1_000_000  # bytes of the stream
MESSAGE = b"x" * 9_900  # a hundred of them fill it
DAY = 86_400_000


@pytest.fixture
def broker() -> Iterator[Broker]:
    """One whose stream is small."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as started:
        yield started


@asynccontextmanager
async def small(broker: Broker) -> AsyncIterator[Connection]:
    async with connected(broker.url, most_bytes=MOST) as connection:
        yield connection


async def fill(connection: Connection, messages: int) -> None:
    for each in range(messages):
        await connection.stream.publish(subject(each % 4), MESSAGE)


async def left(connection: Connection) -> int:
    return (await connection.stream.stream_info(STREAM)).state.messages


class Parts:
    """How far each part is; None: nobody works on it."""

    def __init__(self, *had: int | None) -> None:
        self.had = list(had)

    @asynccontextmanager
    async def tell(self, connection: Connection) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part, had in enumerate(self.had):
                if had is not None:
                    of = partial(self.had.__getitem__, part)
                    await stack.enter_async_context(telling(connection.client, part, of))  # type: ignore[arg-type]
            yield


async def looked(broker: Broker, parts: Parts, messages: int, after: float) -> int:
    """How many of so many messages stay, where all was had ``after`` seconds ago already."""
    async with small(broker) as connection, parts.tell(connection):
        made = Room(connection.client)
        await fill(connection, messages)
        await made.look(0.0)  # it learns which stream it is
        await made.look(1.0)
        await made.look(1.0 + after)
        return await left(connection)


@pytest.mark.parametrize(
    ("messages", "after", "stay"),
    [
        (20, 100_000.0, 20),  # room enough
        (30, 899.0, 30),  # all had it, but not so long ago
        (30, 901.0, 5),
        (60, 119.0, 60),
        (60, 121.0, 35),
    ],
)
def test_it_makes_room_as_the_stream_fills(
    broker: Broker, messages: int, after: float, stay: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "AT_ONCE", 7 * len(MESSAGE))
    parts = Parts(25, 26, 30, 27)
    assert asyncio.run(looked(broker, parts, messages, after)) == stay


@pytest.mark.parametrize(
    ("had", "stay"),
    [
        ((60, 60, 0, 60), 60),  # one part has nothing
        ((60, 60, None, 60), 60),  # nobody works on one part
        ((61, 61, 61, 61), 60),  # more than there is: the stream has lost its end
        ((60, 60, 59, 60), 1),
    ],
)
def test_what_one_part_has_not_stays(
    broker: Broker, had: tuple[int | None, ...], stay: int
) -> None:
    assert asyncio.run(looked(broker, Parts(*had), 60, 1_000.0)) == stay


def test_a_stream_made_anew_loses_nothing_to_old_numbers(broker: Broker) -> None:
    async def work() -> int:
        parts = Parts(60, 60, 60, 60)
        async with small(broker) as connection, parts.tell(connection):
            made = Room(connection.client)
            await fill(connection, 60)
            for now in (0.0, 1.0):
                await made.look(now)
            await connection.stream.delete_stream(STREAM)
            await ensure(connection.stream, MOST)
            await fill(connection, 70)
            parts.had[:] = [10] * 4
            for now in (1_000.0, 1_001.0, 2_000.0):
                await made.look(now)
            return await left(connection)

    assert asyncio.run(work()) == 60


@pytest.mark.parametrize("makes_room", [True, False])
def test_more_than_the_stream_holds_goes_through_it(
    broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, makes_room: bool
) -> None:
    monkeypatch.setattr(room, "AGES", ((0.25, 0.0),))
    monkeypatch.setattr(room, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(room, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(room, "partitions", lambda: 2)
    monkeypatch.setattr("anlan.monitoring.history.writer.MOST_READINGS", 10_000)
    count, rounds, site = 2_000, 100, 1
    chance = np.random.default_rng(1)

    async def work() -> None:
        stop = asyncio.Event()
        async with small(broker) as connection, AsyncExitStack() as stack:
            tasks = []
            for part in range(2):  # nobody says anything to the first: it must not be waited for
                of = Follower(connection.stream, part, 0)
                writer = Writer(part, History.at(tmp_path), of)
                await connection.stream.publish(subject(part), b"1", headers={KIND: Kind.TICK})
                had = partial(getattr, writer, "kept")
                await stack.enter_async_context(telling(connection.client, part, had))
                tasks.append(asyncio.create_task(writer.run(stop)))
            if makes_room:
                tasks.append(asyncio.create_task(Room(connection.client).run(stop)))
            publisher = Publisher(connection.stream)
            try:
                for each in range(rounds):
                    times = DAY + each * count + np.arange(count)
                    batch = Batch.of(np.ones(count), times, chance.random(count), np.zeros(count))
                    await publisher.store(site, batch)
                    await publisher.tick(0, each)
                    await asyncio.sleep(0.03)
            finally:
                stop.set()
                await asyncio.gather(*tasks)

    if not makes_room:
        with pytest.raises(NotStored):
            asyncio.run(work())
        return
    asyncio.run(work())
    assert len(History.at(tmp_path).read([1], 0, 2**45)) == count * rounds
