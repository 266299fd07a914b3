"""Nothing is acknowledged that is not stored, whatever fails, and nothing is lost by a stop."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.gb26875 import Gb26875
from anlan.monitoring.gateways.tcp import TcpServer
from anlan.monitoring.protocols.gb26875.device import Device
from anlan.monitoring.protocols.gb26875.session import Outcome, Result
from tests.monitoring.gateways.given import (
    QUICK,
    Client,
    MemorySink,
    Register,
    known,
    refuses,
    run,
    serving,
    until,
)
from tests.monitoring.gateways.uploads import confirmed, data, frame, register


def test_what_is_over_the_rate_is_not_acknowledged_before_it_is_stored():
    async def scene() -> None:
        sink = MemorySink()
        async with serving(Gb26875, sink, register(1, rate=5)) as (server, port):
            client = await Client.connect(port)
            client.write(b"".join(frame(serial) for serial in range(100)))
            answers = asyncio.create_task(confirmed(client, 100))
            await until(lambda: server.gateway.counters.slowed > 0)
            await server.stop()
            assert len(await answers) == len(sink.rows()) < 100

    run(scene())


def test_a_stop_answers_what_is_being_stored():
    async def scene() -> None:
        storing, go_on = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            storing.set()
            await go_on.wait()

        sink = MemorySink(slow)
        async with serving(Gb26875, sink, register(1)) as (server, port):
            client = await Client.connect(port)
            client.write(frame(7))
            await storing.wait()
            stopping = asyncio.create_task(server.stop())
            await until(server.gateway.closing.is_set)
            go_on.set()
            assert await confirmed(client, 2) == [7]  # and then it is closed
            await stopping
            assert server.gateway.counters.open == 0
            with pytest.raises(ConnectionError):
                await Client.connect(port)

    run(scene())


def test_a_sink_that_hangs_has_not_stored():
    async def scene() -> None:
        sink = MemorySink(asyncio.Event().wait)  # for ever
        limits = replace(QUICK, store_within=0.05)
        async with serving(Gb26875, sink, register(1), limits) as (server, port):
            client = await Client.connect(port)
            client.write(frame(1))
            await until(lambda: server.gateway.counters.refused == 1)
            client.close()
        assert sink.stored == []

    run(scene())


def test_a_fault_of_the_program_ends_one_connection_and_acknowledges_nothing():
    async def scene() -> None:
        sink = MemorySink()
        server = TcpServer(Gateway(sink, register(1), QUICK), Gb26875)
        port = await server.start("127.0.0.1", 0)
        other, client = [await Client.connect(port) for _ in range(2)]

        async def broken() -> None:
            sink.before = None
            raise KeyError("a bug")

        sink.before = broken
        client.write(frame(1))
        assert await confirmed(client, 1) == []
        other.write(frame(2))
        assert await confirmed(other, 1) == [2]
        assert server.gateway.counters.broken == 1
        await server.stop()

    run(scene())


def test_a_letter_that_cannot_be_buried_leaves_its_message_unacknowledged():
    async def scene() -> None:
        sink = MemorySink(refuses)
        devices = Register({("gb26875", "1"): known(1, {})})
        async with serving(Gb26875, sink, devices) as (server, port):
            client = await Client.connect(port)
            client.write(frame(1))
            await until(lambda: server.gateway.counters.refused == 1)
            assert server.gateway.counters.unburied == 1
            client.close()

    run(scene())


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_every_acknowledged_message_is_in_the_sink(seed: int):
    """Whatever fails, and however often lines break; and in the end all is there."""
    chance = random.Random(seed)

    async def moody() -> None:
        await asyncio.sleep(0)
        if chance.random() < 0.4:
            raise NotStored

    async def scene() -> None:
        sink = MemorySink(moody)
        device, clock = Device(1, 0, lambda _: None, timeout=1), time.time()
        async with serving(Gb26875, sink, register(1)) as (_, port):
            client = await Client.connect(port)
            for number in range(20):
                client.write(device.upload(data(number), clock))
            missing = set(range(20))
            while missing:
                if chance.random() < 0.2:
                    client.close()
                    client = await Client.connect(port)
                clock += 1
                client.write(device.tick(clock).send)
                turn = device.feed(await client.read(), clock)
                client.write(turn.send)
                ended = [m for m in turn.messages if isinstance(m, Outcome)]
                for outcome in ended:
                    assert outcome.result == Result.CONFIRMED
                    number = int(outcome.request.data.objects[0].operation)
                    assert number in {int(row[2]) for row in sink.rows()}
                    missing.discard(number)
            client.close()

    run(scene())
