"""What putting the history in order costs and brings; prints Markdown:
``python -m tests.bench.bench_history --points 100 --days 366`` (docs/benchmarks.md).

Invented methane sensors, a reading each ten seconds. Without options a small run, as in ``make
bench``. Everything lies in a folder that is gone at the end.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from anlan.monitoring.history.curve import curve
from anlan.monitoring.history.policy import Policy
from anlan.monitoring.history.table import CITY_OFFSET, DAY, History
from anlan.monitoring.history.thinning import Spans
from anlan.monitoring.history.upkeep import Upkeep
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.simulate.city import Device, Point
from anlan.monitoring.simulate.signals import Grid, Signals

TODAY = 20_780
EVERY = 10_000
PIECES = 8  # commits of a day before the hourly compaction
TIMES = 5  # a curve is drawn
OURS = Path(__file__).parents[2] / "data" / "monitoring" / "history.yaml"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=20)
    options.add_argument("--days", type=int, default=20)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        measure(History.at(Path(folder) / "history"), chosen.points, chosen.days)


def measure(history: History, points: int, days: int) -> None:
    """The same readings as they come, in order, and thinned."""
    fill(history, points, days)
    print(f"{points} points, {days} days, a reading in {EVERY // 1000} s\n")
    print("| | readings | bytes a reading | bytes in all | a point's whole curve | it reads |")
    print("|---|---|---|---|---|---|")
    row("as it came, compacted each hour", history, points, days)
    ordered = order(history, Policy((), 0, 24))
    row("in order", history, points, days)
    thinned = order(history, Policy.read(OURS))
    row("thinned by the shipped policy", history, points, days)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\nPutting in order took {ordered:.0f} s, thinning {thinned:.0f} s; "
        f"peak memory of all {peak:.0f} MB."
    )


def fill(history: History, points: int, days: int) -> None:
    sensors = tuple(
        Point(f"{number}", "methane", "", "%", 0, 4, 0.01, (1.0, 1.5)) for number in range(points)
    )
    signals = Signals(Device("http", "bench", "", EVERY / 1000, "mine", sensors), 7)
    grid, number = Grid(sensors), np.arange(points)
    for day in range(TODAY - days, TODAY):
        stamps = day * DAY - CITY_OFFSET + np.arange(0, DAY, EVERY)
        for piece in np.array_split(stamps, PIECES):
            value = grid.on(signals.at(piece / 1000)).ravel()
            time_, point = np.repeat(piece, points), np.tile(number, len(piece))
            history.append(0, Batch.of(point, time_, value, np.zeros(len(value), np.int64)), 1)
        history.compact(day)


def order(history: History, policy: Policy) -> float:
    begun = time.monotonic()
    keeper = Upkeep(history, policy)
    for task in keeper.due(TODAY):
        keeper.order(task, lambda _: Spans.none())
    return time.monotonic() - begun


def row(words: str, history: History, points: int, days: int) -> None:
    files = pa.table(history.table().get_add_actions(flatten=True))
    readings, size = (sum(files[each].to_pylist()) for each in ("num_records", "size_bytes"))
    begin, end = (TODAY - days) * DAY - CITY_OFFSET, TODAY * DAY - CITY_OFFSET
    spent, read = [], []
    for number in range(TIMES):
        begun, before = time.monotonic(), _read()
        found = history.read([number * points // TIMES], begin, end)
        at = found["time"].to_numpy().astype("datetime64[ms]").astype(np.int64)
        curve(at, found["value"].to_numpy(), begin, end)
        spent.append(time.monotonic() - begun)
        read.append(_read() - before)
    print(
        f"| {words} | {readings:,} | {size / readings:.2f} | {size / 1e6:,.1f} MB "
        f"| {np.median(spent):.2f} s | {np.median(read) / 1e6:.1f} MB |"
    )  # fmt: skip


def _read() -> int:
    """Bytes that this process has asked the system for so far."""
    counters = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counters["rchar"])


if __name__ == "__main__":
    main()
