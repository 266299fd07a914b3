"""The platform's side of JT/T 808, without I/O: one session for one connection of one terminal.

Registration → code → authentication; before that nothing else is taken. What must be stored is
answered only when the caller says that it is. ``now`` is always seconds since 1970 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ..exchange import Remembered, Turn, digest, together
from ..framing import Malformed, Piece
from .messages import (
    Body,
    Fragment,
    Heartbeat,
    PlatformAnswer,
    RegistrationAnswer,
    TerminalAnswer,
)
from .packet import Head, Packet, envelope, parse, put_together, unwrap, write
from .parts import Parts
from .splitter import Splitter
from .tables import Id, Registered, Result

MOST_OPEN = 1024  # messages that wait for the caller; more are refused until it has caught up

_STORED = frozenset({Result.SUCCESS, Result.ALARM_CONFIRMED})
_LOGIN = frozenset({Id.REGISTRATION, Id.AUTHENTICATION})


@dataclass(frozen=True, slots=True)
class Received:
    """A message to be answered by the caller: by ``registered`` for a registration, by
    ``authenticated`` for an authentication, by ``answer`` for all others, once stored.

    ``serials`` are those of all its parts, ``keys`` know them again, ``raw`` are their bytes.
    """

    packet: Packet
    serials: tuple[int, ...]
    keys: tuple[bytes, ...]
    raw: bytes = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class Told:
    """The terminal's general answer to a message of the platform; it is not answered."""

    packet: Packet


Message: TypeAlias = Received | Told


