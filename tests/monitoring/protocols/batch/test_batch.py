"""Batches: the columns and ANB1; every fault of the bytes has its reason and its place."""

from __future__ import annotations

import math
import struct
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.monitoring.protocols.batch import (
    MOST_READINGS,
    SPAN,
    BadReading,
    Batch,
    Quality,
    Splitter,
    describe,
    from_json,
    pack,
    pack_all,
    parse,
    split,
    to_json,
    unpack,
)
from anlan.monitoring.protocols.batch.columns import EARLIEST, LATEST
from anlan.monitoring.protocols.framing import Malformed

from ..streams import cut_at, laid_end_to_end, noise, places, refusal
from ..streams import split as split_stream
from .readings import AT, batches

LIMIT = 17_000_017


def one(*, point: int = 1, at: int = AT, value: float = 0.42, quality: int = 0) -> Batch:
    return Batch.of([point], [at], [value], [quality])


@given(batches)
def test_what_is_packed_is_unpacked(batch: Batch) -> None:
    assert unpack(pack(batch)) == batch
    assert parse(pack(batch)) == batch


@given(batches)
def test_what_is_written_as_json_is_read_back(batch: Batch) -> None:
    assert from_json(to_json(batch)) == batch
    assert parse(to_json(batch)) == batch


def test_the_bytes_are_those_of_the_document() -> None:
    batch = Batch.of([1, 7], [AT, AT + 250], [0.42, math.nan], [0, 3])
    assert pack(batch) == (
        b"ANB1" + struct.pack("<I", 2) + struct.pack("<q", AT)
        + struct.pack("<II", 1, 7) + struct.pack("<ii", 0, 250)
        + struct.pack("<dd", 0.42, math.nan) + bytes([0, 3])
    )  # fmt: skip


def test_columns_are_used_where_they_lie() -> None:
    message = pack(one())
    batch = unpack(message)
    for column in (batch.point, batch.value, batch.quality):
        assert np.shares_memory(column, np.frombuffer(message, np.uint8))
        assert not column.flags.writeable


def test_the_same_reading_twice_stays_twice() -> None:
    twice = Batch.of([1, 1], [AT, AT], [0.4, 0.4], [0, 0])
    assert len(unpack(pack(twice))) == len(from_json(to_json(twice))) == 2


def broken(message: bytes, at: int, data: bytes) -> bytes:
    return message[:at] + data + message[at + len(data) :]


TWO = pack(Batch.of([1, 7], [AT, AT + 1], [0.5, 0.6], [0, 0]))
INFINITE, NAN = struct.pack("<d", math.inf), struct.pack("<d", math.nan)
FAULTS = [
    (b"", "应以“ANB1”开头", 0),
    (b"ANB2" + TWO[4:], "应以“ANB1”开头", 0),
    (b"AN", "连 16 字节的头都不够", 2),
    (TWO[:15], "连 16 字节的头都不够", 15),
    (broken(TWO, 4, bytes(4)), "条数是 0", 4),
    (broken(TWO, 4, b"\xff\xff\xff\xff"), "条数是 4294967295", 4),
    (broken(TWO, 4, struct.pack("<I", MOST_READINGS + 1)), "条数是 1000001", 4),
    (TWO[:-1], "应有 50 字节，实际 49 字节", 49),
    (TWO + b"x", "应有 50 字节，实际 51 字节", 50),
    (broken(TWO, 8, struct.pack("<q", 2**63 - 1)), "基准时间", 8),
    (broken(TWO, 8, struct.pack("<q", -(2**63))), "基准时间", 8),
    (broken(TWO, 8, struct.pack("<q", LATEST)), "第 2 条读数的时间", 28),
    (broken(TWO, 40, INFINITE), "第 2 条读数的值不是有限的数", 40),
    (broken(TWO, 32, NAN), "第 1 条读数的值不是有限的数", 32),
    (broken(TWO, 49, b"\x07"), "第 2 条读数的质量", 49),
]


@pytest.mark.parametrize(("message", "words", "offset"), FAULTS)
def test_faults_of_bytes(message: bytes, words: str, offset: int) -> None:
    with pytest.raises(Malformed) as caught:
        unpack(message)
    assert words in caught.value.reason
    assert caught.value.offset == offset


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda rest: TWO[:16] + rest))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (unpack, parse, from_json):
        fault = refusal(read, data)
        assert fault is None or (fault.reason and 0 <= fault.offset <= max(len(data), 16))


@pytest.mark.parametrize(
    ("span", "fits"), [(0, True), (2**31 - 1, True), (2**31, True), (SPAN, True), (SPAN + 1, False)]
)
def test_times_at_the_edge_of_32_bits(span: int, fits: bool) -> None:
    batch = Batch.of([1, 2, 3], [AT + span, AT, AT + 5], [1, 2, 3], [0, 0, 0])
    if fits:
        assert unpack(pack(batch)) == batch
        assert pack_all(batch) == [pack(batch)]
        return
    with pytest.raises(ValueError, match="49 天"):
        pack(batch)
    parts = [unpack(message) for message in pack_all(batch)]
    assert [part.point.tolist() for part in parts] == [[2, 3], [1]]


