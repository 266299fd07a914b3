"""What a file of a coal mine says, as readings of the mine's points and dead letters.

Codes and words are those of one maker (docs/monitoring.md): a code that is not known leaves the
value believed. Addresses of points:

=============================  ==================================================================
``001A01``                     CDSS: a monitored point's value
``001A01:status``              CDSS: its status, as sent
``001A01:alarm``               YCBJ: 1 from the beginning of an alarm, 0 from its end
``people``, ``people/area``    RYSS: people underground, in all and in an area
``station:running``, ``:power``  JZSS: a station's states, as sent
=============================  ==================================================================
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from anlan.monitoring.gateways.contracts import DeadLetter, Known
from anlan.monitoring.gateways.readings import HISTORY, Readings, listed, milliseconds
from anlan.monitoring.protocols.batch import Batch, Quality
from anlan.monitoring.protocols.coal import LAYOUTS, FileName, Record, likely_dialect, read
from anlan.monitoring.protocols.coal.reader import Found

PROTOCOL = "coal"
MOST_LETTERS = 100  # of one file; the file itself is kept
MOST_BYTES = 64 * 1024  # of one letter
_CHUNK = 64 * 1024

QUALITIES = {
    "4": Quality.LINE_BROKEN,
    "5": Quality.OUT_OF_RANGE,
    "6": Quality.OUT_OF_RANGE,
    "7": Quality.SENSOR_FAULT,
    "8": Quality.CALIBRATING,
}
SWITCHES = {"开": 1.0, "关": 0.0}
UNDERGROUND = "1"
# Definitions and lists: nothing in them is measured. The file is kept for whoever wants them.
_LISTS = frozenset({"CDDY", "RYXX", "RYQY", "RYJZ"})


class Foreign(ValueError):
    """The file is another mine's; the reason is Chinese."""


@dataclass(frozen=True, slots=True)
class Said:
    batch: Batch
    letters: tuple[DeadLetter, ...]


def said(name: FileName, data: bytes, device: Known, now: float) -> Said:
    """All of a whole file; raises ``Foreign`` where its head names another mine."""
    return _File(name, data, device, now).read()


class _File:
    def __init__(self, name: FileName, data: bytes, device: Known, now: float) -> None:
        self._name = name
        self._data = data
        self._device = device
        self._now = now
        self._found = Readings(device, now, HISTORY)
        self._letters: list[DeadLetter] = []
        self._strange = bytearray()  # records of points that are not the mine's
        self._people: Counter[str] = Counter()
        self._head_time: datetime | None = None
        self._faults = 0

    def read(self) -> Said:
        chunks = (self._data[at : at + _CHUNK] for at in range(0, len(self._data), _CHUNK))
        for found in read(chunks, self._name.kind, likely_dialect(self._data[:_CHUNK])):
            self._take(found)
        if self._name.kind == "RYSS":
            self._count_people()
        self._conclude()
        return Said(self._found.batch(), tuple(self._letters))

    def _take(self, found: Found) -> None:
        record = found.record
        if record is None:
            self._fault(found, found.fault or "", found.at)
        elif record.head:
            self._head(record)
        else:
            known = len(self._found.strange)
            fault = self._record(record)
            if fault:
                self._fault(found, fault, found.offset)
            if len(self._found.strange) > known:
                self._strange += self._bytes(found)

    def _head(self, record: Record) -> None:
        mine = record.values[0]
        if mine != self._name.mine:
            raise Foreign(f"文件头的煤矿编码是“{mine[:30]}”，与文件名的 {self._name.mine} 不符")
        if self._name.kind in LAYOUTS:
            self._head_time = record.time("time")

    def _record(self, record: Record) -> str | None:
        """Takes a record; why it is none to be taken, if so."""
        match record.kind:
            case "CDSS":
                return self._value(record)
            case "YCBJ":
                self._alarm(record)
            case "RYSS":
                if record.text("in_out") == UNDERGROUND:
                    self._people.update(["people", f"people/{record.text('area')}"])
            case "JZSS":
                self._station(record)
            case kind if kind not in _LISTS:
                return f"{kind} 的字段没有资料，不能作读数：原文留存于此"
        return None

    def _value(self, record: Record) -> str | None:
        point, time, text = record.text("point"), record.time("time"), record.text("value")
        status = record.text("status")
        value = SWITCHES.get(text, record.number("value"))
        if value is None and text:
            return f"测点值“{text[:30]}”不是数字，也不是“开”“关”"
        self._found.add(point, time, value, QUALITIES.get(status, Quality.GOOD))
        self._optional(f"{point}:status", time, record.number("status"))
        return None

    def _alarm(self, record: Record) -> None:
        address = f"{record.text('point')}:alarm"
        self._found.add(address, record.time("begin") or record.time("time"), 1)
        end = record.time("end")
        if end is not None:
            self._found.add(address, end, 0)

    def _station(self, record: Record) -> None:
        for name in ("running", "power"):
            address = f"{record.text('station')}:{name}"
            self._optional(address, record.time("time"), record.number(name))

    def _count_people(self) -> None:
        """Also 0 for an area that nobody is in. A count without the faulty records is doubted."""
        areas = [each for each in self._device.points if each.startswith("people")]
        quality = Quality.SENSOR_FAULT if self._faults else Quality.GOOD
        for address in areas:
            self._found.add(address, self._head_time, self._people[address], quality)

    def _optional(self, address: str, time: datetime | None, value: float | None) -> None:
        """For those who have made a point of it; it is not missed where there is none."""
        if address in self._device.points:
            self._found.add(address, time, value)

    def _fault(self, found: Found, reason: str, at: int) -> None:
        self._faults += 1
        if self._faults <= MOST_LETTERS:
            self._letters.append(self._letter(at, reason, self._bytes(found)))

    def _conclude(self) -> None:
        if self._faults > MOST_LETTERS:
            left = self._faults - MOST_LETTERS
            reason = f"这个文件还有 {left} 处毛病没有一一列出：请看文件本身"
            self._letters.append(self._letter(0, reason, b""))
        if self._found.strange:
            reason = f"没有登记的测点：{listed(self._found.strange)}。请在平台登记后重放"
            self._letters.append(self._letter(0, reason, bytes(self._strange[:MOST_BYTES])))

    def _bytes(self, found: Found) -> bytes:
        return self._data[found.offset : found.offset + min(found.length, MOST_BYTES)]

    def _letter(self, at: int, reason: str, data: bytes) -> DeadLetter:
        source = f"{self._name}@{at}"
        received = milliseconds(self._now)
        return DeadLetter(received, PROTOCOL, source, self._device.key, reason, data)
