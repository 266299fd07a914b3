"""Locations of JT/T 808: signs, places that are none, items (STANDARDS.md, 5.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from anlan.monitoring.protocols.jt808 import describe, parse
from anlan.monitoring.protocols.jt808.bodies import read_body, write_body
from anlan.monitoring.protocols.jt808.flags import Alarm, Status, alarm_words, status_words
from anlan.monitoring.protocols.jt808.items import (
    KNOWN,
    Crossing,
    Item,
    Overspeed,
    RouteTime,
    item_words,
)
from anlan.monitoring.protocols.jt808.messages import Location
from anlan.monitoring.protocols.jt808.tables import Id

README = bytes.fromhex(
    "7E 02 00 00 26 12 34 56 78 90 12 00 7D 02 00 00 00 01 00 00 00 02 00 BA 7F 0E 07 E4 F1 1C"
    "00 28 00 3C 00 00 18 10 15 10 10 10 01 04 00 00 00 64 02 02 00 7D 01 13 7E"
)


def test_the_vector_of_the_standards() -> None:
    """5.3, the test vector."""
    said = describe(parse(README))
    body = said["body"]
    assert (said["phone"], said["serial"]) == ("123456789012", 0x7E)
    assert body["alarms"] == {"value": 1, "words": ["紧急报警"]}
    assert (body["latitude"], body["longitude"]) == (12.222222, 132.444444)
    assert (body["altitude"], body["speed"], body["heading"]) == (40, 6.0, 0)
    assert body["time"] == "2018-10-15T10:10:10+08:00"
    assert [(item["key"], item["value"], item["unit"]) for item in body["items"]] == [
        ("mileage", 10.0, "km"),
        ("fuel", 12.5, "L"),
    ]


def place(status: Status, latitude: int = 37_519_000, longitude: int = 111_134_000) -> Location:
    return Location(Alarm(0), status, latitude, longitude, 0, 0, 0, None)


S = Status


@pytest.mark.parametrize(
    ("location", "position"),
    [
        (place(S.LOCATED), (37.519, 111.134)),
        (place(S.LOCATED | S.SOUTH), (-37.519, 111.134)),
        (place(S.LOCATED | S.WEST), (37.519, -111.134)),
        (place(S.LOCATED, 90_000_000, 180_000_000), (90.0, 180.0)),
        (place(S.LOCATED, 90_000_001), None),
        (place(S.LOCATED, longitude=180_000_001), None),
        (place(S.LOCATED | S.ENCRYPTED), None),
        (place(S(0)), None),
    ],
)
def test_positions(location: Location, position: tuple[float, float] | None) -> None:
    assert location.position == position


@pytest.mark.parametrize(("direction", "heading"), [(0, 0), (359, 359), (360, None)])
def test_headings(direction: int, heading: int | None) -> None:
    location = Location(Alarm(0), S(0), 0, 0, 0, 0, direction, None)
    assert location.heading == heading


@pytest.mark.parametrize(
    ("code", "data", "value"),
    [
        (0x01, "00000064", Decimal("10.0")),
        (0x02, "007d", Decimal("12.5")),
        (0x03, "0258", Decimal("60.0")),
        (0x04, "0102", 0x0102),
        (0x11, "00", Overspeed(0, None)),
        (0x11, "0300000007", Overspeed(3, 7)),
        (0x12, "020000000901", Crossing(2, 9, 1)),
        (0x13, "00000009010200", RouteTime(9, 0x0102, 0)),
        (0x25, "80000001", 0x80000001),
        (0x2A, "8001", 0x8001),
        (0x2B, "00010002", 0x00010002),
        (0x30, "1f", 31),
        (0x31, "0c", 12),
        (0x01, "0064", None),  # of another length than the standard's
        (0x11, "030000", None),
        (0x05, "00", None),  # known by name only
        (0xE1, "00", None),
    ],
)
def test_items(code: int, data: str, value: Any) -> None:
    assert Item(code, bytes.fromhex(data)).value == value


def test_words_of_items() -> None:
    assert item_words(0x01) == "里程"
    assert item_words(0x05) == "轮胎胎压"
    assert item_words(0xE1) == "未解读的附加信息（0xE1）"
    assert len(KNOWN) == 12


@pytest.mark.parametrize(
    ("tail", "items", "rest"),
    [
        ("", (), ""),
        ("3001", (), "3001"),
        ("30 01 05", (Item(0x30, b"\5"),), ""),
        ("30 01 05 e1", (Item(0x30, b"\5"),), "e1"),
        ("30 01 05 e1 03 00 00", (Item(0x30, b"\5"),), "e1030000"),
        ("e1 00 30 01 05", (Item(0xE1, b""), Item(0x30, b"\5")), ""),
    ],
)
def test_a_tail_that_cannot_be_read_does_not_lose_the_place(
    tail: str, items: tuple[Item, ...], rest: str
) -> None:
    fixed = "00000002 00000002 023c7d58 069fc470 0384 0258 005a 261126080000"
    body = bytes.fromhex(fixed + tail)
    location = read_body(Id.LOCATION, body, None)
    assert isinstance(location, Location)
    assert location.alarms == Alarm.OVERSPEED
    assert location.position == (37.518680, 111.133808)
    assert (location.items, location.rest) == (items, bytes.fromhex(rest))
    assert write_body(location, None) == body


def test_words_of_bits() -> None:
    """5.3: alarm and status bits."""
    assert alarm_words(Alarm(1 << 1 | 1 << 2 | 1 << 13 | 1 << 14 | 1 << 18 | 1 << 31)) == [
        "超速报警", "疲劳驾驶", "超速预警", "疲劳驾驶预警", "当天累计驾驶超时", "非法开门",
    ]  # fmt: skip
    assert len(alarm_words(Alarm(0xFFFFFFFF))) == 32
    assert status_words(S(0)) == ["ACC 关", "未定位", "北纬", "东经", "运营", "空车"]
    assert status_words(S(0b11 | 3 << 8 | 1 << 12 | 1 << 19)) == [
        "ACC 开", "已定位", "北纬", "东经", "运营", "车门加锁", "使用北斗", "满载",
    ]  # fmt: skip
    assert status_words(S(2 << 8))[-1] == "载重状态未定义"
