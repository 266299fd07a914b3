"""Messages of JT/T 808: headers, bodies, faults, and there and back again.

Clauses are those of STANDARDS.md, section 5.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.jt808 import describe, parse, write
from anlan.monitoring.protocols.jt808.bodies import read_body
from anlan.monitoring.protocols.jt808.messages import (
    IDS,
    Authentication,
    Batch,
    Fragment,
    Heartbeat,
    Location,
    PlatformAnswer,
    Registration,
    RegistrationAnswer,
    TerminalAnswer,
    Unknown,
)
from anlan.monitoring.protocols.jt808.packet import Packet, checksum, in_parts, put_together
from anlan.monitoring.protocols.jt808.tables import Id
from anlan.monitoring.protocols.values import BEIJING

from .messages import bodies, encrypted, locations, packets, packets_of

OLD, NEW = "013812345678", "00000000013812345678"


@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("version", [None, 1])
@pytest.mark.parametrize("kind", list(IDS), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_there_and_back_again(kind: type, version: int | None, data: st.DataObject) -> None:
    packet = data.draw(packets_of(version, bodies(version)[kind]))
    assert parse(write(packet)) == packet


@settings(max_examples=30, deadline=None)
@given(packets | encrypted)
def test_whatever_is_sent_can_be_described(packet: Packet) -> None:
    assert parse(write(packet)) == packet
    said = describe(packet)
    assert json.loads(json.dumps(said, ensure_ascii=False, allow_nan=False)) == said


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(Id)), st.binary(max_size=90), st.sampled_from([None, 1]))
def test_any_bytes_are_a_body_or_malformed_within_them(
    code: Id, data: bytes, version: int | None
) -> None:
    try:
        body = read_body(code, data, version)
    except Malformed as error:
        offset = error.offset
    else:
        offset = 0
        assert IDS[type(body)] == code
    assert 0 <= offset <= len(data)


@settings(max_examples=15, deadline=None)
@given(st.lists(locations, min_size=1, max_size=3), st.integers(1, 40), st.sampled_from([None, 1]))
def test_a_long_message_goes_in_parts_and_is_put_together(
    some: list[Location], times: int, version: int | None
) -> None:
    batch = Batch(1, tuple(some * times))
    packet = Packet(OLD if version is None else NEW, 0xFFFF, batch, version)
    parts = in_parts(packet)
    read = [parse(write(part)) for part in parts]
    assert read == parts
    if len(parts) > 1:
        assert [part.serial for part in parts[:2]] == [0xFFFF, 0]
        assert [part.body.index for part in parts] == list(range(1, len(parts) + 1))
        with pytest.raises(ValueError, match="in parts"):
            write(packet)
        read = [put_together(read)]
    assert read == [packet]


HEADERS = [
    # 5.1: id, attributes, (version,) number of the terminal, serial number
    ("0002 0000 013812345678 0001", Packet(OLD, 1, Heartbeat())),
    ("0002 4000 01 00000000013812345678 0001", Packet(NEW, 1, Heartbeat(), 1)),
    ("0801 2003 013812345678 0007 0009 0002 010203",
     Packet(OLD, 7, Fragment(0x801, 9, 2, b"\1\2\3"))),
    ("0801 6001 01 00000000013812345678 0007 0002 0002 ff",
     Packet(NEW, 7, Fragment(0x801, 2, 2, b"\xff"), 1)),
    ("0200 0402 013812345678 0007 abcd", Packet(OLD, 7, Unknown(0x200, b"\xab\xcd"), None, 1)),
]  # fmt: skip
BODIES = [
    # 5.2, and 0x8100's code only with success
    ("0001 0005 013812345678 0001 0102 8103 03", TerminalAnswer(0x0102, 0x8103, 3)),
    ("8001 0005 013812345678 0001 0102 0200 04", PlatformAnswer(0x0102, 0x0200, 4)),
    ("8100 0007 013812345678 0001 0102 00 61626364", RegistrationAnswer(0x0102, 0, "abcd")),
    ("8100 0003 013812345678 0001 0102 04", RegistrationAnswer(0x0102, 4)),
    ("0102 0004 013812345678 0001 61626364", Authentication("abcd")),
    ("0704 0003 013812345678 0001 0000 01", Batch(1, ())),
]


@pytest.mark.parametrize(
    ("content", "packet"),
    [*HEADERS, *((content, Packet(OLD, 1, body)) for content, body in BODIES)],
)
def test_packets_as_bytes(content: str, packet: Packet) -> None:
    data = bytes.fromhex(content)
    written = b"\x7e" + data + bytes([checksum(data)]) + b"\x7e"
    assert parse(written) == packet
    assert write(packet) == written


@pytest.mark.parametrize(
    ("version", "sizes"), [(None, (5, 20, 7)), (1, (11, 30, 30)), (None, (5, 8, 7))]
)
def test_registrations_of_three_years(version: int | None, sizes: tuple[int, int, int]) -> None:
    """5.2: maker, model and terminal of 2013, 2019 and 2011; a plate in GBK."""
    texts = zip((b"MAKER", b"MODEL", b"TERMNAL"), sizes, strict=True)
    body = (
        bytes.fromhex("000e 0455")  # 14 Shanxi, 1109 Luliang: of 141109
        + b"".join(text.ljust(size, b"\0") for text, size in texts)
        + b"\2"
        + "晋J12345".encode("gbk")
    )
    due = Registration(14, 1109, "MAKER", "MODEL", "TERMNAL", 2, "晋J12345")
    assert read_body(Id.REGISTRATION, body, version) == due


def test_authentication_of_2019() -> None:
    body = b"\4abcd" + b"8" * 15 + b"V1.0".ljust(20, b"\0")
    assert read_body(Id.AUTHENTICATION, body, 1) == Authentication("abcd", "8" * 15, "V1.0")


def frame(content: str, spoil: int = 0) -> bytes:
    data = bytes.fromhex(content)
    return b"\x7e" + data + bytes([checksum(data) ^ spoil]) + b"\x7e"


BEAT = "0002 0000 013812345678 0001"
PLACE = "00000000 00000000 00000000 00000000 0000 0000 0000 261126080000"


@pytest.mark.parametrize(
    ("data", "reason", "offset"),
    [
        (b"", "只有 0 字节", 0),
        (b"\x7e\x7e", "只有 0 字节", 2),
        (frame(BEAT, spoil=1), "校验码应为", 13),
        (frame("0002 0001 013812345678 0001"), "写为 1，实有 0 字节", 3),
        (frame("0002 4000 01 013812345678 0001"), "实有 0 字节", 3),
        (frame("0801 2000 013812345678 0007 0002 0003"), "共 2 包，这是第 3 包", 13),
        (frame("0801 2000 013812345678 0007 0002 0000"), "共 2 包，这是第 0 包", 13),
        (b"\x7e\0\2\x7d\3\x7e", "转义错误", 3),
        (b"\x7e\0\2\x7d\x7e", "转义错误", 3),
        (b"\x7e\0\2\x7e\0\x7e", "中间有分隔符", 3),
        (frame("0002 0001 013812345678 0001 00"), "消息体多出 1 字节", 13),
        (frame("8001 0004 013812345678 0001 00000000"), "还差 1 字节", 17),
        (
            frame("8001 0004 7d3812345678 0001 00000000").replace(b"\x7d", b"\x7d\1"),
            "还差 1 字节",
            18,
        ),
        (frame("0704 0007 013812345678 0001 0001 00 0002 0000"), "第 1 条位置：", 16),
        (frame(f"0704 0022 013812345678 0001 0001 00 001c {PLACE} 00"), "多出 1 字节", 46),
    ],
)
def test_malformed_says_what_and_where(data: bytes, reason: str, offset: int) -> None:
    """5.1; the offset counts what was received, with its escapes."""
    with pytest.raises(Malformed) as raised:
        parse(data)
    assert reason in raised.value.reason
    assert raised.value.offset == offset


@pytest.mark.parametrize(
    "packet",
    [
        Packet("13812345678", 0, Heartbeat()),
        Packet(OLD, 0, Heartbeat(), 1),
        Packet(OLD, 65536, Heartbeat()),
        Packet(NEW, 0, Heartbeat(), 256),
        Packet(OLD, 0, Heartbeat(), None, 1),
        Packet(OLD, 0, RegistrationAnswer(0, 1, "abc")),
        Packet(OLD, 0, Authentication("abc", imei="1")),
        Packet(OLD, 0, Registration(0, 0, "六个字节多", "", "", 0, "")),
        Packet(OLD, 0, Unknown(0x900, bytes(1024))),
    ],
)
def test_what_no_frame_can_hold_is_not_written(packet: Packet) -> None:
    with pytest.raises(ValueError):
        write(packet)


def test_no_known_message_is_forgotten() -> None:
    assert set(IDS.values()) == set(Id)
    assert set(bodies(None)) == set(IDS)


def place_at(time: str) -> Any:
    return read_body(Id.LOCATION, bytes.fromhex(PLACE.replace("261126080000", time)), None)


def test_times_are_of_beijing() -> None:
    """5.3: BCD, GMT+8."""
    assert place_at("261126080000").time == datetime(2026, 11, 26, 8, tzinfo=BEIJING)


@pytest.mark.parametrize(
    "time", ["000000000000", "260230000000", "261126240000", "2a1126000000", "ffffffffffff"]
)
def test_a_clock_that_is_wrong_does_not_lose_a_place(time: str) -> None:
    assert place_at(time).time is None
