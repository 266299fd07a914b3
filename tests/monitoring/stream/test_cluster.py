"""Three brokers and three workers; one of each is killed under load."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.stream import connection as connections
from anlan.monitoring.stream.connection import Connection, connected
from anlan.monitoring.stream.following import Follower, all_of
from anlan.monitoring.stream.names import STREAM, Kind, subject
from anlan.monitoring.stream.publishing import Publisher
from tests.monitoring.stream.cluster import SIZE, Cluster, cluster, patiently
from tests.monitoring.stream.sqlite_ledger import SqliteLedger
from tests.monitoring.stream.test_stream import batch, expected
from tests.monitoring.stream.work import rules

MESSAGES = 150


@pytest.fixture(autouse=True)
def _thrice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLAN_STREAM_REPLICAS", "3")


def test_one_broker_and_one_worker_of_three_are_killed(tmp_path: Path) -> None:
    """What was acknowledged is in the stream, in order, and each event is told once."""
    ledgers = [SqliteLedger(tmp_path / f"ledger{part}", rules()) for part in range(SIZE)]

    async def work(brokers: Cluster) -> None:
        workers = [_worker(brokers.url, tmp_path, part) for part in range(SIZE)]
        try:
            async with connected(brokers.url) as connection:
                publisher = Publisher(connection.stream)
                for second in range(MESSAGES):
                    for part in range(SIZE):
                        await _stored(publisher, part, second)
                    if second == MESSAGES // 3:
                        seen = (await connection.stream.stream_info(STREAM)).cluster
                        assert seen is not None
                        brokers.kill(str(seen.leader))
                    if second == MESSAGES * 2 // 3:
                        workers[1].kill()
                        workers[1].wait()
                        workers[1] = _worker(brokers.url, tmp_path, 1)  # who has waited for it
                for part, ledger in enumerate(ledgers):
                    await _done(connection, part, ledger)
                for each in workers:
                    each.terminate()
                    each.wait()
                for part, ledger in enumerate(ledgers):
                    await _compare(connection, part, ledger)
        finally:
            for each in workers:
                each.kill()
                each.wait()

    with cluster(tmp_path) as brokers:
        asyncio.run(asyncio.wait_for(work(brokers), 150))


def test_who_comes_before_the_brokers_have_found_each_other_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 1.0)

    async def come(brokers: Cluster) -> None:
        coming = asyncio.create_task(_streams(brokers.url))
        done, _ = await asyncio.wait([coming], timeout=3)
        assert not done  # one of three keeps nothing, and the comer has not given up
        brokers.start(SIZE - 1)
        assert await coming == 2

    with cluster(tmp_path, many=1) as brokers:
        asyncio.run(asyncio.wait_for(come(brokers), 90))


async def _streams(url: str) -> int:
    async with connected(url) as connection:
        return len(await connection.stream.streams_info())


async def _stored(publisher: Publisher, site: int, second: int) -> None:
    """As a device does: again, until it is acknowledged."""
    for _ in patiently():
        try:
            await publisher.store(site, batch(second, seed=site))
        except NotStored:
            await asyncio.sleep(0.1)
        else:
            return


async def _done(connection: Connection, part: int, ledger: SqliteLedger) -> None:
    """Until the worker has counted all that is in the stream now."""
    last = (await connection.stream.get_last_msg(STREAM, subject(part))).seq
    for _ in patiently():
        if ledger.last(part) >= (last or 0):
            return
        await asyncio.sleep(0.1)


async def _compare(connection: Connection, part: int, ledger: SqliteLedger) -> None:
    """Every message is there, in order; the ledger tells what one worker that never dies would."""
    messages = [each async for each in all_of(Follower(connection.stream, part, 0))]
    found = [unpack(each.data) for each in messages if each.kind == Kind.BATCH]
    assert _without_repetition(found) == [batch(second, seed=part) for second in range(MESSAGES)]
    counted = [each for each in messages if each.number <= ledger.last(part)]
    assert ledger.events() == expected(counted)
    assert len(ledger.events()) > 50


def _without_repetition(found: list[Batch]) -> list[Batch]:
    """A message whose acknowledgement died with the broker comes once more, right after."""
    return [each for place, each in enumerate(found) if place == 0 or each != found[place - 1]]


def _worker(url: str, folder: Path, part: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.monitoring.stream.work", url]
    return subprocess.Popen([*command, str(folder / f"ledger{part}"), str(part)])
