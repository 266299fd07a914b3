"""What an incident or a hand does to the readings of some points, on arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from anlan.monitoring.simulate.city import Point
from anlan.monitoring.simulate.signals import Floats

Ask: TypeAlias = Callable[[Floats], Floats]
"""What the points would say at other times, but for this step and those after it."""


@dataclass(slots=True)
class Series:
    """Readings of some points: ``times`` down, points across. Effects change them in place.

    ``told`` is whether a reading is sent at all; ``late`` by how many seconds its clock is ahead.
    """

    times: Floats
    values: Floats
    told: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    late: Floats


@dataclass(frozen=True, slots=True)
class Target:
    """A value as such, or ``times`` the limit of this number (from 0); for a point without
    limits, nine tenths of its range."""

    value: float | None = None
    limit: int = 0
    times: float = 1.0

    def of(self, point: Point) -> float:
        if self.value is not None:
            return self.value
        if not point.limits:
            return point.low + 0.9 * (point.high - point.low)
        return point.limits[min(self.limit, len(point.limits) - 1)] * self.times


@dataclass(frozen=True, slots=True)
class Move:
    """To ``to`` within ``over`` seconds, and ``back`` seconds to return after the end.

    A tenth of the natural movement stays, so that it does not look frozen.
    """

    to: Target
    over: float = 0.0
    back: float = 0.0

    def apply(self, series: Series, span: Span, points: Sequence[Point], ask: Ask) -> None:
        begin, end = span
        up = _ramp(series.times - begin, self.over)
        down = _ramp(series.times - end, self.back)
        weight = (up * (1 - down))[:, np.newaxis]
        target = np.array([self.to.of(point) for point in points])
        moved = target + 0.1 * (series.values - ask(np.array([begin])))
        series.values += weight * (moved - series.values)


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing is sent."""

    def apply(self, series: Series, span: Span, points: Sequence[Point], ask: Ask) -> None:
        series.told[_within(series.times, span)] = False


@dataclass(frozen=True, slots=True)
class Freeze:
    """The value of the beginning, again and again."""

    def apply(self, series: Series, span: Span, points: Sequence[Point], ask: Ask) -> None:
        series.values[_within(series.times, span)] = ask(np.array([span[0]]))


@dataclass(frozen=True, slots=True)
class Clip:
    """Never above what lies just under the limit."""

    under: Target

    def apply(self, series: Series, span: Span, points: Sequence[Point], ask: Ask) -> None:
        most = np.array([self.under.of(point) - point.resolution for point in points])
        inside = _within(series.times, span)
        series.values[inside] = np.minimum(series.values[inside], most)


@dataclass(frozen=True, slots=True)
class Copy:
    """What was said ``ago`` seconds before."""

    ago: float

    def apply(self, series: Series, span: Span, points: Sequence[Point], ask: Ask) -> None:
        inside = _within(series.times, span)
        if inside.any():
            series.values[inside] = ask(series.times[inside] - self.ago)


@dataclass(frozen=True, slots=True)
class Clock:
    """The device's clock is ``shift`` seconds ahead; below 0, behind."""

    shift: float

    def apply(self, series: Series, span: Span, points: Sequence[Point], ask: Ask) -> None:
        series.late[_within(series.times, span)] += self.shift


Span: TypeAlias = tuple[float, float]
"""Beginning and end of a step, seconds since 1970 UTC."""

Effect: TypeAlias = Move | Silence | Freeze | Clip | Copy | Clock


def _within(times: Floats, span: Span) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]] = (times >= span[0]) & (times < span[1])
    return inside


def _ramp(since: Floats, over: float) -> Floats:
    """0 before, 1 after ``over`` seconds, a straight line between."""
    if over == 0:
        return (since >= 0).astype(np.float64)
    return np.clip(since / over, 0, 1)
