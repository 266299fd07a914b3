"""Terminals of vehicles, played by the protocol's own simulator."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.gateways.contracts import Directory, NotStored
from anlan.monitoring.gateways.conversation import Conversation
from anlan.monitoring.gateways.jt808 import Jt808
from anlan.monitoring.protocols.jt808 import parse
from anlan.monitoring.protocols.jt808.flags import Alarm, Status
from anlan.monitoring.protocols.jt808.items import Item
from anlan.monitoring.protocols.jt808.messages import (
    Batch,
    Body,
    Heartbeat,
    Location,
    PlatformAnswer,
    Registration,
    Unknown,
)
from anlan.monitoring.protocols.jt808.tables import Registered, Result
from anlan.monitoring.protocols.jt808.terminal import Delivered, Reached, Stage, Terminal
from anlan.monitoring.protocols.values import at
from tests.monitoring.gateways.given import (
    Client,
    MemorySink,
    Register,
    known,
    refuses,
    run,
    serving,
    until,
)

PHONE, OTHER = "13935800001", "13935800002"
POINTS = {"speed": 1, "alarm": 2, "lat": 3, "lng": 4, "mileage": 5, "direction": 6}
REGISTRATION = Registration(14, 1100, "MAKER", "MODEL", "T000001", 2, "晋J12345")


def opener(directory: Directory, source: str) -> Conversation:
    return Jt808(directory, source, b"the server's secret")


def register() -> Register:
    return Register(
        {
            ("jt808", PHONE): known(1, POINTS, site=5, secret="T000001"),
            ("jt808", OTHER): known(2, {"speed": 9}, site=6, secret="T000002"),
        }
    )


def place(**more) -> Location:
    values = {
        "alarms": Alarm.OVERSPEED,
        "status": Status.LOCATED,
        "latitude_e6": 37_520_000,
        "longitude_e6": 111_140_000,
        "altitude": 950,
        "speed": 823,
        "direction": 90,
        "time": at(time.time()),
        "items": (Item(0x01, (1234).to_bytes(4, "big")), Item(0x11, b"\0"), Item(0xEE, b"x")),
    }
    return Location(**values | more)


ROWS = [(5, 2, 2, 0), (5, 1, 82.3, 0), (5, 6, 90, 0), (5, 3, 37.52, 0), (5, 4, 111.14, 0)]
ROWS.append((5, 5, 123.4, 0))


async def driven(client: Client, terminal: Terminal, wanted: type | Stage) -> object:
    """Lets the terminal speak until it says something of this kind, or comes to this stage."""
    while True:
        data = await client.read()
        assert data, "the server has closed"
        turn = terminal.feed(data, time.time())
        client.write(turn.send)
        for message in turn.messages:
            stage = message.stage if isinstance(message, Reached) else None
            if stage == wanted or type(message) is wanted:
                return message


async def reported(body: Body, sink: MemorySink, version: int | None = None) -> int:
    """The result of the platform for ``body`` of a terminal that has registered."""
    async with serving(opener, sink, register()) as (_, port):
        client = await Client.connect(port)
        terminal = Terminal(PHONE, REGISTRATION, version=version)
        client.write(terminal.start(time.time()))
        await driven(client, terminal, Stage.READY)
        client.write(terminal.report(body, time.time()))
        answer = parse(await client.read()).body
        client.close()
    assert isinstance(answer, PlatformAnswer)
    return answer.result


@pytest.mark.parametrize("version", [None, 1])
def test_a_location_becomes_readings_of_the_points_that_the_vehicle_has(version: int | None):
    async def scene() -> None:
        sink = MemorySink()
        assert await reported(place(), sink, version) == Result.SUCCESS
        assert sink.rows() == ROWS
        assert sink.letters == []

    run(scene())


def test_a_batch_is_all_its_locations():
    async def scene() -> None:
        sink = MemorySink()
        assert await reported(Batch(1, (place(), place())), sink) == Result.SUCCESS
        assert sink.rows() == ROWS * 2

    run(scene())


def test_without_a_fix_there_is_no_place_and_without_a_time_no_trust():
    async def scene() -> None:
        sink = MemorySink()
        await reported(place(status=Status(0), time=None, items=(), direction=400), sink)
        assert sink.rows() == [(5, 2, 2, 6), (5, 1, 82.3, 6)]

    run(scene())


def test_a_message_that_is_not_read_lies_in_the_dead_letters():
    async def scene() -> None:
        sink = MemorySink()
        assert await reported(Unknown(0x0900, b"abc"), sink) == Result.UNSUPPORTED
        assert sink.letters[0].device == 1
        assert parse(sink.letters[0].data).body == Unknown(0x0900, b"abc")

    run(scene())


@pytest.mark.parametrize(
    ("phone", "terminal_id", "word"),
    [("13900000000", "T000001", "没有登记"), (PHONE, "T000002", "终端 ID")],
)
def test_who_is_not_registered_here_is_refused(phone: str, terminal_id: str, word: str):
    async def scene() -> None:
        sink = MemorySink()
        async with serving(opener, sink, register()) as (_, port):
            client = await Client.connect(port)
            terminal = Terminal(phone, Registration(14, 1100, "M", "M", terminal_id, 2, "晋J1"))
            client.write(terminal.start(time.time()))
            refused = await driven(client, terminal, Stage.REFUSED)
            client.close()
        assert refused == Reached(Stage.REFUSED, Registered.NO_SUCH_TERMINAL)
        assert word in sink.letters[0].reason

    run(scene())


def test_the_code_of_one_terminal_is_worthless_for_another_and_after_a_restart_still_good():
    async def scene() -> None:
        devices, sink = register(), MemorySink()
        gateway = Jt808(devices, "test", b"the server's secret")
        code = gateway.code(devices["jt808", PHONE], PHONE.zfill(12))
        async with serving(opener, sink, devices) as (_, port):
            client = await Client.connect(port)
            thief = Terminal(OTHER, REGISTRATION, code=code)
            client.write(thief.start(time.time()))
            await driven(client, thief, Stage.REFUSED)
            owner = Terminal(PHONE, REGISTRATION, code=code)
            client.write(owner.start(time.time()))
            await driven(client, owner, Stage.READY)
            client.close()
        assert "鉴权码" in sink.letters[0].reason

    run(scene())


def test_a_terminal_cannot_report_for_another():
    async def scene() -> None:
        sink = MemorySink()
        async with serving(opener, sink, register()) as (_, port):
            client = await Client.connect(port)
            terminal = Terminal(PHONE, REGISTRATION)
            client.write(terminal.start(time.time()))
            await driven(client, terminal, Stage.READY)
            other = Terminal(OTHER, REGISTRATION, code="x")
            other.stage = Stage.READY
            client.write(other.report(place(), time.time()))
            assert parse(await client.read()).body.result == Result.FAILURE
            client.close()
        assert sink.stored == []
        assert "手机号" in sink.letters[0].reason

    run(scene())


def test_before_it_is_stored_it_is_not_a_success():
    async def scene() -> None:
        sink = MemorySink()
        async with serving(opener, sink, register()) as (_, port):
            client = await Client.connect(port)
            terminal = Terminal(PHONE, REGISTRATION)
            client.write(terminal.start(time.time()))
            await driven(client, terminal, Stage.READY)
            sink.before = refuses
            client.write(terminal.report(place(), time.time()))
            assert parse(await client.read()).body.result == Result.FAILURE
            sink.before = None
            client.write(terminal.tick(time.time() + 11).send)
            await driven(client, terminal, Delivered)
            client.close()
        assert sink.rows() == ROWS

    run(scene())


def test_a_retired_vehicle_is_cut_off_though_it_sends_but_heartbeats():
    async def scene() -> None:
        devices = register()
        async with serving(opener, MemorySink(), devices) as (server, port):
            client = await Client.connect(port)
            terminal = Terminal(PHONE, REGISTRATION)
            client.write(terminal.start(time.time()))
            await driven(client, terminal, Stage.READY)
            client.write(terminal.report(Heartbeat(), time.time()))
            await driven(client, terminal, Delivered)
            del devices["jt808", PHONE]
            await until(lambda: server.gateway.counters.cut == 1)
            await client.closed()

    run(scene())


@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_every_delivered_report_is_in_the_sink(seed: int):
    chance = random.Random(seed)

    async def moody() -> None:
        if chance.random() < 0.4:
            raise NotStored

    async def scene() -> None:
        sink, clock = MemorySink(moody), time.time()
        terminal = Terminal(PHONE, REGISTRATION, timeout=1)
        sent: dict[int, float] = {}
        async with serving(opener, sink, register()) as (_, port):
            client = await Client.connect(port)
            for number in range(12):
                sent[number] = number / 10
                terminal.report(place(speed=number, items=()), clock)
            client.write(terminal.start(clock))
            while sent:
                if chance.random() < 0.1:
                    client.close()
                    client = await Client.connect(port)
                    client.write(terminal.start(clock))
                clock += 1
                client.write(terminal.tick(clock).send)
                turn = terminal.feed(await client.read(), clock)
                client.write(turn.send)
                for message in turn.messages:
                    if isinstance(message, Delivered):
                        speed = sent.pop(message.serial)
                        assert (5, 1, speed, 0) in sink.rows()
            client.close()

    run(scene())
