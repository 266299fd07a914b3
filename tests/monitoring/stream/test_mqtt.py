"""Devices that speak MQTT to a real broker: who may, what becomes of what they say."""

from __future__ import annotations

import asyncio
import json
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import numpy as np
import pytest

from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.mqtt import Mqtt
from anlan.monitoring.protocols.batch import Batch, pack
from anlan.monitoring.simulate.city import Device
from anlan.monitoring.simulate.city import Point as SimulatedPoint
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.senders.mqtt import MqttSender
from anlan.monitoring.simulate.world import Said
from anlan.monitoring.stream import admission as admissions
from anlan.monitoring.stream.admission import Admission
from anlan.monitoring.stream.broker import Broker, running
from anlan.monitoring.stream.connection import linked
from anlan.monitoring.stream.doors import Doors, Listener
from anlan.monitoring.stream.inlet import Inlet
from anlan.monitoring.stream.names import SAID
from anlan.monitoring.stream.tokens import Issuer
from tests.monitoring.gateways.given import MemorySink, Register, known


@dataclass
class Place:
    """A broker with a port for MQTT."""

    broker: Broker
    port: int


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), Doors(Listener(f"127.0.0.1:{port}"))) as broker,
    ):
        yield Place(broker, port)


class Scene:
    """Our side, and what it has got."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sink = MemorySink()
        self.register = Register()
        self.register["mqtt", "7"] = known(7, {"1": 101, "2": 102}, site=5, secret="right")
        self.gateway = Gateway(self.sink, self.register)
        self.left = 0  # messages that stay in the broker's stream

    def device(self, name: str = "7", secret: str = "right", client_id: str = "") -> aiomqtt.Client:
        return aiomqtt.Client(
            "127.0.0.1", self.port, username=name, password=secret,
            identifier=client_id or name, timeout=5,
        )  # fmt: skip

    async def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not true():
            assert time.monotonic() < end, (self.sink.rows(), self.sink.letters)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def ours(place: Place, scene: Scene) -> AsyncIterator[None]:
    """Admission and inlet at work."""
    urls = place.broker.urls
    async with (
        linked(urls.core) as core, linked(urls.devices) as devices, linked(urls.system) as system
    ):  # fmt: skip
        issuer = Issuer(place.broker.issuer)
        admission = Admission(scene.gateway, issuer, core=core, devices=devices, system=system)
        inlet, stop = Inlet(devices, Mqtt(scene.gateway), admission), asyncio.Event()
        await inlet.open()
        await admission.open()
        task = asyncio.create_task(inlet.run(stop))
        try:
            yield
        finally:
            stop.set()
            await task
            info = await devices.jetstream().stream_info(SAID)
            scene.left = info.state.messages


@pytest.fixture
def play(place: Place) -> Callable[[Callable[[Scene], Awaitable[None]]], Scene]:
    def run(act: Callable[[Scene], Awaitable[None]]) -> Scene:
        scene = Scene(place.port)

        async def whole() -> None:
            async with asyncio.timeout(60), ours(place, scene):
                await act(scene)

        asyncio.run(whole())
        return scene

    return run


def said(*readings: tuple[int, float]) -> bytes:
    now = round(time.time() * 1000)
    rows = [{"point": point, "time": now, "value": value} for point, value in readings]
    return json.dumps({"readings": rows}).encode()


async def listen(device: aiomqtt.Client) -> None:
    """For ever, or until the connection ends."""
    async for _ in device.messages:
        raise AssertionError("nobody speaks to devices")


Play = Callable[[Callable[[Scene], Awaitable[None]]], Scene]


def test_readings_of_both_forms_are_stored_and_purged(play: Play) -> None:
    async def act(scene: Scene) -> None:
        async with scene.device() as device:
            await device.publish("devices/7/readings", said((1, 0.5), (2, 0.25)), qos=1)
            now = round(time.time() * 1000)
            await device.publish("devices/7/readings", pack(Batch.of([2], [now], [9], [0])), qos=1)
        await scene.until(lambda: len(scene.sink.rows()) == 3)

    scene = play(act)
    assert scene.sink.rows() == [(5, 101, 0.5, 0), (5, 102, 0.25, 0), (5, 102, 9.0, 0)]
    assert scene.sink.letters == []
    assert scene.left == 0


REFUSED = [
    ("8", "right", "8", "没有登记，或已停用：8"),
    ("7", "wrong", "7", "密钥不对"),
    ("7", "right", "8", "ClientID 应与设备编号相同"),
    ("7.7", "right", "77", "只能含字母、数字"),
]


@pytest.mark.parametrize(("name", "secret", "client_id", "words"), REFUSED)
def test_who_may_not_come_in(
    play: Play, name: str, secret: str, client_id: str, words: str
) -> None:
    async def act(scene: Scene) -> None:
        with pytest.raises(aiomqtt.MqttError, match=r"(?i)not authorized"):
            async with scene.device(name, secret, client_id):
                pass
        await scene.until(lambda: bool(scene.sink.letters))

    (letter,) = play(act).sink.letters
    assert words in letter.reason
    assert letter.source == "127.0.0.1"


def test_our_own_accounts_are_closed_to_devices(play: Play) -> None:
    """A device's key opens neither the broker's own protocol nor another's topic."""

    async def act(scene: Scene) -> None:
        scene.register["mqtt", "9"] = known(9, {"1": 901}, site=6, secret="right")
        async with scene.device() as device:
            await device.publish("devices/9/readings", said((1, 1.0)), qos=1)
            await device.publish("readings/0", said((1, 1.0)), qos=1)
            await device.publish("devices/7/readings", said((1, 2.0)), qos=1)
        await scene.until(lambda: bool(scene.sink.rows()))

    assert play(act).sink.rows() == [(5, 101, 2.0, 0)]


