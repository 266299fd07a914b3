"""How the fields of an information object stand in bytes; all numbers with the low byte first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag
from typing import Any, Protocol

from ..framing import Malformed
from ..values import BEIJING, moment, read_text, write_text

_NO_TIME = bytes(6)  # the day 0 is none, so that it is read as no time


class Field(Protocol):
    def read(self, data: bytes, at: int) -> tuple[Any, int]:
        """The value that stands at ``at``, and where it ends; Malformed with an offset in data."""

    def write(self, value: Any) -> bytes:
        """Bytes that are read as ``value``; ValueError where the field cannot hold it."""


def take(data: bytes, at: int, size: int) -> bytes:
    """``size`` bytes from ``at``; Malformed where the data ends before."""
    if at + size > len(data):
        missing = at + size - len(data)
        raise Malformed(f"信息对象不完整：还差 {missing} 字节", len(data))
    return data[at : at + size]


def number(value: int, size: int, *, signed: bool = False) -> bytes:
    """``value`` in ``size`` bytes; ValueError where it does not fit."""
    try:
        return value.to_bytes(size, "little", signed=signed)
    except OverflowError:
        raise ValueError(f"{value} does not fit into {size} bytes") from None


@dataclass(frozen=True, slots=True)
class Number:
    size: int
    signed: bool = False

    def read(self, data: bytes, at: int) -> tuple[int, int]:
        taken = take(data, at, self.size)
        return int.from_bytes(taken, "little", signed=self.signed), at + self.size

    def write(self, value: int) -> bytes:
        return number(value, self.size, signed=self.signed)


@dataclass(frozen=True, slots=True)
class Flags:
    kind: type[IntFlag]
    size: int

    def read(self, data: bytes, at: int) -> tuple[IntFlag, int]:
        return self.kind(int.from_bytes(take(data, at, self.size), "little")), at + self.size

    def write(self, value: IntFlag) -> bytes:
        return number(value, self.size)


@dataclass(frozen=True, slots=True)
class Time:
    """Second, minute, hour, day, month, year of the century: six binary bytes, not BCD."""

    def read(self, data: bytes, at: int) -> tuple[datetime | None, int]:
        second, minute, hour, day, month, year = take(data, at, 6)
        if year > 99:
            return None, at + 6
        return moment(2000 + year, month, day, hour, minute, second), at + 6

    def write(self, value: datetime | None) -> bytes:
        if value is None:
            return _NO_TIME
        if value.tzinfo is None:
            raise ValueError("a time is written from an aware moment")
        here = value.astimezone(BEIJING)
        if not 2000 <= here.year <= 2099:
            raise ValueError(f"the year {here.year} cannot be written in two digits")
        return bytes([here.second, here.minute, here.hour, here.day, here.month, here.year - 2000])


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a field of ``size`` bytes, filled with zeros."""

    size: int

    def read(self, data: bytes, at: int) -> tuple[str, int]:
        return read_text(take(data, at, self.size)), at + self.size

    def write(self, value: str) -> bytes:
        return write_text(value, self.size)


@dataclass(frozen=True, slots=True)
class CountedText:
    """A text behind one byte that says how many bytes it has."""

    def read(self, data: bytes, at: int) -> tuple[str, int]:
        size = take(data, at, 1)[0]
        return read_text(take(data, at + 1, size)), at + 1 + size

    def write(self, value: str) -> bytes:
        written = write_text(value)
        return number(len(written), 1) + written
