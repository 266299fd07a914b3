"""What holds for every server: limits, hostile clients, fairness, the end."""

from __future__ import annotations

import asyncio
import resource
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.gb26875 import Gb26875
from anlan.monitoring.gateways.limits import Rates
from anlan.monitoring.gateways.tcp import TcpServer
from tests.monitoring.gateways.given import (
    QUICK,
    Client,
    MemorySink,
    Register,
    run,
    serving,
    until,
)
from tests.monitoring.gateways.uploads import confirmed, frame, register


@pytest.mark.parametrize("limits", [replace(QUICK, connections=2), replace(QUICK, per_address=2)])
def test_connections_beyond_the_limit_are_turned_away(limits):
    async def scene() -> None:
        async with serving(Gb26875, MemorySink(), register(1), limits) as (server, port):
            first, second = [await Client.connect(port) for _ in range(2)]
            await until(lambda: server.gateway.counters.open == 2)
            third = await Client.connect(port)
            assert await third.read() == b""
            assert server.gateway.counters.turned_away == 1
            first.close()
            await until(lambda: server.gateway.counters.open == 1)
            fourth = await Client.connect(port)
            fourth.write(frame(4))
            assert await confirmed(fourth, 1) == [4]
            second.close()

    run(scene())


def test_who_never_finishes_a_frame_is_cut_off():
    async def scene() -> None:
        limits = replace(QUICK, hello=0.2)
        async with serving(Gb26875, MemorySink(), register(1), limits) as (server, port):
            client = await Client.connect(port)

            async def drip() -> None:
                for byte in frame(1)[:-1] * 100:
                    client.write(bytes([byte]))
                    await asyncio.sleep(0.01)

            dripping = asyncio.create_task(drip())
            assert await client.closed() == b""
            dripping.cancel()
            assert server.gateway.counters.cut == 1

    run(scene())


def test_who_falls_silent_is_cut_off():
    async def scene() -> None:
        limits = replace(QUICK, idle=0.1)
        async with serving(Gb26875, MemorySink(), register(1), limits) as (server, port):
            client = await Client.connect(port)
            client.write(frame(1))
            assert await confirmed(client, 1) == [1]
            await client.closed()
            assert server.gateway.counters.cut == 1

    run(scene())


def test_a_frame_in_halves_after_garbage_is_taken_and_the_garbage_is_kept():
    async def scene() -> None:
        sink = MemorySink()
        async with serving(Gb26875, sink, register(1)) as (_, port):
            client = await Client.connect(port)
            client.write(b"\x00garbage\xff" + frame(1)[:20])
            await until(lambda: bool(sink.letters))
            client.write(frame(1)[20:])
            assert await confirmed(client, 1) == [1]
        assert sink.letters[0].data == b"\x00garbage\xff"
        assert sink.letters[0].device is None

    run(scene())


@given(st.binary(max_size=3000))
@settings(max_examples=20, deadline=None)
def test_any_bytes_break_nothing(noise: bytes):
    async def scene() -> None:
        sink = MemorySink()
        async with serving(Gb26875, sink, register(1)) as (_, port):
            client = await Client.connect(port)
            client.write(noise + b"\r\n" + frame(1))
            assert await confirmed(client, 1) == [1]
            client.close()

    run(scene())


def test_who_does_not_read_its_answers_is_cut_off():
    async def scene() -> None:
        limits = replace(QUICK, write_within=0.2, waiting=1024, bytes_per_second=1e9)
        sink = MemorySink()
        server = TcpServer(Gateway(sink, register(1), limits), Gb26875)
        port = await server.start("127.0.0.1", 0)
        server._server.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(deaf, ("127.0.0.1", port))

        again = frame(1) * 500  # stored once, confirmed each time
        await loop.sock_sendall(deaf, again[: len(frame(1))])
        await until(lambda: bool(sink.stored))

        async def flood() -> None:
            while True:
                await loop.sock_sendall(deaf, again)

        with pytest.raises(ConnectionError):  # the server has closed
            await flood()
        await until(lambda: server.gateway.counters.open == 0)
        assert server.gateway.counters.cut == 1
        deaf.close()
        await server.stop()

    run(scene())


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_a_thousand_connections_are_all_answered():
    async def scene() -> None:
        sink, limits = MemorySink(), replace(QUICK, per_address=1000, tick=0.5)
        async with serving(Gb26875, sink, register(*range(1, 1001)), limits) as (server, port):
            clients = [await Client.connect(port) for _ in range(1000)]
            for number, client in enumerate(clients, 1):
                client.write(frame(number, number))
            answers = [await confirmed(client, 1) for client in clients]
            assert answers == [[number] for number in range(1, 1001)]
            assert server.gateway.counters.readings == 1000
            for client in clients:
                client.close()
            await until(lambda: server.gateway.counters.open == 0)
        assert sorted(row[1] for row in sink.rows()) == list(range(1, 1001))

    run(scene())


def test_a_flood_is_slowed_and_delays_nobody_else():
    async def scene() -> None:
        devices = register(1, rate=100) | register(2)
        sink = MemorySink()
        async with serving(Gb26875, sink, Register(devices)) as (server, port):
            began = time.monotonic()
            flood = await Client.connect(port)
            flood.write(b"".join(frame(serial) for serial in range(20_000)))
            quiet, delays = await Client.connect(port), []
            for serial in range(50):
                sent = time.monotonic()
                quiet.write(frame(serial, 2))
                assert await confirmed(quiet, 1) == [serial]
                delays.append(time.monotonic() - sent)
            await until(lambda: server.gateway.counters.slowed > 20)
            passed = time.monotonic() - began
            of_flood = [row for row in sink.rows() if row[1] == 1]
            assert len(of_flood) <= 100 * (passed + Rates.BURST) + 1
            assert sorted(delays)[-2] < 1  # all of the flood takes 200 s
            flood.close()

    run(scene())


def test_the_rate_is_kept_over_time_and_one_large_batch_passes():
    rates = Rates()
    assert rates.wait("a", 10, 0) == 0
    rates.spend("a", 120, 10, 0)
    assert rates.wait("a", 10, 0) == 10
    assert rates.wait("b", 10, 0) == 0
    assert rates.wait("a", 10, 9) == pytest.approx(1)
    assert rates.wait("a", 10, 10) == 0
    rates.spend("a", 1, 10, 1000)
    assert rates.wait("a", 10, 1000) == 0
