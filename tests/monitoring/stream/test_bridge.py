"""Threads that store on the stream while an event loop of its own holds the connection."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.now import bridge as bridges
from anlan.monitoring.now.bridge import Bridge
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.names import STREAM
from anlan.monitoring.stream.publishing import Publisher


def _one(number: int) -> Batch:
    return Batch.of([number], [0], np.array([0.5]), [0])


def test_many_threads_share_one_connection(broker: Broker) -> None:
    made = Bridge(lambda: broker.url)

    def store(number: int) -> None:
        async def work(connection: Connection) -> None:
            await Publisher(connection.stream).store(0, _one(number))

        made.run(work)

    async def stored(connection: Connection) -> int:
        return (await connection.stream.stream_info(STREAM)).state.messages

    async def purge(connection: Connection) -> None:
        await connection.stream.purge_stream(STREAM)

    made.run(purge)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store, range(100)))
    assert made.run(stored) == 100


def test_without_a_broker_nothing_is_said_to_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridges, "CONNECT_SECONDS", 0.2)
    made = Bridge(lambda: "nats://127.0.0.1:9")

    async def work(connection: Connection) -> None:
        raise AssertionError

    for _ in range(2):
        with pytest.raises(NotStored, match="稍后"):
            made.run(work)


def test_a_broker_that_does_not_answer(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridges, "ANSWER_SECONDS", 0.2)
    made = Bridge(lambda: broker.url)

    async def work(connection: Connection) -> None:
        await asyncio.sleep(60)

    with pytest.raises(NotStored, match="没有及时应答"):
        made.run(work)
