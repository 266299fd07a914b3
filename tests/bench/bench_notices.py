"""Benchmark of reading notices; prints Markdown: ``python -m tests.bench.bench_notices``.

The whole process ``anlan notice read`` on the real notice (median of 7), and the growth of the
reading, inside one process, with the notice repeated to 10, 100 and 1,000 pages.
"""

from __future__ import annotations

import math
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from anlan.notices.readers.text import from_text
from anlan.notices.reading import read_from

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ANLAN_SHARED", ROOT.parent / "shared"))
REAL = SHARED / "notices" / "luliang-2025-draft.txt"
SAMPLE = ROOT / "data" / "samples" / "yunling-2026-sample.txt"
RUNS = 7
PAGE = 800
"""Characters on a printed page of a notice (28 by 28, GB/T 9704-2012, 5.2.3)."""
SIZES = (10, 100, 1000)


@dataclass
class Process:
    """What ``anlan notice read`` cost in each run: seconds by the clock, CPU seconds, peak MB."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: float = 0.0


def whole_process(path: Path) -> Process:
    """Runs ``anlan notice read`` on ``path`` several times."""
    measured = Process()
    command = [sys.executable, "-m", "anlan.cli", "notice", "read", str(path), "--json"]
    command += ["--output", os.devnull]
    for _ in range(RUNS):
        started = time.perf_counter()
        process = os.spawnv(os.P_NOWAIT, sys.executable, command)
        _, status, usage = os.wait4(process, 0)
        if status:
            raise SystemExit(f"anlan notice read {path} failed")
        measured.wall.append(time.perf_counter() - started)
        measured.cpu.append(usage.ru_utime + usage.ru_stime)
        measured.peak = max(measured.peak, usage.ru_maxrss / 1024)
    return measured


def growth(path: Path) -> list[tuple[int, float]]:
    """(pages, CPU seconds) of reading the notice's text repeated to each size."""
    text = path.read_text(encoding="utf-8")
    found = []
    for pages in SIZES:
        repeated = text * math.ceil(pages * PAGE / len(text))
        source = from_text(repeated)
        started = time.process_time()
        read_from(source)
        found.append((len(repeated) // PAGE, time.process_time() - started))
    return found


def exponent(measured: list[tuple[int, float]]) -> float:
    """The power of the size with which the time grows between the last two sizes; 1 is linear."""
    (few, fast), (many, slow) = measured[-2:]
    return math.log(slow / fast) / math.log(many / few)


def main() -> None:
    """Measures and prints."""
    path = REAL if REAL.exists() else SAMPLE
    process, measured = whole_process(path), growth(path)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    print(f"`{path.name}`, {machine}, load {os.getloadavg()[0]:.1f}")
    print("\n| Measure | Value |\n|---|---|")
    print(f"| Whole process, median of {RUNS} | {statistics.median(process.wall):.3f} s |")
    print(f"| Whole process, fastest | {min(process.wall):.3f} s |")
    print(f"| Whole process, CPU time, median | {statistics.median(process.cpu):.3f} s |")
    print(f"| Peak memory of the process | {process.peak:.0f} MB |")
    for pages, taken in measured:
        print(f"| {pages:,} pages in one process, CPU time | {taken:.2f} s |")
    print(f"| Growth exponent from the second size to the third | {exponent(measured):.2f} |")


if __name__ == "__main__":
    main()
