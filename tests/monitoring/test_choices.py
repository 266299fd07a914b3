"""Measured numbers as people read them."""

from __future__ import annotations

import pytest

from anlan.monitoring.choices import Quantity, in_words, rounded


@pytest.mark.parametrize(
    ("value", "step", "words"),
    [
        (0.650175, 0.01, "0.65"),
        (0.6, 0.01, "0.60"),  # so many digits as the sensor shows
        (-0.001, 0.01, "0.00"),
        (31.0, 1.0, "31"),
        (1234.0, 10.0, "1234"),
        (0.375, 0.125, "0.375"),
        (2e-5, 1e-5, "0.00002"),
        # nobody said how fine it is
        (0.650175, None, "0.6502"),
        (12.3456, None, "12.35"),
        (1023.456, None, "1023.46"),  # a water level above the sea, to the centimetre
        (393217.0, None, "393217"),
        (100.0, None, "100"),
        (0.0, None, "0"),
        (3.4e38, 0.01, "3.4e+38"),  # nobody's measure: must not burst the page
    ],
)
def test_a_number_is_no_finer_than_its_sensor(value: float, step: float | None, words: str) -> None:
    assert rounded(value, step) == words


def test_a_switch_is_a_word_whatever_its_step() -> None:
    assert in_words(Quantity.FAN, 1.0, "", 1.0) == "运行"
    assert in_words(Quantity.FAN, 0.5, "", None) == "0.5"
