"""What both sides are fed: quantised random walks, now and then far above the limit; the rules.

A point of the walk has one reading a second, in steps of the sensor (0.01), below every limit. In
three of ten seconds the value moves by one step. ``raised`` points of a round are at ``ALARMING``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from anlan.monitoring.engine import Key, Measure, Plan, Watch, plan
from anlan.monitoring.protocols.batch import Batch

SEED = 20261126
STEP = 100  # steps of the sensor in one unit: 0.01 each
MOVES = 0.3
HIGHEST = 79  # steps
ALARMING = 2.0
SECOND = 1000  # ms
MOVING_EVERY = 100  # one point in so many has a rule about its mean of a minute
HIGH, BACK, LONG, HOLD, MEAN, WINDOW = 1.0, 0.9, 0.85, 10_000, 0.82, 60_000


class Walks:
    """The readings of points 0 … ``points`` - 1, second after second."""

    def __init__(self, points: int) -> None:
        self.points = points
        self._chance = np.random.default_rng(SEED)
        self._steps = self._chance.integers(20, 60, points)

    def values(self) -> np.ndarray:
        """Of the next second."""
        moves = self._chance.random(self.points) < MOVES
        ways = self._chance.integers(0, 2, self.points) * 2 - 1
        self._steps = np.clip(self._steps + moves * ways, 0, HIGHEST)
        return np.asarray(self._steps / STEP)

    def rounds(self, count: int, end: int) -> Iterator[Batch]:
        """One reading of each point a second; the last of them before ``end`` (ms)."""
        for number in range(count):
            time = end - (count - number) * SECOND
            yield batch(np.arange(self.points), time, self.values())


def batch(point: np.ndarray, time: int, value: np.ndarray) -> Batch:
    """Good readings of one moment."""
    count = len(point)
    return Batch(
        point.astype(np.uint32), np.full(count, time, np.int64), value, np.zeros(count, np.uint8)
    )


def rules(points: int) -> Plan:
    """Two rules at every point, a third at one point in ``MOVING_EVERY``."""
    return plan(
        [Watch(Key(1, 1, 0, point), HIGH, back=BACK) for point in range(points)]
        + [Watch(Key(2, 1, 0, point), LONG, hold=HOLD) for point in range(points)]
        + [
            Watch(Key(3, 1, 0, point), MEAN, Measure.MEAN, window=WINDOW)
            for point in range(0, points, MOVING_EVERY)
        ]
    )


def peers_rules() -> str:
    """The same for vmalert; it has no other limit for the way back, which costs it nothing."""
    return f"""groups:
- name: bench
  interval: 1s
  rules:
  - alert: high
    expr: reading >= {HIGH}
  - alert: long
    expr: reading >= {LONG}
    for: {HOLD // SECOND}s
  - alert: mean
    expr: avg_over_time(reading{{moving="1"}}[{WINDOW // SECOND}s]) >= {MEAN}
"""
