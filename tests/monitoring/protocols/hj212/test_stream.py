"""The splitter of HJ 212: any bytes, cut anywhere, with anything between the frames."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.monitoring.protocols.framing import Malformed
from anlan.monitoring.protocols.hj212 import Splitter, parse
from anlan.monitoring.protocols.hj212.frame import LONGEST, NOISE, open_frame

from ..streams import cut_at, laid_end_to_end, noise, places, split
from .messages import FRAME, frames

MARKS = (b"#", b"##", b"##0", b"##0012", b"##9999", b"\r", b"\n", b"\r\n", b"&&", b"FFFF")
stuff = st.lists(
    noise(*MARKS, size=12) | frames | frames.map(lambda frame: frame[:-2]), max_size=6
).map(b"".join)


def found(data: bytes) -> list[tuple[bytes, str | None]]:
    return [(piece.data, piece.fault) for piece in split(Splitter(), [data], longest=LONGEST)]


@given(stuff, places)
def test_cutting_changes_nothing_and_no_byte_is_lost(data: bytes, ends: list[int]) -> None:
    whole = split(Splitter(), [data], longest=LONGEST)
    laid_end_to_end(whole, data)
    assert split(Splitter(), cut_at(data, ends), longest=LONGEST) == whole


@given(stuff)
def test_byte_by_byte(data: bytes) -> None:
    whole = split(Splitter(), [data], longest=LONGEST)
    assert split(Splitter(), [bytes([byte]) for byte in data], longest=LONGEST) == whole


@given(stuff)
def test_every_frame_can_be_opened_and_nothing_else_is_one(data: bytes) -> None:
    for piece in split(Splitter(), [data], longest=LONGEST):
        if piece.fault is None:
            open_frame(piece.data)
        else:
            with pytest.raises(Malformed):
                open_frame(piece.data)


@given(noise(*MARKS, size=12), frames, noise(*MARKS, size=12))
def test_a_good_frame_between_any_noise_is_found(before: bytes, frame: bytes, after: bytes) -> None:
    # At the end of a frame that lacks its line end, "\n" would be that of no frame.
    assert frame in [data for data, fault in found(before + frame + after) if fault is None]


def test_a_frame_is_not_waited_for_by_what_a_broken_one_promises() -> None:
    splitter = Splitter()
    assert splitter.feed(FRAME[:60]) == []
    pieces = splitter.feed(FRAME)
    assert [piece.data for piece in pieces] == [FRAME[:60], FRAME]
    assert "没有" in (pieces[0].fault or "") or "长度" in (pieces[0].fault or "")
    assert pieces[1].fault is None


def test_without_line_end_the_next_header_ends_a_frame() -> None:
    splitter = Splitter()
    assert splitter.feed(FRAME[:-2]) == []
    assert [piece.data for piece in splitter.feed(b"#")] == [FRAME[:-2]]
    assert "行尾没有回车换行" in parse(FRAME[:-2]).remarks
    assert found(FRAME[:-2]) == [(FRAME[:-2], None)]


BODY = FRAME[6:-6]
SHORT = b"##%04d" % (len(BODY) - 3) + FRAME[6:]
LONG = b"##%04d" % (len(BODY) + 40) + FRAME[6:]
FAULTS = [
    (SHORT, f"长度写的是 {len(BODY) - 3}，数据段实际 {len(BODY)} 字节；校验码是对的，应改长度"),
    (LONG, f"长度写的是 {len(BODY) + 40}，数据段实际 {len(BODY)} 字节；校验码是对的，应改长度"),
    (FRAME[:-3] + b"\r\n", "缺字节"),
    (FRAME[:-6] + b"0000\r\n", f"校验码写的是 0000，按标准应为 {FRAME[-6:-2].decode()}"),
    (FRAME[:-6] + b"00-0\r\n", "不是四位十六进制数"),
    (FRAME.replace(b"7.0", b"7.1"), "校验码写的是"),
    (FRAME[:20], "缺字节"),
    (b"##0099A", "连校验码都没有收全"),
]


@pytest.mark.parametrize(("bad", "words"), FAULTS)
def test_what_is_wrong_is_said_and_the_next_frame_is_not_lost(bad: bytes, words: str) -> None:
    (data, fault), *rest = found(bad + FRAME)
    assert data == bad
    assert words in (fault or "")
    assert rest == [(FRAME, None)]


def test_noise_is_one_piece() -> None:
    assert found(b"###x##12" + FRAME + b"tail") == [
        (b"###x##12", NOISE),
        (FRAME, None),
        (b"tail", NOISE),
    ]


def test_the_longest_frame_passes_and_no_longer_one_is_waited_for() -> None:
    from anlan.monitoring.protocols.hj212.frame import LONGEST_DATA, close_frame

    longest = close_frame(b"x" * LONGEST_DATA)
    assert len(longest) == LONGEST
    assert found(longest) == [(longest, None)]
    (bad, fault), *rest = found(longest[:-6] + b"zz" * 10 + FRAME)
    assert len(bad) == LONGEST
    assert "没有等到帧尾" in (fault or "")
    assert rest == [(b"z" * 14, NOISE), (FRAME, None)]


@pytest.mark.parametrize(
    "evil",
    [
        b"#" * 300_000,
        b"##9999" * 50_000,
        b"##0000FFF" * 30_000,
        (b"##0010" + b"A" * 9000) * 30,
        b"##123" * 60_000,
    ],
)
def test_hostile_noise_takes_no_longer_than_its_length(evil: bytes) -> None:
    begun = time.process_time()
    split(
        Splitter(),
        [evil[start : start + 512] for start in range(0, len(evil), 512)],
        longest=LONGEST,
    )
    assert time.process_time() - begun < 3
