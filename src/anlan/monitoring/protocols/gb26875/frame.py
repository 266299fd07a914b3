"""The frame of GB/T 26875.3-2011: ``@@``, header, application data, checksum, ``##``.

No escaping: its end is known from the length in its header alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..framing import Malformed
from .fields import Time, number
from .layouts import MOST_BYTES, Data, UnknownData, read_data, write_data
from .tables import Command

START = b"@@"
END = b"##"
HEAD = 27  # bytes before the application data
SHORTEST = HEAD + 3
LONGEST = SHORTEST + MOST_BYTES

# All others are understood without application data; what they carry is kept unread.
_WITH_DATA = frozenset({Command.CONTROL, Command.UPLOAD, Command.REQUEST, Command.ANSWER})


@dataclass(frozen=True, slots=True)
class Frame:
    """A message. Addresses are numbers of six bytes; ``command`` may be one that is reserved.

    ``version`` holds bytes 5 and 6 as they came. The standard wants the main version, 1, first;
    makers also write it second (STANDARDS 4.8), and so both are accepted, as is any other.
    """

    serial: int
    command: int
    source: int = 0
    target: int = 0
    time: datetime | None = None
    version: tuple[int, int] = (1, 0)
    data: Data | None = None

    @property
    def main_version(self) -> int:
        first, second = self.version
        return second if first != 1 and second == 1 else first


def checksum(data: bytes) -> int:
    """The low byte of the sum of a whole frame's bytes 3 to the end of its application data."""
    return sum(data[2:-3]) & 0xFF


def envelope(data: bytes) -> tuple[Frame, bytes]:
    """The frame without its application data, and those bytes unread; Malformed as ``parse``."""
    if data[:2] != START:
        raise Malformed("没有以启动符 @@ 开头")
    if len(data) < SHORTEST:
        raise Malformed(f"报文只有 {len(data)} 字节，至少应有 {SHORTEST} 字节", len(data))
    length = int.from_bytes(data[24:26], "little")
    if length > MOST_BYTES:
        raise Malformed(f"应用数据单元长度为 {length}，超过 {MOST_BYTES}", 24)
    due = SHORTEST + length
    if len(data) != due:
        raise Malformed(
            f"按应用数据单元长度 {length}，报文应有 {due} 字节，实有 {len(data)} 字节", 24
        )
    if data[-2:] != END:
        raise Malformed("没有以结束符 ## 结尾", len(data) - 2)
    if data[-3] != checksum(data):
        raise Malformed(f"校验和应为 {checksum(data):02X}，收到 {data[-3]:02X}", len(data) - 3)
    return _header(data), data[HEAD:-3]


def _header(data: bytes) -> Frame:
    return Frame(
        serial=int.from_bytes(data[2:4], "little"),
        command=data[26],
        version=(data[4], data[5]),
        time=Time().read(data, 6)[0],
        source=int.from_bytes(data[12:18], "little"),
        target=int.from_bytes(data[18:24], "little"),
    )


def damaged(data: bytes) -> Frame | None:
    """The header of a frame that is whole but for its checksum; None for anything else.

    It may be wrong in any of its fields; good enough to refuse what it heads.
    """
    whole = SHORTEST + int.from_bytes(data[24:26], "little") == len(data)
    if data[:2] != START or data[-2:] != END or not whole:
        return None
    return None if data[-3] == checksum(data) else _header(data)


def parse(data: bytes) -> Frame:
    """The message that ``data``, one whole frame, says; Malformed with the place of the fault."""
    frame, body = envelope(data)
    if not body:
        if frame.command in _WITH_DATA:
            raise Malformed("没有应用数据单元", HEAD)
        return frame
    if frame.command not in _WITH_DATA:
        return replace(frame, data=UnknownData(body))
    try:
        return replace(frame, data=read_data(body))
    except Malformed as error:
        raise Malformed(error.reason, HEAD + error.offset) from None


def write(frame: Frame) -> bytes:
    """The bytes of ``frame``; ValueError for a field that they cannot hold."""
    body = _body(frame)
    filling = (
        number(frame.serial, 2)
        + bytes(frame.version)
        + Time().write(frame.time)
        + number(frame.source, 6)
        + number(frame.target, 6)
        + number(len(body), 2)
        + number(frame.command, 1)
        + body
    )
    return START + filling + bytes([sum(filling) & 0xFF]) + END


def _body(frame: Frame) -> bytes:
    if frame.data is None:
        if frame.command in _WITH_DATA:
            raise ValueError("this command needs application data")
        return b""
    if frame.command in _WITH_DATA:
        return write_data(frame.data)
    if not isinstance(frame.data, UnknownData) or not 0 < len(frame.data.body) <= MOST_BYTES:
        raise ValueError("what this command carries is written as bytes that are not read")
    return frame.data.body
