"""Transmission devices of fire protection, played by the protocol's own simulator."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.gb26875 import Gb26875, splitter
from anlan.monitoring.gateways.udp import UdpServer
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
from anlan.monitoring.protocols.gb26875.frame import Frame, write
from anlan.monitoring.protocols.gb26875.layouts import AppData, UnknownData
from anlan.monitoring.protocols.gb26875.session import Result
from anlan.monitoring.protocols.gb26875.tables import Command, Kind
from anlan.monitoring.protocols.values import at
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


def test_after_it_has_spoken_a_device_gets_the_time_and_is_asked_for_its_states():
    async def scene() -> None:
        asked: list[Kind] = []

        def answers(query: AppData) -> AppData | None:
            asked.append(query.kind)
            match query.kind:
                case Kind.READ_DEVICE_STATE:
                    return AppData(Kind.DEVICE_STATE, (o.DeviceState(DeviceFlag.NORMAL, TIME),))
                case Kind.READ_SYSTEM_STATE:
                    return AppData(
                        Kind.SYSTEM_STATE, (o.SystemState(1, 3, SystemFlag.NORMAL, TIME),)
                    )
                case Kind.READ_PART_STATE:
                    return part(NORMAL)
                case _:
                    return None  # refused: it has no analog values

        sink = MemorySink()
        async with serving(Gb26875, sink, register()) as (_, port):
            client, device = await Client.connect(port), Device(66, 0, answers)
            device.offset = -3600
            client.write(
                device.upload(AppData(Kind.DEVICE_TIME, (o.DeviceTime(TIME),)), time.time())
            )
            while len(asked) < 4:
                turn = device.feed(await client.read(), time.time())
                client.write(turn.send)
            await until(lambda: len(sink.rows()) == 3)
            client.close()
        assert abs(device.offset) < 2
        assert asked == [
            Kind.READ_DEVICE_STATE,
            Kind.READ_SYSTEM_STATE,
            Kind.READ_PART_STATE,
            Kind.READ_ANALOG_VALUE,
        ]
        assert sink.rows() == [(5, 16, 1, 0), (5, 14, 1, 0), (5, 11, 1, 0)]

    run(scene())


def test_an_answer_that_was_not_stored_is_asked_for_again():
    gateway = Gb26875(register(), "test")
    heard = gateway.feed(
        write(
            Frame(
                1,
                Command.UPLOAD,
                67,
                0,
                TIME,
                data=AppData(Kind.DEVICE_TIME, (o.DeviceTime(TIME),)),
            )
        ),
        NOW,
    )
    device = Device(67, 0, lambda _: part(NORMAL, number=1))
    reply = device.feed(heard.send, NOW).send  # confirms the clock
    poll = gateway.feed(reply, NOW + 1).send
    answer = device.feed(poll, NOW + 1).send
    [task] = gateway.feed(answer, NOW + 2).tasks
    assert task.batch.point.tolist() == [99]
    task.failed(NOW + 2)
    assert gateway.tick(NOW + 61).send == b""
    again = parse(gateway.tick(NOW + 62).send)
    assert again.data == parse(poll).data


def test_somebody_on_duty_is_asked_and_answers():
    gateway = Gb26875(register(), "test")
    with pytest.raises(KeyError):
        gateway.check_duty(66, 5, NOW)
    gateway.feed(write(Frame(1, Command.UPLOAD, 66, 0, TIME, data=part(NORMAL))), NOW)
    asked = parse(gateway.check_duty(66, 5, NOW))
    assert (asked.command, asked.target) == (Command.CONTROL, 66)
    assert asked.data == AppData(Kind.CHECK_DUTY, (o.DutyCheck(5),))


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.came: list[bytes] = []

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.came.append(data)


def test_over_udp_each_answer_is_a_datagram():
    async def scene() -> None:
        sink = MemorySink()
        server = UdpServer(Gateway(sink, register(), QUICK), Gb26875, splitter)
        port = await server.start("127.0.0.1", 0)
        loop = asyncio.get_running_loop()
        transport, client = await loop.create_datagram_endpoint(
            _Datagrams, remote_addr=("127.0.0.1", port)
        )
        device = Device(66, 0, lambda _: None)
        transport.sendto(device.upload(part(FIRE), time.time()))
        transport.sendto(b"noise")
        await until(lambda: len(client.came) >= 2)
        commands = [parse(data).command for data in client.came]
        assert set(commands) == {Command.CONFIRM, Command.CONTROL}
        assert sink.rows() == [(5, 11, 2, 0)]
        await server.stop()
        assert server.gateway.counters.open == 0
        transport.close()

    run(scene())
