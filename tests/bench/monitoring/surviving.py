"""A whole installation under load while something happens to it, and the account of it afterwards.

Used by ``bench_deaths``, ``bench_disk`` and ``bench_monitors``: they differ in what happens.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from anlan.monitoring.history.table import History
from tests.bench.monitoring.sensors import DEVICES, Sensor, by_http, by_mqtt, registered, shell
from tests.e2e.site import Site, free_port

BETWEEN = 12.0  # seconds between two things that happen
SETTLE = 45.0  # seconds for what is under way: the history writes after half a minute
PATIENCE = 120.0  # seconds
ALARMS = """
import json
from anlan.monitoring.models import Alarm
rows = Alarm.objects.values_list("rule__code", "point_id", "begin_ms")
print("ALARMS", json.dumps([list(row) for row in rows]))
"""
HEADS = [
    "devices", "sent", "sent again (messages)", "acknowledged", "stored",
    "acknowledged, not stored", "stored twice", "events", "alarms",
]  # fmt: skip


@dataclass
class Trial:
    """An installation with its devices. ``mqtt``: the port of MQTT."""

    site: Site
    sensors: list[Sensor]
    mqtt: int

    @contextmanager
    def load(self) -> Iterator[None]:
        """All devices speak inside the ``with`` block; afterwards what is under way arrives."""
        stop = threading.Event()
        threads = [
            threading.Thread(target=each.run, args=(self._send(each), stop), daemon=True)
            for each in self.sensors
        ]
        for thread in threads:
            thread.start()
        time.sleep(BETWEEN)
        yield
        stop.set()
        for thread in threads:
            thread.join(60)
        time.sleep(SETTLE)

    def _send(self, sensor: Sensor) -> Callable[[bytes], None]:
        if sensor.protocol == "http":
            return by_http(sensor, self.site.port)
        return by_mqtt(sensor, self.mqtt)

    def acknowledged(self, protocol: str = "") -> int:
        """Readings so far."""
        mine = [each for each in self.sensors if protocol in ("", each.protocol)]
        return sum(len(each.acknowledged) for each in mine)

    def again_after(self) -> str:
        """How long until every device was acknowledged something from now on, in words."""
        begun = time.monotonic()
        before = {id(each): len(each.acknowledged) for each in self.sensors}
        while silent := [e for e in self.sensors if len(e.acknowledged) == before[id(e)]]:
            if time.monotonic() - begun > PATIENCE:
                return f"not within {PATIENCE:.0f} s: {' '.join(each.address for each in silent)}"
            time.sleep(0.05)
        return f"{time.monotonic() - begun:.1f} s"

    def processes(self, word: str) -> list[psutil.Process]:
        """Of the installation, those that run ``word``."""
        family = psutil.Process(self.site.process.pid).children(recursive=True)
        return [each for each in family if word in [Path(part).name for part in _words(each)]]

    def kill(self, word: str) -> None:
        """kill -9 of each of them."""
        found = self.processes(word)
        assert found, f"no process of {word}"
        for each in found:
            each.kill()

    def account(self, *, may_lose: bool = False) -> bool:
        """Print the table of what was sent, acknowledged, stored, alarmed; whether all is right.
        ``may_lose``: what is acknowledged and not stored is judged by somebody else."""
        stored, alarmed = self.stored(), self._alarmed()
        print(_row(HEADS), _row(["---"] * len(HEADS)), sep="\n")
        told = [self._told(protocol, stored, alarmed) for protocol in ("http", "mqtt")]
        return all(even and (may_lose or not lost) for lost, even in told)

    def _told(
        self, protocol: str, stored: dict[int, list[int]], alarmed: Counter[int]
    ) -> tuple[int, bool]:
        """How many are lost, and whether each event is one alarm."""
        mine = [each for each in self.sensors if each.protocol == protocol]
        lost = sum(len(set(each.acknowledged) - set(stored[each.point])) for each in mine)
        rows = sum(len(stored[each.point]) for each in mine)
        twice = rows - sum(len(set(stored[each.point])) for each in mine)
        counts = [
            sum(each.sent for each in mine), sum(each.again for each in mine),
            sum(len(each.acknowledged) for each in mine), rows, lost, twice,
            sum(len(each.begins) for each in mine), sum(alarmed[each.point] for each in mine),
        ]  # fmt: skip
        print(_row([f"{DEVICES} × {protocol}", *(f"{each:,}" for each in counts)]), flush=True)
        uneven = [each.address for each in mine if alarmed[each.point] != len(each.begins)]
        if uneven:
            print(f"\nevents and alarms differ at {' '.join(uneven)}\n")
        return lost, not uneven

    def stored(self) -> dict[int, list[int]]:
        history = History.at(self.site.var / "history")
        found = history.read([each.point for each in self.sensors], 0, 2**45)
        points = found.column("point").to_numpy()
        times = found.column("time").to_numpy().astype("datetime64[ms]").astype(np.int64)
        return {each.point: times[points == each.point].tolist() for each in self.sensors}

    def _alarmed(self) -> Counter[int]:
        """By point, of the rule that alarms most: it is the one whose limit they went over."""
        said = re.search(r"ALARMS (.*)", shell(self.site, ALARMS))
        assert said
        found = [(rule, point) for rule, point, _ in json.loads(said[1])]
        ((most, _),) = Counter(rule for rule, _ in found).most_common(1)
        return Counter(point for rule, point in found if rule == most)


@contextmanager
def trial(var: Path | None = None) -> Iterator[Trial]:
    """A running installation with registered devices, in ``var`` or a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="anlan-trial-") as folder:
        mqtt = free_port()
        os.environ |= {"ANLAN_GATEWAYS": "127.0.0.1", "ANLAN_MQTT": f"127.0.0.1:{mqtt}"}
        site = Site(var or Path(folder) / "var")
        site.start()
        try:
            made = Trial(site, registered(site), mqtt)
            time.sleep(3)  # gateways and workers learn of them within a second
            yield made
        finally:
            site.stop()


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """As the documentation has it."""
    print("\n".join(map(_row, [heads, ["---"] * len(heads), *rows])), "\n", flush=True)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()[:4]
    except psutil.NoSuchProcess:
        return []
