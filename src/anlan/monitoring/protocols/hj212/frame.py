"""HJ 212 frames: ``##``, four digits of length, the data segment, four hex digits of CRC, CR LF.

HJ 212-2017 (and HJ/T 212-2005 before it) limits the data segment to 1024 bytes. Devices in the
field exceed it, so whatever four digits can say is read and remarked upon; only that bounds what
is kept while waiting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from anlan.monitoring.protocols.framing import Cut, Malformed
from anlan.monitoring.protocols.framing import Splitter as BaseSplitter

HEADER = 6
CRC = 4
STANDARD_DATA = 1024
LONGEST_DATA = 9999
LONGEST = HEADER + LONGEST_DATA + CRC + 2

NOISE = "不是 HJ 212 的帧：应以“##”和四位长度开头"
NO_END = "行尾没有回车换行"

_HEADER = re.compile(rb"##\d{4}")
_CRC = re.compile(rb"[0-9A-Fa-f]{4}")
# Neither a line end nor a header can stand inside a data segment: there the next frame begins.
_BORDER = re.compile(rb"\r\n|##\d{4}")
_PERHAPS_HEADER = re.compile(rb"#{1,2}\Z|##\d{1,3}\Z")


class Crc(StrEnum):
    """Which of the two algorithms that occur in the field made the CRC."""

    STANDARD = "hj212"
    MODBUS = "modbus"


def _table() -> tuple[int, ...]:
    values = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0xA001 if value & 1 else 0)
        values.append(value)
    return tuple(values)


_TABLE = _table()


def checksum(data: bytes, kind: Crc = Crc.STANDARD) -> int:
    """The CRC over a data segment.

    The standard's algorithm (annex A) shifts the register before it adds the byte, unlike the CRC
    of Modbus, which some makers took from their library instead.
    """
    register = 0xFFFF
    if kind is Crc.STANDARD:
        for byte in data:
            register = _TABLE[(register >> 8) ^ byte]
    else:
        for byte in data:
            register = (register >> 8) ^ _TABLE[(register ^ byte) & 0xFF]
    return register


def matching(data: bytes, written: bytes) -> Crc | None:
    """The algorithm that gives the CRC as written; None where neither does."""
    if not _CRC.fullmatch(written):
        return None
    value = int(written, 16)
    return next((kind for kind in Crc if checksum(data, kind) == value), None)


@dataclass(frozen=True, slots=True)
class Opened:
    """A frame whose length and CRC are right."""

    data: bytes
    crc: Crc
    remarks: tuple[str, ...]


def open_frame(frame: bytes) -> Opened:
    """Takes the envelope off; raises ``Malformed`` where the bytes are not one whole frame."""
    if not _HEADER.match(frame):
        raise Malformed(NOISE)
    body = frame[HEADER:]
    ended = body.endswith(b"\r\n")
    if ended:
        body = body[:-2]
    border = _BORDER.search(body)
    if border:
        raise Malformed("一帧里又有行尾或新的帧头", HEADER + border.start())
    declared, data, written = int(frame[2:6]), body[:-CRC], body[-CRC:]
    kind = matching(data, written)
    if declared != len(data):
        raise Malformed(_wrong_length(declared, len(body) - CRC, kind), 2)
    if kind is None:
        raise Malformed(_wrong_crc(data, written), HEADER + len(data))
    remarks = [] if ended else [NO_END]
    if declared > STANDARD_DATA:
        remarks.append(f"数据段 {declared} 字节，超过标准规定的 {STANDARD_DATA} 字节")
    if kind is Crc.MODBUS:
        remarks.append("校验码按 Modbus 算法，不是标准附录 A 的算法")
    return Opened(data, kind, tuple(remarks))


def close_frame(data: bytes, crc: Crc = Crc.STANDARD) -> bytes:
    """Puts the envelope on; raises ``ValueError`` where four digits cannot say the length."""
    if len(data) > LONGEST_DATA:
        raise ValueError(f"数据段 {len(data)} 字节，四位长度写不下")
    return b"##%04d%b%04X\r\n" % (len(data), data, checksum(data, crc))


def _wrong_length(declared: int, actual: int, kind: Crc | None) -> str:
    if actual < 0:
        return f"帧没有完：长度写的是 {declared}，连校验码都没有收全"
    verdict = "校验码是对的，应改长度" if kind else "校验码也不对，可能缺字节或有错字节"
    return f"长度写的是 {declared}，数据段实际 {actual} 字节；{verdict}"


def _wrong_crc(data: bytes, written: bytes) -> str:
    if not _CRC.fullmatch(written):
        return "校验码的位置上不是四位十六进制数"
    standard, modbus = (f"{checksum(data, kind):04X}" for kind in Crc)
    return (
        f"校验码写的是 {written.decode().upper()}，按标准应为 {standard}（按 Modbus 为 {modbus}）"
    )


class Splitter(BaseSplitter):
    """Finds frames by length and CRC; gives up a broken one at its line end or the next header.

    A frame without CR LF is whole when the next header comes, or at the end of the stream.
    """

    def __init__(self) -> None:
        super().__init__()
        self._no_frame_at = -1  # its CRC is wrong; only where it ends is not known yet

    @property
    def lacks_only_line_end(self) -> bool:
        """What waits is a good frame but for its CR LF (or the LF), which some never send."""
        try:
            open_frame(bytes(self._buffer).removesuffix(b"\r"))
        except Malformed:
            return False
        return True

    def cut(self, kept: bytes, start: int, *, final: bool) -> Cut | None:
        limit = min(len(kept), start + LONGEST)
        if not _HEADER.match(kept, start, limit):
            return _noise(kept, start, final=final)
        border = _BORDER.search(kept, start + HEADER, limit)
        end = start + HEADER + int(kept[start + 2 : start + HEADER]) + CRC
        if end <= (border.start() if border else limit) and self._fits(kept, start, end):
            return _with_line_end(kept, start, end, final=final)
        if border:
            stop = border.end() if border.group() == b"\r\n" else border.start()
            return Cut(stop - start, _fault(kept[start:stop]))
        if final and limit == len(kept):
            return Cut(limit - start, _fault(kept[start:limit]))
        if limit - start < LONGEST:
            return None
        perhaps = _PERHAPS_HEADER.search(kept, start + HEADER, limit)
        stop = perhaps.start() if perhaps else limit
        return Cut(stop - start, f"{LONGEST} 字节内没有等到帧尾")

    def _fits(self, kept: bytes, start: int, end: int) -> bool:
        """The CRC before ``end`` is right; reckoned once, however slowly more bytes come."""
        at = self._offset + start
        if self._no_frame_at == at:
            return False
        fits = matching(kept[start + HEADER : end - CRC], kept[end - CRC : end]) is not None
        if not fits:
            self._no_frame_at = at
        return fits


def _with_line_end(kept: bytes, start: int, end: int, *, final: bool) -> Cut | None:
    tail = kept[end : end + 2]
    if tail == b"\r\n":
        return Cut(end + 2 - start)
    if tail in (b"", b"\r") and not final:
        return None
    return Cut(end - start)


def _noise(kept: bytes, start: int, *, final: bool) -> Cut | None:
    found = _HEADER.search(kept, start)
    if not found and not final:
        found = _PERHAPS_HEADER.search(kept, start)
    stop = found.start() if found else len(kept)
    return Cut(stop - start, NOISE) if stop > start else None


def _fault(frame: bytes) -> str:
    try:
        open_frame(frame)
    except Malformed as malformed:
        return malformed.reason
    raise AssertionError("a whole frame was taken for a broken one")
