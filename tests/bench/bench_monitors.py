"""Three monitors on one installation, of which those with the most parts are killed under load.

``python -m tests.bench.bench_monitors`` (docs/benchmarks.md): the installation's own monitor and
two more (``ANLAN_MONITORS=3``), six parts. Of the two, the one that holds the most parts is killed
with -9 and not started again; then the other. Exits with 1 where an acknowledged reading is
missing, or an alarm is missing or doubled.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from typing import LiteralString

import psycopg

from anlan.config import database
from anlan.monitoring.running.holding import SPACE
from anlan.monitoring.stream.asking import NoAnswer, ask
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import connected
from tests.bench.monitoring.surviving import BETWEEN, PATIENCE, Trial, table, trial

MONITORS, PARTS = 3, 6
FRESH_SECONDS = 3.0  # a part judges again once its clock is no further behind
HELD = """
SELECT split_part(application_name, ' ', 4)::int, objid::int
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND classid = %s AND granted
  AND application_name LIKE 'anlan monitor %%'
"""
THERE = "SELECT count(*) FROM pg_stat_activity WHERE application_name ^@ 'anlan monitor '"


def main() -> None:
    os.environ |= {"ANLAN_MONITORS": str(MONITORS), "ANLAN_PARTITIONS": str(PARTS)}
    with trial() as made:
        others = [_monitor(made) for _ in range(MONITORS - 1)]
        try:
            _shared(made)
            story: list[list[str]] = []
            with made.load():
                for which in ("one of three", "one of the two that are left"):
                    story.append([which, *_killed(made, others)])
                    time.sleep(BETWEEN)
                    print(f"afterwards, parts held by each: {_shares(made)}", flush=True)
        finally:
            for each in others:
                each.kill()
                each.wait()
        heads = [
            "killed with -9", "parts it held", "all parts taken after", "all judged again after",
            "all devices acknowledged again after",
        ]  # fmt: skip
        print()
        table(heads, story)
        right = made.account()
    sys.exit(0 if right else 1)


def _monitor(made: Trial) -> subprocess.Popen[bytes]:
    """One more, as on another machine."""
    command = [sys.executable, "-m", "anlan.cli", "monitor"]
    with made.site.log.with_suffix(".monitors").open("a") as log:
        return subprocess.Popen(
            command, env={**os.environ, "ANLAN_VAR": str(made.site.var)},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


def _shared(made: Trial) -> None:
    """Return once several hold parts. The installation's own came first and has all; after its
    death each of the others takes its share, and it what they leave when it is there again."""
    end = time.monotonic() + PATIENCE
    while _asked(made, THERE)[0][0] < MONITORS:
        assert time.monotonic() < end, "not all monitors are there"
        time.sleep(0.5)
    made.kill("monitor")
    while sum(shares := _shares(made)) < PARTS or len(shares) < 2:
        assert time.monotonic() < end, f"parts held by each: {shares}"
        time.sleep(0.5)
    print(f"parts held by each monitor: {shares}", flush=True)


def _shares(made: Trial) -> list[int]:
    return sorted(Counter(_held(made).values()).values())


def _killed(made: Trial, others: list[subprocess.Popen[bytes]]) -> list[str]:
    count = Counter(_held(made).values())
    victim = max((each for each in others if each.poll() is None), key=lambda each: count[each.pid])
    victim.kill()
    begun = time.monotonic()
    while len(held := _held(made)) < PARTS or victim.pid in held.values():
        assert time.monotonic() - begun < PATIENCE, f"held: {held}"
        time.sleep(0.1)
    taken = f"{time.monotonic() - begun:.1f} s"
    asyncio.run(_judged_again(made, begun))
    judged = f"{time.monotonic() - begun:.1f} s"
    victim.wait()
    return [str(count[victim.pid]), taken, judged, made.again_after()]


def _held(made: Trial) -> dict[int, int]:
    """By part, the process that works on it (looking after the history is no part)."""
    rows = _asked(made, HELD, SPACE)
    return {part: process for process, part in rows if part in range(PARTS)}


def _asked(made: Trial, query: LiteralString, *values: int) -> list[tuple[int, ...]]:
    settings = database.embedded(made.site.var)
    with psycopg.connect(
        host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"]
    ) as connection:
        return connection.execute(query, values).fetchall()


async def _judged_again(made: Trial, begun: float) -> None:
    """Return once every part answers and knows the time."""
    async with connected(Broker(made.site.var).url) as connection:
        missing = set(range(PARTS))
        while missing:
            assert time.monotonic() - begun < PATIENCE, f"nobody works on {missing}"
            for part in list(missing):
                try:
                    found = await ask(connection.client, part, [])
                except NoAnswer:
                    continue
                if time.time() - found.now / 1000 < FRESH_SECONDS:
                    missing.discard(part)
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    main()
