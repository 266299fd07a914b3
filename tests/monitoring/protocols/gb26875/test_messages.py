"""Messages of GB/T 26875.3: the tables of the standard, real vectors, and there and back again.

Clauses are those of STANDARDS.md, section 4.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.gb26875 import describe, flags, parse, write
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875.frame import Frame
from anlan.monitoring.protocols.gb26875.layouts import (
    LAYOUTS,
    AppData,
    UnknownData,
    read_data,
    write_data,
)
from anlan.monitoring.protocols.gb26875.tables import (
    COMMANDS,
    KINDS,
    Command,
    Kind,
)
from anlan.monitoring.protocols.values import BEIJING

from .messages import OBJECTS, frames, frames_of

MORNING = datetime(2026, 11, 26, 8, 30, 15, tzinfo=BEIJING)
MORNING_BYTES = "0f 1e 08 1a 0b 1a"


@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name)
@given(data=st.data())
def test_there_and_back_again(kind: Kind, data: st.DataObject) -> None:
    frame = data.draw(frames_of(kind))
    assert parse(write(frame)) == frame


@settings(max_examples=80, deadline=None)
@given(frames)
def test_whatever_is_sent_can_be_described(frame: Frame) -> None:
    assert parse(write(frame)) == frame
    said = describe(frame)
    assert json.loads(json.dumps(said, ensure_ascii=False, allow_nan=False)) == said


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(Kind)), st.binary(max_size=80))
def test_any_bytes_are_data_or_malformed_within_them(kind: Kind, rest: bytes) -> None:
    body = bytes([kind]) + rest
    try:
        data = read_data(body)
    except Malformed as error:
        offset = error.offset
    else:
        offset = len(body)
        assert isinstance(data, AppData)
        assert len(data.objects) == body[1]
    assert 1 <= offset <= len(body)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(Kind)), st.binary(min_size=260, max_size=260))
def test_what_a_device_sent_is_read_again_as_the_same(kind: Kind, rest: bytes) -> None:
    made, _ = LAYOUTS[kind].read(rest, 0)
    data = AppData(kind, (made,))
    assert read_data(write_data(data)) == data


def test_every_kind_is_generated_here_and_has_words() -> None:
    assert set(OBJECTS) == set(LAYOUTS) == set(KINDS) == set(Kind)
    assert set(COMMANDS) == set(Command)


# 4.3: bytes of an object, most objects in a message.
SIZES = {
    1: (10, 102), 2: (46, 22), 3: (16, 63), 4: (10, 102), 5: (4, 1), 7: (38, 26), 8: (8, 1),
    21: (7, 1), 24: (8, 127), 25: (2, 1), 28: (6, 1), 61: (2, 102), 62: (6, 22), 63: (6, 63),
    64: (9, 1), 65: (2, 1), 66: (2, 1), 67: (6, 26), 68: (2, 1), 81: (1, 1), 84: (7, 1),
    85: (1, 1), 86: (1, 1), 88: (1, 1), 89: (1, 1), 90: (6, 1), 91: (1, 1),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "size", "most"), [(k, *v) for k, v in SIZES.items()])
def test_sizes_of_objects(kind: int, size: int, most: int) -> None:
    """4.3, the table."""
    made, end = LAYOUTS[Kind(kind)].read(bytes(size), 0)
    assert end == size
    assert len(LAYOUTS[Kind(kind)].write(made)) == size
    with pytest.raises(Malformed):
        LAYOUTS[Kind(kind)].read(bytes(size - 1), 0)
    full = AppData(Kind(kind), (made,) * most)
    assert len(write_data(full)) == 2 + most * size
    with pytest.raises(ValueError, match="objects"):
        write_data(replace(full, objects=(*full.objects, made)))


def object_of(body: str) -> Any:
    data = read_data(bytes.fromhex(body))
    assert isinstance(data, AppData)
    assert len(data.objects) == 1
    assert write_data(data) == bytes.fromhex(body)
    return data.objects[0]


@pytest.mark.parametrize(
    ("body", "made"),
    [
        (
            f"01 01 0b 05 04 02 {MORNING_BYTES}",
            o.SystemState(11, 5, flags.SystemFlag.FAULT | flags.SystemFlag.BATTERY_FAULT, MORNING),
        ),
        (
            f"03 01 0b 05 1f 11 22 33 44 03 18 fc {MORNING_BYTES}",
            o.AnalogValue(11, 5, 31, 0x44332211, 3, -1000, MORNING),
        ),
        (
            f"04 01 01 02 09 07 {MORNING_BYTES}",
            o.SystemOperation(
                1, 2, flags.SystemAct.RESET | flags.SystemAct.ALARM_CLEARED, 7, MORNING
            ),
        ),
        ("05 01 0b 05 07 09", o.SystemVersion(11, 5, 7, 9)),
        ("06 01 01 02 04 cf fb b7 c0", o.SystemConfiguration(1, 2, "消防")),
        (f"08 01 01 02 {MORNING_BYTES}", o.SystemTime(1, 2, MORNING)),
        (f"15 01 02 {MORNING_BYTES}", o.DeviceState(flags.DeviceFlag.FIRE, MORNING)),
        (
            f"18 01 20 05 {MORNING_BYTES}",
            o.DeviceOperation(flags.DeviceAct.DUTY_ANSWERED, 5, MORNING),
        ),
        ("1a 01 04 cf fb b7 c0", o.DeviceConfiguration("消防")),
        ("3e 01 01 02 11 22 33 44", o.PartQuery(1, 2, 0x44332211)),
        (f"40 01 01 02 66 {MORNING_BYTES}", o.SystemRecordsQuery(1, 2, 102, MORNING)),
        (f"54 01 66 {MORNING_BYTES}", o.DeviceRecordsQuery(102, MORNING)),
        ("51 01 00", o.DeviceQuery()),
        (f"5a 01 {MORNING_BYTES}", o.DeviceTime(MORNING)),
        ("5b 01 0a", o.DutyCheck(10)),
    ],
)
def test_objects_as_bytes(body: str, made: o.Object) -> None:
    """4.3: order of the fields, low byte first, the time in binary, the value with its sign."""
    assert object_of(body) == made


@pytest.mark.parametrize(
    "time",
    ["00 00 00 00 01 15", "00 00 00 1e 02 15", "3c 00 00 01 01 15", "00 00 18 01 01 15",
     "00 00 00 01 0d 15", "00 00 00 01 01 64", "ff ff ff ff ff ff", "30 30 30 30 30 30"],
)  # fmt: skip
def test_a_clock_that_is_wrong_does_not_lose_a_fire(time: str) -> None:
    """4.1: a time that no calendar has is no time; what happened is still told."""
    data = read_data(bytes.fromhex(f"15 01 02 {time}"))
    assert data == AppData(Kind.DEVICE_STATE, (o.DeviceState(flags.DeviceFlag.FIRE, None),))


INITIALISE = bytes.fromhex(
    "40 40 02 01 00 01 0f 1e 08 1a 0b 1a 11 22 33 44 55 66 77 88 99 aa bb cc"
    "03 00 04 59 01 00 07 23 23"
)
SUM = INITIALISE[-3]


def test_versions_in_either_order() -> None:
    """4.8: the main version in the second byte, as makers write it too."""
    frame = parse(INITIALISE)
    assert (frame.version, frame.main_version) == ((0, 1), 1)
    assert Frame(0, 3, version=(1, 5)).main_version == 1
    assert Frame(0, 3, version=(2, 3)).main_version == 2
    assert frame.data == AppData(Kind.INITIALISE, (o.DeviceQuery(),))
    assert (frame.source, frame.target) == (0x665544332211, 0xCCBBAA998877)
    assert write(frame) == INITIALISE


def broken(place: int, value: int, *, mend: bool = True) -> bytes:
    data = bytearray(INITIALISE)
    data[place] = value
    if mend:
        data[-3] = sum(data[2:-3]) & 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason", "offset"),
    [
        (b"", "启动符", 0),
        (b"#@" + INITIALISE[2:], "启动符", 0),
        (INITIALISE[:20], "只有 20 字节", 20),
        (broken(24, 4), "应有 34 字节，实有 33 字节", 24),
        (broken(25, 5), "超过 1024", 24),
        (broken(32, 0x22), "结束符", 31),
        (broken(2, 3, mend=False), f"校验和应为 {SUM + 1:02X}，收到 {SUM:02X}", 30),
        (broken(28, 0), "数目为 0", 28),
        (broken(28, 2), "还差 1 字节", 30),
        (broken(27, 90), "还差 5 字节", 30),
        (INITIALISE[:24] + bytes([4, 0, 4, 0x59, 1, 0, 0, SUM + 1]) + b"##", "多出 1 字节", 30),
        (INITIALISE[:24] + bytes([0, 0, 2, (SUM - 0x5F) % 256]) + b"##", "没有应用数据单元", 27),
    ],
)
def test_malformed_says_what_and_where(data: bytes, reason: str, offset: int) -> None:
    """4.1: each rule of the frame, with the place where its bytes break it."""
    with pytest.raises(Malformed) as raised:
        parse(data)
    assert reason in raised.value.reason
    assert raised.value.offset == offset


@pytest.mark.parametrize(
    "frame",
    [
        Frame(65536, Command.CONFIRM),
        Frame(0, Command.CONFIRM, source=256**6),
        Frame(0, Command.UPLOAD),
        Frame(0, Command.CONFIRM, time=datetime(1999, 1, 1, tzinfo=BEIJING)),
        Frame(0, Command.UPLOAD, data=AppData(Kind.DEVICE_STATE, (o.DeviceQuery(),))),
        Frame(0, Command.UPLOAD, data=AppData(Kind.DEVICE_STATE, ())),
        Frame(0, Command.UPLOAD, data=UnknownData(b"\1")),
        Frame(0, Command.UPLOAD, data=UnknownData(b"\x80" + bytes(1024))),
        Frame(0, Command.UPLOAD, data=AppData(Kind.PART_CONFIGURATION, (
            o.PartConfiguration(0, 0, 0, 0, "十六个汉字是三十二个字节放不下的呀"),))),
        Frame(0, Command.UPLOAD, data=AppData(Kind.DEVICE_CONFIGURATION, (
            o.DeviceConfiguration("a\0b"),))),
    ],
)  # fmt: skip
def test_what_no_frame_can_hold_is_not_written(frame: Frame) -> None:
    with pytest.raises(ValueError):
        write(frame)


def test_half_a_character_at_the_end_of_a_field_is_seen() -> None:
    """4.3, type 7: 31 bytes end within the sixteenth character where a device cuts by bytes."""
    text = "消" * 16
    body = bytes.fromhex("07 01 0b 05 1f 11 22 33 44") + text.encode("gb18030")[:31]
    made = object_of(body.hex().replace("cffb" * 15 + "cf", "cffb" * 15 + "ff"))
    assert made.description == "消" * 15 + "\ufffd"
    assert read_data(body) == AppData(Kind.PART_CONFIGURATION, (made,))
