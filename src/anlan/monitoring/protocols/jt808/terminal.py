"""A terminal's side of JT/T 808, for simulators and tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from ..exchange import Outstanding, Turn, together
from ..framing import Malformed, Piece
from .messages import (
    Authentication,
    Body,
    Heartbeat,
    PlatformAnswer,
    Registration,
    RegistrationAnswer,
    TerminalAnswer,
)
from .packet import Packet, in_parts, parse, write
from .splitter import Splitter
from .tables import Id, Registered, Result

TIMEOUT = 10.0  # seconds without an answer before a message is sent again (an assumption)


class Stage(StrEnum):
    CLOSED = "closed"
    REGISTERING = "registering"
    AUTHENTICATING = "authenticating"
    READY = "ready"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Reached:
    """The terminal has come to another stage; ``result`` is the platform's, where it refused."""

    stage: Stage
    result: int = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform says that the message with this number is stored."""

    serial: int


@dataclass(frozen=True, slots=True)
class Commanded:
    """A message of the platform that the simulator may answer by ``report``."""

    packet: Packet


TerminalMessage: TypeAlias = Reached | Delivered | Commanded


class Terminal:
    """One terminal, over any number of connections: ``start`` begins each.

    ``code`` is that of an earlier registration; without one it registers first. What it reports
    is sent again until the platform has stored it.
    """

    def __init__(
        self,
        phone: str,
        registration: Registration,
        *,
        version: int | None = None,
        code: str | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._phone = phone.zfill(12 if version is None else 20)
        self._registration = registration
        self._version = version
        self._code = code
        self._serial = 0
        self._timeout = timeout
        self._reports: Outstanding[int] = Outstanding(timeout=timeout, retries=None)
        self._waiting: dict[int, bytes] = {}
        self._begin_connection()

    def _begin_connection(self) -> None:
        self._splitter = Splitter()
        self._login: Outstanding[int] = Outstanding(timeout=self._timeout, retries=None)
        self.stage = Stage.CLOSED

    @property
    def next_serial(self) -> int:
        """The number of the next message; a report in parts has those after it, too."""
        return self._serial

    def start(self, now: float) -> bytes:
        """What to send first on a new connection."""
        self._begin_connection()
        return self._register(now) if self._code is None else self._authenticate(self._code, now)

    def report(self, body: Body, now: float) -> bytes:
        """Sends ``body``, in parts where it is long; before READY it waits until then.

        RuntimeError where its number is that of a report that still waits, 65,536 before.
        """
        packets = in_parts(self._packet(body))
        self._serial = self._serial + len(packets) - 1 & 0xFFFF
        written = {packet.serial: write(packet) for packet in packets}
        if any(serial in self._reports or serial in self._waiting for serial in written):
            raise RuntimeError("the serial number is still in use")
        if self.stage != Stage.READY:
            self._waiting |= written
            return b""
        return self._send(written, now)

    def beat(self) -> bytes:
        """A heartbeat; nobody waits for its answer."""
        return write(self._packet(Heartbeat()))

    def feed(self, data: bytes, now: float) -> Turn[TerminalMessage]:
        """What the platform's bytes bring."""
        return together(self._piece(piece, now) for piece in self._splitter.feed(data))

    def tick(self, now: float) -> Turn[TerminalMessage]:
        """What must be sent again."""
        waiting = self._reports if self.stage == Stage.READY else self._login
        return Turn(send=waiting.due(now)[0])

    def _packet(self, body: Body) -> Packet:
        packet = Packet(self._phone, self._serial, body, self._version)
        self._serial = self._serial + 1 & 0xFFFF
        return packet

    def _register(self, now: float) -> bytes:
        self.stage = Stage.REGISTERING
        return self._log_in(self._registration, now)

    def _authenticate(self, code: str, now: float) -> bytes:
        self.stage = Stage.AUTHENTICATING
        return self._log_in(Authentication(code), now)

    def _log_in(self, body: Body, now: float) -> bytes:
        packet = self._packet(body)
        written = write(packet)
        self._login.sent(packet.serial, written, now)
        return written

    def _send(self, written: dict[int, bytes], now: float) -> bytes:
        for serial, data in written.items():
            self._reports.sent(serial, data, now)
        return b"".join(written.values())

    def _piece(self, piece: Piece, now: float) -> Turn[TerminalMessage]:
        if piece.fault is not None:
            return Turn(dead=(piece,))
        try:
            packet = parse(piece.data)
        except Malformed as error:
            return Turn(dead=(Piece(piece.offset, piece.data, error.reason),))
        match packet.body:
            case RegistrationAnswer() as answer if answer.serial in self._login:
                return self._registered(answer, now)
            case PlatformAnswer(id=Id.AUTHENTICATION) as answer if answer.serial in self._login:
                return self._authenticated(answer, now)
            case PlatformAnswer() as answer:
                return self._answered(answer)
            case RegistrationAnswer() | TerminalAnswer():
                return Turn()
            case _:
                return Turn((Commanded(packet),))

    def _registered(self, answer: RegistrationAnswer, now: float) -> Turn[TerminalMessage]:
        self._login.settle(answer.serial)
        if answer.result != Registered.SUCCESS:
            return self._refused(answer.result)
        self._code = answer.code
        send = self._authenticate(answer.code, now)
        return Turn((Reached(Stage.AUTHENTICATING),), send)

    def _authenticated(self, answer: PlatformAnswer, now: float) -> Turn[TerminalMessage]:
        self._login.settle(answer.serial)
        if answer.result != Result.SUCCESS:
            self._code = None  # the next connection registers anew
            return self._refused(answer.result)
        self.stage = Stage.READY
        waiting, self._waiting = self._waiting, {}
        return Turn((Reached(Stage.READY),), self._send(waiting, now))

    def _refused(self, result: int) -> Turn[TerminalMessage]:
        self.stage = Stage.REFUSED
        return Turn((Reached(Stage.REFUSED, result),))

    def _answered(self, answer: PlatformAnswer) -> Turn[TerminalMessage]:
        """Success ends it; anything else is repeated as if nothing had come."""
        stored = answer.result in (Result.SUCCESS, Result.ALARM_CONFIRMED)
        if not stored or answer.serial not in self._reports:
            return Turn()
        self._reports.settle(answer.serial)
        return Turn((Delivered(answer.serial),))
