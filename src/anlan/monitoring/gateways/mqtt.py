"""Readings over MQTT: what the broker has acknowledged to devices, made readings of.

The broker answers a device (PUBACK) once it has stored the message in a stream of its own; so what
comes here is acknowledged already, and must become readings or dead letters whatever happens. One
who sends faster than he may is therefore not slowed here, but put off the line (``Sorted.cut``).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from anlan.monitoring.gateways.contracts import DeadLetter, Known
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.readings import HISTORY, listed, milliseconds, trusted
from anlan.monitoring.protocols.batch import MAGIC, Batch, Row, rows, unpack
from anlan.monitoring.protocols.framing import Malformed

PROTOCOL = "mqtt"
TOPIC = "devices/{}/readings"
CUT_SECONDS = 10.0  # of debt; less is forgiven, or every hiccup would cost the connection
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """One message: the levels of its topic, and its payload."""

    topic: tuple[str, ...]
    data: bytes


@dataclass(slots=True)
class Sorted:
    """What some messages come to. ``cut``: addresses that are to be put off the line."""

    batches: dict[int, Batch] = field(default_factory=dict)
    letters: list[DeadLetter] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)


class Mqtt:
    """Makes readings of messages and stores them."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def sort(self, messages: Iterable[Said], now: float) -> Sorted:
        """``now`` is seconds since 1970 UTC."""
        received = milliseconds(now)
        found, by_site = Sorted(), defaultdict[int, list[Row]](list)
        for each in messages:
            self._gateway.counters.frames += 1
            address = each.topic[1] if len(each.topic) > 1 else ""
            device = self._gateway.directory.device(PROTOCOL, address)
            try:
                if device is None:
                    found.cut.add(address)
                    raise Malformed("设备没有登记，或已停用")
                mine, strange = self._read(each, device, found)
                by_site[device.site].extend(mine)
                if strange:
                    raise Malformed(f"没有登记在这台设备名下的通道：{listed(strange)}")
            except Malformed as fault:
                found.letters.append(_letter(each, address, device, fault.reason, received))
            except Exception:  # it is acknowledged: it may neither be lost nor stop the others
                log.exception("a message of MQTT device %s", address)
                self._gateway.counters.broken += 1
                reason = "程序出错，原因在日志里。修好后可重放"
                found.letters.append(_letter(each, address, device, reason, received))
        for site, said in by_site.items():
            if said:
                batch = Batch.of(*zip(*said, strict=True))
                found.batches[site] = trusted(batch, received, HISTORY)
        return found

    async def settle(self, found: Sorted) -> bool:
        """Store all; what is stored is taken out of ``found``. False: some could not be, yet."""
        await asyncio.gather(*(self._stored(found, site) for site in list(found.batches)))
        # in turns: a letter each for a thousand bad messages must not be a thousand waits
        buried = await asyncio.gather(*(self._gateway.bury(each) for each in found.letters))
        found.letters = [each for each, lies in zip(found.letters, buried, strict=True) if not lies]
        return not found.batches and not found.letters

    async def _stored(self, found: Sorted, site: int) -> None:
        batch = found.batches[site]
        if await self._gateway.store(site, batch):
            del found.batches[site]
            self._gateway.counters.readings += len(batch)

    def _read(self, said: Said, device: Known, found: Sorted) -> tuple[list[Row], list[str]]:
        """The readings of the device's own points, and channels that it does not have."""
        try:
            if said.topic[2:] != ("readings",):
                raise Malformed(f"主题应为 {TOPIC.format(said.topic[1])}")
            given = _rows(said.data)
        except Malformed:
            self._spend(device, 1, said.topic[1], found)
            raise
        self._spend(device, len(given), said.topic[1], found)
        mine, strange = list[Row](), list[str]()
        for channel, at, value, quality in given:
            point = device.points.get(str(channel))
            if point is None:
                strange.append(str(channel))
            else:
                mine.append((point, at, value, quality))
        return mine, strange

    def _spend(self, device: Known, amount: int, address: str, found: Sorted) -> None:
        rates, key, now = self._gateway.rates, ("device", device.key), time.monotonic()
        rate = max(1, device.most_per_second)
        rates.spend(key, amount, rate, now)
        if rates.wait(key, rate, now) > CUT_SECONDS:
            self._gateway.counters.slowed += 1
            found.cut.add(address)


def _rows(data: bytes) -> list[Row]:
    if not data.startswith(MAGIC):
        return rows(data)
    batch = unpack(data)
    columns = (batch.point, batch.time, batch.value, batch.quality)
    return list(zip(*(each.tolist() for each in columns), strict=True))


def _letter(
    said: Said, address: str, device: Known | None, reason: str, received: int
) -> DeadLetter:
    key = device.key if device else None
    return DeadLetter(received, PROTOCOL, f"/{'/'.join(said.topic)}", key, reason, said.data)
