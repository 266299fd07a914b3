"""What may follow the fixed part of a location: an id, a length, a value (JT/T 808, 0x0200)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Item:
    """One addition to a location; what its id means is in ``KNOWN``, if it is known."""

    id: int
    data: bytes

    @property
    def value(self) -> Any:
        """What it says; None where its id is not known or its length is not the standard's."""
        known = KNOWN.get(self.id)
        return known.read(self.data) if known and len(self.data) in known.sizes else None


@dataclass(frozen=True, slots=True)
class Overspeed:
    """0x11: where the speed was exceeded; ``area`` is None outside of areas (kind 0)."""

    kind: int
    area: int | None


@dataclass(frozen=True, slots=True)
class Crossing:
    """0x12: an area or a route was entered (0) or left (1)."""

    kind: int
    area: int
    direction: int


@dataclass(frozen=True, slots=True)
class RouteTime:
    """0x13: the time on a stretch of road, in seconds, was too short (0) or too long (1)."""

    route: int
    seconds: int
    result: int


@dataclass(frozen=True, slots=True)
class Known:
    """An item of the standard: English key, Chinese words, unit, allowed lengths, reader."""

    key: str
    words: str
    unit: str | None
    sizes: tuple[int, ...]
    read: Callable[[bytes], Any]


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _tenths(data: bytes) -> Decimal:
    return _number(data) * _TENTH


def _overspeed(data: bytes) -> Overspeed:
    return Overspeed(data[0], _number(data[1:]) if len(data) > 1 else None)


def _crossing(data: bytes) -> Crossing:
    return Crossing(data[0], _number(data[1:5]), data[5])


def _route_time(data: bytes) -> RouteTime:
    return RouteTime(_number(data[:4]), _number(data[4:6]), data[6])


KNOWN = {
    0x01: Known("mileage", "里程", "km", (4,), _tenths),
    0x02: Known("fuel", "油量", "L", (2,), _tenths),
    0x03: Known("recorder_speed", "行驶记录功能获取的速度", "km/h", (2,), _tenths),
    0x04: Known("alarm_event", "需要人工确认报警事件的 ID", None, (2,), _number),
    0x11: Known("overspeed", "超速报警附加信息", None, (1, 5), _overspeed),
    0x12: Known("crossing", "进出区域/路线报警附加信息", None, (6,), _crossing),
    0x13: Known("route_time", "路段行驶时间报警附加信息", None, (7,), _route_time),
    0x25: Known("signals", "扩展车辆信号状态位", None, (4,), _number),
    0x2A: Known("io", "IO 状态位", None, (2,), _number),
    0x2B: Known("analog", "模拟量", None, (4,), _number),
    0x30: Known("signal_strength", "无线通信网络信号强度", None, (1,), _number),
    0x31: Known("satellites", "GNSS 定位卫星数", None, (1,), _number),
}

# Known by name only: how their bytes are counted was not checked against the standard's text.
NAMED = {0x05: "轮胎胎压", 0x06: "车厢温度"}


def item_words(code: int) -> str:
    known = KNOWN.get(code)
    return known.words if known else NAMED.get(code, f"未解读的附加信息（0x{code:02X}）")


def read_items(data: bytes) -> tuple[tuple[Item, ...], bytes]:
    """The items, and what is left where one says to be longer than what there is.

    Makers append what they like; a vehicle's place is not lost for that.
    """
    items: list[Item] = []
    at = 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        end = at + 2 + data[at + 1]
        items.append(Item(data[at], data[at + 2 : end]))
        at = end
    return tuple(items), data[at:]


def write_items(items: tuple[Item, ...], rest: bytes) -> bytes:
    """ValueError for a number that a byte cannot hold, or a rest that would be read as items."""
    if rest and read_items(rest)[0]:
        raise ValueError("the rest of a location is what cannot be read as an item")
    return b"".join(bytes([item.id, len(item.data)]) + item.data for item in items) + rest
