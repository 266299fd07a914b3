"""A worker whose ledger takes nothing for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anlan.monitoring.stream import worker as workers
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.following import Follower, Message, all_of
from anlan.monitoring.stream.names import STREAM
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.worker import Kept, NotRecorded, Worker
from tests.monitoring.stream.sqlite_ledger import SqliteLedger
from tests.monitoring.stream.test_stream import batch, expected
from tests.monitoring.stream.work import rules


def test_a_ledger_that_takes_nothing_for_a_while_misses_nothing(
    on_stream: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database whose disk is full, or which starts again."""
    monkeypatch.setattr(workers, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(workers, "KEEP_SECONDS", 0.0)
    refusals = {"kept": 2, "record": 5, "revision": 3}

    class Full(SqliteLedger):
        def kept(self, partition: int) -> Kept:
            _refuse(refusals, "kept")
            return super().kept(partition)

        def revision(self) -> int:
            _refuse(refusals, "revision")
            return super().revision()

        def record(self, *told: Any) -> None:
            _refuse(refusals, "record")
            super().record(*told)

    ledger = Full(tmp_path / "ledger", rules())

    async def work(connection: Connection) -> list[Message]:
        publisher, stop = Publisher(connection.stream), asyncio.Event()
        follower = Follower(connection.stream, 0, 0)
        working = asyncio.create_task(Worker(0, ledger, follower, publisher).run(stop))
        for second in range(100):
            await publisher.store(0, batch(second, seed=3))
        last = (await connection.stream.stream_info(STREAM)).state.last_seq
        while any(refusals.values()) or SqliteLedger.last(ledger, 0) < last:
            await asyncio.sleep(0.05)
        stop.set()
        await working
        return [each async for each in all_of(Follower(connection.stream, 0, 0))]

    messages = on_stream(work)
    assert not any(refusals.values())
    counted = [each for each in messages if each.number <= ledger.last(0)]
    assert ledger.events() == expected(counted)
    assert len(ledger.events()) > 50


def _refuse(left: dict[str, int], what: str) -> None:
    if left[what]:
        left[what] -= 1
        raise NotRecorded("No space left on device")
