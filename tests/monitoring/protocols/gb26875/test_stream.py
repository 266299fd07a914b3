"""The splitter of GB/T 26875.3: any bytes, cut anywhere, with anything between the frames."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.gb26875 import Splitter, parse, write
from anlan.monitoring.protocols.gb26875.frame import LONGEST, Frame, envelope
from anlan.monitoring.protocols.gb26875.layouts import UnknownData
from anlan.monitoring.protocols.gb26875.splitter import BAD_CHECKSUM, INCOMPLETE, NOISE
from anlan.monitoring.protocols.gb26875.tables import Command

from ..streams import cut_at, laid_end_to_end, noise, places, split
from .messages import frames

CONFIRMATION = write(Frame(7, Command.CONFIRM))
# A start behind which a length of 1,024 stands: it promises a kilobyte that never comes.
PROMISE = b"@@" + bytes(22) + b"\x00\x04\x02"

stuff = st.lists(noise(b"@", b"@@", b"#", b"##", PROMISE) | frames.map(write), max_size=6).map(
    b"".join
)


def found(data: bytes) -> list[tuple[bytes, str | None]]:
    return [(piece.data, piece.fault) for piece in split(Splitter(), [data], longest=LONGEST)]


@settings(max_examples=60, deadline=None)
@given(stuff, places)
def test_cutting_changes_nothing_and_no_byte_is_lost(data: bytes, ends: list[int]) -> None:
    whole = split(Splitter(), [data], longest=LONGEST)
    laid_end_to_end(whole, data)
    assert split(Splitter(), cut_at(data, ends), longest=LONGEST) == whole


@settings(max_examples=40, deadline=None)
@given(stuff)
def test_byte_by_byte(data: bytes) -> None:
    whole = split(Splitter(), [data], longest=LONGEST)
    assert split(Splitter(), [bytes([byte]) for byte in data], longest=LONGEST) == whole


@settings(max_examples=60, deadline=None)
@given(stuff)
@example(CONFIRMATION + PROMISE)
def test_every_frame_can_be_opened_and_nothing_else_is_one(data: bytes) -> None:
    for piece in split(Splitter(), [data], longest=LONGEST):
        if piece.fault is not None:
            with pytest.raises(Malformed):
                parse(piece.data)
        else:
            head, _ = envelope(piece.data)
            assert head.time is None or head.time.tzinfo is not None


@settings(max_examples=60, deadline=None)
@given(noise(b"@", b"@@", b"#", PROMISE), frames, noise(b"@", b"@@", PROMISE))
def test_a_good_frame_between_any_noise_is_found(before: bytes, frame: Frame, after: bytes) -> None:
    written = write(frame)
    assert written in [data for data, fault in found(before + written + after) if fault is None]


def test_a_frame_does_not_wait_for_what_noise_has_promised() -> None:
    splitter = Splitter()
    assert splitter.feed(PROMISE) == []
    pieces = splitter.feed(CONFIRMATION)
    assert [(piece.data, piece.fault) for piece in pieces] == [
        (PROMISE, NOISE),
        (CONFIRMATION, None),
    ]


def test_of_two_overlapping_frames_the_one_that_ends_first_is_taken() -> None:
    """By the bytes alone, however they come: the inner one may be all that ever comes."""
    inner = write(Frame(1, Command.CONFIRM))
    filling = b"@@" + bytes(22) + (len(inner) + 1).to_bytes(2, "little") + b"\x80" + inner + b"\1"
    outer = filling + bytes([sum(filling[2:]) & 0xFF]) + b"##"
    assert parse(outer).command == 0x80, "the outer one alone is a good frame"
    assert [data for data, fault in found(outer) if fault is None] == [inner]


def test_a_bad_checksum_is_named_with_the_bytes_of_its_frame_alone() -> None:
    bad = CONFIRMATION[:-3] + bytes([CONFIRMATION[-3] ^ 0xFF]) + b"##"
    assert found(b"xy" + bad + CONFIRMATION) == [
        (b"xy", NOISE),
        (bad, f"{BAD_CHECKSUM}：应为 {CONFIRMATION[-3]:02X}，收到 {CONFIRMATION[-3] ^ 0xFF:02X}"),
        (CONFIRMATION, None),
    ]


@pytest.mark.parametrize(
    ("start", "fault"),
    [
        (b"@@" + bytes(22) + b"\x01\x04\x02", NOISE),  # a length of 1,025
        (b"@@" + bytes(22) + b"\x00\x04\x02", INCOMPLETE),  # of 1,024
        (CONFIRMATION[:-1], INCOMPLETE),
        (CONFIRMATION[:-1] + b"x", NOISE),
        (b"no start at all", NOISE),
    ],
)
def test_what_is_left_at_the_end_is_said(start: bytes, fault: str) -> None:
    assert found(start) == [(start, fault)]


def test_the_longest_frame_passes() -> None:
    longest = write(Frame(0, Command.UPLOAD, data=UnknownData(b"\x80" + bytes(1023))))
    assert len(longest) == LONGEST
    assert found(longest) == [(longest, None)]


@pytest.mark.parametrize(
    "evil",
    [b"@" * 300_000, (b"@" * 24 + b"\1" * 25 + b"#" * 60) * 1000, b"@@" * 26 + b"\0" * 300_000],
)
def test_hostile_noise_takes_no_longer_than_its_length(evil: bytes) -> None:
    begun = time.process_time()
    split(
        Splitter(),
        [evil[start : start + 65536] for start in range(0, len(evil), 65536)],
        longest=LONGEST,
    )
    assert time.process_time() - begun < 3
