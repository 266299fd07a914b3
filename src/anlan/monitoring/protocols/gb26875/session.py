"""The monitoring centre's side of GB/T 26875.3-2011, without I/O.

Bytes and the clock come in, bytes and messages go out. An upload is confirmed only when the caller
says that it is stored, because the device forgets what was confirmed. One session for a connection;
the devices' own addresses tell them apart. ``now`` is always seconds since 1970 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from ..exchange import Outstanding, Remembered, Turn, digest, together
from ..framing import Malformed, Piece
from ..values import at
from .frame import Frame, damaged, envelope, parse, write
from .layouts import AppData, Data
from .splitter import Splitter
from .tables import ANSWERS, Command, Kind, command_words

TIMEOUT = 10.0  # seconds; the standard (6.5) advises at most 10
RETRIES = 3  # the standard (6.5) advises 3
MOST_OPEN = 1024  # uploads that wait for the caller; more are refused until it has caught up

# Table 4.2 names the setting of the clock a control command; that initialising and the check of
# duty are ones too is an assumption (devices are seen that take 89 by a request).
CONTROLS = frozenset({Kind.SET_CLOCK, Kind.INITIALISE, Kind.CHECK_DUTY})


class Result(StrEnum):
    """How a request or an upload of our own ended."""

    ANSWERED = "answered"  # the data that was asked for has come
    CONFIRMED = "confirmed"
    DENIED = "denied"
    SILENT = "silent"  # no answer after all repetitions


@dataclass(frozen=True, slots=True)
class Upload:
    """Data of a device, new to this session: store it, then ``confirm`` it, or ``deny`` it.

    ``raw`` are its bytes as they came.
    """

    frame: Frame
    key: bytes
    raw: bytes = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an exchange of our own; ``answer`` is the frame that ended it."""

    request: Frame
    result: Result
    answer: Frame | None = None


@dataclass(frozen=True, slots=True)
class Unasked:
    """An answer that no request waits for (it came too late, or after another)."""

    frame: Frame


Message: TypeAlias = Upload | Outcome | Unasked


def reply(frame: Frame, command: Command, now: float, data: Data | None = None) -> bytes:
    """The answer to ``frame``: its serial number and version, its addresses the other way round."""
    return write(
        Frame(frame.serial, command, frame.target, frame.source, at(now), frame.version, data)
    )


class Exchanges:
    """What one side began: serial numbers, repetition, and the end of each exchange.

    ``offset`` is by how many seconds the clock that labels its frames is ahead of the caller's.
    """

    def __init__(self, *, timeout: float, retries: int | None) -> None:
        self.offset = 0.0
        self._next = 0
        self._requests: dict[int, Frame] = {}
        self._waiting: Outstanding[int] = Outstanding(timeout=timeout, retries=retries)

    def begin(self, command: Command, source: int, target: int, data: Data, now: float) -> bytes:
        """The bytes of a new exchange; RuntimeError if all serial numbers are in use."""
        if len(self._requests) > 0xFFFF:
            raise RuntimeError("all 65,536 serial numbers wait for an answer")
        while self._next in self._requests:
            self._next = self._next + 1 & 0xFFFF
        request = Frame(self._next, command, source, target, at(now + self.offset), data=data)
        written = write(request)
        self._next = self._next + 1 & 0xFFFF
        self._requests[request.serial] = request
        self._waiting.sent(request.serial, written, now)
        return written

    def waiting_for(self, answer: Frame) -> Frame | None:
        """Our frame that ``answer`` belongs to: same serial number, from whom we wrote to."""
        request = self._requests.get(answer.serial)
        return request if request and request.target == answer.source else None

    def end(self, request: Frame) -> None:
        del self._requests[request.serial]
        self._waiting.settle(request.serial)

    def tick(self, now: float) -> tuple[bytes, tuple[Outcome, ...]]:
        """What to send again, and what has been given up."""
        again, given_up = self._waiting.due(now)
        silent = tuple(Outcome(self._requests.pop(key), Result.SILENT) for key in given_up)
        return again, silent


