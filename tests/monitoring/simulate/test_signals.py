"""Untouched series: in range, on the grid, the same each time, and on the safe side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.simulate.city import Point, of
from anlan.monitoring.simulate.signals import PROFILES, Grid, Signals
from anlan.monitoring.simulate.world import World
from tests.monitoring.simulate.given import START, device, only, point, stamps, world

quantities = st.sampled_from([*PROFILES, "other"])
steps = st.sampled_from([0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0])
times = st.lists(st.integers(0, 4_000_000_000), min_size=1, max_size=20)


@settings(max_examples=40, deadline=None)
@given(quantities, st.integers(-50, 50), st.integers(2, 1000), steps, times, st.integers(0, 9))
def test_values_lie_on_the_grid_within_the_range_and_come_again(
    quantity, low, span, step, moments, seed
):
    shape = point("1", quantity, low=low, high=low + span, resolution=step, limits=[low + span / 2])
    made = of({"devices": [device("http", "a", [shape])]})
    stamped = np.array(sorted(moments), np.int64) * 1000
    first, again = (
        World(made, [], seed=seed, start=START).said(made.devices[0], stamped).value
        for _ in range(2)
    )
    assert first.tolist() == again.tolist()
    assert (first >= low).all()
    assert (first <= low + span).all()
    assert np.allclose(first / step, np.round(first / step), rtol=0, atol=1e-6)
    alone = World(made, [], seed=seed, start=START).said(made.devices[0], stamped[-1:]).value
    assert alone[-1] == first[-1], "what else is asked for changes nothing"


@pytest.mark.parametrize(
    ("quantity", "limits", "safe"),
    [
        ("methane", [0.5, 1.0], lambda v: v < 0.5),
        ("co", [1.0], lambda v: v < 1.0),
        ("oxygen", [2.0], lambda v: v > 2.0),
        ("wind", [0.25, 3.0], lambda v: (v > 0.25) & (v < 3.0)),
        ("level", [1, 2, 3, 3.5], lambda v: v < 1),
        ("beach", [1, 2], lambda v: v > 2),
    ],
)
def test_an_untouched_week_raises_no_alarm_and_does_not_stand_still(quantity, limits, safe):
    made = of({"devices": [device("http", "a", [point("1", quantity, limits=limits)])]})
    week = stamps(*range(0, 7 * 86_400, 60))
    found = World(made, [], seed=3, start=START).said(made.devices[0], week).value
    assert safe(found).all()
    assert len(set(found.tolist())) > 5


def test_seeds_and_points_differ():
    minute = stamps(*range(0, 3600, 10))
    mine = only("http")
    one, other = (world(seed=seed).said(mine, minute) for seed in (1, 2))
    assert one.value.tolist() != other.value.tolist()
    assert one.value[one.point == 0].tolist() != one.value[one.point == 1].tolist()


def test_neighbours_of_a_quantity_swing_together():
    mine = only("http")
    values = Signals(mine, 1).at(START + np.arange(0, 7 * 86_400, 300.0))
    assert np.corrcoef(values[:, 0], values[:, 1])[0, 1] > 0.5


@pytest.mark.parametrize(("given_value", "shown"), [(0.034, 0.03), (9.0, 0.5), (-1.0, 0.02)])
def test_the_grid_lies_within_a_range_that_is_no_multiple_of_it(given_value, shown):
    grid = Grid([Point("1", "co", "", "", 0.015, 0.507, 0.01, ())])
    assert grid.on(np.array([[given_value]])).tolist() == [[shown]]


def test_speed_moves_the_signals_and_leaves_the_stamps():
    mine = only("http")
    slow, fast = world().said(mine, stamps(600)), world(speed=10).said(mine, stamps(60))
    assert slow.value.tolist() == fast.value.tolist()
    assert fast.time.tolist() == stamps(60).tolist() * 5


def test_a_point_that_is_held_keeps_its_value():
    parts = [point("1", "fire_part", low=0, high=65535, resolution=1, limits=[], held=9),
             point("2", "methane", held=0.7)]  # fmt: skip
    made = of({"devices": [device("http", "a", parts)]})
    said = World(made, [], seed=1, start=START).said(made.devices[0], stamps(100))
    assert set(said.value[said.point == 0]) == {9}
    assert set(said.value[said.point == 1]) == {0.7}
