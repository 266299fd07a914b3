"""What the gateways need from the rest of Anlan: a place to store in, and who a device is.

A gateway acknowledges a message only after ``store`` (and ``bury`` for what it could not use of
it) has returned; so returning early loses readings, and raising anything but ``NotStored`` is a
fault of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from anlan.monitoring.protocols.batch import Batch


class NotStored(Exception):
    """It could not be stored for now: the device is not told that it was, and sends it again."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Bytes that no reading was made of, for people to see, count and replay.

    ``received`` is in milliseconds since 1970 UTC. ``source`` says where it came from: host and
    port, or the name of a file with the byte at which the fault is. ``device`` is the key of the
    device, where it is known. ``reason`` is Chinese and says what an installer can do.
    """

    received: int
    protocol: str
    source: str
    device: int | None
    reason: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """A registered device.

    ``points`` maps an address on the device (its grammar is the protocol's: docs/gateways.md) to
    the number of the point: a device speaks for these and no others. All lie in ``site``.
    ``most_per_second`` limits its readings; 1 at least. ``proves`` says whether a secret that
    the device has shown is its own; the register keeps no more than a digest of it.
    """

    key: int
    site: int
    points: Mapping[str, int]
    most_per_second: int
    proves: Callable[[str], bool]


class Sink(Protocol):
    """The stream of readings, and the list of dead letters."""

    async def store(self, site: int, batch: Batch) -> None:
        """Returns only when ``batch``, of points of ``site``, lies safely; else NotStored."""

    async def bury(self, letter: DeadLetter) -> None:
        """Returns only when ``letter`` lies safely; else NotStored."""


class Directory(Protocol):
    """The devices as they are registered now; asked anew for each message, so it must be fast."""

    def device(self, protocol: str, address: str) -> Known | None:
        """The device at ``address`` (a number, MN, phone, mine …); None: unknown or retired.

        ``protocol`` is ``gb26875``, ``jt808``, ``hj212``, ``coal`` or ``http``.
        """
