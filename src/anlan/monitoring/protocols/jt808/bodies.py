"""How the bodies of JT/T 808's messages stand in bytes, high byte first.

2019 made some fields longer; ``version`` is None for 2011 and 2013, else the header's number.
"""

from __future__ import annotations

from datetime import datetime
from itertools import accumulate

from ..framing import Malformed
from ..values import BEIJING, moment, read_text, write_text
from .flags import Alarm, Status
from .items import read_items, write_items
from .messages import (
    Authentication,
    Batch,
    Body,
    Heartbeat,
    Known,
    Location,
    PlatformAnswer,
    Registration,
    RegistrationAnswer,
    TerminalAnswer,
    Unknown,
)
from .tables import Id, Registered

_FIXED = 28  # bytes of a location before its items


def _take(data: bytes, at: int, size: int) -> bytes:
    if at + size > len(data):
        raise Malformed(f"消息体不完整：还差 {at + size - len(data)} 字节", len(data))
    return data[at : at + size]


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(_take(data, at, size), "big")


def _exactly(data: bytes, size: int) -> None:
    _take(data, 0, size)
    if len(data) > size:
        raise Malformed(f"消息体多出 {len(data) - size} 字节", size)


# Bytes of maker, model and terminal id in a registration. A body too short for 2013 is of 2011;
# one of 2011 with a plate of twelve bytes or more cannot be told from 2013.
_SIZES_2011 = (5, 8, 7)
_SIZES_2013 = (5, 20, 7)
_SIZES_2019 = (11, 30, 30)


def _sizes(version: int | None, length: int) -> tuple[int, int, int]:
    if version is not None:
        return _SIZES_2019
    return _SIZES_2013 if length >= 5 + sum(_SIZES_2013) else _SIZES_2011


def _read_registration(data: bytes, version: int | None) -> Registration:
    sizes = _sizes(version, len(data))
    ends = list(accumulate(sizes, initial=4))
    maker, model, terminal = (
        read_text(_take(data, at, size)) for at, size in zip(ends, sizes, strict=False)
    )
    return Registration(
        province=_number(data, 0, 2),
        city=_number(data, 2, 2),
        maker=maker,
        model=model,
        terminal=terminal,
        plate_colour=_number(data, ends[-1], 1),
        plate=read_text(data[ends[-1] + 1 :]),
    )


def _write_registration(body: Registration, version: int | None) -> bytes:
    sizes = _SIZES_2013 if version is None else _SIZES_2019
    texts = zip((body.maker, body.model, body.terminal), sizes, strict=True)
    return (
        number(body.province, 2)
        + number(body.city, 2)
        + b"".join(write_text(text, size) for text, size in texts)
        + number(body.plate_colour, 1)
        + write_text(body.plate)
    )


def _read_registration_answer(data: bytes) -> RegistrationAnswer:
    serial, result = _number(data, 0, 2), _number(data, 2, 1)
    if result == Registered.SUCCESS:
        return RegistrationAnswer(serial, result, read_text(data[3:]))
    _exactly(data, 3)
    return RegistrationAnswer(serial, result)


def _write_registration_answer(body: RegistrationAnswer) -> bytes:
    if body.code and body.result != Registered.SUCCESS:
        raise ValueError("a registration that is refused gives no code")
    return number(body.serial, 2) + number(body.result, 1) + write_text(body.code)


def _read_authentication(data: bytes, version: int | None) -> Authentication:
    if version is None:
        return Authentication(read_text(data))
    size = _number(data, 0, 1)
    code = read_text(_take(data, 1, size))
    _exactly(data, 1 + size + 35)
    return Authentication(code, read_text(data[-35:-20]), read_text(data[-20:]))


def _write_authentication(body: Authentication, version: int | None) -> bytes:
    code = write_text(body.code)
    if version is not None:
        return (
            number(len(code), 1) + code + write_text(body.imei, 15) + write_text(body.software, 20)
        )
    if body.imei or body.software:
        raise ValueError("before 2019 an authentication is its code alone")
    return code


