"""Made series: a fine one, a coarse one, and points that move with a common cause."""

from __future__ import annotations

import numpy as np

from anlan.monitoring.tamper.series import Series

MINUTE = 60_000
BEGIN = 1_790_000_000_000


def waves(count: int, seed: int, memory: float = 0.9) -> np.ndarray:
    """Noise that remembers: each value is ``memory`` times the one before, and news."""
    news = np.random.default_rng(seed).normal(0, 1, count + 200)
    kernel = memory ** np.arange(200)
    return np.convolve(news, kernel, mode="valid")[:count] * np.sqrt(1 - memory**2)


def series(values: np.ndarray, point: str = "A", every: int = 30_000) -> Series:
    return Series(point, BEGIN + np.arange(len(values), dtype=np.int64) * every, values)


def fine(count: int = 6000, seed: int = 1, point: str = "A") -> Series:
    """Five decimals; hardly a value occurs twice."""
    return series(np.round(20 + waves(count, seed), 5), point)


def coarse(count: int = 12000, seed: int = 2, point: str = "A") -> Series:
    """One decimal and about fifteen values, as a methane sensor shows them."""
    return series(np.round(1.0 + 0.3 * waves(count, seed), 1), point)


def together(count: int = 12000, seed: int = 3) -> list[Series]:
    """Two points of one airway: a common cause, and a little of their own."""
    cause = waves(count, seed, memory=0.99)
    own = [waves(count, seed + one) for one in (1, 2)]
    return [
        series(np.round(1.0 + 0.3 * cause + 0.03 * own[0], 2), "A"),
        series(np.round(0.8 + 0.25 * cause + 0.03 * own[1], 2), "B"),
    ]
