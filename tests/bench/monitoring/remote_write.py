"""Prometheus remote write, as far as the benchmark needs it: protobuf by hand, snappy by Arrow.

WriteRequest {1: TimeSeries {1: Label {1: name, 2: value}, 2: Sample {1: double, 2: int64}}}. All
series of a payload are of one length, so that a payload is a matrix of bytes filled by column.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tests.bench.monitoring.load import MOVING_EVERY

DIGITS = 8
SAMPLE = 18  # tag, length; tag, double; tag, varint of six bytes
_SNAPPY = pa.Codec("snappy")


def payload(point: np.ndarray, time: int, value: np.ndarray) -> bytes:
    """One sample of each series at one moment (ms), compressed."""
    moving = point % MOVING_EVERY == 0
    return compressed(_lines(point[~moving], time, value[~moving], b"0")
                      + _lines(point[moving], time, value[moving], b"1"))  # fmt: skip


def series(point: int, time: np.ndarray, value: np.ndarray) -> bytes:
    """Many samples of one series, not compressed: payloads are laid end to end."""
    samples = np.zeros((len(time), SAMPLE), np.uint8)
    _fill(samples, time, value)
    body = _labels(str(point).zfill(DIGITS).encode(), b"0") + samples.tobytes()
    return b"\x0a" + _varint(len(body)) + body


def compressed(message: bytes) -> bytes:
    """As it is sent."""
    return bytes(_SNAPPY.compress(message, asbytes=True))


def _lines(point: np.ndarray, time: int, value: np.ndarray, moving: bytes) -> bytes:
    labels = _labels(b"0" * DIGITS, moving)
    length = len(labels) + SAMPLE
    head = b"\x0a" + _varint(length)
    line = np.frombuffer(head + labels + bytes(SAMPLE), np.uint8)
    lines = np.tile(line, (len(point), 1))
    at = len(head) + labels.index(b"0" * DIGITS)
    tens = 10 ** np.arange(DIGITS - 1, -1, -1)
    lines[:, at : at + DIGITS] = point[:, None] // tens % 10 + ord("0")
    _fill(lines[:, -SAMPLE:], np.full(len(point), time), value)
    return lines.tobytes()


def _fill(samples: np.ndarray, time: np.ndarray, value: np.ndarray) -> None:
    samples[:, :3] = 0x12, SAMPLE - 2, 0x09
    samples[:, 3:11] = value.astype("<f8").view(np.uint8).reshape(-1, 8)
    samples[:, 11] = 0x10
    for byte in range(6):  # ms since 1970 take 41 bits until 2109
        samples[:, 12 + byte] = (time >> 7 * byte) & 0x7F | (0x80 if byte < 5 else 0)


def _labels(point: bytes, moving: bytes) -> bytes:
    return _label(b"__name__", b"reading") + _label(b"moving", moving) + _label(b"point", point)


def _label(name: bytes, value: bytes) -> bytes:
    body = b"\x0a" + _varint(len(name)) + name + b"\x12" + _varint(len(value)) + value
    return b"\x0a" + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
