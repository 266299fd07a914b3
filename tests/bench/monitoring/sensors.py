"""Devices that send again what was not acknowledged, and know what they were told.

A device sends a message until it is acknowledged, and only then the next: so what it holds to be
stored can be compared with what is, and the times at which its point went over the limit with the
alarms that came of them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import numpy as np

from anlan.monitoring.protocols.batch import Batch, pack
from tests.bench.monitoring.mqtt_devices import Device as MqttDevice
from tests.bench.monitoring.mqtt_devices import connected
from tests.e2e.site import Site

DEVICES = 10  # of each protocol
EVERY, READINGS = 0.1, 100  # seconds between messages; readings of one
PERIOD, LONG = 6_000, 2_000  # ms: so often and so long a point is over its limit
QUIET, OVER = 0.25, 1.8  # % of methane
ANSWER_SECONDS = 20
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
        line = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
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
                open_[0].line.settimeout(ANSWER_SECONDS)
            open_[0].publish(body)
            while not open_[0].acknowledged():
                pass
        except OSError:
            for each in open_:
                each.line.close()
            open_.clear()
            raise

    return send


def registered(site: Site) -> list[Sensor]:
    """Sites with a device and a point each."""
    lines = re.findall(r"DEVICE (\S+) (\S+) (\S+) (\d+)", shell(site, REGISTER))
    return [Sensor(*words, int(point)) for *words, point in lines]


def shell(site: Site, script: str) -> str:
    """What a script says in the installation's Django."""
    told = subprocess.run(
        [sys.executable, "-m", "anlan.cli", "manage", "shell", "-v", "0", "-c", script],
        env={**os.environ, "ANLAN_VAR": str(site.var)}, capture_output=True, text=True,
    )  # fmt: skip
    if told.returncode:
        raise SystemExit(told.stderr[-3000:])
    return told.stdout
