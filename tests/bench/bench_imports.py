"""Benchmark of Excel imports; prints Markdown: ``python -m tests.bench.bench_imports``.

A file as Excel writes it (each different text once, in a table of its own), 12 columns, one row in
a hundred at fault, goes the whole way: read, judged and staged, then taken into an audited table of
the bench's own. Each size runs in a process of its own, with an embedded PostgreSQL that syncs.
"""

from __future__ import annotations

import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SIZES = (10_000, 100_000)
LABELS = (
    "名称", "代码", "行业", "县区", "地址", "负责人",
    "电话", "人数", "产值", "成立日期", "状态", "备注",
)  # fmt: skip
KEYS = tuple(f"c{number}" for number in range(len(LABELS)))
FAULTY = 100  # one row in so many


def rows(count: int) -> Any:
    """The same rows each time: most of the texts are different ones, as names and addresses are."""
    chance = random.Random(1)
    yield LABELS
    for n in range(1, count + 1):
        yield (
            f"试市第{n}煤焦化有限责任公司",
            "" if n % FAULTY == 0 else f"91141100MA{n:08}",
            chance.choice(["煤矿", "非煤矿山", "危险化学品", "工贸"]), f"县{n % 13}",
            f"试市县{n % 13}某某镇某某村第{chance.randrange(10**6)}号",
            f"张{chance.randrange(999)}",
            f"1{chance.randrange(10**9, 10**10)}", chance.randrange(5000),
            round(chance.random() * 1e5, 2), f"20{n % 25:02}-0{n % 9 + 1}-1{n % 10}", "在产",
            f"备注{n}" if n % 3 == 0 else None,
        )  # fmt: skip


def write_file(count: int, path: Path) -> None:
    """Written by another process, whose memory is not measured."""
    from tests.kernel.imports import books

    path.write_bytes(books.as_excel(rows(count)))


def one_size(count: int, path: Path) -> None:
    """Measure one size and print a line of the table."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.conf import settings

    from anlan.config import embedded

    folder = Path(settings.VAR)
    folder.mkdir(parents=True, exist_ok=True)
    with embedded.server(folder):
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        print(_measured(count, path))
        connection.close_pool()


def _measured(count: int, path: Path) -> str:
    from anlan.kernel.imports.models import ImportBatch
    from anlan.kernel.imports.services.reading import batch_read
    from anlan.kernel.imports.services.taking import batch_consent, batch_take
    from tests.bench.imported import importing

    with importing(LABELS, KEYS, path) as (actor, batch, taken):
        before = _peak(resource.RUSAGE_SELF)
        read = _timed(lambda: batch_read(batch=batch))
        found = ImportBatch.objects.get(pk=batch)
        batch_consent(actor=actor, batch=batch, good=found.good)
        take = _timed(lambda: batch_take(batch=batch))
        done = ImportBatch.objects.get(pk=batch)
        if (done.state, done.taken, taken()) != ("done", found.good, found.good):
            raise SystemExit(f"not all was taken: {done.state} {done.error} {done.taken} {taken()}")
    cells = (
        f"{count:,}", f"{path.stat().st_size / 2**20:.1f} MB", read, take,
        f"{_peak(resource.RUSAGE_SELF):.0f} MB ({before:.0f} before)",
        f"{_peak(resource.RUSAGE_CHILDREN):.0f} MB",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _timed(act: Any) -> str:
    """Seconds by the clock, of this process and of the reader; the database's are its own."""
    before, started = os.times(), time.perf_counter()
    act()
    took, after = time.perf_counter() - started, os.times()
    own = after.user + after.system - before.user - before.system
    reader = after.children_user + after.children_system
    reader -= before.children_user + before.children_system
    return f"{took:.1f} s (worker {own:.1f}, reader {reader:.1f})"


def _peak(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def main() -> None:
    """Measures each size and prints."""
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print("\n| Rows | File | Read, judged, staged | Taken | Worker's peak | Reader's peak |")
    print("|---|---|---|---|---|---|", flush=True)
    bench = [sys.executable, "-m", "tests.bench.bench_imports"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.xlsx"
        for count in SIZES:
            for step in ("write", "measure"):
                subprocess.run([*bench, step, str(count), str(path)], check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", count, path]:
            write_file(int(count), Path(path))
        case ["measure", count, path]:
            one_size(int(count), Path(path))
        case _:
            main()
