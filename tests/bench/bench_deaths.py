"""Kill -9 of each part under load: what was sent, acknowledged, stored and alarmed.

``python -m tests.bench.bench_deaths`` (docs/benchmarks.md) starts a whole installation, lets
devices speak by HTTP and MQTT, and kills worker, broker, gateway, web and database in turn; one
more time the broker is frozen, which is to everybody else a link that is cut. A device sends a
message again until it is acknowledged, and the next one then. Exits with 1 where an acknowledged
reading is missing, or an alarm is missing or doubled.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import numpy as np
import psutil

from anlan.monitoring.history.table import History
from anlan.monitoring.protocols.batch import Batch, pack
from tests.bench.monitoring.mqtt_devices import Device as MqttDevice
from tests.bench.monitoring.mqtt_devices import connected
from tests.e2e.site import Site, free_port

DEVICES = 10  # of each protocol
EVERY, READINGS = 0.1, 100  # seconds between messages; readings of one
PERIOD, LONG = 6_000, 2_000  # ms: so often and so long a point is over its limit
QUIET, OVER = 0.25, 1.8  # % of methane
BETWEEN = 12.0  # seconds between two deaths
SETTLE = 45.0  # seconds for what is under way: the history writes after half a minute
REGISTER = f"""
from anlan.kernel.access.actor import ActorSource, system
from anlan.kernel.orgs.models import Area, Organisation
from anlan.monitoring.services.points import channel_add, device_add, point_add
from anlan.registry.models import Sector, Site
actor = system(ActorSource.COMMAND)
for number in range({2 * DEVICES}):
    site = Site.objects.create(
        name=f"压力试验煤矿{{number}}", kind="mine", area=Area.objects.get(code="141125100"),
        sector=Sector.objects.get(code="coal"),
        regulator=Organisation.objects.get(short_name="市能源局"),
    )
    protocol = "http" if number < {DEVICES} else "mqtt"
    device, secret = device_add(
        actor=actor, site=site.pk, name="分站", protocol=protocol, address=f"t{{number}}",
        rate=100_000,
    )
    point = point_add(
        actor=actor, site=site.pk, name="上隅角甲烷", quantity="methane", place="face_corner",
        unit="%", low=0, high=4,
    )
    channel_add(actor=actor, device=device.pk, address="1", point=point.pk)
    print("DEVICE", protocol, device.address, secret, point.pk)
"""
ALARMS = """
import json
from anlan.monitoring.models import Alarm
rows = Alarm.objects.values_list("rule__code", "point_id", "begin_ms")
print("ALARMS", json.dumps([list(row) for row in rows]))
"""


@dataclass
class Sensor:
    """A device with one point. ``send`` returns once its message is acknowledged, or raises."""

    protocol: str
    address: str
    secret: str
    point: int
    sent: int = 0
    again: int = 0
    acknowledged: list[int] = field(default_factory=list)  # times of readings, ms
    begins: list[int] = field(default_factory=list)  # of what is over the limit, as acknowledged

    def run(self, send: Callable[[bytes], None], stop: threading.Event) -> None:
        """Until told to stop; what is not acknowledged is sent again."""
        over, last = False, 0
        while not stop.is_set():
            now = time.time_ns() // 1_000_000
            times = np.arange(max(last + 1, now - READINGS), now)[:READINGS]
            if not len(times):
                time.sleep(EVERY / 10)
                continue
            last = int(times[-1])
            phase = (times + self.point * 997) % PERIOD
            value = np.where(phase < LONG, OVER, QUIET)
            body = pack(Batch.of(np.ones(len(times)), times, value, np.zeros(len(times))))
            self.sent += len(times)
            while not self._sent(send, body):
                self.again += 1
                time.sleep(EVERY)
            self.acknowledged += times.tolist()
            for moment, high in zip(times.tolist(), (value == OVER).tolist(), strict=True):
                if high and not over:
                    self.begins.append(moment)
                over = high
            time.sleep(EVERY)

    def _sent(self, send: Callable[[bytes], None], body: bytes) -> bool:
        try:
            send(body)
        except (OSError, HTTPException):
            return False
        return True


def by_http(sensor: Sensor, port: int) -> Callable[[bytes], None]:
    """A message by HTTP."""
    headers = {
        "Authorization": f"Device {sensor.address}:{sensor.secret}",
        "Content-Type": "application/vnd.anlan.anb1",
    }

    def send(body: bytes) -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            line.request("POST", "/gateway/readings/", body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise ConnectionError(answer.status)
        finally:
            line.close()

    return send


def by_mqtt(sensor: Sensor, port: int) -> Callable[[bytes], None]:
    """A message by MQTT, on a connection that is opened anew where it has ended."""
    open_: list[MqttDevice] = []

    def send(body: bytes) -> None:
        try:
            if not open_:
                open_.append(connected(port, sensor.address, sensor.secret))
                open_[0].line.settimeout(20)
            open_[0].publish(body)
            while not open_[0].acknowledged():
                pass
        except OSError:
            for each in open_:
                each.line.close()
            open_.clear()
            raise

    return send


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="anlan-deaths-") as folder:
        mqtt = free_port()
        os.environ |= {"ANLAN_GATEWAYS": "127.0.0.1", "ANLAN_MQTT": f"127.0.0.1:{mqtt}"}
        site = Site(Path(folder) / "var")
        site.start()
        try:
            sensors = registered(site)
            time.sleep(3)  # gateways and workers learn of them within a second
            story = _under_load(site, sensors, mqtt)
            wrong = _told(site, sensors, story)
        finally:
            site.stop()
    sys.exit(1 if wrong else 0)


def registered(site: Site) -> list[Sensor]:
    """Sites with a device and a point each."""
    lines = re.findall(r"DEVICE (\S+) (\S+) (\S+) (\d+)", shell(site, REGISTER))
    return [Sensor(*words, int(point)) for *words, point in lines]


def _under_load(site: Site, sensors: list[Sensor], mqtt: int) -> list[str]:
    """Let all speak while parts die; what was done, and when each spoke again."""
    stop = threading.Event()
    sends = {"http": lambda s: by_http(s, site.port), "mqtt": lambda s: by_mqtt(s, mqtt)}
    threads = [
        threading.Thread(target=each.run, args=(sends[each.protocol](each), stop), daemon=True)
        for each in sensors
    ]
    for thread in threads:
        thread.start()
    time.sleep(BETWEEN)
    story = [_death(name, act, sensors) for name, act in _deaths(site)]
    stop.set()
    for thread in threads:
        thread.join(60)
    time.sleep(SETTLE)
    return story


def _deaths(site: Site) -> list[tuple[str, Callable[[], None]]]:
    return [
        ("worker, kill -9", lambda: _kill(site, "monitor")),
        ("broker, kill -9", lambda: _kill(site, "nats-server")),
        ("gateway, kill -9", lambda: _kill(site, "gateways")),
        ("web, kill -9", lambda: _kill(site, "serve")),
        ("broker frozen for 5 s", lambda: _freeze(site, "nats-server", 5)),
        ("database, kill -9; installation started again", lambda: _without_database(site)),
    ]


def _death(name: str, act: Callable[[], None], sensors: list[Sensor]) -> str:
    act()
    begun = time.monotonic()
    before = {id(each): len(each.acknowledged) for each in sensors}
    while any(len(each.acknowledged) == before[id(each)] for each in sensors):
        if time.monotonic() - begun > 120:
            silent = [
                each.address for each in sensors if len(each.acknowledged) == before[id(each)]
            ]
            return f"| {name} | not within 120 s: {' '.join(silent)} |"
        time.sleep(0.05)
    back = time.monotonic() - begun
    time.sleep(BETWEEN)
    return f"| {name} | {back:.1f} s |"


def _processes(site: Site, word: str) -> list[psutil.Process]:
    family = psutil.Process(site.process.pid).children(recursive=True)
    return [each for each in family if word in [Path(part).name for part in each.cmdline()[:4]]]


def _kill(site: Site, word: str) -> None:
    found = _processes(site, word)
    assert found, f"no process of {word}"
    for each in found:
        each.kill()


def _freeze(site: Site, word: str, seconds: float) -> None:
    for each in _processes(site, word):
        each.suspend()
    time.sleep(seconds)
    for each in _processes(site, word):
        each.resume()


def _without_database(site: Site) -> None:
    """The embedded database's death ends the installation; somebody starts it again."""
    for each in psutil.process_iter(["cmdline"]):
        words = " ".join(each.info["cmdline"] or [])
        if "postgres" in words and str(site.var) in words:
            each.kill()
    site.process.wait(60)
    site.start()


