"""The city that is simulated: its devices and points, read from CITY.json (docs/simulate.md)."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

PROTOCOLS = ("http", "mqtt", "gb26875", "jt808", "hj212", "coal")
MOST_EVERY = 86_400.0
JT808_CHANNELS = frozenset(
    {"speed", "alarm", "status", "lat", "lng", "altitude", "direction", "mileage", "fuel"}
)

# What a channel of each protocol may be called (docs/gateways.md).
_CHANNELS: Mapping[str, re.Pattern[str]] = {
    "http": re.compile(r"\d{1,9}", re.ASCII),
    "mqtt": re.compile(r"\d{1,9}", re.ASCII),
    "gb26875": re.compile(
        r"device:(state|operation)|\d{1,3}/\d{1,3}:(state|operation)"
        r"|\d{1,3}/\d{1,3}/\d{1,3}/\d{1,10}:(state|\d{1,3})",
        re.ASCII,
    ),
    "jt808": re.compile("|".join(sorted(JT808_CHANNELS))),
    "hj212": re.compile(r"\w{1,20}-(Rtd|Avg|Min|Max|Cou|ZsRtd|ZsAvg)", re.ASCII),
    "coal": re.compile(r"[0-9A-Za-z]{1,40}", re.ASCII),
}
_ADDRESSES: Mapping[str, re.Pattern[str]] = {
    "http": re.compile(r"[^\s:]{1,60}"),
    "mqtt": re.compile(r"[A-Za-z0-9_-]{1,64}"),
    "gb26875": re.compile(r"\d{1,15}", re.ASCII),
    "jt808": re.compile(r"\d{1,20}", re.ASCII),
    "hj212": re.compile(r"[0-9A-Za-z]{1,24}", re.ASCII),
    "coal": re.compile(r"\d{12}|[0-9A-Za-z]{20}", re.ASCII),
}


class Unreadable(ValueError):
    """The city or a scenario cannot be used; Chinese, says where and what to write."""


@dataclass(frozen=True, slots=True)
class Point:
    """``channel``: its address on the device. ``low``, ``high``, ``resolution`` and ``limits`` are
    in ``unit``; ``limits`` go up. ``held``: the value that it keeps; None: its quantity's signal.
    """

    channel: str
    quantity: str
    place: str
    unit: str
    low: float
    high: float
    resolution: float
    limits: tuple[float, ...]
    held: float | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """``every``: seconds between two readings of each point. ``site`` holds devices together that
    stand in one mine, pond or building."""

    protocol: str
    address: str
    secret: str
    every: float
    site: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class City:
    devices: tuple[Device, ...]
    ports: Mapping[str, int]

    @property
    def rate(self) -> float:
        """Readings a second, as the devices themselves would send."""
        return sum(len(device.points) / device.every for device in self.devices)


def load(path: Path) -> City:
    """Raises ``Unreadable``."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unreadable(f"打不开“{path}”：{error.strerror}") from error
    except ValueError as error:
        raise Unreadable(f"“{path}”不是 UTF-8 编码的 JSON：{error}") from error
    return of(document)


def of(document: Any) -> City:
    """The city of a JSON document; raises ``Unreadable``."""
    top = _object(document, "文件")
    devices = tuple(
        _device(each, f"第 {number} 台设备")
        for number, each in enumerate(_list(top, "devices", "文件"), 1)
    )
    for (protocol, address), count in Counter((d.protocol, d.address) for d in devices).items():
        if count > 1:
            raise Unreadable(f"{protocol} 设备“{address}”写了 {count} 次")
    ports = _object(top.get("ports", {}), "ports")
    for name, port in ports.items():
        if name not in PROTOCOLS or not isinstance(port, int) or not 1 <= port <= 65535:
            raise Unreadable(f"ports 里“{name}: {port}”不对：应是协议名和 1–65535 的端口")
    return City(devices, dict(ports))


def _device(given: Any, where: str) -> Device:
    fields = _object(given, where)
    protocol = _text(fields, "protocol", where)
    if protocol not in PROTOCOLS:
        raise Unreadable(f"{where}：protocol“{protocol}”应是 {'、'.join(PROTOCOLS)} 之一")
    address = _text(fields, "address", where)
    if not _ADDRESSES[protocol].fullmatch(address):
        raise Unreadable(f"{where}：address“{address}”不是 {protocol} 的设备地址")
    every = _number(fields, "every", where)
    if not 0 < every <= MOST_EVERY:
        raise Unreadable(f"{where}：every 应是大于 0、不超过 {MOST_EVERY:.0f} 的秒数")
    points = tuple(
        _point(each, protocol, f"{where}的第 {number} 个测点")
        for number, each in enumerate(_list(fields, "points", where), 1)
    )
    if len({point.channel for point in points}) < len(points):
        raise Unreadable(f"{where}：有两个测点的 channel 相同")
    secret = _text(fields, "secret", where, default="")
    site = _text(fields, "site", where, default=f"{protocol}:{address}")
    return Device(protocol, address, secret, every, site, points)


def _point(given: Any, protocol: str, where: str) -> Point:
    fields = _object(given, where)
    channel = _text(fields, "channel", where)
    if not _CHANNELS[protocol].fullmatch(channel):
        raise Unreadable(f"{where}：channel“{channel}”不是 {protocol} 的测点地址")
    low, high = _number(fields, "low", where), _number(fields, "high", where)
    resolution = _number(fields, "resolution", where)
    if not low < high or not 0 < resolution <= high - low:
        raise Unreadable(f"{where}：应有 low 小于 high，resolution 大于 0 且不超过量程")
    limits = fields.get("limits", [])
    if not isinstance(limits, list) or not all(map(is_number, limits)):
        raise Unreadable(f"{where}：limits 应是数字的列表")
    return Point(
        channel,
        _text(fields, "quantity", where),
        _text(fields, "place", where, default=""),
        _text(fields, "unit", where, default=""),
        low,
        high,
        resolution,
        tuple(sorted(map(float, limits))),
        _number(fields, "held", where) if "held" in fields else None,
    )


def _object(given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Unreadable(f"{where}应是一个对象（花括号）")
    return given


def _list(fields: dict[str, Any], name: str, where: str) -> list[Any]:
    found = fields.get(name)
    if not isinstance(found, list) or not found:
        raise Unreadable(f"{where}：{name} 应是不空的列表")
    return found


def _text(fields: dict[str, Any], name: str, where: str, default: str | None = None) -> str:
    found = fields.get(name, default)
    if not isinstance(found, str) or (default is None and not found):
        raise Unreadable(f"{where}：{name} 应是文字")
    return found


def _number(fields: dict[str, Any], name: str, where: str) -> float:
    found = fields.get(name)
    if not is_number(found):
        raise Unreadable(f"{where}：{name} 应是数字")
    return float(found)


def is_number(given: Any) -> TypeGuard[float]:
    """A finite number, and no truth value."""
    real = isinstance(given, int | float) and not isinstance(given, bool)
    return real and math.isfinite(given)
