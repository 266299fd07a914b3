"""Shapes of charts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cockpit import charts


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 1000)))
def test_a_bar_is_filled_exactly(counts: dict[str, int]) -> None:
    parts = charts.bar(counts, "abcd")
    assert [p.name for p in parts] == [n for n in "abcd" if counts.get(n)]
    if parts:
        assert sum(p.width for p in parts) == pytest.approx(100, abs=0.05)
        assert parts[0].x == 0


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (1, 1), (2, 2), (3, 5), (10, 10), (11, 20), (51, 100), (999, 1000)]
)
def test_the_top_of_a_scale(most: int, top: int) -> None:
    assert charts.nice(most) == top


def test_a_trend_needs_two_days_and_breaks_where_one_is_missing() -> None:
    day = date(2025, 3, 1)
    assert charts.trend({}, ["met"]) is None
    assert charts.trend({day: {"met": 1}}, ["met"]) is None
    days = {day + timedelta(days=n): {"met": n} for n in (0, 1, 3, 4)}
    found = charts.trend(days, ["met", "overdue"])
    assert found is not None
    assert found.top == 5
    assert found.lines["met"].points == ["0.0,160.0 150.0,128.0", "450.0,64.0 600.0,32.0"]
    assert found.lines["overdue"].points == ["0.0,160.0 150.0,160.0", "450.0,160.0 600.0,160.0"]
    assert [label for _, label in found.ticks] == ["03-01", "03-04", "03-05"]
