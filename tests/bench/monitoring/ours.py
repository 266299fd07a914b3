"""Our side: the embedded broker, one worker, one writer, each in a process; we publish."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from anlan.monitoring.engine import Engine, State
from anlan.monitoring.history.table import History
from anlan.monitoring.protocols.batch import Batch, pack
from anlan.monitoring.stream.broker import Broker, running
from anlan.monitoring.stream.connection import connected
from anlan.monitoring.stream.doors import Doors
from anlan.monitoring.stream.names import KIND, Kind, subject
from anlan.monitoring.stream.publishing import Publisher
from tests.bench.monitoring.load import ALARMING, SECOND, Walks, batch, rules
from tests.bench.monitoring.processes import Watch, alive, module, size, started
from tests.bench.monitoring.result import Delays, Taken
from tests.bench.monitoring.work import Counter

PATIENCE = 600.0
IN_FLIGHT = 8  # messages of a publisher that wait for the broker
DEVICES = 2_000  # that send single readings at once
SLICES = 10  # messages a second in the measurement of delays
SPIKES = 20  # alarms that begin with each of these
MESSAGE, TIMES = 100_000, 3  # readings of a message, and how often the engine's cost is taken
ROLES = ("worker", "writer")


@dataclass
class System:
    """What runs, and how far it is."""

    folder: Path
    broker: Broker
    processes: dict[str, subprocess.Popen[bytes]]
    watch: Watch
    done: dict[str, Counter]

    def await_done(self, count: int) -> None:
        """Until both have ``count`` readings."""
        end = time.monotonic() + PATIENCE
        while min(each.get() for each in self.done.values()) < count:
            for role, process in self.processes.items():
                alive(process, self.folder / f"{role}.log")
            if time.monotonic() > end:
                raise SystemExit(f"not done after {PATIENCE:.0f} s")
            time.sleep(0.01)


@contextmanager
def system(folder: Path, points: int, doors: Doors | None = None) -> Iterator[System]:
    """Broker, worker, writer; the worker has its rules when the block begins."""
    folder.mkdir()
    with ExitStack() as stack:
        broker = stack.enter_context(running(folder, doors))
        asyncio.run(_made(broker.url))
        done, processes = {}, {}
        for role in ROLES:
            done[role] = Counter(folder / f"{role}.done")
            command = module("tests.bench.monitoring.work", role, broker.url, folder, points)
            processes[role] = stack.enter_context(started(command, folder / f"{role}.log"))
        watch = Watch(
            publisher=psutil.Process().pid, broker=_pid_of_broker(),
            **{role: process.pid for role, process in processes.items()},
        )  # fmt: skip
        stack.enter_context(watch)
        whole = System(folder, broker, processes, watch, done)
        publish(broker.url, [batch(np.arange(points), 0, np.zeros(points))])
        whole.await_done(points)
        yield whole


async def _made(url: str) -> None:
    async with connected(url):
        return


def _pid_of_broker() -> int:
    """The youngest child of ours of that name."""
    mine = [each for each in psutil.Process().children() if each.name() == "nats-server"]
    return int(max(mine, key=lambda each: each.create_time()).pid)


def publish(url: str, batches: Sequence[Batch]) -> float:
    """Returns once the broker has confirmed all; the seconds it took."""

    async def work() -> float:
        room = asyncio.Semaphore(IN_FLIGHT)
        async with connected(url) as connection:
            publisher = Publisher(connection.stream)

            async def store(one: Batch) -> None:
                try:
                    await publisher.store(0, one)
                finally:
                    room.release()

            begun = time.monotonic()
            async with asyncio.TaskGroup() as tasks:
                for one in batches:
                    await room.acquire()
                    tasks.create_task(store(one))
            return time.monotonic() - begun

    return asyncio.run(work())


def taken(folder: Path, points: int, rounds: int) -> Taken:
    """As fast as it goes: until all is confirmed, evaluated and committed."""
    batches = list(Walks(points).rounds(rounds, time.time_ns() // 1_000_000))
    count = points * rounds
    with system(folder, points) as whole:
        whole.watch.restart()
        begun = time.monotonic()
        confirmed = publish(whole.broker.url, batches)
        whole.await_done(points + count)
        seconds = time.monotonic() - begun
        result = Taken("ours", count, seconds, whole.watch.cpu(), whole.watch.memory())
        result.remarks.append(f"confirmed by the broker after {confirmed:.1f} s")
    result.bytes_per_reading = on_disk(folder / "history", count + points)
    return result


def on_disk(folder: Path, count: int) -> float:
    """After compaction: the files that make up the table and its log, in bytes per reading."""
    history = History.at(folder)
    history.compact()
    added = history.table().get_add_actions(flatten=True)
    return (sum(added.column("size_bytes").to_pylist()) + size(folder / "_delta_log")) / count


def stored(folder: Path, point: np.ndarray, time_: np.ndarray, value: np.ndarray) -> float:
    """The same for readings of one's own, appended at once."""
    zeros = np.zeros(len(point), np.uint8)
    whole = Batch(point.astype(np.uint32), time_.astype(np.int64), value, zeros)
    History.at(folder).append(0, whole, 1)
    return on_disk(folder, len(whole))