class Centre:
    """A connection as the centre sees it. ``address`` is the centre's own.

    ``remembered`` may outlive the connection and be shared by several: a device repeats on a new
    connection what was not confirmed on the old one. What the caller has neither confirmed nor
    denied when a connection ends is delivered again on the next: rather twice than never.
    """

    def __init__(
        self,
        address: int = 0,
        *,
        remembered: Remembered | None = None,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
    ) -> None:
        self._address = address
        self._remembered = Remembered() if remembered is None else remembered
        self._exchanges = Exchanges(timeout=timeout, retries=retries)
        self._splitter = Splitter()
        self._open: dict[bytes, Frame] = {}

    def feed(self, data: bytes, now: float) -> Turn[Message]:
        """What ``data`` brings; all that can be answered without the caller is in ``send``."""
        return together(self._piece(piece, now) for piece in self._splitter.feed(data))

    def tick(self, now: float) -> Turn[Message]:
        """What the time brings: call it once a second or so."""
        again, silent = self._exchanges.tick(now)
        return Turn(silent, again)

    def request(self, data: AppData, *, target: int, now: float) -> bytes:
        """Asks the device ``target`` (types 61–91); its end comes as an Outcome."""
        command = Command.CONTROL if data.kind in CONTROLS else Command.REQUEST
        return self._exchanges.begin(command, self._address, target, data, now)

    def confirm(self, upload: Upload, now: float) -> bytes:
        """The caller has stored ``upload``. KeyError if it was confirmed or denied before."""
        frame = self._open.pop(upload.key)
        self._remembered.add(upload.key, now)
        return reply(frame, Command.CONFIRM, now)

    def deny(self, upload: Upload, now: float) -> bytes:
        """The caller could not store it; the device may send it again. KeyError as ``confirm``."""
        return reply(self._open.pop(upload.key), Command.DENY, now)

    def _piece(self, piece: Piece, now: float) -> Turn[Message]:
        if piece.fault is not None:
            head = damaged(piece.data)
            if head is None or head.command != Command.UPLOAD:
                return Turn(dead=(piece,))
            return Turn(send=reply(head, Command.DENY, now), dead=(piece,))
        try:
            frame = parse(piece.data)
        except Malformed as error:
            return self._refuse(piece, envelope(piece.data)[0], error.reason, now)
        match frame.command:
            case Command.UPLOAD:
                return self._upload(piece, frame, now)
            case Command.CONFIRM | Command.DENY | Command.ANSWER:
                return self._answer(piece, frame)
            case Command.CONTROL | Command.REQUEST:
                return self._refuse(piece, frame, "装置不应向监控中心发出请求或控制命令", now)
            case _:
                return self._refuse(
                    piece, frame, f"命令字节不能识别：{command_words(frame.command)}", now
                )

    def _refuse(self, piece: Piece, frame: Frame, reason: str, now: float) -> Turn[Message]:
        """A refusal is never refused, nor a confirmation or an answer: that would not end."""
        silent = frame.command in (Command.CONFIRM, Command.DENY, Command.ANSWER)
        return Turn(
            send=b"" if silent else reply(frame, Command.DENY, now),
            dead=(Piece(piece.offset, piece.data, reason),),
        )

    def _upload(self, piece: Piece, frame: Frame, now: float) -> Turn[Message]:
        """A repetition has the same source, serial number, time label and content: same bytes."""
        key = digest(piece.data)
        if self._remembered.has(key, now):
            return Turn(send=reply(frame, Command.CONFIRM, now))
        if key in self._open:
            return Turn()
        if len(self._open) >= MOST_OPEN:
            return self._refuse(piece, frame, "待入库的上传数据过多，已否认，装置会重发", now)
        self._open[key] = frame
        return Turn((Upload(frame, key, piece.data),))

    def _answer(self, piece: Piece, frame: Frame) -> Turn[Message]:
        request = self._exchanges.waiting_for(frame)
        if frame.command != Command.ANSWER:
            if request is None:
                return Turn()  # the second of two: its exchange has ended, it says nothing new
            ended = Result.CONFIRMED if frame.command == Command.CONFIRM else Result.DENIED
        elif request is None:
            return Turn((Unasked(frame),))
        elif not _fits(request, frame):
            reason = "应答的类型标志与请求不符"
            return Turn(dead=(Piece(piece.offset, piece.data, reason),))
        else:
            ended = Result.ANSWERED
        self._exchanges.end(request)
        return Turn((Outcome(request, ended, frame),))


def _fits(request: Frame, answer: Frame) -> bool:
    asked = request.data.kind if isinstance(request.data, AppData) else None
    due = ANSWERS.get(asked) if isinstance(asked, Kind) else None
    return due is None or (answer.data is not None and answer.data.kind == due)