class Platform:
    """A connection as the platform sees it.

    ``remembered`` may outlive the connection, as a terminal repeats on a new one what was not
    answered on the old.
    """

    def __init__(self, *, remembered: Remembered | None = None, parts: Parts | None = None) -> None:
        self._remembered = Remembered() if remembered is None else remembered
        self._parts = Parts() if parts is None else parts
        self._splitter = Splitter()
        self._open: set[bytes] = set()
        self._serial = 0
        self.phone: str | None = None
        """The number of the terminal that has been authenticated on this connection."""

    def feed(self, data: bytes, now: float) -> Turn[Message]:
        """What ``data`` brings; all that can be answered without the caller is in ``send``."""
        return together(self._piece(piece, now) for piece in self._splitter.feed(data))

    def tick(self, now: float) -> Turn[Message]:
        """What the time brings: messages whose parts did not all come. Call it once a second."""
        return Turn(dead=self._parts.tick(now))

    def registered(self, received: Received, result: Registered, code: str = "") -> bytes:
        """The caller's decision on a registration; with success the code to authenticate with.

        KeyError if it was answered before; ValueError for success without a code.
        """
        if (result == Registered.SUCCESS) != bool(code):
            raise ValueError("a code is given with success, and only then")
        self._close(received)
        packet = received.packet
        return self._send(packet, RegistrationAnswer(packet.serial, result, code))

    def authenticated(self, received: Received, accepted: bool) -> bytes:
        """The caller's decision on the code of an authentication. KeyError as ``registered``."""
        self._close(received)
        self.phone = received.packet.phone if accepted else None
        return self._general(received.packet, Result.SUCCESS if accepted else Result.FAILURE)

    def answer(self, received: Received, result: Result, now: float) -> bytes:
        """The caller has stored ``received`` (or not): the general answer, for each of its parts.

        KeyError if it was answered before.
        """
        self._close(received)
        if result in _STORED:
            for key in received.keys:
                self._remembered.add(key, now)
        return b"".join(
            self._general(received.packet, result, serial) for serial in received.serials
        )

    def _piece(self, piece: Piece, now: float) -> Turn[Message]:
        if piece.fault is not None:
            return Turn(dead=(piece,))
        head, _ = envelope(piece.data)
        if head.part is None:
            self._parts.saw(head.phone, head.serial)
        reason = self._barred(head)
        if reason:
            return self._refuse(piece, head, reason, Result.FAILURE)
        if head.encryption:
            return self._refuse(piece, head, "消息体已加密，平台不能解读", Result.UNSUPPORTED)
        try:
            packet = parse(piece.data)
        except Malformed as error:
            return self._refuse(piece, head, error.reason, Result.BAD_MESSAGE)
        if isinstance(packet.body, TerminalAnswer):
            return Turn((Told(packet),))
        if isinstance(packet.body, Heartbeat):
            return Turn(send=self._general(packet, Result.SUCCESS))
        return self._to_store(piece, head, packet, now)

    def _barred(self, head: Head) -> str | None:
        """Why a message with this header is not taken on this connection, if it is not."""
        if head.id >= 0x8000:
            return "终端发来了只应由平台发出的消息"
        if head.id in _LOGIN and not head.part:
            return None
        if self.phone is None:
            return "终端尚未鉴权"
        if head.phone != self.phone:
            return "终端手机号与已鉴权的不符"
        return None

    def _refuse(self, piece: Piece, head: Head, reason: str, result: Result) -> Turn[Message]:
        """A general answer is never answered: that would not end."""
        silent = head.id in (Id.TERMINAL_ANSWER, Id.PLATFORM_ANSWER)
        return Turn(
            send=b"" if silent else self._general(head, result),
            dead=(Piece(piece.offset, piece.data, reason),),
        )

    def _to_store(self, piece: Piece, head: Head, packet: Packet, now: float) -> Turn[Message]:
        """A repetition of what was stored is answered again, and of what waits for it is not."""
        key = _key(piece)
        if self._remembered.has(key, now):
            return Turn(send=self._general(packet, Result.SUCCESS))
        if key in self._open:
            return Turn()
        if len(self._open) >= MOST_OPEN:
            return self._refuse(piece, head, "待入库的消息过多，终端会重发", Result.FAILURE)
        if isinstance(packet.body, Fragment):
            return self._part(piece, packet, now)
        return self._hand_over(packet, (packet.serial,), (piece,))

    def _part(self, piece: Piece, packet: Packet, now: float) -> Turn[Message]:
        found, dead = self._parts.add(packet, piece, now)
        if not found:
            return Turn(dead=dead)
        try:
            whole = put_together([part for part, _ in found])
        except Malformed as error:
            return together([Turn(dead=dead), self._bad_parts(found, error.reason)])
        serials = tuple(part.serial for part, _ in found)
        pieces = tuple(piece for _, piece in found)
        return together([Turn(dead=dead), self._hand_over(whole, serials, pieces)])

    def _bad_parts(self, whole: list[tuple[Packet, Piece]], reason: str) -> Turn[Message]:
        return Turn(
            send=b"".join(self._general(part, Result.BAD_MESSAGE) for part, _ in whole),
            dead=tuple(Piece(piece.offset, piece.data, reason) for _, piece in whole),
        )

    def _hand_over(
        self, packet: Packet, serials: tuple[int, ...], pieces: tuple[Piece, ...]
    ) -> Turn[Message]:
        keys = tuple(_key(piece) for piece in pieces)
        self._open.update(keys)
        raw = b"".join(piece.data for piece in pieces)
        return Turn((Received(packet, serials, keys, raw),))

    def _close(self, received: Received) -> None:
        for key in received.keys:
            self._open.remove(key)

    def _general(self, asked: Packet | Head, result: Result, serial: int | None = None) -> bytes:
        answered = asked.serial if serial is None else serial
        return self._send(asked, PlatformAnswer(answered, asked.id, result))

    def _send(self, asked: Packet | Head, body: Body) -> bytes:
        """To the terminal that sent ``asked``, in its version, under the platform's own number."""
        written = write(Packet(asked.phone, self._serial, body, asked.version))
        self._serial = self._serial + 1 & 0xFFFF
        return written


def _key(piece: Piece) -> bytes:
    """Knows a frame again, also where it has lost one of its delimiters or shares one."""
    return digest(unwrap(piece.data))
