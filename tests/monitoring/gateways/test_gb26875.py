"""Transmission devices of fire protection, played by the protocol's own simulator."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from anlan.monitoring.gateways import gb26875_points as points
from anlan.monitoring.gateways.gb26875 import Gb26875
from anlan.monitoring.gateways.readings import LIVE, Readings
from anlan.monitoring.protocols.gb26875 import Splitter, parse
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875.device import Device
from anlan.monitoring.protocols.gb26875.flags import (
    DeviceAct,
    DeviceFlag,
    PartFlag,
    SystemAct,
    SystemFlag,
)
from anlan.monitoring.protocols.gb26875.frame import Frame
from anlan.monitoring.protocols.gb26875.layouts import AppData, UnknownData
from anlan.monitoring.protocols.gb26875.session import Result
from anlan.monitoring.protocols.gb26875.tables import Command, Kind
from anlan.monitoring.protocols.values import at
from tests.monitoring.gateways.given import (
    Client,
    MemorySink,
    Register,
    known,
    refuses,
    run,
    serving,
)

POINTS = {
    "1/3/30/393217:state": 11,
    "1/3/30/393217:4": 12,
    "1/3/30/393217:200": 13,
    "1/3:state": 14,
    "1/3:operation": 15,
    "device:state": 16,
    "device:operation": 17,
    "300/1:state": 18,  # no device has such an address; it must do no harm
}
# When the tests were collected: this gateway trusts the clock of a device for a week.
NOW = time.time()
TIME = at(NOW)
NORMAL, FIRE, FAULT = PartFlag.NORMAL, PartFlag.FIRE, PartFlag.FAULT


def register() -> Register:
    return Register(
        {
            ("gb26875", "66"): known(1, POINTS, site=5),
            ("gb26875", "67"): known(2, {"1/3/30/1:state": 99}, site=6),
        }
    )


def part(state: PartFlag, number: int = 393217, moment=TIME) -> AppData:
    return AppData(Kind.PART_STATE, (o.PartState(1, 3, 30, number, state, "西楼", moment),))


def analog(kind: int, raw: int) -> AppData:
    return AppData(Kind.ANALOG_VALUE, (o.AnalogValue(1, 3, 30, 393217, kind, raw, TIME),))


async def spoken(client: Client, device: Device) -> list[Result]:
    """Reads until an upload of the device has ended; answers what it is asked."""
    results: list[Result] = []
    while not results:
        data = await client.read()
        assert data, "the server has closed"
        turn = device.feed(data, time.time())
        client.write(turn.send)
        results = [message.result for message in turn.messages if hasattr(message, "result")]
    return results


async def uploaded(
    data: AppData, address: int = 66, sink: MemorySink | None = None
) -> tuple[MemorySink, list[Result]]:
    sink = sink or MemorySink()
    async with serving(Gb26875, sink, register()) as (_, port):
        client = await Client.connect(port)
        device = Device(address, 0, lambda _: None)
        client.write(device.upload(data, time.time()))
        results = await spoken(client, device)
        client.close()
    return sink, results


@pytest.mark.parametrize(
    ("data", "row"),
    [
        (part(NORMAL), (11, 1, 0)),
        (part(FAULT), (11, 4, 2)),
        (part(PartFlag.POWER_FAULT), (11, 256, 2)),
        (part(FIRE | FAULT), (11, 6, 0)),
        (part(FIRE, moment=None), (11, 2, 6)),
        (part(FIRE, moment=TIME - timedelta(days=8)), (11, 2, 6)),
        (analog(4, -25), (12, -2.5, 0)),
        (analog(200, 7), (13, 7, 0)),
        (AppData(Kind.SYSTEM_STATE, (o.SystemState(1, 3, SystemFlag.FIRE, TIME),)), (14, 2, 0)),
        (
            AppData(Kind.SYSTEM_STATE, (o.SystemState(1, 3, SystemFlag.BUS_FAULT, TIME),)),
            (14, 1024, 3),
        ),
        (
            AppData(Kind.SYSTEM_OPERATION, (o.SystemOperation(1, 3, SystemAct.RESET, 4, TIME),)),
            (15, 1, 0),
        ),
        (
            AppData(Kind.DEVICE_STATE, (o.DeviceState(DeviceFlag.SYSTEM_LINE_FAULT, TIME),)),
            (16, 64, 3),
        ),
        (
            AppData(Kind.DEVICE_OPERATION, (o.DeviceOperation(DeviceAct.DUTY_ANSWERED, 1, TIME),)),
            (17, 32, 0),
        ),
    ],
)
def test_what_an_object_becomes(data: AppData, row: tuple[int, float, int]):
    async def scene() -> None:
        sink, results = await uploaded(data)
        assert sink.rows() == [(5, *row)]
        assert results == [Result.CONFIRMED]
        assert sink.letters == []

    run(scene())


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (part(FIRE, number=1), "1/3/30/1:state"),  # it is the point of another device
        (AppData(Kind.DEVICE_VERSION, (o.DeviceVersion(1, 2),)), "软件版本"),
        (UnknownData(b"\x80\x01\x02"), "128"),
    ],
)
def test_what_has_no_point_is_confirmed_once_it_lies_in_the_dead_letters(data, word: str):
    async def scene() -> None:
        sink, results = await uploaded(data)
        assert results == [Result.CONFIRMED]
        assert sink.rows() == []
        [letter] = sink.letters
        assert word in letter.reason
        assert (letter.device, letter.protocol) == (1, "gb26875")
        assert parse(letter.data).data == data

    run(scene())


FIRES = {"1/3/30/393217:fire": 21, "1/3:fire": 22, "device:fire": 23}


@pytest.mark.parametrize(
    ("made", "row"),
    [
        (o.PartState(1, 3, 30, 393217, FIRE, "西楼", TIME), (21, 1, 0)),
        (o.PartState(1, 3, 30, 393217, FIRE | FAULT, "西楼", TIME), (21, 1, 0)),
        (o.PartState(1, 3, 30, 393217, FAULT, "西楼", TIME), (21, 0, 2)),
        (o.PartState(1, 3, 30, 393217, PartFlag.SHIELDED, "西楼", TIME), (21, 0, 0)),
        (o.PartState(1, 3, 30, 393217, FIRE, "西楼", None), (21, 1, 6)),
        (o.SystemState(1, 3, SystemFlag.FIRE, TIME), (22, 1, 0)),
        (o.SystemState(1, 3, SystemFlag.FAULT, TIME), (22, 0, 2)),
        (o.DeviceState(DeviceFlag.FIRE, TIME), (23, 1, 0)),
        (o.DeviceState(DeviceFlag.NORMAL, TIME), (23, 0, 0)),
    ],
)
def test_a_signal_of_fire_is_derived_from_the_state(made: o.Object, row: tuple[int, float, int]):
    found = Readings(known(1, FIRES), NOW, LIVE)
    points.add(found, made)
    assert [(point, value, quality) for point, _, value, quality in found.rows] == [row]
    assert found.strange == []  # the signal's point is enough

    both = Readings(known(1, FIRES | POINTS), NOW, LIVE)
    points.add(both, made)
    assert len(both) == 2

    alone = Readings(known(1, POINTS), NOW, LIVE)
    points.add(alone, made)
    assert len(alone) == 1
    assert alone.strange == []


def test_signals_of_fire_are_asked_for_as_states():
    states = [each.replace(":fire", ":state") for each in FIRES]
    assert points.polls(FIRES) == points.polls(states) == points.polls([*states, *FIRES])


def test_a_sign_of_life_needs_nothing_stored():
    async def scene() -> None:
        sink, results = await uploaded(AppData(Kind.DEVICE_TIME, (o.DeviceTime(TIME),)))
        assert (results, sink.stored, sink.letters) == ([Result.CONFIRMED], [], [])

    run(scene())


def test_a_device_that_nobody_knows_is_refused_and_cut_off():
    async def scene() -> None:
        sink = MemorySink()
        async with serving(Gb26875, sink, register()) as (_, port):
            client = await Client.connect(port)
            client.write(Device(68, 0, lambda _: None).upload(part(FIRE), time.time()))
            assert parse(await client.closed()).command == Command.DENY
        assert sink.stored == []
        assert "没有登记" in sink.letters[0].reason

    run(scene())


def test_a_device_that_is_retired_is_cut_off():
    async def scene() -> None:
        devices, sink = register(), MemorySink()
        async with serving(Gb26875, sink, devices) as (_, port):
            client, device = await Client.connect(port), Device(66, 0, lambda _: None)
            client.write(device.upload(part(FIRE), time.time()))
            assert await spoken(client, device) == [Result.CONFIRMED]
            del devices["gb26875", "66"]
            await client.closed()

    run(scene())


def test_what_is_not_stored_is_refused_and_taken_when_it_comes_again():
    async def scene() -> None:
        sink = MemorySink(refuses)
        async with serving(Gb26875, sink, register()) as (server, port):
            client, device = await Client.connect(port), Device(66, 0, lambda _: None, timeout=1)
            now = time.time()
            client.write(device.upload(part(FIRE), now))
            frames: list[Frame] = []
            parts = Splitter()
            while Command.DENY not in [frame.command for frame in frames]:
                frames += [parse(piece.data) for piece in parts.feed(await client.read())]
            assert server.gateway.counters.refused == 1
            sink.before = None
            client.write(device.tick(now + 1).send)
            assert await spoken(client, device) == [Result.CONFIRMED]
        assert sink.rows() == [(5, 11, 2, 0)]

    run(scene())
