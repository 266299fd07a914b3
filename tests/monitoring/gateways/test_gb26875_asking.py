"""What the centre asks of devices of fire protection, and how it speaks over UDP."""

from __future__ import annotations

import asyncio
import time

import pytest

from anlan.monitoring.gateways import gb26875_points as points
from anlan.monitoring.gateways.conversation import Conversation
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.gb26875 import ROUND_EVERY, Gb26875, Speaker, splitter
from anlan.monitoring.gateways.udp import UdpServer
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875 import parse
from anlan.monitoring.protocols.gb26875.device import Device, Ordered
from anlan.monitoring.protocols.gb26875.flags import (
    DeviceAct,
    DeviceFlag,
    SystemFlag,
)
from anlan.monitoring.protocols.gb26875.frame import Frame, write
from anlan.monitoring.protocols.gb26875.layouts import AppData
from anlan.monitoring.protocols.gb26875.session import Outcome, Result
from anlan.monitoring.protocols.gb26875.tables import Command, Kind
from tests.monitoring.gateways.given import (
    QUICK,
    Client,
    MemorySink,
    run,
    serving,
    until,
)
from tests.monitoring.gateways.test_gb26875 import FIRE, NORMAL, NOW, TIME, part, register

ANSWERED = AppData(Kind.DEVICE_OPERATION, (o.DeviceOperation(DeviceAct.DUTY_ANSWERED, 1, TIME),))


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


def test_a_device_is_asked_anew_in_rounds() -> None:
    """A quiet part tells nothing by itself: without rounds it would count as silent."""
    device = register()["gb26875", "66"]
    speaker = Speaker(device, NOW)

    def asked(now: float) -> int:
        count = 0
        while (data := speaker.next(now)) is not None:
            speaker.over(Outcome(Frame(1, Command.REQUEST, data=data), Result.ANSWERED), now)
            count += data.kind != Kind.SET_CLOCK
        return count

    first = asked(NOW)
    assert first == len(points.polls(device.points)) > 0
    assert asked(NOW + ROUND_EVERY - 1) == 0
    assert asked(NOW + ROUND_EVERY) == first
    assert asked(NOW + ROUND_EVERY + 1) == 0
    assert asked(NOW + 2 * ROUND_EVERY) == first


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
    assert task.readings.batch().point.tolist() == [99]
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


def test_a_command_reaches_the_device_that_is_connected():
    def ask(conversation: Conversation) -> bytes:
        assert isinstance(conversation, Gb26875)
        return conversation.check_duty(66, 5, time.time())

    async def scene() -> None:
        sink = MemorySink()
        async with serving(Gb26875, sink, register()) as (server, port):
            client, device = await Client.connect(port), Device(66, 0, lambda _: None)
            assert await server.command("66", ask) == 0
            client.write(device.upload(part(NORMAL), time.time()))
            await until(lambda: bool(sink.stored))
            assert await server.command("66", ask) == 1
            orders: list[Kind] = []
            while Kind.CHECK_DUTY not in orders:
                turn = device.feed(await client.read(), time.time())
                client.write(turn.send)
                told = [each.frame for each in turn.messages if isinstance(each, Ordered)]
                orders += [frame.data.kind for frame in told]
            client.write(device.upload(ANSWERED, time.time()))
            await until(lambda: (5, 17, 32, 0) in sink.rows())

    run(scene())


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
