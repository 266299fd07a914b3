"""A curve of any span from readings: never a skipped peak.

Where there are more readings than fit side by side, each stretch of the span is drawn from its
least to its greatest value; where there are few, as a line through them. Silence breaks the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 960, 260  # of the drawing, in its own units
MOST_ALONE = 960  # more readings than that are drawn as an envelope
BREAK = 5  # times the usual distance of readings: a longer gap breaks the line
NARROW = 3  # units of the width: a narrower gap could not be seen, a line of such gaps is a line
TICKS = 4
FAR = 2  # times the size of the values: a limit farther away would press the curve flat

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """A limit of a rule, for drawing: its name is its colour."""

    name: str
    y: float
    value: float


@dataclass(frozen=True)
class Curve:
    """``lines``: points of polylines. ``bands``: points of polygons. ``ticks``: y and value of the
    horizontal lines. ``levels``: the limits that are drawn; ``above`` and ``below``: name and value
    of those beyond the edges. ``least`` and ``most``: value and time (ms) of the extremes."""

    lines: list[str]
    bands: list[str]
    ticks: list[tuple[float, float]]
    levels: list[Level]
    above: list[tuple[str, float]]
    below: list[tuple[str, float]]
    count: int
    least: tuple[float, int]
    most: tuple[float, int]
    last: tuple[float, int]


def curve(
    time: Times,
    value: Values,
    begin: int,
    end: int,
    limits: Sequence[tuple[str, float]] = (),
    rest: Times | None = None,
) -> Curve | None:
    """Of readings sorted by time, from ``begin`` to before ``end`` (ms); NaN has no value. None
    where nothing has one. ``limits`` are drawn where they lie near the values, and named where they
    do not. ``rest``: for each reading, how long it may be alone without being silence, since the
    others were thinned out."""
    valued = ~np.isnan(value) & (time >= begin) & (time < end)
    rest = np.zeros(len(time), np.int64) if rest is None else rest
    time, value, rest = time[valued], value[valued], rest[valued]
    if not len(value):
        return None
    at_least, at_most = int(value.argmin()), int(value.argmax())
    low, high = float(value[at_least]), float(value[at_most])
    near = [limit for _, limit in limits if _near(limit, low, high)]
    low, high, step = scale([low, high, *near])

    def y(given: Values) -> Values:
        return np.round(HEIGHT * (high - given) / (high - low), 1)

    x = WIDTH * (time - begin) / (end - begin)
    rest = np.maximum(rest, NARROW * (end - begin) // WIDTH)
    runs = np.split(np.arange(len(time)), np.flatnonzero(_breaks(time, rest)) + 1)
    alone = len(time) <= MOST_ALONE
    return Curve(
        lines=[_joined(np.round(x[run], 1), y(value[run])) for run in runs if alone],
        bands=[_band(x[run], y(value[run])) for run in runs if not alone],
        ticks=[
            (float(y(np.array([tick]))[0]), float(f"{tick:.10g}"))
            for tick in np.arange(low, high + step / 2, step)
        ],
        levels=[
            Level(name, float(y(np.array([limit]))[0]), limit)
            for name, limit in limits
            if low <= limit <= high
        ],
        above=[each for each in limits if each[1] > high],
        below=[each for each in limits if each[1] < low],
        count=len(time),
        least=(float(value[at_least]), int(time[at_least])),
        most=(float(value[at_most]), int(time[at_most])),
        last=(float(value[-1]), int(time[-1])),
    )


def scale(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower and the upper edge, and the step between, as round numbers around the values."""
    low, high = min(values), max(values)
    # a difference that is mere rounding is no difference
    room = high - low if high - low > 1e-9 * max(abs(low), abs(high), 1.0) else abs(high) or 1.0
    room = max(room, 1e-9)
    step = _nice(room / TICKS)
    low, high = np.floor(low / step) * step, np.ceil(high / step) * step
    return float(low), float(high if high > low else low + step), step


def _nice(step: float) -> float:
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(each for each in (1, 2, 5, 10) if each * power >= step * 0.999) * power)


def _near(limit: float, low: float, high: float) -> bool:
    """Whether the curve keeps its shape with the limit in the same picture."""
    room = FAR * max(high - low, abs(high), abs(low))
    return low - room <= limit <= high + room


def _breaks(time: Times, rest: Times) -> npt.NDArray[np.bool_]:
    gaps = np.diff(time)
    if not len(gaps):
        return np.zeros(0, np.bool_)
    usual = max(float(np.median(gaps)), 1.0)
    return np.asarray(gaps > np.maximum(BREAK * usual, rest[:-1]), dtype=np.bool_)


def _joined(x: Values, y: Values) -> str:
    if len(x) == 1:  # a line needs two ends
        x, y = np.r_[x, x + 1], np.r_[y, y]
    return " ".join(f"{a:g},{b:g}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _band(x: Values, y: Values) -> str:
    """Least and greatest of each unit of the width; the outline goes there above, back below."""
    column = np.floor(x).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    top, bottom = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    left = column[starts].astype(np.float64)
    flat = bottom - top < 1.5  # a curve that stands still must be seen
    top, bottom = np.where(flat, top - 0.75, top), np.where(flat, bottom + 0.75, bottom)
    there = _joined(np.r_[left, left[-1] + 1], np.r_[top, top[-1]])
    return f"{there} {_joined(np.r_[left[-1] + 1, left[::-1]], np.r_[bottom[-1], bottom[::-1]])}"
