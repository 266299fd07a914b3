"""The information objects of GB/T 26875.3-2011, one class for each layout.

``system`` and ``part`` are codes of the tables of system and part types; ``address`` is a system's
address, ``part_address`` that of a part within it. A time is None where the device's clock named
a moment that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from .flags import DeviceAct, DeviceFlag, PartFlag, SystemAct, SystemFlag
from .tables import QUANTITIES


@dataclass(frozen=True, slots=True)
class SystemState:
    system: int
    address: int
    state: SystemFlag
    time: datetime | None


@dataclass(frozen=True, slots=True)
class PartState:
    system: int
    address: int
    part: int
    part_address: int
    state: PartFlag
    description: str
    time: datetime | None


@dataclass(frozen=True, slots=True)
class AnalogValue:
    system: int
    address: int
    part: int
    part_address: int
    quantity: int
    raw: int
    time: datetime | None

    @property
    def value(self) -> Decimal | None:
        """In the unit of its quantity, exact; None for a quantity that the standard lacks."""
        known = QUANTITIES.get(self.quantity)
        return known.step * self.raw if known else None


@dataclass(frozen=True, slots=True)
class SystemOperation:
    system: int
    address: int
    operation: SystemAct
    operator: int
    time: datetime | None


@dataclass(frozen=True, slots=True)
class SystemVersion:
    system: int
    address: int
    major: int
    minor: int


@dataclass(frozen=True, slots=True)
class SystemConfiguration:
    system: int
    address: int
    description: str


@dataclass(frozen=True, slots=True)
class PartConfiguration:
    system: int
    address: int
    part: int
    part_address: int
    description: str


@dataclass(frozen=True, slots=True)
class SystemTime:
    system: int
    address: int
    time: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceState:
    state: DeviceFlag
    time: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceOperation:
    operation: DeviceAct
    operator: int
    time: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceVersion:
    major: int
    minor: int


@dataclass(frozen=True, slots=True)
class DeviceConfiguration:
    description: str


@dataclass(frozen=True, slots=True)
class DeviceTime:
    """A device's time (type 28), or the time to which it shall set its clock (type 90)."""

    time: datetime | None


@dataclass(frozen=True, slots=True)
class SystemQuery:
    """Asks about a system (types 61, 65, 66, 68)."""

    system: int
    address: int


@dataclass(frozen=True, slots=True)
class PartQuery:
    """Asks about a part, whose type is not named (types 62, 63, 67)."""

    system: int
    address: int
    part_address: int


@dataclass(frozen=True, slots=True)
class SystemRecordsQuery:
    """Asks for at most ``count`` records of operation after ``since`` (type 64)."""

    system: int
    address: int
    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceQuery:
    """Asks about the device itself (types 81, 85, 86, 88) or initialises it (type 89)."""


@dataclass(frozen=True, slots=True)
class DeviceRecordsQuery:
    """Asks for at most ``count`` records of operation after ``since`` (type 84)."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class DutyCheck:
    """Asks whether somebody is on duty; he answers at the device within ``minutes`` (type 91)."""

    minutes: int


Object: TypeAlias = (
    SystemState
    | PartState
    | AnalogValue
    | SystemOperation
    | SystemVersion
    | SystemConfiguration
    | PartConfiguration
    | SystemTime
    | DeviceState
    | DeviceOperation
    | DeviceVersion
    | DeviceConfiguration
    | DeviceTime
    | SystemQuery
    | PartQuery
    | SystemRecordsQuery
    | DeviceQuery
    | DeviceRecordsQuery
    | DutyCheck
)