@given(st.lists(st.integers(EARLIEST, LATEST), max_size=30), st.integers(1, 5))
def test_parts_hold_everything_once_in_order(times: list[int], most: int) -> None:
    n = len(times)
    batch = Batch.of(range(n), times, [0.5] * n, [0] * n)
    parts = list(split(batch, span=SPAN, most=most))
    assert sorted(p for part in parts for p in part.point.tolist()) == list(range(n))
    for part in parts:
        assert 1 <= len(part) <= most
        assert int(part.time.max()) - int(part.time.min()) <= SPAN
        assert part.point.tolist() == sorted(part.point.tolist())


def test_too_few_and_too_many() -> None:
    with pytest.raises(ValueError, match="1–1000000"):
        pack(Batch.of([], [], [], []))
    assert pack_all(Batch.of([], [], [], [])) == []
    n = MOST_READINGS + 1
    many = Batch(np.zeros(n, "u4"), np.full(n, AT), np.zeros(n), np.zeros(n, "u1"))
    with pytest.raises(ValueError, match="1–1000000"):
        pack(many)
    assert [len(unpack(message)) for message in pack_all(many)] == [MOST_READINGS, 1]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([-1], [AT], [1.0], [0]), "放不进 uint32"),
        (([2**32], [AT], [1.0], [0]), "放不进 uint32"),
        (([1.5], [AT], [1.0], [0]), "放不进 uint32"),
        (([math.nan], [AT], [1.0], [0]), "放不进 uint32"),
        (([1], [2**63], [1.0], [0]), "放不进|不能放进"),
        (([1], [2**70], [1.0], [0]), "放不进|不能放进"),
        (([1], [AT], [1.0], [256]), "放不进 uint8"),
        (([1, 2], [AT], [1.0], [0]), "as long as point"),
        (([[1]], [[AT]], [[1.0]], [[0]]), "as long as point"),
        (([1], [AT], [math.nan], [0]), "没有值用 NaN"),
        (([1], [AT], [math.inf], [2]), "不是有限的数"),
        (([1], [AT], [1.0], [7]), "质量不在"),
        (([1], [LATEST + 1], [1.0], [0]), "时间不在"),
        (([1], [EARLIEST - 1], [1.0], [0]), "时间不在"),
    ],
)
def test_columns_that_are_none(columns: tuple, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Batch.of(*columns)


def test_the_wrong_type_of_a_column() -> None:
    good = one()
    with pytest.raises(ValueError, match="point must be u4"):
        Batch(good.time, good.time, good.value, good.quality)  # type: ignore[arg-type]


def test_a_bad_reading_is_named() -> None:
    with pytest.raises(BadReading) as caught:
        Batch.of([1, 2], [AT, AT], [1, math.inf], [0, 0])
    assert (caught.value.column, caught.value.index) == ("value", 1)


def test_equality() -> None:
    assert one() == one()
    assert one(value=math.nan, quality=3) == one(value=math.nan, quality=3)
    assert one() != one(point=2)
    assert one() != "batch"


MARKS = (b"A", b"AN", b"ANB1", TWO[:8], TWO[:20], b"ANB1\1\0\0\0")
stuff = st.lists(noise(*MARKS, size=10) | batches.map(pack), max_size=5).map(b"".join)


@given(stuff, places)
def test_cutting_changes_nothing_and_no_byte_is_lost(data: bytes, ends: list[int]) -> None:
    whole = split_stream(Splitter(), [data], longest=LIMIT)
    laid_end_to_end(whole, data)
    assert split_stream(Splitter(), cut_at(data, ends), longest=LIMIT) == whole


@given(st.binary(max_size=30).filter(lambda data: b"A" not in data), batches)
def test_a_good_message_between_noise_is_found(between: bytes, batch: Batch) -> None:
    message = pack(batch)
    pieces = split_stream(Splitter(), [between + message + between + message], longest=LIMIT)
    assert [piece.data for piece in pieces if piece.fault is None] == [message, message]


def test_a_message_that_claims_too_much_does_not_hide_the_next() -> None:
    claiming = broken(TWO, 4, struct.pack("<I", 1000))
    pieces = split_stream(Splitter(), [claiming + TWO], longest=LIMIT)
    assert [piece.data for piece in pieces] == [claiming, TWO]
    assert pieces[0].fault == "1000 条读数应有 17016 字节，没有收全"


def test_description_is_short_for_many() -> None:
    n = 50_000
    batch = Batch(np.arange(n, dtype="u4"), np.full(n, AT), np.ones(n), np.zeros(n, "u1"))
    said = describe(batch)
    assert (said["count"], said["points"], len(said["readings"])) == (n, n, 10)
    assert said["not_shown"] == n - 10
    assert said["from"] == said["to"] == "2026-11-26T00:00:00.000+00:00"
    assert said["qualities"] == [{"code": 0, "words": "正常", "count": n}]
    assert describe(Batch.of([], [], [], [])) == {"count": 0}
    assert {quality.words for quality in Quality} >= {"断线", "标校中"}


def test_a_million_readings_take_far_less_than_a_second() -> None:
    """The stream carries a million a second; no loop of Python runs over readings."""
    n = MOST_READINGS
    batch = Batch(np.arange(n, dtype="u4"), np.full(n, AT), np.ones(n), np.zeros(n, "u1"))
    begun = time.process_time()
    assert len(unpack(pack(batch))) == n
    assert time.process_time() - begun < 0.5
