"""One connection as the platform sees it: bytes and the clock in, messages and bytes out; no I/O.

A connection may carry several devices (a collector in a works' control room does); what is known
of each is its ``Session``, which may outlive the connection. ``now`` is seconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from anlan.monitoring.protocols.exchange import Turn, together
from anlan.monitoring.protocols.framing import Malformed, Piece
from anlan.monitoring.protocols.hj212.commands import Command
from anlan.monitoring.protocols.hj212.frame import Splitter
from anlan.monitoring.protocols.hj212.message import Message, parse, write
from anlan.monitoring.protocols.hj212.requests import Result
from anlan.monitoring.protocols.hj212.session import Outcome, Session

LINE_END_WITHIN = 3.0  # seconds; then a frame is taken without its CR LF (an assumption)
MOST_DEVICES = 256


@dataclass(frozen=True, slots=True)
class Upload:
    """New data of a device: store it, then ``confirm`` it, or ``deny`` it.

    ``raw`` is the frame as it came; of several packets the last, the rest is in ``message``.
    """

    message: Message
    raw: bytes = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class TimeWish:
    """The device asks for the time (1013): set it by a request of 1012."""

    message: Message


@dataclass(frozen=True, slots=True)
class Remark:
    """Something of this device that a person may want to know, as packets that never came."""

    mn: str
    words: str


Event: TypeAlias = Upload | Result | TimeWish | Remark


class Centre:
    """``session_of`` gives the session of an MN, or None for a device that is not known here."""

    def __init__(self, session_of: Callable[[str], Session | None]) -> None:
        self._session_of = session_of
        self._sessions: dict[str, Session] = {}
        self._splitter = Splitter()
        self._fed_at = 0.0

    def feed(self, data: bytes, now: float) -> Turn[Event]:
        """What ``data`` brings; all that can be answered without the caller is in ``send``."""
        self._fed_at = now
        return self._pieces(self._splitter.feed(data), now)

    def end(self, now: float) -> Turn[Event]:
        """The connection is closed: what was left of it."""
        return self._pieces(self._splitter.end(), now)

    def tick(self, now: float) -> Turn[Event]:
        """What the time brings: call it once a second or so."""
        late = now - self._fed_at >= LINE_END_WITHIN
        turns = [self.end(now)] if late and self._splitter.lacks_only_line_end else []
        for session in self._sessions.values():
            turns.append(_turn(session.mn, session.tick(now)))
        return together(turns)

    def request(self, mn: str, command: Command, *, st: str, now: float) -> bytes:
        """Asks a device that has spoken on this connection; KeyError if it has not.

        ValueError where too many requests wait for it. The end comes as a ``Result``.
        """
        cn, content = command
        return write(self._sessions[mn].request(cn, content, st=st, now=now))

    def confirm(self, upload: Upload) -> bytes:
        """The caller has stored ``upload``; nothing to send where the device asked for nothing."""
        return _written(self._sessions[upload.message.mn].stored(upload.message.qn, upload.message))

    def deny(self, upload: Upload) -> bytes:
        """The caller could not store it. No refusal exists: silence, and it comes again."""
        self._sessions[upload.message.mn].failed(upload.message.qn, upload.message)
        return b""

    def _pieces(self, pieces: list[Piece], now: float) -> Turn[Event]:
        return together([self._piece(piece, now) for piece in pieces])

    def _piece(self, piece: Piece, now: float) -> Turn[Event]:
        if piece.fault is not None:
            return Turn(dead=(piece,))
        try:
            message = parse(piece.data)
        except Malformed as malformed:
            return _dead(piece, malformed.reason)
        session = self._known(message.mn)
        if session is None:
            return _dead(piece, f"MN 没有登记，或这个连接上的设备太多：{message.mn}")
        outcome = session.received(message, now)
        turns = [_turn(message.mn, outcome, piece.data)]
        if outcome.refused:
            turns.append(_dead(piece, outcome.refused))
        return together(turns)

    def _known(self, mn: str) -> Session | None:
        session = self._sessions.get(mn)
        if session is None and len(self._sessions) < MOST_DEVICES:
            session = self._session_of(mn)
            if session is not None:
                self._sessions[mn] = session
        return session


def _turn(mn: str, outcome: Outcome, raw: bytes = b"") -> Turn[Event]:
    events: list[Event] = [Remark(mn, words) for words in outcome.remarks]
    events += outcome.finished
    if outcome.data:
        events.append(Upload(outcome.data, raw))
    if outcome.notice:
        events.append(TimeWish(outcome.notice))
    return Turn(tuple(events), _written(outcome.answers))


def _written(answers: tuple[Message, ...]) -> bytes:
    return b"".join(map(write, answers))


def _dead(piece: Piece, reason: str) -> Turn[Event]:
    return Turn(dead=(Piece(piece.offset, piece.data, reason),))
