"""A user information transmission device's side of GB/T 26875.3-2011, for simulators and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from ..exchange import Turn, together
from ..framing import Malformed, Piece
from .frame import Frame, envelope, parse
from .layouts import AppData, Data
from .objects import DeviceTime
from .session import CONTROLS, TIMEOUT, Exchanges, Outcome, Result, reply
from .splitter import Splitter
from .tables import Command


@dataclass(frozen=True, slots=True)
class Ordered:
    """A control command that the device has confirmed: set the clock, initialise, check duty."""

    frame: Frame


DeviceMessage: TypeAlias = Outcome | Ordered
Answers: TypeAlias = Callable[[AppData], Data | None]


class Device:
    """One device. ``answers`` gives the data that a poll asks for, None to refuse it.

    Sends each upload again until it is confirmed, for ever if ``retries`` is None.
    """

    def __init__(
        self,
        address: int,
        centre: int,
        answers: Answers,
        *,
        timeout: float = TIMEOUT,
        retries: int | None = None,
    ) -> None:
        self._address = address
        self._centre = centre
        self._answers = answers
        self._exchanges = Exchanges(timeout=timeout, retries=retries)
        self._splitter = Splitter()

    @property
    def offset(self) -> float:
        """Seconds by which the device's clock is ahead of the caller's; set by a clock command."""
        return self._exchanges.offset

    @offset.setter
    def offset(self, seconds: float) -> None:
        self._exchanges.offset = seconds

    def upload(self, data: AppData, now: float) -> bytes:
        """Begins to send ``data``; its end comes as an Outcome."""
        return self._exchanges.begin(Command.UPLOAD, self._address, self._centre, data, now)

    def feed(self, data: bytes, now: float) -> Turn[DeviceMessage]:
        """What the centre's bytes bring; polls are answered in ``send``."""
        return together(self._piece(piece, now) for piece in self._splitter.feed(data))

    def tick(self, now: float) -> Turn[DeviceMessage]:
        """What the time brings: what must be sent again, and what is given up."""
        again, silent = self._exchanges.tick(now)
        return Turn(silent, again)

    def _piece(self, piece: Piece, now: float) -> Turn[DeviceMessage]:
        if piece.fault is not None:
            return Turn(dead=(piece,))
        try:
            frame = parse(piece.data)
        except Malformed as error:
            fault = Piece(piece.offset, piece.data, error.reason)
            return Turn(send=self._reply(envelope(piece.data)[0], Command.DENY, now), dead=(fault,))
        match frame.command:
            case Command.CONFIRM:
                return self._confirmed(frame)
            case Command.REQUEST | Command.CONTROL if isinstance(frame.data, AppData):
                return self._obey(frame, frame.data, now)
            case Command.DENY:
                return Turn()  # sent again when its time is over, as if nothing had come
            case _:
                return Turn(send=self._reply(frame, Command.DENY, now))

    def _confirmed(self, frame: Frame) -> Turn[DeviceMessage]:
        upload = self._exchanges.waiting_for(frame)
        if upload is None:
            return Turn()
        self._exchanges.end(upload)
        return Turn((Outcome(upload, Result.CONFIRMED, frame),))

    def _obey(self, frame: Frame, data: AppData, now: float) -> Turn[DeviceMessage]:
        if data.kind in CONTROLS:
            self._set_clock(data, now)
            return Turn((Ordered(frame),), self._reply(frame, Command.CONFIRM, now))
        answer = self._answers(data)
        if answer is None:
            return Turn(send=self._reply(frame, Command.DENY, now))
        return Turn(send=self._reply(frame, Command.ANSWER, now, answer))

    def _set_clock(self, data: AppData, now: float) -> None:
        match data.objects[0]:
            case DeviceTime(time=datetime() as time):
                self.offset = time.timestamp() - now

    def _reply(self, frame: Frame, command: Command, now: float, data: Data | None = None) -> bytes:
        return reply(frame, command, now + self.offset, data)
