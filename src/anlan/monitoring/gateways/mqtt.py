"""Readings over MQTT: what the broker has acknowledged to devices, made readings of.

The broker answers a device (PUBACK) once it has stored the message in a stream of its own; so what
comes here is acknowledged already, and must become readings or dead letters whatever happens. One
who sends faster than he may is therefore not slowed here, but put off the line (``Sorted.cut``).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from anlan.monitoring.gateways.contracts import DeadLetter, Known
from anlan.monitoring.gateways.gateway import Gateway
from anlan.monitoring.gateways.readings import HISTORY, listed, milliseconds, trusted
from anlan.monitoring.protocols.batch import Batch, Row, rows
from anlan.monitoring.protocols.framing import Malformed

PROTOCOL = "mqtt"
TOPIC = "devices/{}/readings"
# What a level of a topic may be, and a part of the broker's subjects too.
ADDRESS = re.compile(r"[A-Za-z0-9_-]{1,64}")
READINGS = ("readings",)  # the levels after the device's number
CUT_SECONDS = 10.0  # of debt; less is forgiven, or every hiccup would cost the connection
log = logging.getLogger(__name__)


class Said(NamedTuple):
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

    def __init__(self, gateway: Gateway, alike: Callable[[int], int] = int) -> None:
        """``alike`` gives one site for all whose readings may be stored as one batch: a batch for
        each of a thousand sites would cost more than all else."""
        self._gateway = gateway
        self._alike = alike

    def owes(self, address: str) -> bool:
        """Whether the device has said more than it may, for now."""
        device = self._gateway.directory.device(PROTOCOL, address)
        return device is not None and self._gateway.rates.owed(device) > 0

    def spend(self, address: str, amount: int) -> bool:
        """Count what the device has said; True: it is so far over its rate that it is to be cut."""
        device = self._gateway.directory.device(PROTOCOL, address)
        if device is None:
            return False
        self._gateway.rates.charge(device, amount)
        return self._gateway.rates.owed(device) > CUT_SECONDS

    def sort(self, messages: Iterable[Said], now: float, *, counted: bool = False) -> Sorted:
        """``now`` is seconds since 1970 UTC; ``counted``: one for each message is spent already."""
        received = milliseconds(now)
        found, by_site = Sorted(), defaultdict[int, list[Row]](list)
        known, spent = dict[str, Known | None](), defaultdict[str, int](int)
        for each in messages:
            address = each.topic[1] if len(each.topic) > 1 else ""
            if address not in known:
                known[address] = self._gateway.directory.device(PROTOCOL, address)
            device = known[address]
            try:
                if device is None:
                    found.cut.add(address)
                    raise Malformed("设备没有登记，或已停用")
                spent[address] += not counted
                mine, strange = _own(each, device)
                spent[address] += len(mine) + len(strange) - 1
                by_site[device.site] += mine
                if strange:
                    raise Malformed(_not_its_own(strange))
            except Malformed as fault:
                found.letters.append(_letter(each, address, device, fault.reason, received))
            except Exception:  # it is acknowledged: it may neither be lost nor stop the others
                log.exception("a message of MQTT device %s", address)
                self._gateway.counters.broken += 1
                reason = "程序出错，原因在日志里。修好后可重放"
                found.letters.append(_letter(each, address, device, reason, received))
        self._gateway.counters.frames += sum(spent.values())
        found.cut |= {address for address, amount in spent.items() if self.spend(address, amount)}
        together = defaultdict[int, list[Row]](list)
        for site, said in by_site.items():
            together[self._alike(site)] += said
        for site, said in together.items():
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


def _own(said: Said, device: Known) -> tuple[list[Row], list[str]]:
    """The readings of the device's own points, and channels that it does not have."""
    if said.topic[2:] != READINGS:
        raise Malformed(f"主题应为 {TOPIC.format(said.topic[1])}")
    mine, strange = list[Row](), list[str]()
    for channel, at, value, quality in rows(said.data):
        point = device.points.get(str(channel))
        if point is None:
            strange.append(str(channel))
        else:
            mine.append((point, at, value, quality))
    return mine, strange


def read(device: Known, address: str, data: bytes, received: int) -> tuple[Batch, str]:
    """A payload that came at ``received`` (ms), read again: its readings, and why not all are;
    Malformed for what is no batch."""
    mine, strange = _own(Said(("devices", address, *READINGS), data), device)
    batch = Batch.of(*(zip(*mine, strict=True) if mine else [()] * 4))
    return trusted(batch, received, HISTORY), _not_its_own(strange) if strange else ""


def _not_its_own(channels: list[str]) -> str:
    return f"没有登记在这台设备名下的通道：{listed(channels)}"


def _letter(
    said: Said, address: str, device: Known | None, reason: str, received: int
) -> DeadLetter:
    key = device.key if device else None
    return DeadLetter(received, PROTOCOL, f"/{'/'.join(said.topic)}", key, reason, said.data)
