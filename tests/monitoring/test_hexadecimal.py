"""Hexadecimal text, however it is written and cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.monitoring.cli.hexadecimal import BadHex, HexText, looks_hex

from .protocols.streams import cut_at, places


def read(*chunks: bytes) -> bytes:
    text = HexText()
    return b"".join([*map(text.feed, chunks), text.feed(b"", final=True)])


@pytest.mark.parametrize(
    "text",
    ["7e0002", "7E 00 02", "0x7e,0x00,0X02", "7e-00-02\r\n", "7e:00 # 说明 ff\n02# 完", "0x7e0002"],
)
def test_ways_to_write_it(text: str) -> None:
    assert read(text.encode()) == b"\x7e\x00\x02"
    assert looks_hex(text.encode())


@given(st.binary(max_size=40), st.sampled_from(["", " ", "\n", ", ", " # ff x\n"]), places)
def test_cutting_changes_nothing(data: bytes, between: str, ends: list[int]) -> None:
    text = between.join(f"{byte:02x}" for byte in data).encode()
    assert read(*cut_at(text, ends)) == data


def test_a_long_token_is_not_kept() -> None:
    text = HexText()
    assert len(text.feed(b"ab" * 10_000 + b"c")) == 10_000
    assert text.feed(b"d", final=True) == b"\xcd"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("7e\n0", "第 2 行：“0”的位数是单数"),
        ("7e\n# x\n\n7g", "第 4 行：“7g”不是十六进制"),
        ("中", "第 1 行：“���”的位数是单数"),
        ("0x", ""),
    ],
)
def test_what_is_none(text: str, words: str) -> None:
    if not words:
        assert read(text.encode()) == b""
        return
    with pytest.raises(BadHex) as caught:
        read(text.encode())
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "sample",
    [
        b"##0101QN=2016",
        b"@@\0\0",
        b"ANB1\1\0",
        b"7e 00 zz",
        b"",
        b"# only",
        b"{}",
        b"x",
        b"140000000001;A",
    ],
)
def test_what_does_not_look_it(sample: bytes) -> None:
    assert not looks_hex(sample)
