"""From a device's batch to the alarm: the endpoint, a real broker, the worker, PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.kernel.visits import release
from anlan.monitoring.devices import keys, receiving
from anlan.monitoring.devices.register import Register
from anlan.monitoring.models import Alarm, Channel, Device, EngineState, Point, RuleVersion
from anlan.monitoring.now.bridge import Bridge
from anlan.monitoring.running.ledger import DjangoLedger
from anlan.monitoring.stream.asking import answering
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import Connection, connected
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.names import STREAM, partition_of
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.worker import Worker
from tests.kernel.access.conftest import _log_guards as _log_guards
from tests.kernel.access.conftest import committed_db as committed_db
from tests.monitoring.stream.conftest import broker as broker

pytestmark = pytest.mark.usefixtures("committed_db")
SECRET = "only-for-this-test"


@pytest.fixture(autouse=True)
def own_bridge(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Bridge:
    made = Bridge(lambda: broker.url)
    monkeypatch.setattr(receiving, "bridge", made)
    monkeypatch.setattr(receiving, "register", Register())

    async def purge(connection: Connection) -> None:
        await connection.stream.purge_stream(STREAM)

    made.run(purge)
    return made


@pytest.fixture
def device(point: Point, version: RuleVersion) -> Device:
    made = Device.objects.create(
        name="东山矿分站", protocol="http", address="DS-1", site=point.site, rate=1000,
        secret_digest=keys.digest(SECRET),
    )  # fmt: skip
    Channel.objects.create(device=made, address="3", point=point)
    return made


def send(value: float, channel: int = 3, secret: str = SECRET, number: str = "DS-1") -> Any:
    reading = {"point": channel, "time": timezone.now().isoformat(), "value": value, "quality": 0}
    return Client().post(
        "/gateway/readings/", json.dumps({"readings": [reading]}), "application/json",
        headers={"Authorization": f"Device {number}:{secret}"},
    )  # fmt: skip


@asynccontextmanager
async def working(broker: Broker, partition: int) -> AsyncIterator[DjangoLedger]:
    """A worker of the part at work."""
    ledger, stop = DjangoLedger(), asyncio.Event()
    async with connected(broker.url) as connection:
        worker = Worker(
            partition, ledger, Follower(connection.stream, partition, 0),
            Publisher(connection.stream),
        )  # fmt: skip
        async with answering(connection.client, partition, lambda: worker.engine):
            task = asyncio.create_task(worker.run(stop))
            yield ledger
            stop.set()
            await task


def _looked(seen: Any) -> bool:
    """In a thread that keeps no connection."""
    try:
        return bool(seen())
    finally:
        release()


async def until(seen: Any, seconds: float = 20) -> float:
    """How long it took until ``seen``; fails where it never came."""
    began = time.monotonic()
    while not await asyncio.to_thread(_looked, seen):
        assert time.monotonic() - began < seconds
        await asyncio.sleep(0.01)
    return time.monotonic() - began


def test_a_reading_over_the_limit_becomes_an_alarm(broker: Broker, device: Device) -> None:
    part = partition_of(device.site_id)

    async def work() -> None:
        async with working(broker, part):
            answer = await asyncio.to_thread(send, 0.3)
            assert (answer.status_code, answer.json()["stored"]) == (200, 1)
            await asyncio.to_thread(send, 1.2)
            await until(lambda: Alarm.objects.filter(cleared_ms=None, peak=1.2).exists())
            await asyncio.to_thread(send, 0.2)
            await until(lambda: Alarm.objects.filter(cleared_ms__isnull=False).exists())

    asyncio.run(work())
    alarm = Alarm.objects.get()
    assert (alarm.point.site, alarm.state) == (device.site, "raised")
    assert EngineState.objects.get(partition=part).last > 0


def test_another_worker_takes_over_and_doubles_nothing(broker: Broker, device: Device) -> None:
    part = partition_of(device.site_id)

    async def work() -> None:
        async with working(broker, part):
            await asyncio.to_thread(send, 1.2)
            await until(Alarm.objects.exists)
        async with working(broker, part):
            await asyncio.to_thread(send, 1.8)
            await until(lambda: Alarm.objects.filter(peak=1.8).exists())
            await asyncio.to_thread(send, 0.2)
            await until(lambda: Alarm.objects.filter(cleared_ms__isnull=False).exists())

    asyncio.run(work())
    assert Alarm.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"secret": "another"}, 401, "密钥"),
        ({"number": "DS-2"}, 401, "密钥"),
        ({"channel": 4}, 422, "没有登记"),
    ],
)
def test_a_stranger_stores_nothing(
    given: dict[str, Any], status: int, words: str, device: Device, own_bridge: Bridge
) -> None:
    answer = send(1.2, **given)

    assert answer.status_code == status
    assert words in answer.json()["error"]

    async def stored(connection: Connection) -> int:
        return (await connection.stream.stream_info(STREAM)).state.messages

    assert own_bridge.run(stored) == 0


def test_a_retired_device_is_refused(device: Device) -> None:
    assert send(0.1).status_code == 200
    Device.objects.filter(pk=device.pk).update(retired_at=timezone.now())
    receiving.register._looked = 0.0
    assert send(0.1).status_code == 401


def test_without_a_broker_the_device_keeps_it(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "bridge", Bridge(lambda: "nats://127.0.0.1:9"))
    answer = send(0.1)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "重发" in answer.json()["error"]
