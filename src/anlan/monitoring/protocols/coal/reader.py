"""A file's head, records and faults, one after another, while its bytes come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from anlan.monitoring.protocols.coal.dialect import USUAL, Dialect
from anlan.monitoring.protocols.coal.records import Record, parse_record, write_record
from anlan.monitoring.protocols.coal.splitter import BLANK, Splitter
from anlan.monitoring.protocols.framing import Malformed, Piece

BOM = b"\xef\xbb\xbf"
NO_END = "没有文件结束符：文件可能没有传完"
NO_HEAD = "文件是空的：没有文件头"


@dataclass(frozen=True, slots=True)
class Found:
    """A record, or why these bytes are none; ``at`` is the offset in the file that is to blame."""

    offset: int
    length: int
    record: Record | None = None
    fault: str | None = None
    at: int = 0


class Reader:
    """Fed a file of one kind, gives what is certain; keeps no more than one record.

    ``part``: only records out of one, so that neither its head nor its end mark is missed.
    """

    def __init__(self, kind: str, dialect: Dialect = USUAL, *, part: bool = False) -> None:
        self.kind, self.dialect = kind, dialect
        self._splitter = Splitter(dialect)
        self._headed = self._ended = part
        self._length = 0
        self._stretch: Found | None = None  # bytes that are no record, and may go on

    def feed(self, data: bytes) -> list[Found]:
        """What is certain once ``data`` has come after all before."""
        self._length += len(data)
        return self._read(self._splitter.feed(data))

    def end(self) -> list[Found]:
        """The file is over; says so where its end mark did not come."""
        found = self._read(self._splitter.end())
        if self._stretch:
            found.append(self._stretch)
        if not self._headed or not self._ended:
            fault = NO_END if self._headed else NO_HEAD
            found.append(Found(self._length, 0, fault=fault, at=self._length))
        return found

    def _read(self, pieces: list[Piece]) -> list[Found]:
        return [found for piece in pieces for found in self._of_piece(piece)]

    def _of_piece(self, piece: Piece) -> list[Found]:
        last, self._stretch = self._stretch, None
        if piece.fault is not None:
            self._headed = True  # what comes after it is no head
            begin = last.offset if last and last.fault == piece.fault else piece.offset
            length = piece.offset + len(piece.data) - begin
            self._stretch = Found(begin, length, fault=piece.fault, at=begin)
            return [last] if last and begin == piece.offset else []
        found = self._of_text(piece)
        return [each for each in (last, found) if each]

    def _of_text(self, piece: Piece) -> Found | None:
        text = piece.data.removesuffix(self.dialect.record.encode())
        if text.strip(BLANK) == self.dialect.end.encode():
            self._ended = True
            return None
        if not text.strip(BLANK) and (self._headed or text == piece.data):
            return None
        return self._of_record(piece, text)

    def _of_record(self, piece: Piece, text: bytes) -> Found:
        head, self._headed = not self._headed, True
        skipped = len(BOM) if head and text.startswith(BOM) else 0
        try:
            record = parse_record(text[skipped:], self.kind, head=head, dialect=self.dialect)
        except Malformed as malformed:
            at = piece.offset + skipped + malformed.offset
            return Found(piece.offset, len(piece.data), fault=malformed.reason, at=at)
        return Found(piece.offset, len(piece.data), record)


def read(chunks: Iterable[bytes], kind: str, dialect: Dialect = USUAL) -> Iterator[Found]:
    """Head, records and faults of a file in order, in bounded memory."""
    reader = Reader(kind, dialect)
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.end()


@dataclass(frozen=True, slots=True)
class File:
    """A whole file in memory: for the simulator and for small files."""

    kind: str
    head: Record
    records: tuple[Record, ...]


def parse(data: bytes, kind: str, dialect: Dialect = USUAL) -> File:
    """A whole file without any fault; raises ``Malformed`` at the first."""
    records = []
    for found in read([data], kind, dialect):
        if found.record is None:
            raise Malformed(found.fault or "", found.at)
        records.append(found.record)
    return File(kind, records[0], tuple(records[1:]))


def write(file: File, dialect: Dialect = USUAL) -> bytes:
    """The file in UTF-8; raises ``ValueError`` for a record that would not be read back."""
    records = (file.head, *file.records)
    if not file.head.head or any(each.head for each in file.records):
        raise ValueError("第一条应是文件头，其余应是记录")
    if any(each.kind != file.kind for each in records):
        raise ValueError(f"文件是 {file.kind}，有的记录是别的类型")
    return b"".join(write_record(each, dialect) for each in records) + dialect.end.encode()
