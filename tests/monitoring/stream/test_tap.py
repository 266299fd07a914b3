"""Messages taken as they lie on the line: all, in order, once, whatever the broker goes through."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from nats.errors import Error as NatsError
from nats.js.api import StreamConfig

from anlan.monitoring.stream import tap as tapping
from anlan.monitoring.stream.connection import linked
from anlan.monitoring.stream.tap import Raw, Tap, Tappable
from tests.monitoring.stream.test_lost_tail import Machine

NAME = "TAPPED"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


async def _publish(client: Tappable, begin: int, end: int) -> None:
    stream = client.jetstream(timeout=10, publish_async_max_pending=1000)
    sent = [
        await stream.publish_async(f"tapped.{number % 7}", b"%d" % number, headers={"Some": "word"})
        for number in range(begin, end)
    ]
    await asyncio.gather(*sent)


async def _made(client: Tappable, after: int = 0) -> Tap:
    stream = client.jetstream(timeout=1)
    await stream.add_stream(StreamConfig(name=NAME, subjects=["tapped.>"]))
    return Tap(client, stream, NAME, after)


async def _taken(tap: Tap, count: int) -> list[Raw]:
    """So many; after faults of the link too."""
    found: list[Raw] = []
    async with asyncio.timeout(30):
        while len(found) < count:
            try:
                found += await tap.take(0.1)
            except (NatsError, TimeoutError, OSError):
                await asyncio.sleep(0.05)
    return found


async def _reconnected(client: Tappable) -> None:
    async with asyncio.timeout(30):
        while not client.stats["reconnects"]:
            await asyncio.sleep(0.05)


def _numbers(found: list[Raw]) -> list[int]:
    return [int(each.data) for each in found]


def test_all_come_once_and_in_order_though_the_broker_dies(machine: Machine) -> None:
    async def first(url: str) -> None:
        async with linked(url) as client:
            tap = await _made(client)
            await _publish(client, 1, 10_001)
            found = await _taken(tap, 6_000)
            assert _numbers(found) == [*range(1, len(found) + 1)]
            assert [each.number for each in found[:3]] == [1, 2, 3]
            assert found[0].subject == b"tapped.1"

    async def second(link: Tappable, tap: Tap, begin: int) -> None:
        await _publish(link, begin, begin + 5_000)
        found = await _taken(tap, 5_000)
        assert _numbers(found) == [*range(begin, begin + 5_000)]

    with machine.on() as url:
        asyncio.run(first(url))

    async def across() -> None:
        with machine.on() as url:
            link = linked(url)
            client = await link.__aenter__()
            tap = Tap(client, client.jetstream(timeout=1), NAME, 10_000)
            await second(client, tap, 10_001)
            await _publish(client, 15_001, 15_003)  # nobody has read these
        with machine.on():
            await _reconnected(client)
            await _publish(client, 15_003, 20_001)
            found = await _taken(tap, 5_000)
            assert _numbers(found) == [*range(15_001, 20_001)]
            await link.__aexit__(None, None, None)

    asyncio.run(across())


def test_a_question_that_expires_is_asked_again_at_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tapping, "EXPIRES", 2)  # seconds; longer than two heartbeats
    monkeypatch.setattr(tapping, "AT_ONCE", 10)

    async def work(url: str) -> None:
        async with linked(url) as client:
            tap, said = await _made(client), 0
            end = time.monotonic() + 7
            while time.monotonic() < end:
                said += 1
                await _publish(client, said, said + 1)
                begun = time.monotonic()
                assert _numbers(await _taken(tap, 1)) == [said]
                assert time.monotonic() - begun < 0.5
                await asyncio.sleep(0.3)
            consumers = await client.jetstream().consumers_info(NAME)
            assert len(consumers) == 1  # it was never made anew

    with machine.on() as url:
        asyncio.run(work(url))


def test_what_came_instead_of_the_lost_is_taken(machine: Machine) -> None:
    async def until_written(url: str) -> None:
        async with linked(url) as client:
            await _made(client)
            await _publish(client, 1, 6)

    async def across() -> None:
        with machine.on() as url:
            link = linked(url)
            client = await link.__aenter__()
            tap = Tap(client, client.jetstream(timeout=1), NAME, 0)
            await _publish(client, 6, 11)
            assert _numbers(await _taken(tap, 10)) == [*range(1, 11)]
        machine.cut()
        with machine.on():
            await _reconnected(client)
            await _publish(client, 100, 103)
            assert _numbers(await _taken(tap, 3)) == [100, 101, 102]
            await link.__aexit__(None, None, None)

    with machine.on() as url:
        asyncio.run(until_written(url))
    machine.written()
    asyncio.run(across())


def test_other_subscriptions_of_the_client_are_as_they_were(machine: Machine) -> None:
    async def work(url: str) -> None:
        async with linked(url) as client:
            raw: list[bytes] = []
            close = await client.tap("to.us", lambda subject, _, data, __: raw.append(data))
            usual = await client.subscribe("to.*")
            await client.publish("to.us", b"one")
            await client.publish("to.others", b"two")
            assert [(await usual.next_msg(5)).data for _ in range(2)] == [b"one", b"two"]
            close()
            await client.publish("to.us", b"three")
            assert (await usual.next_msg(5)).data == b"three"
            assert raw == [b"one"]

    with machine.on() as url:
        asyncio.run(work(url))
