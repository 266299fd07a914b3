"""The table: small, whole after any death, and readable by other engines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import daft
import duckdb
import numpy as np
import polars
import pytest
from deltalake import DeltaTable

from anlan.monitoring.history import table, writer
from anlan.monitoring.history.table import DAY, History
from anlan.monitoring.history.writer import Writer
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.stream import following
from anlan.monitoring.stream.connection import Connection
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.names import STREAM
from anlan.monitoring.stream.publishing import Publisher

POINTS = 20
MORNING = 1_790_000_000_000 // DAY * DAY - table.CITY_OFFSET  # midnight of the city


def batch(step: int, at: int = MORNING) -> Batch:
    """One reading of each point every ten seconds; a broken line has no value."""
    value = ((np.arange(POINTS) + step) % 13) / 8
    quality = np.where(np.arange(POINTS) == 3, 3, 0)
    value = np.where(quality == 3, np.nan, value)
    return Batch.of(np.arange(POINTS), np.full(POINTS, at + step * 10_000), value, quality)


def columns(history: History) -> list[tuple[int, int, float | None, int]]:
    found = history.read(range(POINTS), 0, 2**52)
    rows = found.to_pylist()
    return [
        (r["point"], round(r["time"].timestamp() * 1000), r["value"], r["quality"]) for r in rows
    ]


def said(batches: list[Batch]) -> list[tuple[int, int, float | None, int]]:
    rows = [
        (p, t, None if np.isnan(v) else v, q)
        for each in batches
        for p, t, v, q in zip(
            each.point.tolist(), each.time.tolist(), each.value.tolist(), each.quality.tolist(),
            strict=True,
        )
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row[:2])


def test_what_is_appended_is_read_by_point_and_time(tmp_path: Path) -> None:
    history = History.at(tmp_path / "readings")
    assert history.last(0) == 0
    history.append(0, batch(0), 4)
    history.append(0, batch(1), 9)
    history.append(1, batch(2), 3)

    assert (history.last(0), history.last(1), history.last(2)) == (9, 3, 0)
    assert columns(history) == said([batch(0), batch(1), batch(2)])
    one = history.read([7], MORNING + 10_000, MORNING + 20_000)
    assert one.column("time").to_pylist()[0].timestamp() * 1000 == MORNING + 10_000
    assert one.num_rows == 1


def test_writers_of_all_parts_make_the_table_at_once(tmp_path: Path) -> None:
    parts = 8
    for attempt in range(20):  # without the mend one in three attempts failed
        history = History.at(tmp_path / f"readings{attempt}")
        together = Barrier(parts)

        def first(part: int, history: History = history, together: Barrier = together) -> int:
            together.wait()
            return history.last(part)

        with ThreadPoolExecutor(parts) as pool:
            assert list(pool.map(first, range(parts))) == [0] * parts


def test_days_are_the_citys(tmp_path: Path) -> None:
    history = History.at(tmp_path / "readings")
    last_of_day = MORNING + DAY - 10_000
    history.append(0, batch(0, last_of_day), 1)
    history.append(0, batch(1, last_of_day), 2)

    days = {each["day"] for each in DeltaTable(history.where).partitions()}
    assert len(days) == 2
    assert history.read([1], MORNING + DAY, MORNING + 2 * DAY).num_rows == 1


def test_compacting_changes_no_reading(tmp_path: Path) -> None:
    history = History.at(tmp_path / "readings")
    for step in range(6):
        history.append(0, batch(step), step + 1)
    before = columns(history)

    assert history.compact() == {"removed": 6, "added": 1}
    assert columns(history) == before
    assert history.last(0) == 6


def test_other_engines_read_the_same_table(tmp_path: Path) -> None:
    history = History.at(tmp_path / "readings")
    for step in range(4):
        history.append(step % 2, batch(step), step + 1)
    history.compact()
    history.append(0, batch(9), 10)
    expected = (5 * POINTS, 5 * (POINTS - 1))
    total = pytest.approx(sum(row[2] or 0 for row in columns(history)))

    with duckdb.connect() as db:
        db.register("readings", history.table().to_pyarrow_dataset())
        told = db.sql("select count(*), count(value), sum(value) from readings").fetchall()
    assert told == [(*expected, total)]

    frame = polars.read_delta(history.where)
    assert (frame.height, frame["value"].count()) == expected
    assert frame["value"].sum() == total

    lazy = daft.read_deltalake(history.where)
    found = lazy.agg(lazy["value"].sum()).to_pydict()["value"][0]
    assert (lazy.count_rows(), found) == (expected[0], total)


def test_a_writer_dies_anywhere_and_the_next_goes_on(
    tmp_path: Path, on_stream: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the commit nothing is there, after it all is: no reading lost, none twice."""
    history = History.at(tmp_path / "readings")
    deaths = iter(["before", "after", "", "after", "before", *[""] * 100])
    append = History.append

    def dying(self: History, part: int, gathered: Batch, *mark: int) -> None:
        death = next(deaths)
        if death == "before":
            raise KeyboardInterrupt
        append(self, part, gathered, *mark)
        if death == "after":
            raise KeyboardInterrupt

    monkeypatch.setattr(History, "append", dying)
    monkeypatch.setattr(writer, "MOST_READINGS", 3 * POINTS)
    monkeypatch.setattr(following, "AT_ONCE", 10)

    async def work(connection: Connection) -> int:
        publisher = Publisher(connection.stream)
        for step in range(100):
            await publisher.store(0, batch(step))
        last = (await connection.stream.stream_info(STREAM)).state.last_seq
        died = 0
        while history.last(0) < last:
            follower = Follower(connection.stream, 0, 0)
            follower.go_on_after(*history.after(0))
            mine = Writer(0, history, follower)
            try:
                while history.last(0) < last:
                    await mine.step()
                    if follower.last == last:
                        await mine.flush()
            except KeyboardInterrupt:
                died += 1
        return died

    assert on_stream(work) == 4
    assert columns(history) == said([batch(step) for step in range(100)])


