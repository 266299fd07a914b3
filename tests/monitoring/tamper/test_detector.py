"""Made series: touched in one way each, or not at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.monitoring.tamper.detector import Settings, check
from anlan.monitoring.tamper.series import Series, Track
from anlan.monitoring.tamper.signals import (
    CALM,
    CLIPPED,
    CLOCK,
    COPIED,
    FROZEN,
    GAP,
    NEIGHBOURS,
    STATE,
)
from anlan.monitoring.tamper.states import POWER
from tests.bench import touching
from tests.monitoring.tamper import made

STEP = 30_000  # ms from reading to reading of the made series


def touched(track: Track, touch: touching.Touch, first: int, count: int) -> Series:
    chance = np.random.default_rng(5)
    return touching.apply(touch, track, first, first + count - 1, chance)[0]


@pytest.mark.parametrize(
    ("series", "touch", "count", "kind", "slack"),
    [
        (made.fine(), touching.frozen, 20, FROZEN, 1),
        (made.coarse(), touching.frozen, 240, FROZEN, 15),
        (made.coarse(), touching.damped(0.1), 200, CALM, 160),
        (made.fine(20_000), touching.smoothed(15), 400, CALM, 320),
        (made.fine(), touching.capped(0.5), 480, CLIPPED, 30),
        (made.coarse(), touching.capped(0.5), 480, CLIPPED, 30),
        (made.fine(), touching.replayed(), 60, COPIED, 3),
        (made.coarse(), touching.replayed(), 200, COPIED, 20),
        (made.coarse(), touching.replayed(lift=2), 200, COPIED, 20),
        (made.fine(), touching.replayed(times=1.1), 100, COPIED, 4),
    ],
)
def test_a_touched_stretch_is_named_with_its_kind_and_place(
    series: Series, touch: touching.Touch, count: int, kind: str, slack: int
) -> None:
    first = len(series.times) // 2 + 300
    found = check([touched(Track.of(series), touch, first, count)]).signals
    assert [one.kind for one in found] == [kind]
    assert abs(found[0].start - series.times[first]) <= slack * STEP
    assert abs(found[0].end - series.times[first + count - 1]) <= slack * STEP
    assert found[0].why


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("make", [made.fine, made.coarse])
def test_an_untouched_series_gives_nothing(make: object, seed: int) -> None:
    assert check([make(seed=seed)]).signals == []  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(0, 50, 10))
def test_untouched_points_with_a_common_cause_give_nothing(seed: int) -> None:
    assert check(made.together(seed=seed)).signals == []


def test_a_clock_set_back_is_seen_where_it_went_back() -> None:
    series = made.fine()
    found = check([touched(Track.of(series), touching.set_back, 3000, 121)]).signals
    assert [one.kind for one in found] == [CLOCK]
    assert found[0].start == series.times[3000] - 120 * STEP
    assert "退回" in found[0].why


def test_lost_packets_do_not_end_a_frozen_stretch() -> None:
    series = touched(Track.of(made.fine()), touching.frozen, 3000, 60)
    kept = np.ones(len(series.times), dtype=bool)
    kept[[3010, 3030, 3031]] = False
    found = check([Series("A", series.times[kept], series.values[kept])]).signals
    assert [(one.kind, one.start) for one in found] == [(FROZEN, series.times[3000])]


def test_a_freeze_where_the_point_was_constant_anyway_is_told_as_unseen() -> None:
    slow = made.series(np.round(1.0 + 0.05 * made.waves(12_000, 9, memory=0.99), 1))
    found = check([touched(Track.of(slow), touching.frozen, 6000, 20)])
    assert found.signals == []
    assert [one.why for one in found.unjudged if one.kind == FROZEN]


def test_late_readings_of_a_network_are_no_clock() -> None:
    series = made.fine()
    times = series.times.copy()
    times[[100, 101]] = times[[101, 100]]
    assert check([replace(series, times=times)]).signals == []


def test_a_time_written_twice_shows_also_in_a_sorted_file() -> None:
    series = made.fine()
    twice = np.concatenate((series.times, series.times[3000:3100] + STEP // 3))
    values = np.concatenate((series.values, series.values[3000:3100] + 0.1))
    order = np.argsort(twice)
    found = check([Series("A", twice[order], values[order])]).signals
    assert CLOCK in {one.kind for one in found}


def rise(series: Series, count: int) -> int:
    windows = np.lib.stride_tricks.sliding_window_view(series.values, count)[1:]
    return int(np.argmax(windows.max(axis=1) - series.values[: len(windows)])) + 1


def test_a_gap_at_the_neighbour_s_rise_is_seen_and_at_a_calm_time_not() -> None:
    one, two = made.together()
    at = rise(two, 60)
    found = check([touched(Track.of(one), touching.removed, at, 60), two]).signals
    assert [(signal.kind, signal.beside) for signal in found] == [(GAP, ("B",))]
    calm = int(np.argmin(two.values[100:-100])) + 100
    assert check([touched(Track.of(one), touching.removed, calm, 60), two]).signals == []


def test_a_gap_without_neighbours_is_told_as_not_judged() -> None:
    found = check([touched(Track.of(made.fine()), touching.removed, 3000, 60)])
    assert found.signals == []
    assert GAP in {one.kind for one in found.unjudged}


def test_a_point_turned_down_disagrees_with_its_neighbour() -> None:
    one, two = made.together()
    found = check([touched(Track.of(one), touching.scaled(0.5), 5000, 120), two]).signals
    assert {"A"} <= {signal.point for signal in found if signal.kind == NEIGHBOURS}


def on_and_off(series: Series, off: list[tuple[int, int]]) -> Series:
    values = np.ones(len(series.times))
    for first, last in off:
        values[first : last + 1] = 0
    return Series("P", series.times, values)


def test_flat_at_the_least_while_the_power_is_off() -> None:
    gas = made.coarse()
    power = on_and_off(gas, [(2000, 2100), (7000, 7200)])
    told = Settings(roles={"P": POWER})
    assert [one.kind for one in check([gas, power], told).signals] == []
    values = gas.values.copy()
    values[7000:7201] = values.min()
    found = check([replace(gas, values=values), power], told).signals
    states = [one for one in found if one.kind == STATE]
    assert [(one.point, one.beside) for one in states] == [("A", ("P",))]
    assert states[0].start == gas.times[7000]


def test_over_the_limit_with_the_power_on() -> None:
    gas = made.coarse()
    values = gas.values.copy()
    values[5000:5010] = 5.0
    told = Settings(limits={"A": (4.5,)}, roles={"P": POWER}, cuts={"A": 4.5})
    cut = check([replace(gas, values=values), on_and_off(gas, [(5000, 5040)])], told).signals
    assert STATE not in {one.kind for one in cut}
    kept = check([replace(gas, values=values), on_and_off(gas, [(8000, 8040)])], told).signals
    assert [one.start for one in kept if one.kind == STATE] == [gas.times[5000]]


def test_a_limit_that_is_far_above_the_pile_takes_the_suspicion_away() -> None:
    series = made.coarse()
    capped = touched(Track.of(series), touching.capped(0.5), 6300, 480)
    assert CLIPPED in {one.kind for one in check([capped], Settings({"A": (1.1,)})).signals}
    assert CLIPPED not in {one.kind for one in check([capped], Settings({"A": (5.0,)})).signals}


def test_shifted_times_shift_the_signals() -> None:
    series = touched(Track.of(made.coarse()), touching.frozen, 6300, 240)
    later = replace(series, times=series.times + 7 * 86_400_000 + 11)
    assert check([later]).signals == [
        one.moved(7 * 86_400_000 + 11) for one in check([series]).signals
    ]


def test_points_without_relation_change_nothing() -> None:
    series = touched(Track.of(made.coarse()), touching.replayed(), 6300, 240)
    alone = [(one.kind, one.point, one.start, one.end) for one in check([series]).signals]
    strangers = [made.coarse(seed=40, point="X"), made.fine(seed=41, point="Y")]
    found = check([series, *strangers]).signals
    assert [(one.kind, one.point, one.start, one.end) for one in found] == alone != []


readings = st.lists(
    st.tuples(
        st.integers(-(2**40), 2**40),
        st.one_of(st.sampled_from([0.0, 0.1, 1.0, float("nan")]), st.floats(-1e15, 1e15)),
    ),
    max_size=80,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(readings, max_size=3))
def test_whatever_comes_is_judged_or_told_as_not_judged(
    points: list[list[tuple[int, float]]],
) -> None:
    series = [
        Series(str(at), np.array([t for t, _ in one], np.int64), np.array([v for _, v in one]))
        for at, one in enumerate(points)
    ]
    found = check(series, Settings(limits={"0": (1.0,)}, roles={"1": POWER}, cuts={"0": 1.0}))
    for signal in found.signals:
        assert signal.start <= signal.end
        assert signal.point in {one.point for one in series}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(30, 3000), st.integers(0, 6), st.booleans())
def test_noise_of_any_size_and_resolution_is_judged(
    seed: int, count: int, places: int, gaps: bool
) -> None:
    series = made.series(np.round(made.waves(count, seed), places))
    kept = np.random.default_rng(seed).random(count) < (0.7 if gaps else 1.0)
    check([Series("A", series.times[kept], series.values[kept])])
