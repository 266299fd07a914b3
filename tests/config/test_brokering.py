"""The process ``broker``: a broker whose disk was full stores again once there is room."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest
from nats.aio.client import Client

from anlan.config import brokering
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import connected, linked
from anlan.monitoring.stream.names import STREAM, Kind, subject
from anlan.monitoring.stream.publishing import Publisher
from tests.small_disk import full, mounted, possible


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brokering, "LOOK_SECONDS", 0.1)


async def kept(broker: Broker, work: Callable[[], Awaitable[None]]) -> int:
    """``work`` while the broker is kept; the exit code."""
    stop = asyncio.Event()
    keeping = asyncio.create_task(brokering.keep(broker, stop))
    async with asyncio.timeout(60):
        await work()
        stop.set()
        return await keeping


def servers(broker: Broker) -> list[psutil.Process]:
    config = str(broker.folder / "nats.conf")
    children = psutil.Process().children()
    return [each for each in children if config in each.cmdline()]


def test_one_that_stores_nothing_is_started_anew_with_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broker, asked = Broker(tmp_path), brokering.fault
    off = asyncio.Event()

    async def fault(client: Client) -> str:
        return await asked(client) or ("write error" if off.is_set() else "")

    monkeypatch.setattr(brokering, "fault", fault)

    async def work() -> None:
        async with connected(broker.url) as connection:
            await Publisher(connection.stream).tick(0, 5)
            (first,) = servers(broker)
            off.set()
            while (now := servers(broker)) in ([], [first]):
                await asyncio.sleep(0.05)
            off.clear()
            assert len(now) == 1
            assert (await connection.stream.stream_info(STREAM)).state.messages == 1
            await Publisher(connection.stream).tick(0, 6)

    assert asyncio.run(kept(broker, work)) == 0
    assert "消息服务写不进磁盘" in caplog.text
    assert servers(broker) == []


def test_one_that_is_killed_ends_its_keeper(tmp_path: Path) -> None:
    """The supervisor says so and starts both again."""
    broker = Broker(tmp_path)

    async def work() -> int:
        keeping = asyncio.create_task(brokering.keep(broker, asyncio.Event()))
        async with linked(broker.url):
            servers(broker)[0].kill()
            return await asyncio.wait_for(keeping, 30)

    assert asyncio.run(work()) == 128 + signal.SIGKILL


def test_it_waits_for_room_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broker, room = Broker(tmp_path), [0]
    monkeypatch.setattr(brokering, "_free", lambda folder: room[0])

    async def work() -> None:
        await asyncio.sleep(0.5)
        assert servers(broker) == []
        room[0] = brokering.ROOM
        async with linked(broker.url):
            assert len(servers(broker)) == 1

    assert asyncio.run(kept(broker, work)) == 0
    assert caplog.text.count("只剩 0 MB") == 1


def test_told_to_stop_it_waits_for_room_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brokering, "_free", lambda folder: 0)

    async def work() -> None:
        await asyncio.sleep(0.2)

    assert asyncio.run(kept(Broker(tmp_path), work)) == 0


def test_a_broker_that_does_not_answer_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brokering, "ANSWER_SECONDS", 0.2)
    broker = Broker(tmp_path)

    async def work() -> None:
        async with linked(broker.urls.system) as client:
            assert await brokering.fault(client) == ""
            (server,) = servers(broker)
            server.suspend()
            with pytest.raises(TimeoutError):
                await brokering.fault(client)
            await asyncio.sleep(1)
            server.resume()
            assert await brokering.fault(client) == ""
            assert servers(broker) == [server]

    assert asyncio.run(kept(broker, work)) == 0


def test_a_disk_that_was_full(tmp_path: Path) -> None:
    """Really: the stream lies on 100 MB, which are filled to the last byte."""
    if not possible(tmp_path / "try"):
        pytest.skip("this system lets nobody mount a file system")
    command = [sys.executable, "-m", "tests.config.test_brokering", str(tmp_path)]
    done = subprocess.run(
        mounted(tmp_path, {"nats": 100}, command), check=False, capture_output=True, text=True,
        timeout=120, env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["refused"]
    assert told["messages"] == told["confirmed"] + 1
    assert "消息服务写不进磁盘" in done.stderr


def _on_a_small_disk(folder: Path) -> None:
    """Publish until nothing is taken any more, make room, and publish once more."""
    broker = Broker(folder)
    told = {"confirmed": 0, "refused": False, "messages": 0}

    async def work() -> None:
        async with connected(broker.url) as connection:
            publisher = Publisher(connection.stream)
            with full(broker.folder):
                while not told["refused"]:
                    try:
                        await publisher._put(subject(0), Kind.BATCH, os.urandom(100_000))
                        told["confirmed"] += 1
                    except NotStored:
                        told["refused"] = True
            while True:
                try:
                    await publisher.tick(0, 1)
                    break
                except NotStored:
                    await asyncio.sleep(0.2)
            told["messages"] = (await connection.stream.stream_info(STREAM)).state.messages

    brokering.LOOK_SECONDS = 0.1
    asyncio.run(kept(broker, work))
    print(json.dumps(told))


if __name__ == "__main__":
    _on_a_small_disk(Path(sys.argv[1]))
