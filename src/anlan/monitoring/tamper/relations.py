"""Which points move together: learnt from the file itself, so that strangers change nothing.

Levels of unrelated series agree by chance for days; their changes do not. So two points count as
related when the changes of their means over windows go together in both halves of their common
time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anlan.monitoring.tamper.series import Floats, Ints, Track

LEAST_WINDOWS = 40
"""Common windows in which a relation is learnt, at least."""

TOGETHER = 0.2
"""The least correlation of changes that counts at all."""

SURE = 4.0
"""And so many standard errors of a correlation of unrelated points: once in 30,000 pairs."""


@dataclass(frozen=True)
class Windows:
    """Means of points over common windows: a row a window, a column a point, NaN where missing."""

    begin: Ints
    length: int
    means: Floats


def windows(tracks: list[Track], length: float) -> Windows:
    """Windows of ``length`` ms that begin at the earliest reading of all."""
    size = int(length)
    first = min(int(track.times[0]) for track in tracks)
    last = max(int(track.times[-1]) for track in tracks)
    count = (last - first) // size + 1
    means = np.full((count, len(tracks)), np.nan)
    for column, track in enumerate(tracks):
        at = (track.times - first) // size
        number = np.bincount(at, minlength=count)
        total = np.bincount(at, weights=track.values, minlength=count)
        enough = number >= max(size / max(track.period, 1.0) / 2, 1)
        means[enough, column] = total[enough] / number[enough]
    return Windows(first + np.arange(count, dtype=np.int64) * size, size, means)


def related(means: Floats) -> np.ndarray:
    """For each pair of columns whether they move together: a symmetric matrix of truths."""
    changes = np.diff(means, axis=0)
    half = len(changes) // 2
    one, two = _signs(changes[:half]), _signs(changes[half:])
    return np.asarray((one == two) & (one != 0), dtype=bool)


def _signs(changes: Floats) -> Floats:
    """The sign of each pair's correlation where it is beyond doubt, else 0."""
    count = changes.shape[1]
    signs = np.zeros((count, count))
    for one in range(count):
        for two in range(one):
            both = np.isfinite(changes[:, one]) & np.isfinite(changes[:, two])
            if np.sum(both) < LEAST_WINDOWS / 2:
                continue
            a, b = _ranks(changes[both, one]), _ranks(changes[both, two])
            spread = float(np.std(a) * np.std(b))
            found = float(np.mean((a - a.mean()) * (b - b.mean()))) / spread if spread else 0.0
            needed = max(TOGETHER, SURE / np.sqrt(np.sum(both)))
            signs[one, two] = signs[two, one] = np.sign(found) * (abs(found) >= needed)
    return signs


def _ranks(values: Floats) -> Floats:
    """Mean ranks: one wild jump weighs no more than the largest rank."""
    _, kind, count = np.unique(values, return_inverse=True, return_counts=True)
    upto = np.cumsum(count)
    return np.asarray((upto - (count - 1) / 2.0)[kind], dtype=np.float64)