def test_a_full_disk_loses_nothing(
    tmp_path: Path, on_stream: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History.at(tmp_path / "readings")
    closed, fails = iter([True, True]), iter([True, True, True])
    begin, append = History.last, History.append

    def shut(self: History, part: int) -> int:
        if next(closed, False):
            raise OSError(28, "No space left on device")
        return begin(self, part)

    def failing(self: History, part: int, gathered: Batch, *mark: int) -> None:
        if next(fails, False):
            raise OSError(28, "No space left on device")
        append(self, part, gathered, *mark)

    monkeypatch.setattr(History, "last", shut)
    monkeypatch.setattr(History, "append", failing)
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(writer, "MOST_READINGS", POINTS)

    _written(history, on_stream, 10, begin)
    assert columns(history) == said([batch(step) for step in range(10)])


def test_a_commit_that_came_about_and_was_called_failed_is_not_made_twice(
    tmp_path: Path, on_stream: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows a commit (a checkpoint) may find the disk full."""
    history = History.at(tmp_path / "readings")
    append, fails = History.append, iter([True, False, True])

    def doubtful(self: History, part: int, gathered: Batch, *mark: int) -> None:
        append(self, part, gathered, *mark)
        if next(fails, False):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(History, "append", doubtful)
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(writer, "MOST_READINGS", POINTS)
    _written(history, on_stream, 10)
    assert columns(history) == said([batch(step) for step in range(10)])


def test_a_writer_that_another_has_overtaken_goes_on_after_it(
    tmp_path: Path, on_stream: Callable[..., Any]
) -> None:
    """As when the one before lost the part while its last commit was under way."""
    history = History.at(tmp_path / "readings")

    async def work(connection: Connection) -> None:
        publisher = Publisher(connection.stream)
        for step in range(10):
            await publisher.store(0, batch(step))
        one, two = (Writer(0, history, Follower(connection.stream, 0, 0)) for _ in range(2))
        one._follower._largest = following.BYTES_AT_ONCE / 4  # four messages; the other all
        await one.step()
        await two.step()
        await one.flush()
        await two.flush()  # refused
        while history.last(0) < (await connection.stream.stream_info(STREAM)).state.last_seq:
            await two.step()
            await two.flush()

    on_stream(work)
    assert columns(history) == said([batch(step) for step in range(10)])


def _written(
    history: History,
    on_stream: Callable[..., Any],
    steps: int,
    reached: Callable[[History, int], int] = History.last,
) -> None:
    """So many messages are stored, and a writer has written them."""

    async def work(connection: Connection) -> None:
        publisher, stop = Publisher(connection.stream), asyncio.Event()
        for step in range(steps):
            await publisher.store(0, batch(step))
        last = (await connection.stream.stream_info(STREAM)).state.last_seq
        follower = Follower(connection.stream, 0, 0)
        task = asyncio.create_task(Writer(0, history, follower).run(stop))
        while reached(history, 0) < last:
            await asyncio.sleep(0.05)
        stop.set()
        await task

    on_stream(work)
