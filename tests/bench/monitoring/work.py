"""Our worker or our writer in a process of its own.

``python -m tests.bench.monitoring.work worker URL FOLDER POINTS`` (or ``writer``). How far it is
stands in ``FOLDER/<role>.done``, a number of readings that are evaluated and recorded, or
committed; when each alarm was recorded in ``FOLDER/alarms`` (begin and record, ms, as text).
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from anlan.monitoring.engine import Key, Plan, Step, Transition
from anlan.monitoring.history import writer
from anlan.monitoring.history.table import History
from anlan.monitoring.stream.connection import connected
from anlan.monitoring.stream.following import Follower
from anlan.monitoring.stream.publishing import Publisher
from anlan.monitoring.stream.worker import Worker
from tests.bench.monitoring.load import rules
from tests.monitoring.stream.sqlite_ledger import SqliteLedger

# Else the last readings of a run would wait for half a minute for others to come.
writer.MOST_SECONDS = 0.5


class Counter:
    """A number in a file that another process reads while it changes."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(8))
        self._number = np.memmap(path, np.int64, "r+", shape=(1,))

    def set(self, number: int) -> None:
        self._number[0] = number

    def get(self) -> int:
        return int(self._number[0])


class TimedLedger(SqliteLedger):
    """Notes when the transaction of each alarm was over."""

    def __init__(self, path: Path, plan: Plan, alarms: Path) -> None:
        super().__init__(path, plan)
        self._alarms = alarms

    def record(
        self, partition: int, last: int, transitions: Sequence[Transition],
        dropped: Sequence[Key], state: bytes | None, revision: int,
    ) -> None:  # fmt: skip
        super().record(partition, last, transitions, dropped, state, revision)
        now = time.time_ns() // 1_000_000
        raised = [each for each in transitions if each.step == Step.RAISED and each.key.rule == 1]
        with self._alarms.open("a") as into:
            into.writelines(f"{each.begin} {now}\n" for each in raised)


class CountedWorker(Worker):
    """Says how many readings are evaluated and their transitions recorded."""

    done: Counter

    async def step(self) -> None:
        await super().step()
        self.done.set(self.readings)


class CountedWriter(writer.Writer):
    """Says how many readings the table holds."""

    done: Counter

    async def flush(self) -> None:
        await super().flush()
        self.done.set(self.readings)


async def main(role: str, url: str, folder: Path, points: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with connected(url) as connection:
        follower = Follower(connection.stream, 0, 0)
        done = Counter(folder / f"{role}.done")
        if role == "writer":
            one = CountedWriter(0, History.at(folder / "history"), follower)
            one.done = done
            await one.run(stop)
            return
        ledger = TimedLedger(folder / "ledger", rules(points), folder / "alarms")
        two = CountedWorker(0, ledger, follower, Publisher(connection.stream))
        two.done = done
        await two.run(stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
