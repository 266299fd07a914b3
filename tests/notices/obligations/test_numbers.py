"""Numbers: what a numeral is worth, and that writing and reading one gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.notices.obligations.numbers import parse_chinese, scan

_DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """The numeral as it is written: 10 十, 105 一百零五, 20010 二万零一十."""
    if number < 10:
        return _DIGITS[number]
    for scale, sign in ((10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= scale:
            head, rest = divmod(number, scale)
            lead = in_chinese(head) + sign
            gap = "零" if rest and rest < scale // 10 else ""
            tail = in_chinese(rest) if rest else ""
            return lead + gap + tail
    raise AssertionError(number)


@given(st.integers(0, 99_999))
def test_a_written_number_reads_back(number: int) -> None:
    written = in_chinese(number)
    assert parse_chinese(written) == number
    if 10 <= number < 20:
        assert parse_chinese(written.removeprefix("一")) == number


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("两", 2),
        ("十", 10),
        ("二十一", 21),
        ("一百五十一", 151),
        ("一百五", 150),
        ("一万二", 12000),
        ("一亿零五万", 100_050_000),
        ("三十万", 300_000),
        ("一一", None),
        ("十五五", None),
        ("百十", None),
        ("一百二百", None),
        ("", None),
        ("一" * 100, None),
    ],
)
def test_a_numeral_is_worth(word: str, value: int | None) -> None:
    assert parse_chinese(word) == value


@pytest.mark.parametrize(
    ("text", "value", "top"),
    [
        ("1,000", 1000, None),
        ("12,34", 12, None),  # no thousands: two numbers, the first is read first
        ("1.5万", 15000, None),
        ("3亿", 300_000_000, None),
        ("百分之三十", 30, None),
        ("百分之百", 100, None),
        ("百分之1.6", 1.6, None),
        ("三分之一", 33.33, None),
        ("三分之二", 66.67, None),
        ("千分之五", 0.5, None),
        ("半", 0.5, None),
        ("两三", 2, 3),
    ],
)
def test_a_number_word_is_scanned(text: str, value: float, top: int | None) -> None:
    number = scan(text)[0]
    assert (number.scaled(), number.value_max) == (value, top)


def test_a_run_of_figures_too_long_for_a_count_is_left_out() -> None:
    assert scan("1" * 16) == []
    assert scan("1" * 5000) == []