def delays(folder: Path, points: int, seconds: int, rate: int) -> Delays:
    """From before ``store`` to after the ledger's transaction, while ``rate`` come a second."""
    each = rate // SLICES
    walks, sent = Walks(points), 0
    chance = np.random.default_rng(2)

    async def publish(url: str) -> int:
        nonlocal sent
        async with connected(url) as connection:
            publisher = Publisher(connection.stream)
            begun, raised, late = time.monotonic(), 0, 0.0
            values = walks.values()
            for number in range(seconds * SLICES):
                due = begun + number / SLICES
                late = max(late, time.monotonic() - due)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                point = np.arange(number * each, (number + 1) * each) % points
                value = values[point]
                value[chance.random(each) < SPIKES / each] = ALARMING
                raised += int((value == ALARMING).sum())
                await publisher.store(0, batch(point, time.time_ns() // 1_000_000, value))
                sent += each
            if late > 1:
                print(f"ours: the publisher was {late:.1f} s late", file=sys.stderr)
            return raised

    with system(folder, points) as whole:
        asyncio.run(publish(whole.broker.url))
        whole.await_done(points + sent)
        time.sleep(0.5)
        pairs = np.loadtxt(folder / "alarms", np.int64, ndmin=2)
        return Delays("ours", (pairs[:, 1] - pairs[:, 0]) / SECOND)


def singles(folder: Path, points: int, count: int) -> tuple[float, float]:
    """Readings a second that come alone, each confirmed to its device before that device sends the
    next: confirmed; evaluated and committed too."""
    now = time.time_ns() // 1_000_000
    ready = iter([batch(np.array([n % points]), now + n // points, np.array([0.5]))
                  for n in range(count)])  # fmt: skip

    async def publish(url: str) -> float:
        async with connected(url) as connection:
            publisher = Publisher(connection.stream)

            async def device() -> None:
                for one in ready:
                    await publisher.store(0, one)

            begun = time.monotonic()
            async with asyncio.TaskGroup() as tasks:
                for _ in range(min(DEVICES, points)):
                    tasks.create_task(device())
            return time.monotonic() - begun

    with system(folder, points) as whole:
        begun = time.monotonic()
        confirmed = asyncio.run(publish(whole.broker.url))
        whole.await_done(points + count)
        return count / confirmed, count / (time.monotonic() - begun)


def messages(folder: Path, points: int, count: int) -> float:
    """The same where each reading is a message of its own on the stream, as a device's own client
    publishes it; until evaluated and committed."""
    now = time.time_ns() // 1_000_000
    ready = [pack(batch(np.array([n % points]), now + n // points, np.array([0.5])))
             for n in range(count)]  # fmt: skip
    headers = {KIND: Kind.BATCH.value}

    async def publish(url: str) -> None:
        async with connected(url) as connection:
            for one in ready:
                await connection.stream.publish_async(
                    subject(0), one, wait_stall=60.0, headers=headers
                )
            await connection.stream.publish_async_completed()

    with system(folder, points) as whole:
        begun = time.monotonic()
        asyncio.run(publish(whole.broker.url))
        whole.await_done(points + count)
        return count / (time.monotonic() - begun)


def cost(points: int, readings: int) -> float:
    """CPU seconds of the engine for a million readings, the best of three."""
    plan = rules(points)
    engine = Engine(plan, State.fresh(plan, 0))
    walks, best = Walks(points), np.inf
    together = max(1, MESSAGE // points)
    moment = SECOND
    for _ in range(1 + TIMES):  # the first warms up
        batches = []
        for _ in range(max(1, readings // (points * together))):
            rounds = [batch(np.arange(points), moment + n * SECOND, walks.values())
                      for n in range(together)]  # fmt: skip
            moment += together * SECOND
            batches += _messages(rounds)
        count = sum(map(len, batches))
        begun = time.process_time()
        for each in batches:
            engine.evaluate(each)
        best = min(best, (time.process_time() - begun) / count * 1e6)
    return float(best)


def _messages(rounds: Sequence[Batch]) -> Iterator[Batch]:
    """Of ``MESSAGE`` readings, in their order."""
    whole = Batch.joined(rounds)
    for begin in range(0, len(whole), MESSAGE):
        yield whole.take(slice(begin, begin + MESSAGE))
