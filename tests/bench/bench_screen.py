"""From publish to the screen of a duty officer, while 100,000 readings a second come in.

``python -m tests.bench.bench_screen`` (docs/benchmarks.md) starts a whole installation with 10,000
points, publishes ten readings of each a second to the stream, and lets one point after another go
over its limit. A page that shows the queue of alarms is open in Chromium and notes by itself when
each row appears; the reading carries the time at which it was published.
"""

from __future__ import annotations

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
ALARMS = """
import json
from anlan.monitoring.models import Alarm
print("ALARMS", json.dumps(list(Alarm.objects.values_list("pk", "point_id", "begin_ms"))))
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
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit("no Chromium: nothing is measured")
    print(f"{os.cpu_count()} cores, load {load():.1f} before")
    with tempfile.TemporaryDirectory(prefix="anlan-screen-") as folder:
        site = Site(Path(folder) / "var")
        site.start()
        try:
            told = re.search(r"POINTS (.*)", shell(site, REGISTER))
            assert told
            points = np.array(json.loads(told[1]))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
                page = browser.new_page(base_url=site.url)
                login(page, site, "nengyuan")
                page.goto(f"{site.url}/monitoring/alarms/")
                page.evaluate(NOTE)
                published, seen = _under_load(site, points, page)
                browser.close()
            told = re.search(r"ALARMS (.*)", shell(site, ALARMS))
            assert told
            alarms = {str(pk): begin for pk, _, begin in json.loads(told[1])}
        finally:
            site.stop()
    delays = [(seen[pk] - begin) / 1000 for pk, begin in alarms.items() if pk in seen]
    print(
        f"{published / SECONDS:,.0f} readings/s, {len(alarms)} alarms, {len(delays)} on the screen"
    )
    print(f"from publish to the screen: {Delays('ours', np.array(delays))}")
    print(f"Load {load():.1f} after.")


def _under_load(site: Site, points: np.ndarray, page: Page) -> tuple[int, dict[str, int]]:
    """Publish for ``SECONDS``; how many readings, and when the page first had each alarm."""
    sent = 0

    def run() -> None:
        nonlocal sent
        sent = asyncio.run(_published(Broker(site.var).url, points))

    time.sleep(5)  # the workers learn of the points within a second
    publishing = threading.Thread(target=run)
    publishing.start()
    while publishing.is_alive():
        page.wait_for_timeout(200)  # the page lives on
    page.wait_for_timeout(5000)
    seen: dict[str, int] = page.evaluate("window.seen")
    return sent, seen


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
