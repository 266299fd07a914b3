"""The readings of one point as arrays, and what every detector needs to know about them first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR = 365.25 * 86_400_000.0
"""Milliseconds."""

BREAK = 3.5
"""More than so many usual steps between two readings is a gap, through which nothing is followed.
Fewer are a lost packet or two, which networks lose daily."""

BLOCK, BLOCKS = 500, 20
"""Readings in a stretch by which fine values are told from coarse ones; stretches looked at."""

DECIMALS = 6
"""Values are told apart to so many decimals of their own unit; finer differences are arithmetic."""


@dataclass(frozen=True, slots=True)
class Series:
    """What came from one point, in the order in which it came: times in ms since 1970 UTC.

    A value that is not a number (NaN) says: there was a line without a reading.
    """

    point: str
    times: Ints
    values: Floats


@dataclass(frozen=True)
class Track:
    """A point's readings in order of time, each time once, only numbers."""

    point: str
    times: Ints
    values: Floats

    @classmethod
    def of(cls, series: Series) -> Track:
        """Of several readings with one time the last that came counts."""
        good = np.isfinite(series.values)
        times, values = series.times[good], series.values[good]
        order = np.argsort(times, kind="stable")
        times, values = times[order], values[order]
        last = np.ones(len(times), dtype=bool)
        last[:-1] = times[1:] != times[:-1]
        return cls(series.point, times[last], values[last])

    def __len__(self) -> int:
        return len(self.times)

    @cached_property
    def period(self) -> float:
        """The usual step between two readings in ms: the median."""
        return float(np.median(np.diff(self.times))) if len(self) > 1 else 0.0

    @cached_property
    def spaced(self) -> bool:
        """Whether the readings come at a usual step at all (most steps within half of it)."""
        if len(self) < 3:
            return False
        steps = np.diff(self.times)
        return bool(np.mean(np.abs(steps - self.period) <= self.period / 2) >= 0.8)

    @cached_property
    def grains(self) -> Ints:
        """The values as whole numbers of their smallest decimal place (at most ``DECIMALS``)."""
        largest = float(np.max(np.abs(self.values), initial=0.0))
        # Whole numbers that a float holds exactly end at 2**53, about 9e15.
        most = DECIMALS if largest < 1e9 else 0
        for places in range(most + 1):
            scaled = self.values * 10.0**places
            if np.all(np.abs(scaled - np.round(scaled)) < 1e-4):
                break
        return np.clip(np.round(scaled), -9e18, 9e18).astype(np.int64)

    @cached_property
    def step(self) -> float:
        """The resolution in the point's unit: the usual least distance of two different values."""
        levels = np.unique(self.values)
        if len(levels) < 2:
            return 0.0
        return float(np.quantile(np.diff(levels), 0.05))

    @cached_property
    def variety(self) -> float:
        """Different values by readings in stretches of ``BLOCK``: 1 where no value occurs twice.

        In stretches, for in a year even fine values occur again.
        """
        if not len(self):
            return 0.0
        begins = np.linspace(0, max(len(self) - BLOCK, 0), BLOCKS).astype(np.int64)
        parts = (self.grains[begin : begin + BLOCK] for begin in np.unique(begins))
        return float(np.mean([len(np.unique(part)) / len(part) for part in parts]))

    @property
    def very_coarse(self) -> bool:
        """Whether a value says little by being met again."""
        return self.variety < 0.2

    @property
    def coarse(self) -> bool:
        """Whether values repeat so often that their resolution shapes the series."""
        return self.variety < 0.5

    @cached_property
    def broken(self) -> NDArray[np.bool_]:
        """For each step whether something is missing in it."""
        return np.asarray(np.diff(self.times) > BREAK * self.period, dtype=bool)

    @cached_property
    def years(self) -> float:
        """How long the point was watched: usual step times readings, so gaps do not count."""
        return max(len(self) * self.period / YEAR, 1e-12)


@dataclass(frozen=True)
class Runs:
    """Stretches of equal values without a gap: first reading and number of readings of each."""

    start: Ints
    length: Ints

    @classmethod
    def of(cls, track: Track) -> Runs:
        if not len(track):
            return cls(np.zeros(0, np.int64), np.zeros(0, np.int64))
        cut = np.flatnonzero((np.diff(track.grains) != 0) | track.broken)
        start = np.concatenate(([0], cut + 1)).astype(np.int64)
        return cls(start, np.diff(np.concatenate((start, [len(track)]))).astype(np.int64))

    def __len__(self) -> int:
        return len(self.start)
