"""A worker in a process of its own: ``… -m tests.monitoring.stream.work URL LEDGER [PART]``."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from anlan.monitoring.engine import Key, Measure, Plan, Watch, plan
from anlan.monitoring.stream import worker
from anlan.monitoring.stream.connection import connected
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.publishing import Publisher
from tests.monitoring.stream.sqlite_ledger import SqliteLedger

POINTS = 50


def rules() -> Plan:
    return plan(
        [Watch(Key(1, 1, 0, point), 1.0) for point in range(POINTS)]
        + [Watch(Key(2, 1, 0, point), 0.5, hold=3000) for point in range(POINTS)]
        + [
            Watch(Key(3, 1, 0, point), 0.75, Measure.MEAN, window=12_000)
            for point in range(0, POINTS, 5)
        ]
    )


async def main(url: str, path: Path, part: int = 0) -> None:
    worker.KEEP_SECONDS = 0.2
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with connected(url) as connection:
        await worker.Worker(
            part, SqliteLedger(path, rules()), Follower(connection.stream, part, 0),
            Publisher(connection.stream),
        ).run(stop)  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:])))
