"""Which readings of old days are kept: real ones, with their peaks, never averages.

In each span of each point the first, the least, the greatest and the last reading. Of equal
extremes the earliest, so that thinning what was thinned chooses the same readings again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

GOOD = 0  # the only quality whose readings are thinned (docs/monitoring.md, "The batch")

Numbers = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """Readings sorted by point and time (ms); NaN: no value."""

    point: Numbers
    time: Numbers
    value: Values
    quality: npt.NDArray[np.int8]


@dataclass(frozen=True)
class Spans:
    """Stretches of time that are kept whole, both ends included (ms), each of one point."""

    point: Numbers
    begin: Numbers
    end: Numbers

    @classmethod
    def none(cls) -> Spans:
        """Nothing but the first, the last and the extremes."""
        empty = np.zeros(0, np.int64)
        return cls(empty, empty, empty)


def kept(rows: Rows, step: int, whole: Spans) -> Mask:
    """Which of the readings stay when a span has ``step`` ms (0: all)."""
    if not step:
        return np.ones(len(rows.point), np.bool_)
    held: Mask = (rows.quality != GOOD) | np.isnan(rows.value) | _within(rows, whole)
    free = np.flatnonzero(~held)
    if len(free):
        held[free[_chosen(rows.point[free], rows.time[free] // step, rows.value[free])]] = True
    return held


def _within(rows: Rows, spans: Spans) -> Mask:
    """A loop over spans, of which a day has few; none over readings."""
    found = np.zeros(len(rows.point), np.bool_)
    for point, begin, end in zip(spans.point, spans.begin, spans.end, strict=True):
        low, high = np.searchsorted(rows.point, [point, point + 1])
        time = rows.time[low:high]
        first, last = np.searchsorted(time, begin), np.searchsorted(time, end, side="right")
        found[low + first : low + last] = True
    return found


def _chosen(point: Numbers, span: Numbers, value: Values) -> Numbers:
    """Positions of first, last, least and greatest of each run of one point and span."""
    changed = (point[1:] != point[:-1]) | (span[1:] != span[:-1])
    starts = np.flatnonzero(np.r_[True, changed])
    lengths = np.diff(np.r_[starts, len(point)])
    last = starts + lengths - 1
    least = _earliest(value, np.minimum.reduceat(value, starts), starts, lengths)
    most = _earliest(value, np.maximum.reduceat(value, starts), starts, lengths)
    return np.concatenate((starts, least, most, last))


def _earliest(value: Values, extreme: Values, starts: Numbers, lengths: Numbers) -> Numbers:
    """Where each run first has its extreme."""
    reached = value == np.repeat(extreme, lengths)
    places = np.where(reached, np.arange(len(value)), len(value))
    return np.asarray(np.minimum.reduceat(places, starts), dtype=np.int64)
