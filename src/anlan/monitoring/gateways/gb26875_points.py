"""Addresses of points on a device of GB/T 26875.3, and what makes a reading of each object.

=====================================  ============================================================
``1/3/30/393217:state``                part: system type/system address/part type/part address
``1/3/30/393217:4``                    the same part's analog value of type 4
``1/3:state``, ``1/3:operation``       a system; what somebody did at it
``device:state``, ``device:operation`` the transmission device itself
``…:fire``, beside any ``…:state``     1 where the state's bit of fire is set, else 0
=====================================  ============================================================

States and operations are the standard's bits as a number. Analog values are in the unit of their
type; of a type that the standard lacks, the number as sent. ``:fire`` is derived from the state:
bits are no measure (a fault is a greater number than a fire), so a rule cannot compare them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice

from anlan.monitoring.gateways.readings import Readings
from anlan.monitoring.protocols.batch import Quality
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875.flags import DeviceFlag, PartFlag, SystemFlag
from anlan.monitoring.protocols.gb26875.layouts import LAYOUTS, AppData
from anlan.monitoring.protocols.gb26875.tables import Kind

_SYSTEM = re.compile(r"(\d{1,3})/(\d{1,3}):(?:state|fire)", re.ASCII)
_PART = re.compile(r"(\d{1,3})/(\d{1,3})/\d{1,3}/(\d{1,10}):(state|fire|\d{1,3})", re.ASCII)

_PART_FAULTS = PartFlag.FAULT | PartFlag.POWER_FAULT
_LINES = DeviceFlag.CENTRE_LINE_FAULT | DeviceFlag.SYSTEM_LINE_FAULT


def add(found: Readings, made: o.Object) -> None:
    """The reading of ``made``, if it is one. A fire is never doubted, whatever else is set."""
    match made:
        case o.PartState():
            _state(found, _part(made), made.time, made.state, _of_part(made.state))
        case o.AnalogValue():
            value = made.raw if made.value is None else made.value
            found.add(f"{_part(made)}:{made.quantity}", made.time, float(value))
        case o.SystemState():
            system = f"{made.system}/{made.address}"
            _state(found, system, made.time, made.state, _of_system(made.state))
        case o.SystemOperation():
            found.add(f"{made.system}/{made.address}:operation", made.time, made.operation)
        case o.DeviceState():
            _state(found, "device", made.time, made.state, _of_device(made.state))
        case o.DeviceOperation():
            found.add("device:operation", made.time, made.operation)
        case _:
            pass  # versions, descriptions, clocks: nothing that changes from second to second


def _state(
    found: Readings,
    of: str,
    time: datetime | None,
    state: PartFlag | SystemFlag | DeviceFlag,
    quality: Quality,
) -> None:
    """A state for the points that stand for it: its bits, its fire, or both; strange where none
    does. All three tables of bits have fire at the same place."""
    fire = f"{of}:fire"
    derived = found.knows(fire)
    if derived:
        found.add(fire, time, float(bool(state & PartFlag.FIRE)), quality)
    if not derived or found.knows(f"{of}:state"):
        found.add(f"{of}:state", time, state, quality)


def _part(made: o.PartState | o.AnalogValue) -> str:
    return f"{made.system}/{made.address}/{made.part}/{made.part_address}"


def _of_part(state: PartFlag) -> Quality:
    if state & PartFlag.FIRE or not state & _PART_FAULTS:
        return Quality.GOOD
    return Quality.SENSOR_FAULT


def _of_system(state: SystemFlag) -> Quality:
    if state & SystemFlag.FIRE:
        return Quality.GOOD
    if state & SystemFlag.BUS_FAULT:
        return Quality.LINE_BROKEN
    return Quality.SENSOR_FAULT if state & SystemFlag.FAULT else Quality.GOOD


def _of_device(state: DeviceFlag) -> Quality:
    if state & DeviceFlag.FIRE:
        return Quality.GOOD
    if state & _LINES:
        return Quality.LINE_BROKEN
    return Quality.SENSOR_FAULT if state & DeviceFlag.FAULT else Quality.GOOD


def polls(addresses: Iterable[str]) -> list[AppData]:
    """What to ask a device after it has connected: all states and values of these points."""
    systems: dict[o.Object, None] = {}
    parts: dict[o.Object, None] = {}
    analog: dict[o.Object, None] = {}
    device = False
    for address in addresses:
        if address in ("device:state", "device:fire"):
            device = True
        elif found := _SYSTEM.fullmatch(address):
            _ask(systems, o.SystemQuery, found[1], found[2])
        elif found := _PART.fullmatch(address):
            asked = analog if found[4].isdecimal() else parts
            _ask(asked, o.PartQuery, found[1], found[2], found[3])
    messages = [AppData(Kind.READ_DEVICE_STATE, (o.DeviceQuery(),))] if device else []
    messages += _messages(Kind.READ_SYSTEM_STATE, systems)
    messages += _messages(Kind.READ_PART_STATE, parts)
    messages += _messages(Kind.READ_ANALOG_VALUE, analog)
    return messages


def _ask(asked: dict[o.Object, None], make: Callable[..., o.Object], *numbers: str) -> None:
    """One query more; none for an address that no device can have, as a typing error makes."""
    system, address, *part = (int(number) for number in numbers)
    if max(system, address) <= 0xFF and max(part, default=0) <= 0xFFFFFFFF:
        asked[make(system, address, *part)] = None


def _messages(kind: Kind, queries: Iterable[o.Object]) -> list[AppData]:
    """As many as it takes: the answer to one must fit into one."""
    left = iter(queries)
    messages: list[AppData] = []
    while some := tuple(islice(left, LAYOUTS[kind].most)):
        messages.append(AppData(kind, some))
    return messages
