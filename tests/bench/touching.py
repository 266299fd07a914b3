"""Ways to touch a series of readings, each with the stretch that was touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anlan.monitoring.tamper.series import Series, Track

Made = tuple[np.ndarray, np.ndarray]  # times and values in the order of arrival


@dataclass(frozen=True)
class Stretch:
    """Readings ``first`` to ``last`` of ``point``, and the share of them that changed."""

    point: str
    first: int
    last: int
    start: int
    end: int
    changed: float


Touch = Callable[[Track, int, int, np.random.Generator], Made]


def frozen(track: Track, first: int, last: int, _: np.random.Generator) -> Made:
    values = track.values.copy()
    values[first : last + 1] = values[first]
    return track.times, values


def damped(share: float) -> Touch:
    """Towards the running mean of 21 readings, shown at the point's own resolution."""

    def touch(track: Track, first: int, last: int, _: np.random.Generator) -> Made:
        mean = _running(track.values, 21)
        values = track.values.copy()
        part = slice(first, last + 1)
        values[part] = _shown(track, mean[part] + share * (track.values[part] - mean[part]))
        return track.times, values

    return touch


def smoothed(readings: int) -> Touch:
    """A running mean in place of the readings: a filter."""

    def touch(track: Track, first: int, last: int, _: np.random.Generator) -> Made:
        values = track.values.copy()
        part = slice(first, last + 1)
        values[part] = _shown(track, _running(track.values, readings)[part])
        return track.times, values

    return touch


def capped(quantile: float) -> Touch:
    """Nothing above this quantile of the stretch."""

    def touch(track: Track, first: int, last: int, _: np.random.Generator) -> Made:
        values = track.values.copy()
        part = slice(first, last + 1)
        cap = float(np.quantile(values[part], quantile, method="lower"))
        values[part] = np.minimum(values[part], cap)
        return track.times, values

    return touch


def replayed(lift: int = 0, times: float = 1.0) -> Touch:
    """An earlier stretch again: a day before where there is one, lifted by so many resolutions."""

    def touch(track: Track, first: int, last: int, chance: np.random.Generator) -> Made:
        count = last - first + 1
        day = round(86_400_000 / track.period)
        source = first - day if first >= day and count <= day else -1
        if source < 0:
            source = int(chance.integers(0, first - count + 1))
        values = track.values.copy()
        unit = track.step if track.coarse else float(f"{np.std(values) / 10:.0e}")
        taken = values[source : source + count] * times + lift * unit
        values[first : last + 1] = _shown(track, taken)
        return track.times, values

    return touch


def borrowed(tracks: list[Track]) -> Touch:
    """The readings of the next point of the group at the same time."""
    names = [track.point for track in tracks]

    def touch(track: Track, first: int, last: int, _: np.random.Generator) -> Made:
        other = tracks[(names.index(track.point) + 1) % len(tracks)]
        values = track.values.copy()
        at = np.searchsorted(other.times, track.times[first : last + 1])
        values[first : last + 1] = other.values[np.minimum(at, len(other) - 1)]
        return track.times, values

    return touch


def removed(track: Track, first: int, last: int, _: np.random.Generator) -> Made:
    kept = np.ones(len(track), dtype=bool)
    kept[first : last + 1] = False
    return track.times[kept], track.values[kept]


def set_back(track: Track, first: int, last: int, _: np.random.Generator) -> Made:
    """The clock goes back by the length of the stretch, and is put right after it."""
    times = track.times.copy()
    times[first : last + 1] -= times[last] - times[first]
    return times, track.values


def scaled(share: float) -> Touch:
    """All readings times ``share``: a detector turned down."""

    def touch(track: Track, first: int, last: int, _: np.random.Generator) -> Made:
        values = track.values.copy()
        part = slice(first, last + 1)
        values[part] = _shown(track, values[part] * share)
        return track.times, values

    return touch


def invented(track: Track, first: int, last: int, chance: np.random.Generator) -> Made:
    """The usual level with the usual noise, whatever really happened."""
    values = track.values.copy()
    steps = np.abs(np.diff(values))
    noise = chance.normal(0, float(np.mean(steps)), last - first + 1)
    values[first : last + 1] = _shown(track, float(np.quantile(values, 0.25)) + noise)
    return track.times, values


def _running(values: np.ndarray, readings: int) -> np.ndarray:
    padded = np.pad(values, readings // 2, mode="edge")
    return np.convolve(padded, np.ones(readings) / readings, mode="valid")


def _shown(track: Track, values: np.ndarray) -> np.ndarray:
    unit = track.step if track.coarse and track.step else 1e-6
    return np.round(np.round(values / unit) * unit, 6)


def apply(
    touch: Touch, track: Track, first: int, last: int, chance: np.random.Generator
) -> tuple[Series, Stretch]:
    """The touched series, and what of it differs."""
    times, values = touch(track, first, last, chance)
    if len(times) != len(track) or not np.array_equal(times, track.times):
        changed = 1.0
    else:
        part = slice(first, last + 1)
        changed = float(np.mean(np.abs(values[part] - track.values[part]) > 1e-9))
    start, end = int(track.times[first]), int(track.times[last])
    return (
        Series(track.point, times, values),
        Stretch(track.point, first, last, start, end, changed),
    )
