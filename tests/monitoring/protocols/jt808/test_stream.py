"""The splitter of JT/T 808: any bytes, cut anywhere, delimiters shared, lost and too many."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.jt808 import Splitter, parse, write
from anlan.monitoring.protocols.jt808.messages import Heartbeat, Unknown
from anlan.monitoring.protocols.jt808.packet import LONGEST, Packet
from anlan.monitoring.protocols.jt808.splitter import INCOMPLETE, LONE_MARK, TOO_LONG

from ..streams import cut_at, laid_end_to_end, noise, places, split
from .messages import packets

BEAT = write(Packet("013812345678", 1, Heartbeat()))
OTHER = write(Packet("013812345678", 2, Heartbeat()))

stuff = st.lists(
    noise(b"\x7e", b"\x7d", b"\x7d\1", b"\x7d\2", size=30)
    | packets.map(write)
    | st.just(bytes(LONGEST - 3)),
    max_size=6,
).map(b"".join)


def found(data: bytes) -> list[tuple[bytes, str | None]]:
    return [(piece.data, piece.fault) for piece in split(Splitter(), [data], longest=LONGEST)]


@settings(max_examples=40, deadline=None)
@given(stuff, places)
def test_cutting_changes_nothing_and_no_byte_is_lost(data: bytes, ends: list[int]) -> None:
    whole = split(Splitter(), [data], longest=LONGEST)
    laid_end_to_end(whole, data)
    assert split(Splitter(), cut_at(data, ends), longest=LONGEST) == whole


@settings(max_examples=30, deadline=None)
@given(noise(b"\x7e", b"\x7d", BEAT))
def test_byte_by_byte(data: bytes) -> None:
    whole = split(Splitter(), [data], longest=LONGEST)
    assert split(Splitter(), [bytes([byte]) for byte in data], longest=LONGEST) == whole


@settings(max_examples=25, deadline=None)
@given(stuff)
def test_noise_is_no_message(data: bytes) -> None:
    for piece in split(Splitter(), [data], longest=LONGEST):
        if piece.fault is not None:
            with pytest.raises(Malformed):
                parse(piece.data)


@settings(max_examples=40, deadline=None)
@given(noise(b"\x7e", b"\x7d"), packets, noise(b"\x7e", b"\x7d"))
def test_a_good_frame_between_any_noise_is_found(
    before: bytes, packet: Packet, after: bytes
) -> None:
    good = [data for data, fault in found(before + write(packet) + after) if fault is None]
    assert packet in [parse(data) for data in good]


@pytest.mark.parametrize(
    ("data", "pieces"),
    [
        (BEAT + OTHER, [(BEAT, None), (OTHER, None)]),
        (BEAT + OTHER[1:], [(BEAT, None), (OTHER[1:], None)]),  # shared, or the first one lost
        (BEAT[1:] + OTHER, [(BEAT[1:], None), (OTHER, None)]),
        (BEAT[:-1] + OTHER, [(BEAT[:-1] + b"\x7e", None), (OTHER[1:], None)]),  # the last one lost
        (BEAT + OTHER[:-1], [(BEAT, None), (OTHER[:-1], None)]),  # lost at the end of all
        (b"\x7e\x7e" + BEAT, [(b"\x7e\x7e", LONE_MARK), (BEAT, None)]),
        (BEAT + OTHER[:-3], [(BEAT, None), (OTHER[:-3], INCOMPLETE)]),
        (bytes(LONGEST) + BEAT, [(bytes(LONGEST), TOO_LONG), (BEAT, None)]),
        (b"\x7e" + bytes(LONGEST) + BEAT, [
            (b"\x7e" + bytes(LONGEST - 1), TOO_LONG),
            (b"\0\x7e", "报文只有 1 字节，不足消息头和校验码"),
            (BEAT[1:], None),
        ]),
    ],
)  # fmt: skip
def test_delimiters(data: bytes, pieces: list[tuple[bytes, str | None]]) -> None:
    assert found(data) == pieces


def test_a_frame_comes_out_with_its_last_byte() -> None:
    splitter = Splitter()
    assert splitter.feed(BEAT[:-1]) == []
    assert [piece.data for piece in splitter.feed(BEAT[-1:])] == [BEAT]


def test_the_longest_frame_passes() -> None:
    """Every byte of the body escaped, header of 2019."""
    packet = Packet("7E" * 10, 0x7E7E, Unknown(0x7E7E, b"\x7e" * 1023), 0x7E)
    longest = write(packet)
    assert LONGEST - 20 < len(longest) <= LONGEST
    assert found(longest) == [(longest, None)]
    assert parse(longest) == packet
