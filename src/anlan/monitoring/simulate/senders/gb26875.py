"""User information transmission devices of buildings: uploads of states and values, polls."""

from __future__ import annotations

import re

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.gb26875 import Splitter, parse
from anlan.monitoring.protocols.gb26875 import objects as o
from anlan.monitoring.protocols.gb26875.device import Device as Machine
from anlan.monitoring.protocols.gb26875.flags import (
    DeviceAct,
    DeviceFlag,
    PartFlag,
    SystemAct,
    SystemFlag,
)
from anlan.monitoring.protocols.gb26875.layouts import LAYOUTS, AppData
from anlan.monitoring.protocols.gb26875.session import TIMEOUT, Outcome
from anlan.monitoring.protocols.gb26875.tables import QUANTITIES, Command, Kind
from anlan.monitoring.protocols.values import at
from anlan.monitoring.simulate.city import Device
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.world import Said

MOST_WAITING = 1_000  # uploads: what the centre takes unanswered
_PART = re.compile(r"(\d+)/(\d+)/(\d+)/(\d+):(state|\d+)", re.ASCII)
_SYSTEM = re.compile(r"(\d+)/(\d+):(state|operation)", re.ASCII)


class Gb26875:
    """One device; ``timeout``: seconds until an upload is sent again."""

    def __init__(self, device: Device, tally: Tally, *, timeout: float = TIMEOUT) -> None:
        self._machine = Machine(int(device.address), 0, self._answer, timeout=timeout)
        self._tally = tally
        self._splitter = Splitter()
        self._readings: dict[int, int] = {}  # by serial number of the upload
        self._latest: dict[str, tuple[float, int]] = {}

    @property
    def waiting(self) -> int:
        return len(self._readings)

    def opened(self, now: float) -> bytes:
        """What was not confirmed comes when its time is over."""
        self._splitter = Splitter()
        return b""

    def say(self, said: Said, now: float) -> bytes:
        send = b""
        for time, values in said.moments():
            made: dict[Kind, list[o.Object]] = {}
            for channel, value in values.items():
                self._latest[channel] = value, time
                kind, read = told(channel, value, time)
                if read is not None:
                    made.setdefault(kind, []).append(read)
            for kind, objects in made.items():
                most = LAYOUTS[kind].most
                for begin in range(0, len(objects), most):
                    send += self._upload(kind, tuple(objects[begin : begin + most]), now)
        return send

    def heard(self, data: bytes, now: float) -> bytes:
        self._count_denials(data)
        turn = self._machine.feed(data, now)
        for message in turn.messages:
            if isinstance(message, Outcome):
                self._tally.acknowledged += self._readings.pop(message.request.serial, 0)
        return turn.send

    def tick(self, now: float) -> bytes:
        send = self._machine.tick(now).send
        self._tally.resent += len(Splitter().feed(send)) if send else 0
        return send

    def _upload(self, kind: Kind, objects: tuple[o.Object, ...], now: float) -> bytes:
        if len(self._readings) >= MOST_WAITING:
            self._tally.lost += len(objects)
            return b""
        written = self._machine.upload(AppData(kind, objects), now)
        self._readings[parse(written).serial] = len(objects)
        self._tally.sent += len(objects)
        return written

    def _count_denials(self, data: bytes) -> None:
        """The machine takes a refusal for silence; the table tells of it."""
        for piece in self._splitter.feed(data):
            try:
                denied = piece.fault is None and parse(piece.data).command == Command.DENY
            except Malformed:
                continue  # the machine refuses it
            self._tally.denied += denied

    def _answer(self, asked: AppData) -> AppData | None:
        """What a poll asks for; None, which refuses, where nothing of it was said yet."""
        wanted = {query(each) for each in asked.objects}
        found: dict[Kind, list[o.Object]] = {}
        for channel, (value, time) in self._latest.items():
            kind, read = told(channel, value, time)
            if read is not None and _asks(asked.kind) == kind and query(read) in wanted:
                found.setdefault(kind, []).append(read)
        for kind, objects in found.items():
            return AppData(kind, tuple(objects[: LAYOUTS[kind].most]))
        return None


def told(channel: str, value: float, time: int) -> tuple[Kind, o.Object | None]:
    """The object that says ``value`` of ``channel``; none for an operation where nobody acted."""
    moment, number = at(time / 1000), round(value)
    if channel == "device:state":
        return Kind.DEVICE_STATE, o.DeviceState(DeviceFlag(number & 0xFF), moment)
    if channel == "device:operation":
        act = o.DeviceOperation(DeviceAct(number & 0xFF), 0, moment)
        return Kind.DEVICE_OPERATION, act if number else None
    if found := _SYSTEM.fullmatch(channel):
        system, address = int(found[1]), int(found[2])
        if found[3] == "state":
            state = o.SystemState(system, address, SystemFlag(number & 0xFFFF), moment)
            return Kind.SYSTEM_STATE, state
        done = o.SystemOperation(system, address, SystemAct(number & 0xFF), 0, moment)
        return Kind.SYSTEM_OPERATION, done if number else None
    return _of_part(channel, value, time)


def _of_part(channel: str, value: float, time: int) -> tuple[Kind, o.Object]:
    found = _PART.fullmatch(channel)
    if found is None:
        raise ValueError(f"{channel} is no address on a device")  # refused when the city was read
    part = (int(found[1]), int(found[2]), int(found[3]), int(found[4]))
    moment = at(time / 1000)
    if found[5] == "state":
        flags = PartFlag(round(value) & 0xFFFF)
        return Kind.PART_STATE, o.PartState(*part, flags, "", moment)
    quantity = int(found[5])
    known = QUANTITIES.get(quantity)
    raw = round(value / float(known.step)) if known else round(value)
    raw = max(-0x8000, min(raw, 0x7FFF))
    return Kind.ANALOG_VALUE, o.AnalogValue(*part, quantity, raw, moment)


def _asks(kind: Kind) -> Kind | None:
    return {
        Kind.READ_SYSTEM_STATE: Kind.SYSTEM_STATE,
        Kind.READ_PART_STATE: Kind.PART_STATE,
        Kind.READ_ANALOG_VALUE: Kind.ANALOG_VALUE,
        Kind.READ_DEVICE_STATE: Kind.DEVICE_STATE,
    }.get(kind)


def query(made: o.Object) -> tuple[int, ...]:
    """By what a poll names an object: system, address, and the part's address."""
    names = ("system", "address", "part_address")
    return tuple(getattr(made, name) for name in names if hasattr(made, name))
