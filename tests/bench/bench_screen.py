"""From publish to the screen of a duty officer, while 100,000 readings a second come in.

``python -m tests.bench.bench_screen`` (docs/benchmarks.md) starts a whole installation with 10,000
points, publishes ten readings of each a second to the stream, and lets one point after another go
over its limit. A page that shows the queue of alarms is open in Chromium and notes by itself when
each row appears; the reading carries the time at which it was published. ``--rounds`` times 45
alarms, all answered after each round: a page of the queue holds fifty.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.stream.broker import Broker
from anlan.monitoring.stream.connection import connected
from anlan.monitoring.stream.publishing import Publisher
from tests.bench.monitoring.processes import load
from tests.bench.monitoring.result import Delays
from tests.bench.monitoring.sensors import shell
from tests.e2e.browser import ARGUMENTS, login
from tests.e2e.conftest import PROGRAMS
from tests.e2e.site import Site

SITES, EACH = 40, 250  # sites, points of one
SLICES = 10  # a second; each holds one reading of each point
SECONDS = 45  # as many alarms: a page of the queue holds fifty
QUIET, OVER, LONG = 0.25, 1.8, 2.0  # % of methane; seconds
REGISTER = f"""
import json
from anlan.kernel.orgs.models import Area, Organisation
from anlan.monitoring.models import Point
from anlan.registry.models import Sector, Site
found = []
for number in range({SITES}):
    site = Site.objects.create(
        name=f"压力试验煤矿{{number}}", kind="mine", area=Area.objects.get(code="141125100"),
        sector=Sector.objects.get(code="coal"),
        regulator=Organisation.objects.get(short_name="市能源局"),
    )
    points = Point.objects.bulk_create(
        Point(site=site, name=f"测点{{each}}", quantity="methane", place="face_corner",
              unit="%", low=0, high=4)
        for each in range({EACH})
    )
    found += [[point.pk, site.pk] for point in points]
print("POINTS", json.dumps(found))
"""
ANSWER = """
from anlan.kernel.access.actor import Actor, ActorSource
from anlan.kernel.access.models import User
from anlan.monitoring.alarms.selectors import SHOWN
from anlan.monitoring.models import Alarm
from anlan.monitoring.services import answering
actor = Actor(user=User.objects.get(username="nengyuan"), source=ActorSource.COMMAND)
for pk in Alarm.objects.filter(state__in=SHOWN["waiting"][1]).values_list("pk", flat=True):
    answering.alarm_answer(actor=actor, alarm=pk)
"""
ALARMS = """
import json
from anlan.monitoring.models import Alarm
ms = lambda at: at and at.timestamp() * 1000
print("ALARMS", json.dumps([
    [each.pk, each.begin_ms, ms(each.raised_at), ms(each.called_at)] for each in Alarm.objects.all()
]))
"""
NOTE = """() => {
  window.seen = {};
  const look = () => document.querySelectorAll('a[href^="/monitoring/alarms/"]').forEach((link) => {
    const found = link.getAttribute("href").match(/alarms\\/(\\d+)\\//);
    if (found) window.seen[found[1]] ??= Date.now();
  });
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
}"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1)
    rounds = parser.parse_args().rounds
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit("no Chromium: nothing is measured")
    print(f"{os.cpu_count()} cores, load {load():.1f} before")
    with tempfile.TemporaryDirectory(prefix="anlan-screen-") as folder:
        site = Site(Path(folder) / "var")
        site.start()
        try:
            points = np.array(_said(site, REGISTER, "POINTS"))
            published, seen = 0, dict[str, float]()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
                page = browser.new_page(base_url=site.url)
                login(page, site, "nengyuan")
                page.goto(f"{site.url}/monitoring/alarms/")
                page.evaluate(NOTE)
                time.sleep(5)  # the workers learn of the points within a second
                for _ in range(rounds):
                    published += _under_load(site, points, page)
                    seen |= page.evaluate("window.seen")
                    shell(site, ANSWER)
                browser.close()
            alarms = _said(site, ALARMS, "ALARMS")
        finally:
            site.stop()
    rate = published / SECONDS / rounds
    print(f"{rate:,.0f} readings/s, {len(alarms)} alarms, {len(seen)} on the screen")
    times = np.array([[*each, seen.get(str(pk))] for pk, *each in alarms], dtype=float) / 1000
    for stage, of in (("raised", 1), ("first person called", 2), ("on the screen", 3)):
        delays = times[:, of] - times[:, 0]
        told = Delays("ours", delays[~np.isnan(delays)])
        print(f"from publish until {stage}: {told}, slowest {np.nanmax(delays) * 1000:.0f} ms")
    print(f"Load {load():.1f} after.")


def _said(site: Site, script: str, word: str) -> list[list[int]]:
    """What the script prints after the word."""
    told = re.search(rf"{word} (.*)", shell(site, script))
    assert told
    found: list[list[int]] = json.loads(told[1])
    return found


def _under_load(site: Site, points: np.ndarray, page: Page) -> int:
    """Publish for ``SECONDS``; how many readings."""
    sent = 0

    def run() -> None:
        nonlocal sent
        sent = asyncio.run(_published(Broker(site.var).url, points))

    publishing = threading.Thread(target=run)
    publishing.start()
    while publishing.is_alive():
        page.wait_for_timeout(200)  # the page lives on
    page.wait_for_timeout(5000)
    return sent


async def _published(url: str, points: np.ndarray) -> int:
    """A batch of each part of the stream, ``SLICES`` times a second."""
    sent, slots, late = 0, SECONDS * SLICES, 0.0
    by_part = [points[points[:, 1] % 4 == part] for part in range(4)]
    async with connected(url) as connection:
        publisher = Publisher(connection.stream)
        begun = time.monotonic()
        for slot in range(slots):
            due = begun + slot / SLICES
            late = max(late, time.monotonic() - due)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            over = points[int(slot / SLICES) % SITES * EACH, 0]  # another site each second
            high = slot % SLICES < LONG * SLICES / 4 and slot > SLICES
            now = time.time_ns() // 1_000_000
            for part in by_part:
                value = np.full(len(part), QUIET)
                value[part[:, 0] == over] = OVER if high else QUIET
                zeros = np.zeros(len(part))
                batch = Batch.of(part[:, 0], np.full(len(part), now), value, zeros)
                await publisher.store(int(part[0, 1]), batch)
                sent += len(part)
    if late > 1:
        print(f"the publisher was {late:.1f} s late")
    return sent


if __name__ == "__main__":
    main()