def _told(site: Site, sensors: list[Sensor], story: list[str]) -> bool:
    """The tables; whether something is wrong."""
    print("| what died | all devices acknowledged again after |\n|---|---|")
    print("\n".join(story), "\n")
    stored = _stored(site, sensors)
    alarmed = _alarmed(site)
    by_rule = Counter[str]()
    for (name, _), count in alarmed.items():
        by_rule[name] += count
    ((rule, _),) = by_rule.most_common(1)
    heads = [
        "devices", "sent", "sent again (messages)", "acknowledged", "stored",
        "acknowledged, not stored", "stored twice", "events", "alarms",
    ]  # fmt: skip
    print("|".join(["", *heads, ""]), "|".join(["", *["---"] * len(heads), ""]), sep="\n")
    wrong = False
    for protocol in ("http", "mqtt"):
        mine = [each for each in sensors if each.protocol == protocol]
        lost = sum(len(set(each.acknowledged) - set(stored[each.point])) for each in mine)
        rows = sum(len(stored[each.point]) for each in mine)
        twice = rows - sum(len(set(stored[each.point])) for each in mine)
        events = sum(len(each.begins) for each in mine)
        alarms = sum(alarmed[rule, each.point] for each in mine)
        print(
            f"| {DEVICES} × {protocol} | {sum(each.sent for each in mine):,} "
            f"| {sum(each.again for each in mine)} "
            f"| {sum(len(each.acknowledged) for each in mine):,} | {rows:,} | {lost} | {twice} "
            f"| {events} | {alarms} |"
        )
        uneven = [each.address for each in mine if alarmed[rule, each.point] != len(each.begins)]
        wrong |= bool(lost or uneven)
        if uneven:
            print(f"\nevents and alarms differ at {' '.join(uneven)}\n")
    return wrong


def _stored(site: Site, sensors: list[Sensor]) -> dict[int, list[int]]:
    history = History.at(site.var / "history")
    found = history.read([each.point for each in sensors], 0, 2**45)
    points = found.column("point").to_numpy()
    times = found.column("time").to_numpy().astype("datetime64[ms]").astype(np.int64)
    return {each.point: times[points == each.point].tolist() for each in sensors}


def _alarmed(site: Site) -> Counter[tuple[str, int]]:
    said = re.search(r"ALARMS (.*)", shell(site, ALARMS))
    assert said
    return Counter((rule, point) for rule, point, _ in json.loads(said[1]))


def shell(site: Site, script: str) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "anlan.cli", "manage", "shell", "-v", "0", "-c", script],
        env={**os.environ, "ANLAN_VAR": str(site.var)}, capture_output=True, text=True,
    )  # fmt: skip
    if told.returncode:
        raise SystemExit(told.stderr[-3000:])
    return told.stdout


if __name__ == "__main__":
    main()
