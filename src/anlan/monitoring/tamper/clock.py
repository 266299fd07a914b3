"""Clock moved: times that go back as readings come, or two readings in the time of one.

An instrument's clock runs forward. A step back by more than jitter writes new readings over the
times of old ones; when the file was sorted afterwards, the same shows as a stretch with about twice
as many readings as the point usually gives.
"""

from __future__ import annotations

import numpy as np

from anlan.monitoring.tamper.series import Floats, Ints, Series, Track
from anlan.monitoring.tamper.signals import CLOCK, Signal, Unjudged
from anlan.monitoring.tamper.words import moment, span

JITTER = 2.0
"""Readings may come late by so many usual steps: networks do that."""

DISORDER = 0.05
"""A file in which more than this share of steps goes back is not in the order of arrival."""

CERTAIN = 6.0
"""The score of what cannot happen by chance: once in a million point-years is an assumption."""

CROWDED = 6
"""So many readings in a row at twice the usual rate are no jitter."""


def find(series: Series, track: Track) -> tuple[list[Signal], list[Unjudged]]:
    """Steps back in arrival order; stretches with too many readings for the time."""
    if len(track) < 3:
        return [], [Unjudged(CLOCK, series.point, "不足3个读数，不知道多久一个")]
    steps = np.diff(series.times)
    if np.mean(steps < 0) > DISORDER:
        why = "文件不是按到达的先后排列的，时钟是否倒退看不出"
        return _crowded(track), [Unjudged(CLOCK, series.point, why)]
    return _back(series, track, steps) + _crowded(track), []


def _back(series: Series, track: Track, steps: Ints) -> list[Signal]:
    signals = []
    # Against the latest time so far, not the last one: a burst of late readings is one step.
    latest = np.maximum.accumulate(series.times)
    behind = latest[1:] - series.times[1:]
    for at in np.flatnonzero((steps < 0) & (behind > JITTER * track.period)):
        again = np.flatnonzero(series.times[at + 1 :] >= latest[at])
        last = at + 1 + int(again[0]) if len(again) else len(series.times) - 1
        start = int(series.times[at + 1])
        why = (
            f"到达次序上，{moment(int(series.times[at]))}之后的读数时间退回到{moment(start)}，"
            f"倒退了{span(int(-steps[at]))}（平常每{span(track.period)}一个读数），"
            "像是时钟被往回拨，或旧时段被重新写过"
        )
        end = max(int(latest[at]), min(int(series.times[last]), int(latest[at])))
        signals.append(Signal(CLOCK, series.point, start, end, CERTAIN, why))
    return signals


def _crowded(track: Track) -> list[Signal]:
    if not track.spaced:
        return []
    # Written twice, two steps take the time of one, however they share it.
    double = track.times[2:] - track.times[:-2]
    close: Floats = (double < 1.25 * track.period).astype(np.float64)
    edge = np.diff(np.concatenate(([0.0], close, [0.0])))
    signals = []
    for first, after in zip(np.flatnonzero(edge > 0), np.flatnonzero(edge < 0), strict=True):
        count = int(after - first)
        start, end = int(track.times[first]), int(track.times[after + 1])
        if count < CROWDED:
            continue
        usual = (end - start) / track.period
        why = (
            f"{span(end - start)}内有{count + 2}个读数，按平常每{span(track.period)}一个只该有"
            f"{usual + 1:.0f}个；像是时钟被拨回，同一时段写了两遍"
        )
        signals.append(Signal(CLOCK, track.point, start, end, CERTAIN, why))
    return signals
