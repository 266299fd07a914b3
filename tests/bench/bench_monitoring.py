"""The monitoring beside VictoriaMetrics and vmalert; prints Markdown:
``python -m tests.bench.bench_monitoring --points 100000 --seconds 20`` (docs/benchmarks.md).

Without options a small run, as in ``make bench``. ``--only ours`` leaves the peer out, ``--only
peer`` us. Everything lies in a folder that is gone at the end, and no process outlives it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

import numpy as np

from tests.bench import readings
from tests.bench.monitoring import ours, peer
from tests.bench.monitoring.processes import load
from tests.bench.monitoring.result import Delays, Taken

A_SECOND = 10  # rounds sent for each second of ``--seconds``: a million readings of 100,000 points
SINGLES_A_SECOND = 5_000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=20_000)
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--only", choices=("ours", "peer"))
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    sides = [chosen.only] if chosen.only else ["ours", "peer"]
    if "peer" in sides and (lacking := peer.missing()):
        print(f"**THE PEER IS NOT MEASURED: {', '.join(lacking)} not installed.**\n")
        sides.remove("peer")
    begun = time.monotonic()
    print(
        f"{os.cpu_count()} cores, load {load():.1f} before; {chosen.points} points, "
        f"{chosen.points * chosen.seconds * A_SECOND / 1e6:.1f} million readings in batches\n"
    )
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        measure(Path(folder), sides, chosen.points, chosen.seconds)
    print(f"\nLoad {load():.1f} after, {time.monotonic() - begun:.0f} s in all.")


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # as Ctrl-C: the blocks end what they began


def measure(folder: Path, sides: list[str], points: int, seconds: int) -> None:
    """Each measurement for both sides in turn."""
    side = {"ours": ours, "peer": peer}
    taken: dict[str, Taken] = {}
    delays: dict[str, Delays] = {}
    mine: dict[str, float] = {}
    for name in sides:
        taken[name] = side[name].taken(folder / f"{name}-taken", points, seconds * A_SECOND)
        _told(f"{name}: {taken[name].rate:.0f} readings/s")
        delays[name] = side[name].delays(folder / f"{name}-delays", points, seconds, points)
        _told(f"{name}: {delays[name]}")
        if real := _mine():
            mine[name] = side[name].stored(folder / f"{name}-mine", *real)
    table(sides, taken, delays, mine, points)
    if "ours" in sides:
        alone(folder, points, seconds)


def table(
    sides: list[str], taken: dict[str, Taken], delays: dict[str, Delays],
    mine: dict[str, float], points: int,
) -> None:  # fmt: skip
    """What both sides are measured by, and their processes."""
    rows = {
        "readings a second: taken in, evaluated, durable": {
            name: f"{one.rate:,.0f}" for name, one in taken.items()
        },
        f"delay to the alarm at {points:,} readings a second": {
            name: str(one) for name, one in delays.items()
        },
        "bytes per reading, compacted: walks": {
            name: f"{one.bytes_per_reading:.2f}" for name, one in taken.items()
        },
        "bytes per reading, compacted: the mine's series": {
            name: f"{one:.2f}" for name, one in mine.items()
        },
    }
    print(f"| | {' | '.join(sides)} |\n|---|{'---|' * len(sides)}")
    for what, cells in rows.items():
        print(f"| {what} | {' | '.join(cells.get(name, '–') for name in sides)} |")
    print("\n| process | CPU for a million readings | peak memory | of it its own |")
    print("|---|---|---|---|")
    for one in taken.values():
        print("\n".join(one.processes()))
    if len(sides) == 2:
        print(
            f"\nOurs took in {taken['ours'].rate / taken['peer'].rate:.1f} times the peer's rate."
        )
    for one in taken.values():
        print(f"{one.name}: {'; '.join(one.remarks)}.")


def alone(folder: Path, points: int, seconds: int) -> None:
    """What only our side is asked for."""
    confirmed, done = ours.singles(folder / "singles", points, seconds * SINGLES_A_SECOND)
    print("\n| ours alone | |\n|---|---|")
    print(f"| readings that come alone, a second, confirmed to {ours.DEVICES:,} devices "
          f"| {confirmed:,.0f} |")  # fmt: skip
    print(f"| the same, until evaluated and committed | {done:,.0f} |")
    one_by_one = ours.messages(folder / "messages", points, seconds * SINGLES_A_SECOND // 4)
    print(f"| messages of one reading each on the stream, a second | {one_by_one:,.0f} |")
    for size in (points // 10, points, points * 10):
        spent = ours.cost(size, 2_000_000)
        print(f"| CPU of the engine for a million readings, {size:,} points | {spent:.3f} s |")


def _mine() -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Point, time and value of the real series of a mine; None where they are not beside us."""
    if not (readings.FOLDER / "methane").is_dir():
        return None
    series = readings.mine().series
    point = np.concatenate([np.full(len(one.times), n) for n, one in enumerate(series)])
    return (
        point,
        np.concatenate([one.times for one in series]) + EPOCH,
        np.concatenate([one.values for one in series]),
    )


EPOCH = 1_700_000_000_000  # the series of the mine count from 0: both sides want real times


def _told(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
