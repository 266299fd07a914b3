"""Benchmark of reading notices; prints Markdown: ``python -m tests.bench.bench_notices``.

The whole process ``anlan notice read`` on the real notice (median of 7), and the growth of the
reading, inside one process, with the notice repeated to 10, 100 and 1,000 pages.
"""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
import sys
import time
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


def whole_process(path: Path) -> tuple[list[float], float]:
    """Wall-clock seconds of each run and the peak resident set (MB) of ``anlan notice read``."""
    seconds, peak = [], 0.0
    for _ in range(RUNS):
        started = time.perf_counter()
        process = os.spawnv(
            os.P_NOWAIT,
            sys.executable,
            [sys.executable, "-m", "anlan.cli", "notice", "read", str(path), "--json", "--output",
             os.devnull],
        )  # fmt: skip
        _, status, usage = os.wait4(process, 0)
        seconds.append(time.perf_counter() - started)
        if status:
            raise SystemExit(f"anlan notice read {path} failed")
        peak = max(peak, usage.ru_maxrss / 1024)
    return seconds, peak


def growth(path: Path) -> list[tuple[int, float]]:
    """(pages, seconds) of reading the notice's text repeated to each size."""
    text = path.read_text(encoding="utf-8")
    found = []
    for pages in SIZES:
        repeated = text * math.ceil(pages * PAGE / len(text))
        source = from_text(repeated)
        started = time.perf_counter()
        read_from(source)
        found.append((len(repeated) // PAGE, time.perf_counter() - started))
    return found


def exponent(measured: list[tuple[int, float]]) -> float:
    """The power of the size with which the time grows between the last two sizes; 1 is linear."""
    (few, fast), (many, slow) = measured[-2:]
    return math.log(slow / fast) / math.log(many / few)


def main() -> None:
    """Measures and prints."""
    path = REAL if REAL.exists() else SAMPLE
    seconds, peak = whole_process(path)
    measured = growth(path)
    print(f"Input: `{path.name}`, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print("| Measure | Value |\n|---|---|")
    print(f"| Whole process, median of {RUNS} | {statistics.median(seconds):.3f} s |")
    print(f"| Whole process, slowest | {max(seconds):.3f} s |")
    print(f"| Peak memory of the process | {peak:.0f} MB |")
    for pages, taken in measured:
        print(f"| {pages:,} pages in one process | {taken:.2f} s |")
    print(f"| Growth exponent from the second size to the third | {exponent(measured):.2f} |")
    print("\n" + json.dumps({"median_s": statistics.median(seconds), "peak_mb": peak}))


if __name__ == "__main__":
    main()
