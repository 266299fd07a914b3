"""Neighbours: a point leaves for a while the level that related points make one expect.

Levels of related points drift apart within days; their changes go on together. So the change of a
window's level against the windows before and after it is explained by the changes of the related
points, by least squares that leave out the worst-fitting fifth, and the smaller of the two
remainders counts. How large such bumps are without anybody's doing is learnt from the point itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from anlan.monitoring.tamper.calm import strongest
from anlan.monitoring.tamper.relations import LEAST_WINDOWS, Windows, windows
from anlan.monitoring.tamper.series import YEAR, Floats, Ints, Track
from anlan.monitoring.tamper.signals import NEIGHBOURS, Signal, Unjudged
from anlan.monitoring.tamper.tail import Peak, peaks
from anlan.monitoring.tamper.words import number, rarely, span

LENGTHS = tuple(minutes * 60_000.0 for minutes in (5, 10, 20, 40, 80, 160, 320, 640))
KEPT = 0.8
"""The share of windows that the relation is learnt from: the best-fitting ones."""

ROUNDS = 5

AWAY = 2
"""The sides are two windows off: a stretch that half fills its windows does not hide itself."""


def find(
    tracks: list[Track], friends: Mapping[str, list[Track]], threshold: float
) -> tuple[list[Signal], list[Unjudged]]:
    """Bumps against the related points, expected at most ``10 ** -threshold`` times a year."""
    tracks = [track for track in tracks if track.spaced]
    signals: dict[str, list[Signal]] = {}
    for length in LENGTHS:
        fit = [track for track in tracks if track.period * 4 <= length]
        if len(fit) < 2:
            continue
        grid = windows(fit, length)
        if len(grid.begin) < LEAST_WINDOWS:
            continue
        for column, track in enumerate(fit):
            names = {friend.point for friend in friends[track.point]}
            beside = np.array([at for at, other in enumerate(fit) if other.point in names])
            if len(beside):
                found = _bumps(grid, column, beside, fit, threshold)
                signals.setdefault(track.point, []).extend(found)
    why = "没有一个测点与它稳定地同涨同落，无法互相印证"
    alone = [Unjudged(NEIGHBOURS, track.point, why) for track in tracks if not friends[track.point]]
    return [s for found in signals.values() for s in strongest(found)], alone


def _bumps(
    grid: Windows, column: int, beside: Ints, tracks: list[Track], least: float
) -> list[Signal]:
    names = tuple(tracks[other].point for other in beside)
    bump = _bump(grid.means[:, column], grid.means[:, beside])
    # Each length of window is one more chance.
    found = peaks(np.abs(bump), AWAY, YEAR / grid.length * len(LENGTHS), least)
    point = tracks[column].point
    return [_signal(grid, column, point, names, bump, peak) for peak in found]


def _signal(
    grid: Windows, column: int, point: str, names: tuple[str, ...], bump: Floats, peak: Peak
) -> Signal:
    start = int(grid.begin[peak.members[0]])
    end = int(grid.begin[peak.members[-1]]) + grid.length
    level = float(grid.means[peak.best, column])
    why = (
        f"{span(grid.length)}内平均{number(level)}，而按与{'、'.join(names)}平时的关系和前后时段"
        f"应为{number(level - bump[peak.best])}；这样的偏离按历史"
        f"{rarely(10**-peak.score)}，两边必有一边的读数不实或情况异常"
    )
    return Signal(NEIGHBOURS, point, start, end, peak.score, why, names)


def _bump(level: Floats, others: Floats) -> Floats:
    """What the others' changes leave of the level's changes against both sides: the lesser.

    0 where the two sides disagree about the direction, NaN where something is missing.
    """
    bump = np.full(len(level), np.nan)
    if len(level) <= 2 * AWAY + 2:
        return bump
    own = [level[AWAY:-AWAY] - level[: -2 * AWAY], level[AWAY:-AWAY] - level[2 * AWAY :]]
    told = [others[AWAY:-AWAY] - others[: -2 * AWAY], others[AWAY:-AWAY] - others[2 * AWAY :]]
    weights = _weights(np.concatenate(own), np.concatenate(told))
    if weights is None:
        return bump
    before, after = (one - two @ weights for one, two in zip(own, told, strict=True))
    same = np.sign(before) == np.sign(after)
    small = np.where(np.abs(before) < np.abs(after), before, after)
    bump[AWAY:-AWAY] = np.where(np.isfinite(small), np.where(same, small, 0.0), np.nan)
    return bump


def _weights(change: Floats, others: Floats) -> Floats | None:
    """By how much the level changes with each other point; None where too little is known."""
    used = np.flatnonzero(np.isfinite(change) & np.all(np.isfinite(others), axis=1))
    kept, weights = used, None
    for _ in range(ROUNDS):
        if len(kept) < others.shape[1] + 2:
            return None
        solved = np.linalg.lstsq(others[kept], change[kept], rcond=None)[0]
        weights = np.asarray(solved, dtype=np.float64)
        error = np.abs(change[used] - others[used] @ weights)
        kept = used[error <= np.quantile(error, KEPT)]
    return weights
