"""The messages of JT/T 808 that are read, one class for each; fields as the standard names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from .flags import Alarm, Status
from .items import Item
from .tables import Id

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class TerminalAnswer:
    """0x0001: to the message ``id`` with number ``serial``."""

    serial: int
    id: int
    result: int


@dataclass(frozen=True, slots=True)
class PlatformAnswer:
    """0x8001: to the message ``id`` with number ``serial``."""

    serial: int
    id: int
    result: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """0x0002."""


@dataclass(frozen=True, slots=True)
class Registration:
    """0x0100. Province and city are parts of a GB/T 2260 code.

    Without a plate (colour 0) ``plate`` is the vehicle's identification number.
    """

    province: int
    city: int
    maker: str
    model: str
    terminal: str
    plate_colour: int
    plate: str


@dataclass(frozen=True, slots=True)
class RegistrationAnswer:
    """0x8100: to the registration ``serial``; the code only with success."""

    serial: int
    result: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Authentication:
    """0x0102; IMEI and version of software only since 2019."""

    code: str
    imei: str = ""
    software: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """0x0200, numbers as sent: millionths of a degree without sign, m, 0.1 km/h, degrees.

    ``rest`` is what follows the last item that could be read. ``time`` is None where the terminal
    named a moment that does not exist.
    """

    alarms: Alarm
    status: Status
    latitude_e6: int
    longitude_e6: int
    altitude: int
    speed: int
    direction: int
    time: datetime | None
    items: tuple[Item, ...] = ()
    rest: bytes = b""

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, south and west negative.

        None where the terminal had no fix, has encrypted them, or names no place on earth.
        """
        if not self.status & Status.LOCATED or self.status & Status.ENCRYPTED:
            return None
        if self.latitude_e6 > 90 * _MICRO or self.longitude_e6 > 180 * _MICRO:
            return None
        latitude = self.latitude_e6 / _MICRO
        longitude = self.longitude_e6 / _MICRO
        return (
            -latitude if self.status & Status.SOUTH else latitude,
            -longitude if self.status & Status.WEST else longitude,
        )

    @property
    def heading(self) -> int | None:
        """Degrees from north, clockwise; None for a direction that is none."""
        return self.direction if self.direction <= 359 else None


@dataclass(frozen=True, slots=True)
class Batch:
    """0x0704: several locations, as usual (0) or made up for after a blind area (1)."""

    kind: int
    locations: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """Part ``index`` (from 1) of ``total`` of a message; to be put together by ``Parts``."""

    id: int
    total: int
    index: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that is not read here, or whose body is encrypted, as it came."""

    id: int
    data: bytes


Known: TypeAlias = (
    TerminalAnswer
    | PlatformAnswer
    | Heartbeat
    | Registration
    | RegistrationAnswer
    | Authentication
    | Location
    | Batch
)
Body: TypeAlias = Known | Fragment | Unknown

IDS: dict[type[Known], Id] = {
    TerminalAnswer: Id.TERMINAL_ANSWER,
    PlatformAnswer: Id.PLATFORM_ANSWER,
    Heartbeat: Id.HEARTBEAT,
    Registration: Id.REGISTRATION,
    RegistrationAnswer: Id.REGISTRATION_ANSWER,
    Authentication: Id.AUTHENTICATION,
    Location: Id.LOCATION,
    Batch: Id.BATCH,
}
