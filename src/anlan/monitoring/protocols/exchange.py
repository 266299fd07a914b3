"""Sending until it is answered, and knowing again what was sent twice: without any I/O.

The clock comes in as a number, seconds since 1970 UTC, so that a night passes in a test at once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

from .framing import Piece

M = TypeVar("M")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Turn(Generic[M]):
    """What came of some bytes or of some time: for the caller, for the wire, for the dead letters.

    Each piece of ``dead`` has its ``fault``.
    """

    messages: tuple[M, ...] = ()
    send: bytes = b""
    dead: tuple[Piece, ...] = ()


def together(turns: Iterable[Turn[M]]) -> Turn[M]:
    """What came of several bytes or times, in their order, as of one."""
    messages: list[M] = []
    send = bytearray()
    dead: list[Piece] = []
    for turn in turns:
        messages += turn.messages
        send += turn.send
        dead += turn.dead
    return Turn(tuple(messages), bytes(send), tuple(dead))


@dataclass(slots=True)
class _Sent:
    data: bytes
    due: float
    left: int | None


class Outstanding(Generic[K]):
    """What was sent and is not answered: sent again after ``timeout`` seconds, ``retries`` times.

    None for ``retries`` never gives up.
    """

    def __init__(self, *, timeout: float, retries: int | None) -> None:
        self._timeout = timeout
        self._retries = retries
        self._sent: dict[K, _Sent] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._sent

    def __len__(self) -> int:
        return len(self._sent)

    def sent(self, key: K, data: bytes, now: float) -> None:
        """``data`` goes out now for the first time."""
        self._sent[key] = _Sent(data, now + self._timeout, self._retries)

    def settle(self, key: K) -> None:
        """The answer has come; KeyError where nothing waits for it."""
        del self._sent[key]

    def due(self, now: float) -> tuple[bytes, list[K]]:
        """What must be sent again now, and what is given up (and forgotten)."""
        again = bytearray()
        given_up: list[K] = []
        for key, sent in list(self._sent.items()):
            if now < sent.due:
                continue
            if sent.left == 0:
                given_up.append(key)
                del self._sent[key]
                continue
            sent.due = now + self._timeout
            sent.left = None if sent.left is None else sent.left - 1
            again += sent.data
        return bytes(again), given_up


class Remembered:
    """Messages that were stored, so that one which is sent again is confirmed, not stored twice.

    May be shared by the connections of a device, which often repeats itself on a new one. Forgets
    after ``seconds``: a device whose clock stands still and which counts from 0 after each start
    sends the same bytes for its next fire, and that must not pass for a repetition.
    """

    def __init__(self, *, seconds: float = 300.0, most: int = 4096) -> None:
        self._seconds = seconds
        self._most = most
        self._until: dict[bytes, float] = {}

    def add(self, key: bytes, now: float) -> None:
        """``key`` (see :func:`digest`) is stored as of now."""
        self._until.pop(key, None)
        self._until[key] = now + self._seconds
        while len(self._until) > self._most:
            del self._until[next(iter(self._until))]

    def has(self, key: bytes, now: float) -> bool:
        """Whether it was stored, not longer ago than is remembered."""
        return now < self._until.get(key, now)


def digest(*parts: bytes) -> bytes:
    """A short key for a message's bytes; their lengths count, so that no two lists share one."""
    hasher = blake2b(digest_size=16)
    for part in parts:
        hasher.update(len(part).to_bytes(8, "little") + part)
    return hasher.digest()
