"""From a stream of bytes to frames: what every protocol of this package offers.

A splitter is fed bytes as they come, however they are cut, and gives pieces in order: each a whole
frame, or a run of bytes that is none. The pieces laid end to end are the input, so a fault can be
pointed at by its offset, and nothing that a device sent disappears.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


class Malformed(ValueError):
    """These bytes are no message of the protocol; ``offset`` counts from the frame's first byte.

    The reason is Chinese: an installer on site reads it.
    """

    def __init__(self, reason: str, offset: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the input: a frame where ``fault`` is None, else bytes that are none, and why."""

    offset: int
    data: bytes
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """How many bytes from the beginning belong together, at least one, and what is wrong."""

    length: int
    fault: str | None = None


class Splitter(ABC):
    """Keeps what is not yet whole; a protocol says in ``cut`` where its frames end.

    Noise comes out as soon as it is certain; so where it comes in several feeds it may be several
    pieces, which ``joined`` makes one again.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._offset = 0

    @property
    def waiting(self) -> int:
        """How many bytes are kept until more come."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are certain once ``data`` has come after all before."""
        self._buffer += data
        return self._take(final=False)

    def end(self) -> list[Piece]:
        """The stream is over: what is left comes out, whole or not."""
        return self._take(final=True)

    def _take(self, *, final: bool) -> list[Piece]:
        pieces: list[Piece] = []
        kept = bytes(self._buffer)
        start = 0
        while start < len(kept):
            found = self.cut(kept, start, final=final)
            if found is None:
                break
            data = kept[start : start + found.length]
            pieces.append(Piece(self._offset + start, data, found.fault))
            start += found.length
        del self._buffer[:start]
        self._offset += start
        return joined(pieces)

    @abstractmethod
    def cut(self, kept: bytes, start: int, *, final: bool) -> Cut | None:
        """What stands in ``kept`` from ``start`` (there is at least one byte); None to wait.

        Never None when ``final``, nor when as many bytes wait as the longest frame has.
        """


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbouring pieces with the same fault as one: one stretch of noise is one finding."""
    found: list[Piece] = []
    for fault, run in groupby(pieces, key=lambda piece: piece.fault):
        if fault is None:
            found.extend(run)
            continue
        noise = list(run)
        found.append(Piece(noise[0].offset, b"".join(piece.data for piece in noise), fault))
    return found
