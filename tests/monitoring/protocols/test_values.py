"""Texts and moments as devices write them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anlan.monitoring.protocols.values import moment, read_text, write_text


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([b"8", b"\xff", b"\xfc", b"\x81", b"a"]) | st.binary(max_size=4)))
@example([b"88\xfc8\xce8i"])
def test_any_bytes_are_a_text_that_is_read_again_as_the_same(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    text = read_text(data)
    written = write_text(text, len(data))
    assert read_text(written) == text
    assert "\0" not in text
    text.encode("utf-8")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("消防１".encode("gb18030"), "消防１"),
        (b"\0\0abc\0\0xyz", "abc"),
        (b"\xcf\xfb\xb7", "消\ufffd"),
        (b"A\xfc8\xce8i", "A\ufffd8\ufffd8i"),
        ("€".encode("gb18030"), "€"),
        (b"", ""),
    ],
)
def test_texts(data: bytes, text: str) -> None:
    """A digit after half a character stays: it may be the number of a floor."""
    assert read_text(data) == text


@pytest.mark.parametrize(("text", "size"), [("a\0b", None), ("消防", 3), ("\ud800", None)])
def test_texts_that_cannot_be_written(text: str, size: int | None) -> None:
    with pytest.raises(ValueError):
        write_text(text, size)


def test_moments() -> None:
    found = moment(2026, 2, 28, 23, 59, 59)
    assert found is not None
    assert found.isoformat() == "2026-02-28T23:59:59+08:00"
    assert moment(2026, 2, 29, 0, 0, 0) is None
