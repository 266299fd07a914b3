"""Gap while neighbours rise: readings are missing exactly when the points beside went up.

Outages come when they come. For each gap the rise of every other point within it is ranked among
its rises in all windows of that length; the combined rank times the number of gaps in a year is the
number of such coincidences that untouched data would show.
"""

from __future__ import annotations

import numpy as np

from anlan.monitoring.tamper.series import Floats, Ints, Track
from anlan.monitoring.tamper.signals import GAP, Signal, Unjudged
from anlan.monitoring.tamper.tail import LEAST, Tail, a_year, score
from anlan.monitoring.tamper.words import number, rarely, span

LEAST_STEPS = 4.0
"""A gap of fewer usual steps is a lost packet."""

OUTAGES = 12.0
"""Gaps in a point-year at least: an assumption, for a short file tells nothing of their number."""


def find(
    track: Track, others: list[Track], threshold: float
) -> tuple[list[Signal], list[Unjudged]]:
    """Gaps whose coincidence is expected at most ``10 ** -threshold`` times in a point-year."""
    if not track.spaced:
        return [], [Unjudged(GAP, track.point, "读数没有固定的间隔，看不出缺了多少")]
    steps = np.diff(track.times)
    gaps = np.flatnonzero(steps > LEAST_STEPS * track.period)
    beside = [other for other in others if other.spaced and len(other) >= LEAST]
    if not len(gaps):
        return [], []
    if not beside:
        why = f"有{len(gaps)}处缺数，但没有可对照的其他测点"
        return [], [Unjudged(GAP, track.point, why)]
    yearly = max(a_year(len(gaps) - 1, track.years), OUTAGES)
    signals = []
    for at in gaps:
        start, end = int(track.times[at]), int(track.times[at + 1])
        rises = [(_chance(other, start, end), other) for other in beside]
        found = [(rise[0], rise[1], other) for rise, other in rises if rise is not None]
        if not found:
            continue
        least, amount, other = min(found, key=lambda one: (one[0], one[2].point))
        # The best of several others: as often as one of them alone would.
        expected = yearly * min(least * len(found), 1.0)
        points = float(score(np.array(expected)))
        if points >= threshold:
            why = (
                f"缺数{span(end - start)}，正好在测点{other.point}上升{number(amount)}的时候；"
                f"{other.point}在同样长的时间里升得这么多的机会是{number(least * 100)}%，"
                f"碰巧缺在此时{rarely(expected)}"
            )
            signals.append(Signal(GAP, track.point, start, end, points, why, (other.point,)))
    return signals, []


def _chance(other: Track, start: int, end: int) -> tuple[float, float] | None:
    """The share of windows as long in which the other point rises as much, and how much it rose.

    None when the other point was missing too, or its history is too short for such windows.
    """
    first, last = (int(np.searchsorted(other.times, at)) for at in (start, end))
    readings = max(round((end - start) / other.period), 1)
    if last - first < 0.8 * readings or len(other) < LEAST * readings / 2 or first == 0:
        return None
    amount = float(np.max(other.values[first : last + 1]) - other.values[first - 1])
    if amount <= 0:
        return 1.0, amount
    rises = _rises(other, readings)
    tail = Tail.fit(rises)
    empirical = (float(np.sum(rises >= amount - 1e-12)) + 1) / (len(rises) + 1)
    if tail is None or tail.scale <= 0:
        return empirical, amount
    # Windows overlap: their independent number is what the empirical share can resolve.
    floor = readings / len(other)
    if empirical > 5 * floor:
        return empirical, amount
    return float(tail.beyond(np.array([amount]))[0]), amount


def _rises(other: Track, readings: int) -> Floats:
    """By how much the point rises at most above its beginning, in windows that overlap by half."""
    begin: Ints = np.arange(0, len(other) - readings, max(readings // 4, 1), dtype=np.int64)
    thin = max(readings // 64, 1)  # a maximum over at least 64 of the readings of long windows
    inside = np.arange(1, readings + 1, thin)
    top = np.full(len(begin), -np.inf)
    for ahead in inside:  # at most about a hundred rounds, each over all windows at once
        np.maximum(top, other.values[begin + ahead], out=top)
    return np.asarray(top - other.values[begin], dtype=np.float64)
