"""ANB1: a batch as bytes, little-endian, column after column (docs/monitoring.md, "The batch").

The columns of a message are used where they lie; only times are computed anew.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from anlan.monitoring.protocols.batch.columns import (
    EARLIEST,
    LATEST,
    MOST_READINGS,
    WORST,
    BadReading,
    Batch,
    Row,
    split,
)
from anlan.monitoring.protocols.framing import Cut, Malformed
from anlan.monitoring.protocols.framing import Splitter as BaseSplitter

MAGIC = b"ANB1"
HEADER = 16
READING = 17
LONGEST = HEADER + READING * MOST_READINGS
SPAN = 2**32 - 1
"""Milliseconds between the earliest and the latest time that offsets of 32 bits reach: 49 days."""

NOISE = "不是批次：应以“ANB1”开头"

FEW = 32  # readings
_COUNT, _BASE = slice(4, 8), slice(8, 16)
_SINGLE = struct.Struct("<4sIqIidB")


def pack(batch: Batch) -> bytes:
    """The message; raises ``ValueError`` for none or too many readings, or times too far apart."""
    count = len(batch)
    if not 1 <= count <= MOST_READINGS:
        raise ValueError(f"一批应有 1–{MOST_READINGS} 条读数，这里有 {count} 条")
    earliest, latest = int(batch.time.min()), int(batch.time.max())
    if latest - earliest > SPAN:
        raise ValueError("一批读数的时间相差超过 49 天，请用 pack_all 分批")
    base = earliest if latest - earliest < 2**31 else earliest + 2**31
    message = bytearray(HEADER + READING * count)
    message[:4] = MAGIC
    message[_COUNT] = count.to_bytes(4, "little")
    message[_BASE] = base.to_bytes(8, "little", signed=True)
    point, time, value, quality = _columns(message, count)
    point[:] = batch.point
    np.subtract(batch.time, base, out=time, casting="unsafe")
    value[:] = batch.value
    quality[:] = batch.quality
    return bytes(message)


def pack_all(batch: Batch) -> list[bytes]:
    """As many messages as it takes; none for no readings. See ``split`` for the order."""
    return [pack(part) for part in split(batch, span=SPAN)]


def unpack(message: bytes) -> Batch:
    """The batch, whose columns are views of ``message``; raises ``Malformed``."""
    count = _count(message)
    base = int.from_bytes(message[_BASE], "little", signed=True)
    if not EARLIEST <= base <= LATEST:
        raise Malformed("基准时间不在公元 1–9999 年之内", _BASE.start)
    point, time, value, quality = _columns(message, count)
    try:
        # base and the offsets fit: their sum cannot overflow 64 bits
        return Batch(point, time.astype(np.int64) + base, value, quality)
    except BadReading as bad:
        raise Malformed(str(bad), _offset(bad, count)) from bad


def rows(message: bytes) -> list[Row]:
    """The same as rows: columns are dear where a message holds a reading or two."""
    if len(message) == _SINGLE.size:  # most of what comes by MQTT
        magic, count, base, point, offset, value, quality = _SINGLE.unpack(message)
        if magic == MAGIC and count == 1 and _plain([base + offset], [value], [quality]):
            return [(point, base + offset, value, quality)]
    count = _count(message)
    if count <= FEW:
        base = int.from_bytes(message[_BASE], "little", signed=True)
        fields = struct.unpack_from(f"<{count}I{count}i{count}d{count}B", message, HEADER)
        point, offset = fields[:count], fields[count : 2 * count]
        value, quality = fields[2 * count : 3 * count], fields[3 * count :]
        time = [base + each for each in offset]
        if _plain(time, value, quality):
            return list(zip(point, time, value, quality, strict=True))
    batch = unpack(message)  # says what is wrong, and where
    columns = (batch.point, batch.time, batch.value, batch.quality)
    return list(zip(*(each.tolist() for each in columns), strict=True))


def _plain(time: list[int], value: Sequence[float], quality: Sequence[int]) -> bool:
    """Surely as they may be; of others ``unpack`` judges."""
    return (
        min(time) >= EARLIEST + SPAN and max(time) <= LATEST - SPAN
        and max(quality) <= WORST and all(map(math.isfinite, value))
    )  # fmt: skip


def _count(message: bytes) -> int:
    if message[:4] != MAGIC[: len(message)] or not message:
        raise Malformed(NOISE)
    if len(message) < HEADER:
        raise Malformed(f"只有 {len(message)} 字节，连 {HEADER} 字节的头都不够", len(message))
    count = int.from_bytes(message[_COUNT], "little")
    if not 1 <= count <= MOST_READINGS:
        raise Malformed(_wrong_count(count), _COUNT.start)
    length = HEADER + READING * count
    if len(message) != length:
        at = min(len(message), length)
        raise Malformed(f"{count} 条读数应有 {length} 字节，实际 {len(message)} 字节", at)
    return count


def _wrong_count(count: int) -> str:
    return f"读数的条数是 {count}，应为 1–{MOST_READINGS}"


_Columns = tuple[
    npt.NDArray[np.uint32], npt.NDArray[np.int32], npt.NDArray[np.float64], npt.NDArray[np.uint8]
]


def _columns(message: bytes | bytearray, count: int) -> _Columns:
    """The four columns as they lie in the message."""
    return (
        np.frombuffer(message, "<u4", count, HEADER),
        np.frombuffer(message, "<i4", count, HEADER + 4 * count),
        np.frombuffer(message, "<f8", count, HEADER + 8 * count),
        np.frombuffer(message, "u1", count, HEADER + 16 * count),
    )


def _offset(bad: BadReading, count: int) -> int:
    begin, width = {"time": (4, 4), "value": (8, 8), "quality": (16, 1)}[bad.column]
    return HEADER + begin * count + width * bad.index


class Splitter(BaseSplitter):
    """Messages one after another, as in a file; over MQTT and the stream each comes alone."""

    def cut(self, kept: bytes, start: int, *, final: bool) -> Cut | None:
        if not kept.startswith(MAGIC, start):
            return _noise(kept, start, final=final)
        there = len(kept) - start
        if there < 8:
            return Cut(there, f"只有 {there} 字节，连头都不够") if final else None
        count = int.from_bytes(kept[start + 4 : start + 8], "little")
        if not 1 <= count <= MOST_READINGS:
            return Cut(len(MAGIC), _wrong_count(count))
        length = HEADER + READING * count
        if there >= length:
            return Cut(length)
        if not final:
            return None
        # Perhaps the count is wrong, and good messages lie in what it claims.
        following = kept.find(MAGIC, start + len(MAGIC))
        lacking = f"{count} 条读数应有 {length} 字节，没有收全"
        return Cut(there if following < 0 else following - start, lacking)


def _noise(kept: bytes, start: int, *, final: bool) -> Cut | None:
    following = kept.find(MAGIC, start)
    if following < 0:
        following = len(kept)
        if not final:
            # A magic may be beginning in the last bytes.
            tail = next((n for n in (3, 2, 1) if kept.endswith(MAGIC[:n])), 0)
            following = max(following - tail, start)
    return Cut(following - start, NOISE) if following > start else None
