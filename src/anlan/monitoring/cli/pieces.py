"""Any protocol's bytes as lines for people and programs: what each piece says, or what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

from anlan.monitoring.protocols.framing import Malformed, Piece

PROTOCOLS = ("gb26875", "jt808", "hj212", "coal", "batch")
SHOWN = 32  # bytes of a faulty piece

Line = dict[str, Any]


class Unreadable(ValueError):
    """The input as a whole cannot be read; Chinese, says what to do."""


class Decoder(Protocol):
    """Fed bytes as they come, gives a line for each piece that is certain."""

    def feed(self, data: bytes) -> list[Line]: ...

    def end(self) -> list[Line]: ...


def decoder(protocol: str, name: str, begin: bytes, *, part: bool = False) -> Decoder:
    """For a protocol of ``PROTOCOLS``; ``name`` is the file's, ``begin`` its first bytes;
    ``part``: of a coal mine's file these are only some records."""
    if protocol == "coal":
        return CoalLines(name, begin, part=part)
    if protocol == "batch" and begin.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return JsonLine()
    return FrameLines(protocol)


class FrameLines:
    """Protocols of frames, each in a package of its own with one shape (docs/monitoring.md)."""

    def __init__(self, protocol: str) -> None:
        self._protocol = import_module(f"anlan.monitoring.protocols.{protocol}")
        self._splitter = self._protocol.Splitter()

    def feed(self, data: bytes) -> list[Line]:
        return [self._line(piece) for piece in self._splitter.feed(data)]

    def end(self) -> list[Line]:
        return [self._line(piece) for piece in self._splitter.end()]

    def _line(self, piece: Piece) -> Line:
        line = _line(piece, self._protocol.parse, self._protocol.describe)
        # Parsed all the same: the parser knows at which byte the fault lies.
        if piece.fault is not None and "fault" in line:
            return line | {"fault": piece.fault}
        return line if piece.fault is None else _faulty(piece, piece.fault, 0)


class JsonLine:
    """A batch as JSON is one document: kept whole, up to the limit of such a batch."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> list[Line]:
        from anlan.monitoring.protocols.batch.text import LONGEST

        # One byte over the limit is enough to be refused.
        self._data += data[: max(LONGEST + 1 - len(self._data), 0)]
        return []

    def end(self) -> list[Line]:
        from anlan.monitoring.protocols.batch import describe, from_json

        return [_line(Piece(0, bytes(self._data)), from_json, describe)]


class CoalLines:
    """A file of a coal mine; its name says what kind it is, its beginning how it is separated."""

    def __init__(self, name: str, begin: bytes, *, part: bool = False) -> None:
        from anlan.monitoring.protocols import coal

        try:
            kind = coal.FileName.parse(name).kind
        except Malformed as malformed:
            hint = "请改名，或用 --name 写出原来的文件名。"
            raise Unreadable(f"{malformed.reason}。{hint}") from malformed
        self._reader = coal.Reader(kind, coal.likely_dialect(begin), part=part)
        self._describe = coal.describe

    def feed(self, data: bytes) -> list[Line]:
        return [self._line(found) for found in self._reader.feed(data)]

    def end(self) -> list[Line]:
        return [self._line(found) for found in self._reader.end()]

    def _line(self, found: Any) -> Line:
        place = {"offset": found.offset, "length": found.length}
        if found.record is None:
            return place | {"fault": found.fault, "fault_at": found.at}
        return place | {"message": self._describe(found.record)}


def _line(piece: Piece, parse: Callable[[bytes], Any], describe: Callable[[Any], Line]) -> Line:
    try:
        message = parse(piece.data)
    except Malformed as malformed:
        return _faulty(piece, malformed.reason, malformed.offset)
    return {"offset": piece.offset, "length": len(piece.data), "message": describe(message)}


def _faulty(piece: Piece, reason: str, offset: int) -> Line:
    return {
        "offset": piece.offset,
        "length": len(piece.data),
        "fault": reason,
        "fault_at": piece.offset + offset,
        "bytes": piece.data[:SHOWN].hex(" "),
    }
