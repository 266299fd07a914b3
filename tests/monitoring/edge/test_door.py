"""Who does not wait for answers is put off the line; others notice nothing."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from nats.errors import Error as NatsError

from anlan.monitoring.edge import pace
from anlan.monitoring.edge.door import LONGEST_SECONDS, MOST_BYTES, PIECE, Door
from anlan.monitoring.edge.wire import Stretch, inbox
from anlan.monitoring.stream import broker
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import Connection, linked
from tests.monitoring.edge.flooder import bulk
from tests.monitoring.edge.given import city
from tests.monitoring.edge.scene import (
    HERE,
    MAD,
    Scene,
    another,
    forwarding_on,
    play,
    reasons,
    send,
)


def mad_url(mad: Connection) -> str:
    """Of its own broker."""
    assert mad.client.connected_url is not None
    return mad.client.connected_url.geturl()


@asynccontextmanager
async def flooded(mad: Connection, size: int, seconds: float) -> AsyncIterator[asyncio.Task[int]]:
    """By messages of so many readings; the result is how many."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.monitoring.edge.flooder", mad_url(mad), MAD, str(size),
        str(seconds),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip

    async def sent() -> int:
        return int((await process.communicate())[0])

    task = asyncio.create_task(sent())
    yield task
    await task


@pytest.mark.parametrize("size", [1, 50_000])
def test_a_node_that_does_not_wait_is_put_off_the_line_and_delays_nobody(
    tmp_path: Path, size: int
) -> None:
    async def act(scene: Scene) -> None:
        await scene.link.open()
        async with another(scene, tmp_path) as mad, forwarding_on(scene):
            await scene.store(range(1))
            await scene.nothing_left()
            late = list[float]()
            async with flooded(mad, size, 8) as flooding:
                while not flooding.done():
                    since, number = time.monotonic(), len(late) + 1
                    await scene.store(range(number, number + 1))
                    await scene.nothing_left()
                    late.append(time.monotonic() - since)
            sent = flooding.result()
            assert sent > 200
            await asyncio.sleep(1)  # what is on its way
            said = await reasons(scene.there)
            log = scene.brokers.city.log.read_text(encoding="utf-8")
            assert 1 <= log.count("Kicked - Remote: edge-mad") <= 2  # not let in again at once
            print(f"{sent} sent, delays p50 {np.median(late):.3f} s, worst {max(late):.3f} s", said)
            assert len(said) == 1  # told once, and not again each time it knocks
            assert "不等应答" in said[0]
            assert max(late) < 4
            assert np.median(late) < 1
            assert await scene.arrived() == list(range(len(late) + 1))

    play(tmp_path, act)


def test_a_node_that_came_before_this_process_is_put_off_the_line_too(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        async with another(scene, tmp_path) as mad:
            await scene.programs.aclose()
            async with city(scene.brokers.city, scene.register) as there:

                async def told() -> bool:
                    return any("不等应答" in each for each in await reasons(there))

                async with flooded(mad, 1, 3):
                    await scene.until(told)
                log = (scene.brokers.city.log).read_text(encoding="utf-8")
                assert "Kicked - Remote: edge-mad" in log

    play(tmp_path, act)


def test_who_asks_again_before_its_time_is_put_off_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LEAST", 100.0)

    async def act(scene: Scene) -> None:
        async with another(scene, tmp_path) as mad:
            data, refused = bulk(60_000), 0
            with suppress(NatsError, TimeoutError):  # nobody answers
                while refused < 500:
                    said = await send(mad, Stretch(HERE, 0, 1), data)
                    refused += "wait" in said
            assert 50 < refused < 150  # 1 MB is 17 pieces; a thousand may come in vain
            assert any("不等应答" in each for each in await reasons(scene.there))

    play(tmp_path, act)


def test_who_is_retired_and_goes_on_is_put_off_the_line(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        async with another(scene, tmp_path) as mad:
            scene.register.names.discard(MAD)
            with suppress(NatsError, TimeoutError):
                for number in range(2_000):  # one after the other
                    assert "error" in await send(mad, Stretch(HERE, number, number + 1), b"")
            assert number > 500  # it was told so; an honest one asks five times a second
            assert any("不等应答" in each for each in await reasons(scene.there))

    play(tmp_path, act)


def test_the_door_counts_bytes_and_forgives(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("anlan.monitoring.edge.door.time.monotonic", lambda: now)
    door = Door()
    assert door.enter(MAD, MOST_BYTES - 10)
    assert not door.enter(MAD, 11)
    assert door.enter("other", 11)
    door.leave(MAD, MOST_BYTES - 10)
    assert door.enter(MAD, 11)
    assert not door.in_vain(MAD, PIECE * 1_000)
    assert door.in_vain(MAD, PIECE * 1_000)
    for _ in range(100):
        door.in_vain(MAD, PIECE * 1_000)
    assert (
        LONGEST_SECONDS <= door.owed(MAD) < LONGEST_SECONDS + 11
    )  # what is on its way is a message
    now += LONGEST_SECONDS + 11
    assert door.owed(MAD) == 0
    assert door.dropped(MAD) == (102, PIECE * 102_000)
    assert door.dropped(MAD) == (0, 0)


async def lines(scene: Scene) -> list[int]:
    """How many subjects each node's connection hears."""
    async with linked(scene.brokers.city.urls.system) as system:
        said = await system.request("$SYS.REQ.SERVER.PING.LEAFZ", b"{}", timeout=5)
        leaves = json.loads(said.data)["data"].get("leafs") or []
        return [each["subscriptions"] for each in leaves]


def test_of_a_node_two_connections_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = Broker.configuration

    def lying(self: Broker) -> str:
        """Who says another name is not taken for the same node by the city's broker."""
        return said(self).replace(f"edge-{MAD}", f"edge-{self.port}")

    monkeypatch.setattr(Broker, "configuration", lying)

    async def act(scene: Scene) -> None:
        async with (
            another(scene, tmp_path / "a"),
            another(scene, tmp_path / "b"),  # both are taken
        ):
            assert len(await lines(scene)) == 2
            async with another(scene, tmp_path / "c"):

                async def two() -> bool:
                    return len(await lines(scene)) == 2

                await scene.until(two)
                log = scene.brokers.city.log.read_text(encoding="utf-8")
                assert "Kicked" in log

    play(tmp_path, act)


def test_a_node_hears_no_more_subjects_than_any_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "MOST_SUBSCRIPTIONS", 300)

    async def act(scene: Scene) -> None:
        async with another(scene, tmp_path) as mad, linked(mad_url(mad), inbox(MAD)) as second:
            for client in (mad.client, second):  # its own broker has the same limit
                for number in range(200):
                    await client.subscribe(f"{inbox(MAD)}.{id(client)}.{number}")
                await client.flush()
            for _ in range(20):
                assert max(await lines(scene), default=0) <= 300
                await asyncio.sleep(0.1)
            log = scene.brokers.city.log.read_text(encoding="utf-8")
            assert "maximum subscriptions exceeded" in log

    play(tmp_path, act)
