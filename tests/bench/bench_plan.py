"""Benchmark of the plan at a city's size; prints Markdown: ``python -m tests.bench.bench_plan``.

Two questions. How long do people wait for each page, at an open-loop load against a real ``anlan
serve``? What does the matrix cost after one duty has changed, as duties grow in number?

    --duties 200000 --records 1000000   the size for the pages (default 20,000 and 50,000)
    --growth 10000 100000 1000000   the sizes for the matrix (default 2,000 10,000 50,000)
    --rate 20 --seconds 60          the load
    --nice -10          the priority of server, database and load, where other programs disturb
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench import load
from tests.bench.load import Page

RUNS = 15
START_SECONDS = 60
COUNTY = "141102"


def main() -> None:
    """Measures and prints."""
    options = _options()
    os.nice(options.nice)
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    with _folder():
        _pages(options)
    for_growth = [(size, *_matrix(size)) for size in options.growth]
    print("\n| Duties | matrix after one changed duty | counting all duties anew |\n|---|---|---|")
    for size, page, anew in for_growth:
        print(f"| {size:,} | {page * 1000:.1f} ms | {anew * 1000:.0f} ms |")
    print(f"\nMedian of {RUNS}. Load at the end: {os.getloadavg()[0]:.1f}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--duties", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--growth", type=int, nargs="*", default=[2_000, 10_000, 50_000])
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--nice", type=int, default=0)
    return parser.parse_args()


@contextmanager
def _folder() -> Iterator[None]:
    """A data folder of this benchmark's own, gone afterwards. Each step is a process of its own:
    settings are read once in a process, and the folder is one of them."""
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        os.environ["ANLAN_VAR"] = str(Path(folder) / "var")
        os.environ.pop("DATABASE_URL", None)
        yield


# --- pages under load --------------------------------------------------------------------------


def _pages(options: argparse.Namespace) -> None:
    found = json.loads(_step("fill", options.duties, options.records))
    port = _free_port()
    server = subprocess.Popen([sys.executable, "-m", "anlan.cli", "serve", "--port", str(port)])
    try:
        _await(port)
        pages = _wanted(found)
        accounts = json.loads((Path(os.environ["ANLAN_VAR"]) / "demo-accounts.json").read_text())
        url = f"http://127.0.0.1:{port}"
        cookies = {who: load.login(url, who, accounts[who]) for who in {p.who for p in pages}}
        load.run(port, pages, cookies, rate=5, seconds=len(pages))  # what is read once is read
        measured = load.run(port, pages, cookies, rate=options.rate, seconds=options.seconds)
    finally:
        server.terminate()
        server.wait(60)
    print(f"\n{found['duties']:,} duties, {options.records:,} records, ", end="")
    print(f"{options.rate:g} requests a second, open loop, ", end="")
    print(f"{options.seconds:g} s, load {os.getloadavg()[0]:.1f}")
    print("\n| Page | who | p50 | p95 | p99 | failed |\n|---|---|---|---|---|---|")
    for page in pages:
        found_ = measured[page.name]
        cells = " | ".join(
            f"{found_.percentile(share) * 1000:.0f} ms" for share in (0.5, 0.95, 0.99)
        )
        print(f"| {page.name} | {page.who} | {cells} | {found_.failed} |")


def _wanted(found: dict[str, int]) -> list[Page]:
    cell = f"/duties/?plan={found['plan']}&key_duty={found['key_duty']}&area={COUNTY}"
    far = found["duties"] // 100
    return [
        Page("work list of a bureau", "/tasks/", "yingji"),
        Page("work list of a county", "/tasks/", "lishi"),
        Page("matrix", "/matrix/", "mayor"),
        Page("matrix of a county's own", "/matrix/", "lishi"),
        Page("duties, first page", "/duties/", "mayor"),
        Page("duties, first page, county", "/duties/", "lishi"),
        Page("duties, a page in the middle", f"/duties/?page={far}", "mayor"),
        Page("duties of one standing", "/duties/?standing=met", "mayor"),
        Page("duties behind a cell", cell, "mayor"),
        Page("duties, common word", "/duties/?q=%E7%87%83%E6%B0%94", "mayor"),
        Page("duties, rare word", "/duties/?q=%E6%BB%A8%E6%B2%B3", "mayor"),
        Page("one duty", f"/duties/{found['duty']}/", "lishi"),
        Page("key duty", f"/key-duties/{found['key_duty']}/", "mayor"),
        Page("cockpit with ranking", "/cockpit/", "mayor"),
        Page("county", f"/cockpit/areas/{COUNTY}/", "lishi"),
        Page("records", "/records/", "mayor"),
        Page("records of a county", "/records/", "lishi"),
        Page("records, search", "/records/?q=%E7%93%A6%E6%96%AF%E6%B2%BB%E7%90%86", "mayor"),
        Page("API: duties", "/api/plan/duties/", "mayor"),
        Page("API: matrix", "/api/plan/matrix/", "mayor"),
    ]


def _await(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=5).read()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- the matrix as duties grow -----------------------------------------------------------------


def _matrix(size: int) -> tuple[float, float]:
    """(seconds for the matrix after a change, seconds to count all duties anew)."""
    with _folder():
        page, anew = json.loads(_step("grow", size))
        return page, anew


def _step(name: str, *sizes: int) -> str:
    """Run a step in a process that has the folder's settings; the last line that it printed."""
    command = [sys.executable, "-m", "tests.bench.bench_plan", f"--{name}", *map(str, sizes)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip().rsplit("\n", 1)[-1]


def _fill(size: int, records: int = 0, *, work: bool) -> dict[str, int]:
    from anlan.config.prepare import prepare
    from anlan.plan.models import Duty, KeyDuty
    from tests.bench import city, ledger

    prepare()
    city.fill(size, work=work)
    if records:
        ledger.fill(records)
    key_duty = KeyDuty.objects.filter(plan__year=time.localtime().tm_year).order_by("number")[0]
    of_county = Duty.objects.filter(organisation__code=f"{COUNTY}-government", key_duty=key_duty)
    return {
        "duties": Duty.objects.count(),
        "plan": key_duty.plan_id,
        "key_duty": key_duty.pk,
        "duty": of_county.order_by("pk")[0].pk,
    }


def _grow(size: int) -> tuple[float, float]:
    """Change one duty, then build the matrix of a leader; and count anew, for comparison."""
    from anlan.kernel.access.actor import Actor
    from anlan.kernel.access.models import User
    from anlan.plan import tally
    from anlan.plan.choices import Standing
    from anlan.plan.matrix import matrix
    from anlan.plan.models import Duty, Plan

    _fill(size, work=False)
    actor, plan = Actor(user=User.objects.get(username="mayor")), Plan.objects.latest("year")
    duties = Duty.objects.filter(key_duty__plan=plan, parent=None).order_by("pk")
    pages, counts = [], []
    for number, pk in enumerate(duties.values_list("pk", flat=True)[: RUNS + 1]):
        standing = Standing.OVERDUE if number % 2 else Standing.AT_RISK
        Duty.objects.filter(pk=pk).update(standing=standing)
        pages.append(_seconds(lambda: matrix(actor, plan)))
        counts.append(_seconds(lambda: tally.differs(plan.key_duties.values_list("pk", flat=True))))
    return statistics.median(pages[1:]), statistics.median(counts[1:])


def _seconds(act: object) -> float:
    began = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - began


def _steps() -> None:
    """A step of ours, in its own process: ``--fill`` with the sizes, or ``--grow`` with one."""
    from anlan.config.commands import django

    sizes = [int(each) for each in sys.argv[2:]]
    with django():
        done = _fill(*sizes, work=True) if sys.argv[1] == "--fill" else _grow(*sizes)
        print(json.dumps(done))


if __name__ == "__main__":
    _steps() if sys.argv[1:2] in (["--fill"], ["--grow"]) else main()