BAD = [
    (b"{", "不是合格的 JSON"),
    (b"ANB1", "连 16 字节的头都不够"),
    (said((1, 1.0), (3, 1.0)), "没有登记在这台设备名下的通道：3"),
    (b"", "不是合格的 JSON"),
]


@pytest.mark.parametrize(("data", "words"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_used_is_a_dead_letter(play: Play, data: bytes, words: str) -> None:
    async def act(scene: Scene) -> None:
        async with scene.device() as device:
            await device.publish("devices/7/readings", data, qos=1)
            await device.publish("devices/7/else", said((1, 1.0)), qos=1)
            await device.publish("devices/7/readings", said((2, 3.0)), qos=1)
        await scene.until(lambda: len(scene.sink.letters) == 2)
        await scene.until(lambda: (5, 102, 3.0, 0) in scene.sink.rows())

    scene = play(act)
    first, second = scene.sink.letters
    assert words in first.reason
    assert (first.data, first.device) == (data, 7)
    assert "主题应为 devices/7/readings" in second.reason
    assert ((5, 101, 1.0, 0) in scene.sink.rows()) == ("通道" in words)


def test_qos_0_is_said_once_for_a_connection(play: Play) -> None:
    async def act(scene: Scene) -> None:
        async with scene.device() as device:
            await asyncio.sleep(0.3)  # our look at the first message is under way by then
            for _ in range(3):
                await device.publish("devices/7/readings", said((1, 1.0)), qos=0)
            await scene.until(lambda: bool(scene.sink.letters))
            await device.publish("devices/7/readings", said((2, 3.0)), qos=1)
        await scene.until(lambda: bool(scene.sink.rows()))

    scene = play(act)
    assert scene.sink.rows() == [(5, 102, 3.0, 0)]
    assert [each.reason for each in scene.sink.letters if "请改为 QoS 1" not in each.reason] == []
    assert len(scene.sink.letters) == 1


def test_what_is_acknowledged_waits_until_it_can_be_stored(play: Play, place: Place) -> None:
    """Our stream refuses, then we end; whoever comes after us stores it."""

    async def refusing(scene: Scene) -> None:
        async def no() -> None:
            raise NotStored("voll")

        scene.sink.before = no
        async with scene.device() as device:
            for each in range(5):
                await device.publish("devices/7/readings", said((1, float(each))), qos=1)

    first = play(refusing)
    assert first.sink.rows() == []
    assert first.left == 5

    async def nothing(scene: Scene) -> None:
        await scene.until(lambda: len(scene.sink.rows()) == 5)

    second = play(nothing)
    assert [value for *_, value, _ in second.sink.rows()] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert second.left == 0


def test_a_retired_device_is_put_off_the_line(play: Play) -> None:
    async def act(scene: Scene) -> None:
        async def speak() -> None:
            async with scene.device() as device:
                await device.publish("devices/7/readings", said((1, 1.0)), qos=1)
                await scene.until(lambda: bool(scene.sink.rows()))
                del scene.register["mqtt", "7"]
                await device.publish("devices/7/readings", said((1, 2.0)), qos=1)
                await listen(device)

        with pytest.raises(aiomqtt.MqttError):
            await speak()

    scene = play(act)
    assert scene.sink.rows() == [(5, 101, 1.0, 0)]
    assert "没有登记，或已停用" in scene.sink.letters[0].reason


def test_who_floods_is_put_off_the_line_and_loses_nothing_that_was_acknowledged(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.monitoring.gateways.mqtt.CUT_SECONDS", 30.0)
    acknowledged = 0

    async def act(scene: Scene) -> None:
        scene.register["mqtt", "7"] = known(7, {"1": 101}, site=5, rate=1, secret="right")

        async def flood(device: aiomqtt.Client) -> None:
            nonlocal acknowledged
            for each in range(10_000):
                await device.publish("devices/7/readings", said((1, float(each))), qos=1)
                acknowledged += 1

        async def speak() -> None:
            async with scene.device() as device:
                flooding = asyncio.create_task(flood(device))
                try:  # who waits for an answer is not told of the end; who listens is, at once
                    await listen(device)
                finally:
                    flooding.cancel()

        with pytest.raises(aiomqtt.MqttError):
            await speak()
        with pytest.raises(aiomqtt.MqttError, match=r"(?i)not authorized"):
            async with scene.device():
                pass
        await scene.until(lambda: len(scene.sink.rows()) >= acknowledged)
        await scene.until(lambda: bool(scene.sink.letters))
        assert "发得太快" in scene.sink.letters[0].reason

    scene = play(act)
    assert 20 < acknowledged < 10_000
    values = [value for *_, value, _ in scene.sink.rows()]
    assert values[:acknowledged] == [float(each) for each in range(acknowledged)]


def test_a_fault_of_ours_costs_one_message_and_no_other(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.monitoring.gateways import mqtt

    read = mqtt.rows

    def failing(data: bytes) -> object:
        if data == b"poison":
            raise RuntimeError("a fault of this program")
        return read(data)

    monkeypatch.setattr(mqtt, "rows", failing)

    async def act(scene: Scene) -> None:
        async with scene.device() as device:
            await device.publish("devices/7/readings", b"poison", qos=1)
            await device.publish("devices/7/readings", said((1, 1.0)), qos=1)
        await scene.until(lambda: bool(scene.sink.rows()))

    scene = play(act)
    assert [(each.reason[:4], each.data) for each in scene.sink.letters] == [
        ("程序出错", b"poison")
    ]


def test_a_token_ends_and_the_device_is_judged_anew(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admissions, "HOLDS_SECONDS", 2)

    async def act(scene: Scene) -> None:
        async def wait() -> None:
            async with scene.device() as device, asyncio.timeout(20):
                await listen(device)

        began = time.monotonic()
        with pytest.raises(aiomqtt.MqttError):
            await wait()
        assert time.monotonic() - began < 10

    play(act)


def test_what_is_no_request_is_refused() -> None:
    """They cannot come, but who is let in hangs on it."""
    for token in (b"", b"a.b", b"a.e30.c", b"a.W10.c"):
        with pytest.raises(ValueError, match="not a"):
            admissions.Asked.of(admissions.claims(token))


def test_the_simulator_speaks_mqtt(play: Play) -> None:
    points = (SimulatedPoint("1", "methane", "face", "", 0, 4, 0.01, ()),)
    device = Device("mqtt", "7", "right", 1.0, "", points)
    tally = Tally()

    async def act(scene: Scene) -> None:
        sender = MqttSender(device, "127.0.0.1", scene.port, tally)
        sender.start()
        now = round(time.time() * 1000)
        times, values = np.full(3, now), np.arange(3) / 4
        sender.say(Said(device, np.zeros(3, np.intp), times, values), now / 1000)
        await sender.stop(10)
        await scene.until(lambda: len(scene.sink.rows()) == 3)

    assert [value for *_, value, _ in play(act).sink.rows()] == [0.0, 0.25, 0.5]
    assert (tally.sent, tally.acknowledged, tally.waiting) == (3, 3, 0)
