"""What it costs that pages know the newest values; prints Markdown:
``python -m tests.bench.bench_live`` (docs/benchmarks.md, docs/decisions/0015).

100,000 points in four parts, each with a reading a second. Measured are the way that was taken
(remembering in the engine, answering who asks) and the two that were not: a snapshot of all that
each part writes once a second to the broker, or to a row of PostgreSQL.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from nats.js.api import StorageType, StreamConfig

from anlan.config import database, embedded
from anlan.monitoring.engine import Engine, Key, Measure, State, Watch, plan
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.stream.asking import Ask, answer, answering, ask, ask_silent
from anlan.monitoring.stream.broker import running
from anlan.monitoring.stream.connection import connected

POINTS, PARTS, ROUNDS = 100_000, 4, 40
PAGE = 20  # points of a site
ALL = bytes([Ask.THESE])


def main() -> None:
    """Each measurement once, in one process."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {POINTS} points\n")
    print("| What | CPU time of this process | wall clock, median |\n|---|---|---|")
    engine = _engine(POINTS // PARTS)
    batch = _batch(POINTS // PARTS)
    _row("one second of readings judged, all parts", *_timed(lambda: engine.evaluate(batch), PARTS))
    _row(
        "… of it remembering the newest readings", *_timed(lambda: _remember(engine, batch), PARTS)
    )
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        asyncio.run(_broker(Path(folder), engine))
        _database(Path(folder), engine)


def _remember(engine: Engine, batch: Batch) -> None:
    """The lines that were added to ``Engine._advance`` for this."""
    place = engine.plan.places(batch.point)
    shown = batch.time == engine.state.newest[place]
    engine.state.shown[place[shown]] = batch.value[shown]
    engine.state.quality[place[shown]] = batch.quality[shown]


async def _broker(folder: Path, engine: Engine) -> None:
    points = list(range(0, PAGE * 7, 7))
    with running(folder) as broker:
        async with connected(broker.url) as connection, connected(broker.url) as page:
            async with answering(connection.client, 0, lambda: engine):
                asked = await _awaited(lambda: ask(page.client, 0, points), 1)
                _row(f"a page asks for {PAGE} points, both sides", *asked)
                silent = await _awaited(lambda: ask_silent(page.client, 0), PARTS)
                _row("coverage asks all parts who is silent, both sides", *silent)
            await page.stream.add_stream(
                StreamConfig(
                    name="LIVE", subjects=["snapshot.*"], max_msgs_per_subject=1,
                    storage=StorageType.MEMORY,
                )
            )  # fmt: skip
            question = ALL + engine.plan.points.astype("<u4").tobytes()

            async def snapshot() -> None:
                await page.stream.publish("snapshot.0", answer(engine, question))

            _row(
                "*rejected:* a snapshot to the broker, all parts", *await _awaited(snapshot, PARTS)
            )


def _database(folder: Path, engine: Engine) -> None:
    question = ALL + engine.plan.points.astype("<u4").tobytes()
    address = database.embedded(folder)
    with (
        embedded.server(folder),
        psycopg.connect(
            host=address["HOST"], user=address["USER"], dbname=address["NAME"], autocommit=True
        ) as db,
    ):
        db.execute("CREATE TABLE bench_live (part int PRIMARY KEY, state bytea)")
        db.execute("INSERT INTO bench_live VALUES (0, '')")

        def snapshot() -> None:
            db.execute("UPDATE bench_live SET state = %s", [answer(engine, question)])

        before = _wal(db)
        _row("*rejected:* a snapshot to PostgreSQL, all parts", *_timed(snapshot, PARTS))
        grown = (_wal(db) - before) / ROUNDS * PARTS / 1e6
        print(f"\nThe snapshot in PostgreSQL writes {grown:.1f} MB of log a second.")


def _wal(db: psycopg.Connection[Any]) -> float:
    row = db.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()
    return float(row[0]) if row else 0.0


def _engine(points: int) -> Engine:
    watches = [Watch(Key(1, 1, 3, point), 5.0) for point in range(points)]
    watches += [Watch(Key(2, 1, 0, point), 60_000.0, Measure.SILENCE) for point in range(points)]
    made = plan(watches)
    return Engine(made, State.fresh(made, 0))


def _batch(points: int) -> Batch:
    chance = np.random.default_rng(1)
    value, time_ = chance.random(points).round(2), chance.integers(0, 10_000, points)
    return Batch.of(np.arange(points), time_, value, np.zeros(points))


def _timed(work: Callable[[], object], times: int) -> tuple[float, float]:
    """CPU and wall-clock time of ``times`` of it, ms."""
    walls, cpu = [], time.process_time()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        walls.append(time.perf_counter() - began)
    spent = (time.process_time() - cpu) / ROUNDS
    return spent * times * 1e3, statistics.median(walls) * times * 1e3


async def _awaited(
    work: Callable[[], Coroutine[Any, Any, object]], times: int
) -> tuple[float, float]:
    walls, cpu = [], time.process_time()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        walls.append(time.perf_counter() - began)
    spent = (time.process_time() - cpu) / ROUNDS
    return spent * times * 1e3, statistics.median(walls) * times * 1e3


def _row(what: str, cpu: float, wall: float) -> None:
    print(f"| {what} | {cpu:.2f} ms | {wall:.2f} ms |", flush=True)


if __name__ == "__main__":
    main()
