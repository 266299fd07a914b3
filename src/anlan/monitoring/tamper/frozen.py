"""Frozen: one value for longer than the point's own changes make believable.

A methane series with a resolution of 0.1 % is constant for long of itself, and longer at night than
during production. So a run of equal values is measured by how often the value changed in the
stretches of the same length just before and just after it: by the side with fewer changes, for a
change of shift is quiet on one side only. How many changes a run may so miss is learnt from the
point's other runs in times as lively as those around it.
"""

from __future__ import annotations

import numpy as np

from anlan.monitoring.tamper.series import Floats, Runs, Track
from anlan.monitoring.tamper.sides import REGIMES, Missed, missed
from anlan.monitoring.tamper.signals import FROZEN, Signal, Unjudged
from anlan.monitoring.tamper.tail import LEAST, a_year, far_end, score
from anlan.monitoring.tamper.words import number, rarely, span

RARE = 0.01
"""Where a value repeats the one before more seldom than this, repetitions are independent chances;
where it does so more often, what the runs themselves show counts too."""

LOOKED_AT = 200
"""So many runs that missed most are judged one by one."""


def find(track: Track, threshold: float) -> tuple[list[Signal], list[Unjudged]]:
    """Runs whose expected number in a point-year is at most ``10 ** -threshold``."""
    runs = Runs.of(track)
    if len(runs) < LEAST:
        why = f"只有{len(runs)}段不同的读数，不足{LEAST}段，看不出平常多久变一次"
        return [], [Unjudged(FROZEN, track.point, why)]
    begins = np.zeros(len(track))
    begins[runs.start] = 1.0
    found = missed(begins, runs.start, runs.start + runs.length)
    by_chance = _by_chance(runs) * a_year(len(track), track.years)
    most = np.argsort(-found.events, kind="stable")[:LOOKED_AT]
    signals = []
    for at in most[score(by_chance[most]) >= threshold].tolist():
        expected = float(by_chance[at])
        if not _seldom(runs, at):
            expected = max(expected, found.expected(at, track.years))
        if float(score(np.array(expected))) >= threshold:
            signals.append(_signal(track, runs, found, at, expected))
    return signals, _blind(track, runs, found, threshold)


def _seldom(runs: Runs, besides: int) -> bool:
    """Whether the other runs hardly ever repeat a value."""
    repeated = float(np.sum(runs.length - 1)) - (float(runs.length[besides]) - 1)
    return repeated < RARE * len(runs)


def _by_chance(runs: Runs) -> Floats:
    """The probability that a reading begins so many repetitions, were they independent."""
    # Runs beyond the usual are left out of the estimate: they are what is being judged.
    usual = runs.length[runs.length <= np.quantile(runs.length, 0.99)]
    repeat = (float(np.sum(usual - 1)) + 1) / (float(np.sum(usual)) + 1)
    return np.asarray(repeat ** (runs.length - 1.0), dtype=np.float64)


def _signal(track: Track, runs: Runs, found: Missed, at: int, expected: float) -> Signal:
    first = int(runs.start[at])
    last = first + int(runs.length[at]) - 1
    start, end = int(track.times[first]), int(track.times[last])
    why = (
        f"连续{last - first + 1}个读数都是{number(track.values[first])}，历时{span(end - start)}；"
        f"前后各同样长的时间里，较静的一边也变了{found.events[at]:.0f}次。"
        f"按本测点自己的变化规律，这样的一段{rarely(expected)}"
    )
    return Signal(FROZEN, track.point, start, end, float(score(np.array(expected))), why)


def _blind(track: Track, runs: Runs, found: Missed, threshold: float) -> list[Unjudged]:
    """How long the point must be frozen before it is seen, where that is over an hour."""
    if _seldom(runs, int(np.argmax(runs.length))):
        return []
    rate = len(runs) / len(track)
    alike = (found.rate >= rate / REGIMES) & (found.rate <= rate * REGIMES)
    base, scale, top = far_end(found.events[alike])
    yearly = a_year(top, track.years) * REGIMES
    needed = base + scale * max(np.log(yearly) + threshold * np.log(10), 0.0)
    long = needed / rate * track.period
    if long < 3_600_000 or scale > 1e8:
        return []
    why = f"本来就常长时间不变：在变化快慢中等的时候，要冻结{span(long)}以上才看得出"
    return [Unjudged(FROZEN, track.point, why)]
