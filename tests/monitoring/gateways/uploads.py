"""Uploads of invented transmission devices, each with its serial number as its value."""

from __future__ import annotations

import time

from anlan.monitoring.protocols.gb26875 import Splitter, parse, write
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875.flags import SystemAct
from anlan.monitoring.protocols.gb26875.frame import Frame
from anlan.monitoring.protocols.gb26875.layouts import AppData
from anlan.monitoring.protocols.gb26875.tables import Command, Kind
from anlan.monitoring.protocols.values import at
from tests.monitoring.gateways.given import (
    Client,
    Register,
    known,
)

# No point that is polled: what comes back are confirmations and, once, the time.
POINT = "1/1:operation"


def register(*addresses: int, rate: int = 100_000) -> Register:
    return Register(
        {
            ("gb26875", str(address)): known(address, {POINT: address}, rate=rate)
            for address in addresses
        }
    )


def data(number: int) -> AppData:
    made = o.SystemOperation(1, 1, SystemAct(number & 0xFF), 0, at(time.time()))
    return AppData(Kind.SYSTEM_OPERATION, (made,))


def frame(serial: int, address: int = 1) -> bytes:
    moment = at(time.time())
    return write(Frame(serial, Command.UPLOAD, address, 0, moment, data=data(serial)))


async def confirmed(client: Client, count: int) -> list[int]:
    """The serial numbers of so many confirmations; fewer where the server closes before."""
    found: list[int] = []
    splitter = Splitter()
    while len(found) < count and (came := await client.read()):
        frames = [parse(piece.data) for piece in splitter.feed(came)]
        found += [each.serial for each in frames if each.command == Command.CONFIRM]
    return found
