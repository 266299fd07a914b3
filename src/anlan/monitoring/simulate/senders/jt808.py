"""Terminals of vehicles: registration, authentication, locations."""

from __future__ import annotations

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.jt808 import Splitter, parse
from anlan.monitoring.protocols.jt808.flags import Alarm, Status
from anlan.monitoring.protocols.jt808.items import Item
from anlan.monitoring.protocols.jt808.messages import Location, PlatformAnswer, Registration
from anlan.monitoring.protocols.jt808.tables import Id, Result
from anlan.monitoring.protocols.jt808.terminal import (
    TIMEOUT,
    Delivered,
    Reached,
    Stage,
    Terminal,
)
from anlan.monitoring.protocols.values import at
from anlan.monitoring.simulate.city import Device
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.world import Said

MOST_WAITING = 1_000  # locations
SHORT_ID = 7  # bytes of a terminal's id before 2019
SHANXI, LULIANG = 14, 1100  # GB/T 2260: 141100


class Jt808:
    """One vehicle; its secret is its terminal's id. ``timeout``: seconds until it repeats."""

    def __init__(self, device: Device, tally: Tally, *, timeout: float = TIMEOUT) -> None:
        plate = f"晋J{device.address[-5:]:>05}"
        registration = Registration(SHANXI, LULIANG, "ANLAN", "SIMULATED", device.secret, 2, plate)
        version = None if len(device.secret) <= SHORT_ID and len(device.address) <= 12 else 1
        self._terminal = Terminal(device.address, registration, version=version, timeout=timeout)
        self._tally = tally
        self._splitter = Splitter()
        self._readings: dict[int, int] = {}  # by serial number

    @property
    def waiting(self) -> int:
        return len(self._readings)

    def opened(self, now: float) -> bytes:
        self._splitter = Splitter()
        return self._terminal.start(now)

    def say(self, said: Said, now: float) -> bytes:
        return b"".join(self._report(time, values, now) for time, values in said.moments())

    def heard(self, data: bytes, now: float) -> bytes:
        self._count_denials(data)
        turn = self._terminal.feed(data, now)
        for message in turn.messages:
            match message:
                case Delivered(serial):
                    self._tally.acknowledged += self._readings.pop(serial, 0)
                case Reached(Stage.REFUSED, result):
                    self._tally.denied += 1
                    self._tally.reasons[f"注册或鉴权被拒（结果 {result}）"] += 1
        return turn.send

    def tick(self, now: float) -> bytes:
        send = self._terminal.tick(now).send
        self._tally.resent += len(Splitter().feed(send)) if send else 0
        return send

    def _report(self, time: int, values: dict[str, float], now: float) -> bytes:
        serial = self._terminal.next_serial
        if len(self._readings) >= MOST_WAITING or serial in self._readings:
            self._tally.lost += len(values)
            return b""
        send = self._terminal.report(location(time, values), now)
        self._readings[serial] = len(values)
        self._tally.sent += len(values)
        return send

    def _count_denials(self, data: bytes) -> None:
        """The terminal takes a refusal for silence; the table tells of it."""
        for piece in self._splitter.feed(data):
            try:
                body = None if piece.fault else parse(piece.data).body
            except Malformed:
                continue  # the terminal leaves it out, too
            if isinstance(body, PlatformAnswer) and body.id == Id.LOCATION:
                self._tally.denied += body.result not in (Result.SUCCESS, Result.ALARM_CONFIRMED)


def location(time: int, values: dict[str, float]) -> Location:
    """One message with all that the vehicle says at this moment; without a place it has no fix."""
    lat, lng = values.get("lat"), values.get("lng")
    status = Status(round(values.get("status", float(Status.ACC | Status.LOCATED))))
    if lat is None or lng is None:
        status &= ~Status.LOCATED
    return Location(
        Alarm(round(values.get("alarm", 0))),
        status,
        round((lat or 0) * 1e6),
        round((lng or 0) * 1e6),
        _fitting(values.get("altitude", 0), 2),
        _fitting(values.get("speed", 0) * 10, 2),
        round(values.get("direction", 0)) % 360,
        at(time / 1000),
        tuple(_items(values)),
    )


def _items(values: dict[str, float]) -> list[Item]:
    found = []
    for code, channel, size in ((0x01, "mileage", 4), (0x02, "fuel", 2)):
        if channel in values:
            tenths = _fitting(values[channel] * 10, size)
            found.append(Item(code, tenths.to_bytes(size, "big")))
    return found


def _fitting(value: float, size: int) -> int:
    """The nearest whole number that ``size`` bytes hold."""
    return max(0, min(round(value), (1 << 8 * size) - 1))
