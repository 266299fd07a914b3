"""Curves: each peak is there, silence is seen, edges are round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.monitoring.history.curve import HEIGHT, MOST_ALONE, WIDTH, Curve, curve, scale

DAY = 86_400_000


def drawn(values: list[float], every: int = 1000, **more: object) -> Curve | None:
    time = np.arange(len(values)) * every
    return curve(time, np.array(values, float), 0, max(len(values), 1) * every, **more)  # type: ignore[arg-type]


def points(text: str) -> list[tuple[float, float]]:
    return [tuple(map(float, each.split(","))) for each in text.split()]  # type: ignore[misc]


def test_nothing_without_a_value() -> None:
    assert drawn([]) is None
    assert drawn([float("nan")] * 3) is None
    assert curve(np.array([5]), np.array([1.0]), 6, 10) is None


def test_few_readings_are_a_line_through_them() -> None:
    made = drawn([0.0, 1.0, 0.5, 1.0])
    assert made is not None
    assert points(made.lines[0]) == [(0, 260), (240, 0), (480, 130), (720, 0)]
    assert made.bands == []
    assert (made.count, made.least, made.most, made.last) == (4, (0.0, 0), (1.0, 1000), (1.0, 3000))
    assert [value for _, value in made.ticks] == [0, 0.5, 1]


def test_silence_breaks_the_line() -> None:
    time = np.array([0, 10, 20, 30, 500, 510])
    made = curve(time, np.ones(6), 0, 600)
    assert made is not None
    assert [len(points(line)) for line in made.lines] == [4, 2]


def test_readings_that_became_rarer_are_still_a_line() -> None:
    """A device that told of each ten seconds and then of each minute, over eight hours."""
    time = np.r_[np.arange(0, 14_400_000, 10_000), np.arange(14_400_000, 28_800_000, 60_000)]
    made = curve(time, np.ones(len(time)), 0, 28_800_000)
    assert made is not None
    assert len(made.bands) == 1
    silent = curve(np.r_[time[:700], time[720:]], np.ones(len(time) - 20), 0, 28_800_000)
    assert silent is not None
    assert len(silent.bands) == 2  # three minutes of silence are seen


@given(st.integers(0, 9_999), st.sampled_from([-60.0, 60.0]))
def test_one_reading_in_ten_thousand_is_seen(place: int, peak: float) -> None:
    values = [0.0] * 10_000
    values[place] = peak
    made = drawn(values)
    assert made is not None
    assert made.lines == []
    seen = points(" ".join(made.bands))
    edge = 0 if peak > 0 else HEIGHT
    near = [x for x, y in seen if abs(y - edge) < 1]
    assert near
    assert min(abs(x - place * WIDTH / 10_000) for x in near) <= 1.5


def test_limits_are_drawn_where_they_lie_near() -> None:
    made = drawn([0.4, 0.6], limits=[("red", 1.0), ("blue", 900.0)])
    assert made is not None
    assert [(each.name, each.value) for each in made.levels] == [("red", 1.0)]
    assert 0 <= made.levels[0].y <= HEIGHT
    assert (made.above, made.below) == ([("blue", 900.0)], [])


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=9), st.floats(-1e4, 1e4))
def test_a_limit_is_drawn_or_named_never_left_out(values: list[float], limit: float) -> None:
    made = drawn(values, limits=[("red", limit)])
    assert made is not None
    drawn_at = [("red", each.value) for each in made.levels]
    assert [*drawn_at, *made.above, *made.below] == [("red", limit)]
    assert all(0 <= each.y <= HEIGHT for each in made.levels)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_edges_hold_all_values(values: list[float]) -> None:
    low, high, step = scale(values)
    assert low <= min(values)
    assert max(values) <= high
    assert 1 <= round((high - low) / step) <= 7


@pytest.mark.parametrize("count", [MOST_ALONE, MOST_ALONE + 1])
def test_more_than_fit_become_an_envelope(count: int) -> None:
    made = drawn([float(each % 7) for each in range(count)])
    assert made is not None
    assert bool(made.lines) is (count == MOST_ALONE)
    assert bool(made.bands) is (count > MOST_ALONE)
