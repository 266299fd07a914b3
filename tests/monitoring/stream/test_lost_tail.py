"""A broker whose power was cut: it has lost its newest messages and gives their numbers away."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anlan.monitoring.engine import Key, Watch, plan
from anlan.monitoring.history.table import History
from anlan.monitoring.history.writer import Writer
from anlan.monitoring.protocols.batch import Batch, unpack
from anlan.monitoring.stream.bookmarks import Bookmark
from anlan.monitoring.stream.broker import Broker, await_answer
from anlan.monitoring.stream.connection import connected
from anlan.monitoring.stream.doors import NoBroker
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.names import STREAM
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.worker import Worker
from tests.monitoring.stream.sqlite_ledger import SqliteLedger
from tests.monitoring.stream.test_stream import batch


class Machine:
    """A broker whose disk goes back to how it was when it was last written."""

    def __init__(self, folder: Path) -> None:
        self.broker = Broker(folder / "var")
        self._disk = self.broker.folder / "jetstream"
        self._written = folder / "written"

    @contextmanager
    def on(self) -> Iterator[str]:
        """From power on to power off; gives the address."""
        process = subprocess.Popen(self.broker.command())
        try:
            await_answer(self.broker, process)
            yield self.broker.url
        finally:
            process.kill()
            process.wait()

    def written(self) -> None:
        """All that was said until now has reached the disk."""
        shutil.rmtree(self._written, ignore_errors=True)
        shutil.copytree(self._disk, self._written)

    def cut(self) -> None:
        """All that was said since then has not."""
        shutil.rmtree(self._disk)
        shutil.copytree(self._written, self._disk)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


async def _store(url: str, seconds: range, seed: int = 0) -> None:
    async with connected(url) as connection:
        for second in seconds:
            await Publisher(connection.stream).store(0, batch(second, seed))


async def _follow(url: str, after: Bookmark) -> tuple[list[int], Bookmark]:
    """The seconds of what comes after the bookmark, and where one is then."""
    async with connected(url) as connection:
        follower = Follower(connection.stream, 0, 0)
        follower.go_on_after(*after)
        found = []
        while some := await follower.some():
            found += [int(unpack(each.data).time[0]) // 1000 for each in some]
        return found, follower.after


@pytest.mark.parametrize("new", [0, 1, 5, 9, 10, 11, 30])
def test_what_came_instead_of_the_lost_is_read_and_nothing_else(machine: Machine, new: int) -> None:
    with machine.on() as url:
        asyncio.run(_store(url, range(20)))
    machine.written()
    with machine.on() as url:
        asyncio.run(_store(url, range(20, 30)))
        read, mark = asyncio.run(_follow(url, Bookmark()))
        assert (read, mark.number) == ([*range(30)], 30)
    machine.cut()
    with machine.on() as url:
        asyncio.run(_store(url, range(100, 100 + new)))
        read, mark = asyncio.run(_follow(url, mark))
        assert (read, mark.number) == ([*range(100, 100 + new)], 20 + new)
        asyncio.run(_store(url, range(200, 203)))
        assert asyncio.run(_follow(url, mark))[0] == [200, 201, 202]


def test_who_had_not_read_so_far_misses_nothing_that_is_left(machine: Machine) -> None:
    with machine.on() as url:
        asyncio.run(_store(url, range(7)))
        _, mark = asyncio.run(_follow(url, Bookmark()))
        asyncio.run(_store(url, range(7, 20)))
    machine.written()
    with machine.on() as url:
        asyncio.run(_store(url, range(20, 30)))
    machine.cut()
    with machine.on() as url:
        asyncio.run(_store(url, range(100, 120)))
        assert asyncio.run(_follow(url, mark))[0] == [*range(7, 20), *range(100, 120)]


@pytest.mark.parametrize("new", [1, 10, 30])
def test_a_stream_that_was_made_anew_is_read_whole(machine: Machine, new: int) -> None:
    async def anew(url: str) -> None:
        async with connected(url) as connection:
            await connection.stream.delete_stream(STREAM)

    with machine.on() as url:
        asyncio.run(_store(url, range(10)))
        _, mark = asyncio.run(_follow(url, Bookmark()))
        asyncio.run(anew(url))
        asyncio.run(_store(url, range(100, 100 + new)))
        assert asyncio.run(_follow(url, mark))[0] == [*range(100, 100 + new)]


def test_the_history_holds_the_lost_and_what_came_after_them_once(
    machine: Machine, tmp_path: Path
) -> None:
    history = History.at(tmp_path / "readings")

    async def write(url: str, many: int) -> None:
        async with connected(url) as connection:
            writer, stop = Writer(0, history, Follower(connection.stream, 0, 0)), asyncio.Event()
            running = asyncio.create_task(writer.run(stop))
            async with asyncio.timeout(20):
                while sum(map(len, writer._gathered)) < many:
                    await asyncio.sleep(0.01)
            stop.set()
            await running

    points = len(batch(0))
    with machine.on() as url:
        asyncio.run(_store(url, range(20)))
    machine.written()
    with machine.on() as url:
        asyncio.run(_store(url, range(20, 30)))
        asyncio.run(write(url, 30 * points))
    machine.cut()
    with machine.on() as url:
        asyncio.run(_store(url, range(100, 115)))
        asyncio.run(write(url, 15 * points))
        assert history.last(0) == 35
    held = history.read(range(points), 0, 2**52)
    seconds = sorted({each.timestamp() for each in held["time"].to_pylist()})
    assert (seconds, held.num_rows) == ([*range(30), *range(100, 115)], 45 * points)


class Watchman:
    """A worker that may die at any moment, and what it has told its ledger."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self._machine = machine
        self.ledger = SqliteLedger(folder / "ledger", plan([Watch(Key(1, 1, 0, 0), 1.0)]))

    def see(self, *readings: tuple[int, float]) -> None:
        """Store readings (second, value) and judge them; then power fails."""

        async def work(url: str) -> None:
            async with connected(url) as connection:
                publisher = Publisher(connection.stream)
                follower = Follower(connection.stream, 0, 0)
                worker = Worker(0, self.ledger, follower, publisher)
                for second, value in [(-1, 0.0), *readings]:  # the state is kept after the first
                    if second >= 0:
                        told = Batch.of([0], [second * 1000], [value], [0])
                        await publisher.store(0, told)
                    newest = await follower.newest()
                    await worker.step()
                    while follower.last < newest:
                        await worker.step()

        with self._machine.on() as url:
            asyncio.run(work(url))

    @property
    def events(self) -> list[tuple[int, bool]]:
        """Beginning in seconds, and whether it goes on."""
        return [(begin // 1000, ends is None) for _, _, begin, _, ends in self.ledger.events()]


@pytest.fixture
def watchman(machine: Machine, tmp_path: Path) -> Watchman:
    return Watchman(machine, tmp_path)


def test_an_event_whose_readings_are_lost_does_not_go_on_for_ever(
    machine: Machine, watchman: Watchman
) -> None:
    """It would swallow all that come after it: they would be no new alarms."""
    watchman.see((1, 0.0))
    machine.written()
    watchman.see((2, 0.0), (3, 1.5))
    assert watchman.events == [(3, True)]
    machine.cut()
    watchman.see((10, 0.0))
    assert watchman.events == [(3, False)]
    watchman.see((20, 1.5))
    assert watchman.events == [(3, False), (20, True)]


def test_an_event_whose_beginning_is_lost_stays_one(machine: Machine, watchman: Watchman) -> None:
    watchman.see((1, 0.0))
    machine.written()
    watchman.see((2, 0.0), (3, 1.5))
    machine.cut()
    watchman.see()  # nothing has come yet
    watchman.see((10, 1.5), (11, 1.5))
    assert watchman.events == [(3, True)]


def test_an_end_whose_readings_are_lost_does_not_hide_what_goes_on(
    machine: Machine, watchman: Watchman
) -> None:
    watchman.see((1, 1.5))
    machine.written()
    watchman.see((2, 1.5), (3, 0.0))
    assert watchman.events == [(1, False)]
    machine.cut()
    watchman.see((10, 1.5))
    watchman.see((11, 1.5))
    assert [going for _, going in watchman.events] == [False, True]


def test_what_a_power_cut_may_take_is_for_the_city_to_say(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'sync_interval: "100ms"' in machine.broker.configuration()
    monkeypatch.setenv("ANLAN_STREAM_SYNC", "always")
    with machine.on() as url:
        asyncio.run(_store(url, range(3)))
        assert asyncio.run(_follow(url, Bookmark()))[0] == [0, 1, 2]
    for wrong in ("0s", "1", "often", "1s\njetstream: off"):
        monkeypatch.setenv("ANLAN_STREAM_SYNC", wrong)
        with pytest.raises(NoBroker, match="ANLAN_STREAM_SYNC"):
            machine.broker.configuration()
