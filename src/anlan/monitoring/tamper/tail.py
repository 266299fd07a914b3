"""How often would an untouched series show this much? The far end of a sample, robustly.

Beyond the sample's 80 % point the excess is taken to follow a generalised Pareto distribution (the
limit law of excesses: Pickands 1975, Balkema and de Haan 1974). Its two parameters are matched to
the half and the nine-tenths point of the excesses, not to their mean or their largest: so a tenth
of the excesses, the touched ones among them, may be anything. The shape is drawn towards that of
the exponential by few data, and never taken lighter than the exponential.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.monitoring.tamper.series import YEAR, Floats

MOST_PEAKS = 50

NORMAL = 0.2
"""The shape up to which squares count as ending exponentially: its scatter from 50 windows."""

TOLD = 600
"""From fewer events, and windows overlap, a normal far end cannot be told from a heavier one: it is
not believed."""

LEAST = 20
"""A tail is not guessed from fewer events than this."""

TOP = 0.01
BULK = 0.8
PRIOR = 20.0
"""The weight of the exponential law in the shape, in excesses."""

_SHAPES = np.concatenate(([1e-6], np.linspace(0.01, 3.0, 300)))
_RATIOS = (10.0**_SHAPES - 1) / (2.0**_SHAPES - 1)


@dataclass(frozen=True, slots=True)
class Tail:
    """The far end of a sample: above ``base`` lies ``share`` of it."""

    base: float
    share: float
    scale: float
    shape: float
    found: float = 0.0
    """The shape that the sample itself shows, not drawn towards the exponential."""

    @classmethod
    def fit(cls, sample: Floats, bulk: float = BULK) -> Tail | None:
        """None when the sample has fewer than ``LEAST`` members."""
        if len(sample) < LEAST:
            return None
        base = float(np.quantile(sample, bulk))
        excess = sample[sample > base] - base
        if len(excess) < 4:  # nearly all alike: what lies beyond is told by another law
            return cls(base, (len(excess) + 1) / (len(sample) + 1), 0.0, 0.0)
        half, most = (float(v) for v in np.quantile(excess, (0.5, 0.9)))
        ratio = most / max(half, 1e-300)
        found = float(np.interp(ratio, _RATIOS, _SHAPES))
        shape = found * len(excess) / (len(excess) + PRIOR)
        unit = (10.0**shape - 1) / shape if shape > 1e-3 else float(np.log(10))
        return cls(base, len(excess) / len(sample), most / unit, shape, found)

    def beyond(self, value: Floats) -> Floats:
        """The probability that an untouched event exceeds each value; 1 in the bulk."""
        over = np.maximum(np.asarray(value, dtype=np.float64) - self.base, 0.0)
        if self.scale <= 0:
            return np.where(over > 0, self.share, 1.0)
        if self.shape > 1e-3:
            left = (1 + self.shape * over / self.scale) ** (-1 / self.shape)
        else:
            left = np.exp(-over / self.scale)
        return np.where(over > 0, self.share * left, 1.0)

    def reach(self, probability: float) -> float:
        """The value that is exceeded with this probability: what must be seen to be suspicious."""
        if self.scale <= 0 or probability >= self.share:
            return self.base
        left = probability / self.share
        if self.shape > 1e-3:
            return float(self.base + self.scale * (left**-self.shape - 1) / self.shape)
        return float(self.base - self.scale * np.log(left))


def _beyond(sample: Floats, size: Floats) -> Floats | None:
    """The probability of each size: by the squares where the sample ends like a normal law.

    The square of a normal variable ends exponentially; of a sample that ends more heavily it ends
    more heavily still, and the sizes themselves are the better measure.
    """
    plain, square = Tail.fit(sample), Tail.fit(sample**2)
    if plain is None or square is None or plain.scale <= 0 or square.scale <= 0:
        return None
    normal = square.found < NORMAL and len(sample) >= TOLD
    return square.beyond(size**2) if normal else plain.beyond(size)


@dataclass(frozen=True, slots=True)
class Peak:
    """Windows that belong to one finding, the strongest of them, its score."""

    members: NDArray[np.int64]
    best: int
    score: float


def peaks(size: Floats, near: int, yearly: float, threshold: float) -> list[Peak]:
    """Groups of windows whose size is expected at most ``10 ** -threshold`` times a year.

    The largest first; each is judged by the windows that are further off than ``near`` from it and
    belong to no peak already found, so that neither it nor they make themselves usual. NaN is no
    window.
    """
    left = np.isfinite(size)
    found: list[Peak] = []
    while len(found) < MOST_PEAKS and np.any(left):
        best = int(np.argmax(np.where(left, size, -np.inf)))
        apart = left.copy()
        apart[max(best - near, 0) : best + near + 1] = False
        beyond = _beyond(size[apart], size)
        if beyond is None:
            break
        scores = score(beyond * yearly)
        if scores[best] < threshold:
            break
        low, high = max(best - near, 0), min(best + near + 1, len(size))
        over = np.flatnonzero((scores[low:high] >= threshold) & left[low:high]) + low
        found.append(Peak(over, best, float(scores[best])))
        left[low:high] = False
    return found


def far_end(sample: Floats) -> tuple[float, float, int]:
    """How counts fall off at their far end: base, scale, and how many lie above base.

    Those are the largest hundredth, at least ten; they exceed base by scale on average, so one
    large one among them counts, unlike in ``Tail``. One is the least by which counts can differ.
    Beyond base the probability is taken to be ``top / len(sample) * exp(-excess / scale)``.
    """
    top = max(int(len(sample) * TOP), LEAST // 2)
    if len(sample) <= top:
        return float(np.max(sample, initial=0.0)), 1e9, top
    part = np.partition(sample, len(sample) - top - 1)
    base = float(part[len(sample) - top - 1])
    return base, max(float(np.mean(part[-top:])) - base, 1.0), top


def score(expected: Floats) -> Floats:
    """Of the number that a point-year is expected to show untouched: 0 is one, 3 a thousandth."""
    return np.asarray(-np.log10(np.maximum(expected, 1e-30)), dtype=np.float64)


def a_year(events: int, years: float) -> float:
    """Events in a point-year at the rate seen."""
    return events / max(years, 60_000 / YEAR)