def _read_location(data: bytes) -> Location:
    _take(data, 0, _FIXED)
    items, rest = read_items(data[_FIXED:])
    return Location(
        alarms=Alarm(_number(data, 0, 4)),
        status=Status(_number(data, 4, 4)),
        latitude_e6=_number(data, 8, 4),
        longitude_e6=_number(data, 12, 4),
        altitude=_number(data, 16, 2),
        speed=_number(data, 18, 2),
        direction=_number(data, 20, 2),
        time=_read_time(data[22:_FIXED]),
        items=items,
        rest=rest,
    )


def _write_location(body: Location) -> bytes:
    return (
        b"".join(
            number(value, 4)
            for value in (body.alarms, body.status, body.latitude_e6, body.longitude_e6)
        )
        + b"".join(number(value, 2) for value in (body.altitude, body.speed, body.direction))
        + _write_time(body.time)
        + write_items(body.items, body.rest)
    )


def _read_time(data: bytes) -> datetime | None:
    """YYMMDDhhmmss in BCD, Beijing's time; None for what is no such moment."""
    digits = data.hex()
    if not digits.isdecimal():
        return None
    year, month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 12, 2))
    return moment(2000 + year, month, day, hour, minute, second)


def _write_time(time: datetime | None) -> bytes:
    if time is None:
        return bytes(6)  # the month 0 is none
    if time.tzinfo is None:
        raise ValueError("a time is written from an aware moment")
    here = time.astimezone(BEIJING)
    if not 2000 <= here.year <= 2099:
        raise ValueError(f"the year {here.year} cannot be written in two digits")
    return bytes.fromhex(here.strftime("%y%m%d%H%M%S"))


def _read_batch(data: bytes) -> Batch:
    count, kind = _number(data, 0, 2), _number(data, 2, 1)
    locations: list[Location] = []
    at = 3
    for _ in range(count):
        size = _number(data, at, 2)
        try:
            locations.append(_read_location(_take(data, at + 2, size)))
        except Malformed as error:
            raise Malformed(f"第 {len(locations) + 1} 条位置：{error.reason}", at) from None
        at += 2 + size
    _exactly(data, at)
    return Batch(kind, tuple(locations))


def _write_batch(body: Batch) -> bytes:
    written = [_write_location(location) for location in body.locations]
    return (
        number(len(written), 2)
        + number(body.kind, 1)
        + b"".join(number(len(data), 2) + data for data in written)
    )


def number(value: int, size: int) -> bytes:
    """``value`` in ``size`` bytes, high byte first; ValueError where it does not fit."""
    try:
        return value.to_bytes(size, "big")
    except OverflowError:
        raise ValueError(f"{value} does not fit into {size} bytes") from None


def read_body(code: int, data: bytes, version: int | None) -> Known | Unknown:
    """The body of message ``code``; Malformed with an offset within ``data``."""
    match code:
        case Id.TERMINAL_ANSWER | Id.PLATFORM_ANSWER:
            _exactly(data, 5)
            make = TerminalAnswer if code == Id.TERMINAL_ANSWER else PlatformAnswer
            return make(_number(data, 0, 2), _number(data, 2, 2), data[4])
        case Id.HEARTBEAT:
            _exactly(data, 0)
            return Heartbeat()
        case Id.REGISTRATION:
            return _read_registration(data, version)
        case Id.REGISTRATION_ANSWER:
            return _read_registration_answer(data)
        case Id.AUTHENTICATION:
            return _read_authentication(data, version)
        case Id.LOCATION:
            return _read_location(data)
        case Id.BATCH:
            return _read_batch(data)
        case _:
            return Unknown(code, data)


def write_body(body: Body, version: int | None) -> bytes:
    """The bytes of ``body``; ValueError for what they cannot hold."""
    match body:
        case TerminalAnswer() | PlatformAnswer():
            return number(body.serial, 2) + number(body.id, 2) + number(body.result, 1)
        case Heartbeat():
            return b""
        case Registration():
            return _write_registration(body, version)
        case RegistrationAnswer():
            return _write_registration_answer(body)
        case Authentication():
            return _write_authentication(body, version)
        case Location():
            return _write_location(body)
        case Batch():
            return _write_batch(body)
        case _:
            return body.data
