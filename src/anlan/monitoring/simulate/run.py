"""The city alive: each device speaks in its own rhythm until it is told to stop."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anlan.monitoring.simulate.city import City, Device, Unreadable
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.senders import Sender
from anlan.monitoring.simulate.senders.coal import CoalSender
from anlan.monitoring.simulate.senders.gb26875 import Gb26875
from anlan.monitoring.simulate.senders.hj212 import Hj212
from anlan.monitoring.simulate.senders.http import HttpSender, Web
from anlan.monitoring.simulate.senders.jt808 import Jt808
from anlan.monitoring.simulate.senders.line import LineSender, Speaker
from anlan.monitoring.simulate.senders.mqtt import MqttSender
from anlan.monitoring.simulate.signals import key
from anlan.monitoring.simulate.world import World

GATHER = 1.0  # seconds: what a device reads more often it sends together
CATCH_UP = 60.0  # seconds: after a longer standstill (a laptop asleep) the rest is left out
GRACE = 5.0  # seconds to wait at the end for what is not acknowledged


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: host of the TCP ports, web address, folder for files of mines."""

    host: str
    web: str
    folder: Path | None


class Running:
    """A city that speaks. ``rate``: readings a second of all devices; None: as they are."""

    def __init__(self, city: City, world: World, target: Target, *, rate: float | None) -> None:
        """Raises ``Unreadable`` where a port, the folder or the web address is missing."""
        self._city, self._world, self._target = city, world, target
        self._faster = 1.0 if rate is None else rate / city.rate
        self._check_rate()
        used = sorted({device.protocol for device in city.devices})
        self.tallies: Mapping[str, Tally] = {protocol: Tally() for protocol in used}
        self._web = Web(target.web) if "http" in used else None
        if "coal" in used and target.folder is None:
            raise Unreadable("城市里有煤矿数据文件（coal）：请用 --folder 写明放到哪个文件夹")
        for protocol in {"mqtt", "gb26875", "jt808", "hj212"} & set(used) - set(city.ports):
            raise Unreadable(f"城市里有 {protocol} 设备，ports 里却没有它的端口")

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop`` is set; then waits a little for what is not acknowledged."""
        senders = [(device, self._sender(device)) for device in self._city.devices]
        for _, sender in senders:
            sender.start()
        try:
            async with asyncio.TaskGroup() as group:
                for device, sender in senders:
                    group.create_task(self._speak(device, sender, stop))
        finally:
            await asyncio.gather(*(sender.stop(GRACE) for _, sender in senders))
            if self._web is not None:
                self._web.close()

    async def _speak(self, device: Device, sender: Sender, stop: asyncio.Event) -> None:
        interval = self._interval(device)
        # Not all at the same moment; the same each time.
        offset = key(device.protocol, device.address) % 1_000_000 / 1_000_000
        pause = max(interval / 1000, GATHER)
        done = time.time() * 1000
        due = time.monotonic() + offset * pause
        while not await _stopped(stop, due - time.monotonic()):
            due = max(due + pause, time.monotonic())
            now = time.time()
            done = max(done, (now - CATCH_UP) * 1000)
            first, last = math.floor(done / interval) + 1, math.floor(now * 1000 / interval)
            done = now * 1000
            if last >= first:
                stamps = np.round(np.arange(first, last + 1) * interval).astype(np.int64)
                sender.say(self._world.said(device, stamps), now)

    def _interval(self, device: Device) -> float:
        """Milliseconds between two readings of a point."""
        return device.every * 1000 / self._faster

    def _check_rate(self) -> None:
        quickest = min(self._city.devices, key=lambda device: device.every)
        if self._interval(quickest) < 1:
            most = self._city.rate * quickest.every * 1000
            raise Unreadable(
                f"--rate 太高：每个测点每秒至多 1000 条，这座城市至多每秒 {most:,.0f} 条"
            )

    def _sender(self, device: Device) -> Sender:
        tally = self.tallies[device.protocol]
        if device.protocol == "http" and self._web is not None:
            return HttpSender(device, self._web, tally)
        if device.protocol == "coal" and self._target.folder is not None:
            return CoalSender(device, self._target.folder, tally)
        if device.protocol == "mqtt":
            return MqttSender(device, self._target.host, self._city.ports["mqtt"], tally)
        makers: Mapping[str, type[Gb26875] | type[Jt808] | type[Hj212]] = {
            "gb26875": Gb26875,
            "jt808": Jt808,
            "hj212": Hj212,
        }
        speaker: Speaker = makers[device.protocol](device, tally)
        return LineSender(speaker, self._target.host, self._city.ports[device.protocol], tally)


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Waits so long, or until ``stop``."""
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await stop.wait()
    except TimeoutError:
        return False
    return True
