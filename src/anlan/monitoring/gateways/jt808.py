"""JT/T 808: terminals of road vehicles, over TCP.

Addresses of points are names: ``speed`` (km/h), ``alarm`` and ``status`` (the standard's bits),
``lat`` and ``lng`` (degrees), ``altitude`` (m), ``direction`` (degrees), and the items of a
location by their keys, as ``mileage`` (km) or ``fuel`` (L).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from decimal import Decimal

from anlan.monitoring.gateways.contracts import DeadLetter, Directory, Known
from anlan.monitoring.gateways.conversation import Conversation, Heard, Task
from anlan.monitoring.gateways.readings import LIVE, Readings
from anlan.monitoring.protocols.exchange import Turn
from anlan.monitoring.protocols.jt808.items import KNOWN
from anlan.monitoring.protocols.jt808.messages import (
    Authentication,
    Batch,
    Location,
    Registration,
)
from anlan.monitoring.protocols.jt808.session import Message, Platform, Received
from anlan.monitoring.protocols.jt808.tables import Registered, Result, id_words


class Jt808(Conversation):
    """One terminal. ``secret`` is the server's: from it the codes of all terminals are derived."""

    protocol = "jt808"

    def __init__(self, directory: Directory, source: str, secret: bytes) -> None:
        super().__init__(directory, source)
        self._secret = secret
        self._platform = Platform()

    def feed(self, data: bytes, now: float) -> Heard:
        return self._heard(self._platform.feed(data, now), now)

    def tick(self, now: float) -> Heard:
        return self._heard(self._platform.tick(now), now)

    def code(self, device: Known, phone: str) -> str:
        """What the terminal authenticates with; kept nowhere, and worthless for another."""
        named = f"jt808:{device.key}:{phone}".encode()
        return hmac.digest(self._secret, named, "sha256").hex()[:32]

    def _heard(self, turn: Turn[Message], now: float) -> Heard:
        tasks: list[Task] = []
        letters: list[DeadLetter] = list(self.noise(turn.dead, now))
        send = bytearray(turn.send)
        for message in turn.messages:
            if not isinstance(message, Received):
                continue  # a terminal's answer to a command: nothing to store
            device = self.directory.device(self.protocol, number(message.packet.phone))
            match message.packet.body:
                case Registration() as body:
                    send += self._register(message, device, body, letters, now)
                case Authentication() as body:
                    send += self._authenticate(message, device, body, letters, now)
                case _ if self.who(number(message.packet.phone)) is None or device is None:
                    letters.append(self.letter(now, _RETIRED, message.raw))
                    send += self._platform.answer(message, Result.FAILURE, now)
                case _:
                    tasks.append(self._task(device, message, now))
        spoke = bool(turn.messages or (turn.send and not turn.dead))
        alive = bool(self.speaking) and spoke
        over = self._platform.phone is not None and not self.speaking
        return Heard(bytes(send), tuple(tasks), tuple(letters), alive, over)

    def _register(
        self,
        message: Received,
        device: Known | None,
        body: Registration,
        letters: list[DeadLetter],
        now: float,
    ) -> bytes:
        if device is not None and device.proves(body.terminal):
            code = self.code(device, message.packet.phone)
            return self._platform.registered(message, Registered.SUCCESS, code)
        reason = _UNKNOWN if device is None else "终端 ID 与登记的不符：未准注册"
        letters.append(self.letter(now, reason, message.raw, device))
        return self._platform.registered(message, Registered.NO_SUCH_TERMINAL)

    def _authenticate(
        self,
        message: Received,
        device: Known | None,
        body: Authentication,
        letters: list[DeadLetter],
        now: float,
    ) -> bytes:
        if device is not None:
            code = self.code(device, message.packet.phone)
            if hmac.compare_digest(code.encode(), body.code.encode()):
                self.who(number(message.packet.phone))
                return self._platform.authenticated(message, True)
        reason = _UNKNOWN if device is None else "鉴权码不对：未准接入，终端应重新注册"
        letters.append(self.letter(now, reason, message.raw, device))
        return self._platform.authenticated(message, False)

    def _task(self, device: Known, message: Received, now: float) -> Task:
        found, reason, result = read(device, message.packet.body, now)
        return Task(
            device,
            found,
            self.letter(now, reason, message.raw, device) if reason else None,
            lambda now: self._platform.answer(message, result, now),
            lambda now: self._platform.answer(message, Result.FAILURE, now),
        )


_UNKNOWN = "终端手机号没有登记，或车辆已停用：未准接入。请核对终端手机号"
_RETIRED = "车辆已停用：没有入库"


def number(phone: str) -> str:
    """A phone as the directory has it: without the zeros that fill it to 12 or 20 digits."""
    return phone.lstrip("0") or "0"


def read(device: Known, body: object, now: float) -> tuple[Readings, str, Result]:
    """Readings of its own points; why it is to be kept as a letter, if it is; the answer."""
    found, reason, result = Readings(device, now, LIVE), "", Result.SUCCESS
    match body:
        case Location() as location:
            _add(found, location)
        case Batch(locations=locations):
            for location in locations:
                _add(found, location)
        case _:
            code = getattr(body, "id", 0)
            reason, result = f"{id_words(code)}：没有读法，原文留存于此", Result.UNSUPPORTED
    if not len(found) and not reason:
        reason = "车辆没有登记测点（如 speed、alarm、lat、lng）：请在平台登记后重放"
    return found, reason, result


def _add(found: Readings, location: Location) -> None:
    """What the vehicle has points for. It sends all each time; the others are not missed."""
    for name, value in _named(location):
        found.add(name, location.time, value)


def _named(location: Location) -> Iterator[tuple[str, float]]:
    """Without a fix there is no place: none is better than a wrong one."""
    yield "alarm", location.alarms
    yield "status", location.status
    yield "speed", location.speed / 10
    yield "altitude", location.altitude
    if location.heading is not None:
        yield "direction", location.heading
    if location.position is not None:
        yield "lat", location.position[0]
        yield "lng", location.position[1]
    for item in location.items:
        value = item.value
        if isinstance(value, int | Decimal):
            yield KNOWN[item.id].key, float(value)
