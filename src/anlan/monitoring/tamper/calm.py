"""Variance collapse: the point still moves, but by far less than just before and just after.

Filtering, smoothing and damping make readings calm while they last. The activity of a window (the
mean size of a step from one reading to the next) is compared with that of the windows on both
sides; the calmer of the two counts, for a change of shift is calm on one side only. How deep such
dips are without anybody's doing is learnt from the point's own windows of the same length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anlan.monitoring.tamper.series import YEAR, Floats, Ints, Track
from anlan.monitoring.tamper.signals import CALM, Signal, Unjudged
from anlan.monitoring.tamper.tail import Peak, peaks
from anlan.monitoring.tamper.words import number, rarely, span

SECONDS = (20, 40, 80, 160, 300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 76_800)
WINDOWS = tuple(seconds * 1000.0 for seconds in SECONDS)
"""Lengths tried, in ms: a touched stretch of any length up to a day is at most twice as long as one
of them, where rate and history permit that one."""

READINGS = 12
"""A window of fewer readings has no variance to speak of."""

HISTORY = 40
"""Windows of a length side by side that the history must hold: fewer do not tell what is usual."""

CALMER = 0.75
"""Activity above this share of what is beside it is no collapse, however seldom it occurs."""

HOPS = 4
"""Windows begin every quarter of their length."""

OUTLYING = 0.995
"""Steps beyond this share of all count as that large: one jump is not activity."""


@dataclass(frozen=True, slots=True)
class Dips:
    """Windows of one length: first readings, activity, that of the calmer of both sides."""

    readings: int
    start: Ints
    activity: Floats
    beside: Floats


def find(track: Track, threshold: float) -> tuple[list[Signal], list[Unjudged]]:
    """Stretches whose calm is expected at most ``10 ** -threshold`` times in a point-year."""
    signals: list[Signal] = []
    tried = list(lengths(track))
    for readings in tried:
        dips = _dips(track, readings)
        # No movement at all is the matter of `frozen`.
        moving = dips.activity > 0
        # Neighbouring windows share most of their readings: about two of HOPS tell something new.
        # Each length is one more chance, each of the two comparisons another.
        yearly = YEAR / (readings * track.period) * 2 * len(tried) * 2
        # Against the sides; and against all the rest of the history, a tenth around it left out,
        # for what is dampened for long has dampened sides.
        usual = np.full(len(moving), float(np.median(dips.activity)))
        for beside, near in ((dips.beside, 2 * HOPS), (usual, len(moving) // 10)):
            size = np.where(moving, _depth(dips.activity, beside), 0.0)
            signals += [
                _signal(track, dips, peak, beside)
                for peak in peaks(size, near, yearly, threshold)
                if dips.activity[peak.best] <= CALMER * beside[peak.best]
            ]
    if not tried:
        why = f"读数太少：要有{HISTORY}个以上各含{READINGS}个读数的时间窗，才知道平常波动多大"
        return [], [Unjudged(CALM, track.point, why)]
    longest = tried[-1]
    if longest * track.period * 2 >= WINDOWS[-1]:
        return strongest(signals), []
    known, most = span(len(track) * track.period), span(2 * longest * track.period)
    why = f"历史只有{known}，比{most}更久的看不出"
    return strongest(signals), [Unjudged(CALM, track.point, why)]


def lengths(track: Track, history: int = HISTORY) -> Iterator[int]:
    """Window lengths in readings that the point's rate and history permit."""
    for window in WINDOWS:
        readings = round(window / track.period) if track.period else 0
        if readings >= READINGS and len(track) >= readings * history:
            yield readings


def _dips(track: Track, readings: int) -> Dips:
    steps = np.abs(np.diff(track.values))
    steps = np.where(track.broken, 0.0, steps)
    steps = np.minimum(steps, np.quantile(steps, OUTLYING))
    total = np.concatenate(([0.0], np.cumsum(steps)))
    hop = max(readings // HOPS, 1)
    start = np.arange(0, len(total) - readings, hop)
    activity = (total[start + readings] - total[start]) / readings
    away = -(-readings // hop)  # so many hops on, the next window shares no reading
    before = np.concatenate((np.full(away, np.nan), activity[:-away]))[: len(activity)]
    after = np.concatenate((activity[away:], np.full(away, np.nan)))[-len(activity) :]
    # At the ends of what is known one side must do.
    beside = np.fmin(before, after)
    return Dips(readings, start.astype(np.int64), activity, beside)


def _depth(activity: Floats, beside: Floats) -> Floats:
    """How far below what stands beside it; 0 where that is no more than rounding.

    The square root makes the scatter of a sum of steps alike in quiet and in lively times.
    """
    depth = np.sqrt(beside) - np.sqrt(activity)
    return np.where(depth > 1e-6 * np.sqrt(beside), depth, 0.0)


def _signal(track: Track, dips: Dips, peak: Peak, usual: Floats) -> Signal:
    first = int(dips.start[peak.members[0]])
    last = min(int(dips.start[peak.members[-1]]) + dips.readings, len(track) - 1)
    start, end = int(track.times[first]), int(track.times[last])
    share = dips.activity[peak.best] / usual[peak.best]
    why = (
        f"{span(end - start)}内读数的波动（相邻读数之差平均{number(dips.activity[peak.best])}）"
        f"只有{'前后同样长时间' if usual is dips.beside else '平时'}"
        f"（{number(usual[peak.best])}）的{number(share * 100)}%；"
        f"按本测点自己的历史，这样的骤减{rarely(10**-peak.score)}，像是被滤波或压平"
    )
    return Signal(CALM, track.point, start, end, peak.score, why)


def strongest(signals: list[Signal]) -> list[Signal]:
    """Of signals that overlap each other the strongest: one stretch is one finding."""
    kept: list[Signal] = []
    for signal in sorted(signals, key=lambda s: (-s.score, s.start, s.end)):
        if all(signal.end < other.start or signal.start > other.end for other in kept):
            kept.append(signal)
    return sorted(kept, key=lambda s: (s.start, s.end))
