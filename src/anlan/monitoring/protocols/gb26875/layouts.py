"""Application data of GB/T 26875.3-2011: type flag, number of objects, the objects.

``LAYOUTS`` is the standard's table: the class of each type's objects, their fields in order, how
many a message may hold, and how many reserved bytes follow the fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from ..framing import Malformed
from . import flags
from . import objects as o
from .fields import CountedText, Field, Flags, Number, Text, Time, take
from .tables import Kind

MOST_BYTES = 1024


@dataclass(frozen=True, slots=True)
class AppData:
    """Objects of one type."""

    kind: Kind
    objects: tuple[o.Object, ...]


@dataclass(frozen=True, slots=True)
class UnknownData:
    """Application data of a type that the standard reserves or leaves to makers, as it came."""

    body: bytes

    @property
    def kind(self) -> int | None:
        return self.body[0] if self.body else None


Data: TypeAlias = AppData | UnknownData


@dataclass(frozen=True, slots=True)
class Layout:
    make: Callable[..., o.Object]
    fields: tuple[Field, ...]
    most: int
    reserved: int = 0

    def read(self, data: bytes, at: int) -> tuple[o.Object, int]:
        values: list[Any] = []
        for field in self.fields:
            value, at = field.read(data, at)
            values.append(value)
        take(data, at, self.reserved)
        return self.make(*values), at + self.reserved

    def write(self, made: o.Object) -> bytes:
        if type(made) is not self.make:
            raise ValueError(f"{type(made).__name__} is no object of this type")
        values = [getattr(made, field.name) for field in fields(made)]
        written = (field.write(value) for field, value in zip(self.fields, values, strict=True))
        return b"".join(written) + bytes(self.reserved)


_BYTE = Number(1)
_SYSTEM = (_BYTE, _BYTE)  # system type, system address
_PART = (*_SYSTEM, _BYTE, Number(4))  # … part type, part address
_TIME = Time()
_DESCRIPTION = Text(31)
_PART_QUERY = (*_SYSTEM, Number(4))
_VERSION = (_BYTE, _BYTE)

LAYOUTS = {
    Kind.SYSTEM_STATE: Layout(
        o.SystemState, (*_SYSTEM, Flags(flags.SystemFlag, 2), _TIME), most=102
    ),
    Kind.PART_STATE: Layout(
        o.PartState, (*_PART, Flags(flags.PartFlag, 2), _DESCRIPTION, _TIME), most=22
    ),
    Kind.ANALOG_VALUE: Layout(
        o.AnalogValue, (*_PART, _BYTE, Number(2, signed=True), _TIME), most=63
    ),
    Kind.SYSTEM_OPERATION: Layout(
        o.SystemOperation, (*_SYSTEM, Flags(flags.SystemAct, 1), _BYTE, _TIME), most=102
    ),
    Kind.SYSTEM_VERSION: Layout(o.SystemVersion, (*_SYSTEM, *_VERSION), most=1),
    Kind.SYSTEM_CONFIGURATION: Layout(o.SystemConfiguration, (*_SYSTEM, CountedText()), most=3),
    Kind.PART_CONFIGURATION: Layout(o.PartConfiguration, (*_PART, _DESCRIPTION), most=26),
    Kind.SYSTEM_TIME: Layout(o.SystemTime, (*_SYSTEM, _TIME), most=1),
    Kind.DEVICE_STATE: Layout(o.DeviceState, (Flags(flags.DeviceFlag, 1), _TIME), most=1),
    Kind.DEVICE_OPERATION: Layout(
        o.DeviceOperation, (Flags(flags.DeviceAct, 1), _BYTE, _TIME), most=127
    ),
    Kind.DEVICE_VERSION: Layout(o.DeviceVersion, _VERSION, most=1),
    Kind.DEVICE_CONFIGURATION: Layout(o.DeviceConfiguration, (CountedText(),), most=1),
    Kind.DEVICE_TIME: Layout(o.DeviceTime, (_TIME,), most=1),
    Kind.READ_SYSTEM_STATE: Layout(o.SystemQuery, _SYSTEM, most=102),
    Kind.READ_PART_STATE: Layout(o.PartQuery, _PART_QUERY, most=22),
    Kind.READ_ANALOG_VALUE: Layout(o.PartQuery, _PART_QUERY, most=63),
    Kind.READ_SYSTEM_OPERATIONS: Layout(o.SystemRecordsQuery, (*_SYSTEM, _BYTE, _TIME), most=1),
    Kind.READ_SYSTEM_VERSION: Layout(o.SystemQuery, _SYSTEM, most=1),
    Kind.READ_SYSTEM_CONFIGURATION: Layout(o.SystemQuery, _SYSTEM, most=1),
    Kind.READ_PART_CONFIGURATION: Layout(o.PartQuery, _PART_QUERY, most=26),
    Kind.READ_SYSTEM_TIME: Layout(o.SystemQuery, _SYSTEM, most=1),
    Kind.READ_DEVICE_STATE: Layout(o.DeviceQuery, (), most=1, reserved=1),
    Kind.READ_DEVICE_OPERATIONS: Layout(o.DeviceRecordsQuery, (_BYTE, _TIME), most=1),
    Kind.READ_DEVICE_VERSION: Layout(o.DeviceQuery, (), most=1, reserved=1),
    Kind.READ_DEVICE_CONFIGURATION: Layout(o.DeviceQuery, (), most=1, reserved=1),
    Kind.READ_DEVICE_TIME: Layout(o.DeviceQuery, (), most=1, reserved=1),
    Kind.INITIALISE: Layout(o.DeviceQuery, (), most=1, reserved=1),
    Kind.SET_CLOCK: Layout(o.DeviceTime, (_TIME,), most=1),
    Kind.CHECK_DUTY: Layout(o.DutyCheck, (_BYTE,), most=1),
}


def read_data(data: bytes) -> Data:
    """Application data that is not empty. Malformed with an offset that counts within it.

    More objects than the standard allows are read where their bytes are all there: the devices in
    the field were built before us, and an alarm among too many is still one.
    """
    if data[0] not in LAYOUTS:
        return UnknownData(data)
    kind = Kind(data[0])
    count = take(data, 1, 1)[0]
    if not count:
        raise Malformed("信息对象数目为 0", 1)
    found: list[o.Object] = []
    at = 2
    for _ in range(count):
        made, at = LAYOUTS[kind].read(data, at)
        found.append(made)
    if at != len(data):
        raise Malformed(f"{count} 个信息对象之后多出 {len(data) - at} 字节", at)
    return AppData(kind, tuple(found))


def write_data(data: Data) -> bytes:
    """The bytes of ``data``; ValueError for what the standard does not allow to be sent."""
    if isinstance(data, UnknownData):
        if not data.body or data.kind in LAYOUTS:
            raise ValueError("application data of a known type is written from its objects")
        written = data.body
    else:
        layout = LAYOUTS[data.kind]
        if not 1 <= len(data.objects) <= layout.most:
            raise ValueError(f"{data.kind.name} holds 1 to {layout.most} objects")
        written = bytes([data.kind, len(data.objects)])
        written += b"".join(layout.write(made) for made in data.objects)
    if len(written) > MOST_BYTES:
        raise ValueError(f"application data has at most {MOST_BYTES} bytes, not {len(written)}")
    return written
