"""Clipped: readings pile up at one highest value, as if nothing above it were let through.

Two laws, by how fine the values are. Fine values hardly ever meet their own highest value twice in
a window; under a cap they do so again and again. Coarse values do so of themselves; there a stretch
is measured in which nothing exceeds a value although it is often reached: by how often it was
exceeded in the stretches of the same length before and after. With limits given, only values
shortly below one count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.monitoring.tamper.calm import HOPS, lengths, strongest
from anlan.monitoring.tamper.series import YEAR, Floats, Ints, Track
from anlan.monitoring.tamper.sides import Missed, missed
from anlan.monitoring.tamper.signals import CLIPPED, Signal, Unjudged
from anlan.monitoring.tamper.tail import LEAST, far_end, score
from anlan.monitoring.tamper.words import number, rarely, span

UNDER = 0.1
"""A cap lies within this share below its limit: a cap at nine tenths of a limit protects nobody's
production; an assumption."""

RETURNS = 4
"""So many visits to one top at least: fewer happen in any hour."""

HISTORY = 20
"""Windows that the history of a fine series must hold: its law is that of chance, not of habit."""

PILE = 0.15
"""A cap holds this share of the readings at least, else hardly anything was cut off."""

LOWERED = 0.1
"""A cap leaves what is below it alone. Where the readings below grew by more than this share
against both sides, the whole series went down instead."""

LEVELS = 64
"""So many values of a coarse series are tried as caps, those that occur most."""

LOOKED_AT = 20
"""Of each value so many stretches are judged one by one."""


def find(
    track: Track, limits: tuple[float, ...], threshold: float
) -> tuple[list[Signal], list[Unjudged]]:
    """Piles expected at most ``10 ** -threshold`` times in a point-year."""
    if len(track) < 2 * LEAST or len(np.unique(track.grains)) < 3:
        why = "读数太少或只有两种值，不知道平常的最高值会重复几次"
        return [], [Unjudged(CLIPPED, track.point, why)]
    found = _coarse(track, limits, threshold) if track.coarse else []
    if not track.very_coarse:
        found += _fine(track, limits, threshold)
    return strongest(found), []


def _near(values: Floats, limits: tuple[float, ...], step: float) -> NDArray[np.bool_]:
    """Which values lie shortly below a limit."""
    if not limits:
        return np.ones(len(values), dtype=bool)
    near = np.zeros(len(values), dtype=bool)
    for limit in limits:
        reach = max(abs(limit) * UNDER, 2.5 * step)
        near |= (values < limit) & (values >= limit - reach)
    return near


def _coarse(track: Track, limits: tuple[float, ...], threshold: float) -> list[Signal]:
    grains, where, count = np.unique(track.grains, return_index=True, return_counts=True)
    near = _near(track.values[where], limits, track.step)
    tried = np.flatnonzero(near & (count >= RETURNS))
    tried = tried[np.argsort(-count[tried], kind="stable")[:LEVELS]]
    signals = []
    for level in grains[tried].tolist():
        first, after, visits, found = _kept_under(track, level)
        found = Missed(np.minimum(found.events, visits), found.rate)
        most = np.argsort(-found.events, kind="stable")[:LOOKED_AT]
        for at in most[found.events[most] >= RETURNS].tolist():
            expected = found.expected(at, track.years) * len(tried)
            points = float(score(np.array(expected)))
            inside = np.flatnonzero(track.grains[first[at] : after[at]] == level) + first[at]
            ends = int(inside[0]), int(inside[-1])
            if points >= threshold and _cut_off(track, ends, level):
                told = f"到了{visits[at]:.0f}次而从不超过（前后同样长的时间里都超过它"
                told += f"{found.events[at]:.0f}次以上）"
                signals.append(_signal(track, ends, told, points, limits))
    return signals


def _kept_under(track: Track, level: int) -> tuple[Ints, Ints, Floats, Missed]:
    """Stretches in which the level is not exceeded: bounds, visits to it, exceedances missed."""
    above = track.grains > level
    edge = np.diff(np.concatenate(([True], above, [True])).astype(np.int8))
    first, after = np.flatnonzero(edge < 0), np.flatnonzero(edge > 0)
    rises = np.zeros(len(track))
    rises[1:] = above[1:] & ~above[:-1]
    at = track.grains == level
    reached = np.zeros(len(track))
    reached[1:] = at[1:] & ~at[:-1]
    total = np.concatenate(([0.0], np.cumsum(reached)))
    return first, after, total[after] - total[first], missed(rises, first, after)


def _cut_off(track: Track, ends: tuple[int, int], level: int) -> bool:
    """Whether only what was above is gone: a pile at the level, below it no more than beside."""
    length = ends[1] - ends[0] + 1
    inside = track.grains[ends[0] : ends[1] + 1]
    before = track.grains[max(ends[0] - length, 0) : ends[0]]
    after = track.grains[ends[1] + 1 : ends[1] + 1 + length]
    beside = max((float(np.mean(side < level)) for side in (before, after) if len(side)), default=0)
    pile = float(np.mean(inside == level))
    return pile >= PILE and float(np.mean(inside < level)) <= beside + LOWERED


def _fine(track: Track, limits: tuple[float, ...], threshold: float) -> list[Signal]:
    signals = []
    for readings in lengths(track, HISTORY):
        hop = max(readings // HOPS, 1)
        start = np.arange(0, len(track) - readings + 1, hop, dtype=np.int64)
        windows = np.lib.stride_tricks.sliding_window_view(track.grains, readings)[::hop]
        top = windows.max(axis=1)
        visits = np.zeros(len(start))
        for at in range(len(start)):  # a few windows a scale, not one round a reading
            visits[at] = np.count_nonzero(windows[at] == top[at])
        values = track.values[start + windows.argmax(axis=1)]
        near = _near(values, limits, 0.0)
        for group in _same_top(np.flatnonzero(near & (visits > RETURNS)), top):
            points = _points(track, readings, visits, group, near)
            if points >= threshold:
                low, high = int(start[group[0]]), int(start[group[-1]]) + readings
                inside = np.flatnonzero(track.grains[low:high] == top[group[0]]) + low
                told = f"正好是这个值的有{len(inside)}个读数而没有一个超过"
                ends = int(inside[0]), int(inside[-1])
                signals.append(_signal(track, ends, told, points, limits))
    return signals


def _same_top(found: Ints, top: Ints) -> list[Ints]:
    if not len(found):
        return []
    new = (np.diff(found) > HOPS) | (np.diff(top[found]) != 0)
    return np.split(found, np.flatnonzero(new) + 1)


def _points(
    track: Track, readings: int, visits: Floats, group: Ints, near: NDArray[np.bool_]
) -> float:
    """The score of the group's best window, by all windows that share no reading with it."""
    apart = near.copy()
    apart[max(group[0] - HOPS, 0) : group[-1] + HOPS + 1] = False
    others = visits[apart]
    base, scale, top = far_end(others)
    beyond = float(np.exp(-max(float(np.max(visits[group])) - base, 0.0) / scale))
    # Neighbouring windows share most of their readings: about two of HOPS tell something new.
    yearly = YEAR / (readings * track.period) * 2
    return float(score(np.array(top / max(len(others), top) * beyond * yearly)))


def _signal(
    track: Track, ends: tuple[int, int], told: str, points: float, limits: tuple[float, ...]
) -> Signal:
    value = float(track.values[ends[0]])
    start, end = int(track.times[ends[0]]), int(track.times[ends[1]])
    above = [limit for limit in limits if limit >= value]
    under = f"，它正在限值{number(min(above))}之下" if above else ""
    why = (
        f"{span(end - start)}内最高值总是{number(value)}，{told}{under}；"
        f"按本测点自己的历史，这样的情形{rarely(10**-points)}，像是高出的读数被削去"
    )
    return Signal(CLIPPED, track.point, start, end, points, why)
