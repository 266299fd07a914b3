"""States: readings against what power and fans were doing.

Two things are looked for. A reading that goes flat at its lowest value exactly while the power or
the fan is off: the sensor was fed from the circuit that it should watch, or was switched off with
it. (Monitoring must run on for at least 4 hours without mains: 煤矿安全规程 2025, Art. 527.) And a
reading at or above its limit while the power stays on: the cut did not act (Art. 536, table 19).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.monitoring.tamper.series import Ints, Runs, Track
from anlan.monitoring.tamper.signals import STATE, Signal, Unjudged
from anlan.monitoring.tamper.tail import a_year, score
from anlan.monitoring.tamper.words import number, span

POWER, FAN = "power", "fan"
ROLES: dict[str, str] = {POWER: "供电", FAN: "风机"}

EDGE = 2
"""Readings by which the two series may disagree about the moment."""

SHORT = 5
"""Readings that a time without power must have to be told from a flicker."""

ACTING = 60_000
"""Milliseconds after which a cut must be seen. The system has to act within seconds; what is
uploaded comes every 20 to 30 s, so a minute is sure: an assumption."""

CERTAIN = 6.0
"""As for the clock: the score of what may not happen at all."""


def find(
    track: Track, state: Track, role: str, cut: float | None, threshold: float
) -> tuple[list[Signal], list[Unjudged]]:
    """Signals of one point against one state; a state is on above half of its largest value.
    ``cut``: the value at which it has to go off; None if it need not, or nobody knows."""
    if not len(state) or not len(track):
        return [], [Unjudged(STATE, track.point, f"{ROLES[role]}测点{state.point}没有读数")]
    on = _on(track, state)
    signals = _flat(track, state, role, on, threshold)
    if role == POWER and cut is not None:
        signals += _not_cut(track, state, on, cut)
    return signals, []


def _on(track: Track, state: Track) -> NDArray[np.bool_]:
    """Whether the state was on at each reading of the point: the last that was known then."""
    at = np.clip(np.searchsorted(state.times, track.times, side="right") - 1, 0, None)
    return np.asarray(state.values[at] > np.max(state.values) / 2, dtype=bool)


def _stretches(true: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edge = np.diff(np.concatenate(([False], true, [False])).astype(np.int8))
    starts, ends = np.flatnonzero(edge > 0), np.flatnonzero(edge < 0)
    return [(int(one), int(two) - 1) for one, two in zip(starts, ends, strict=True)]


def _flat(
    track: Track, state: Track, role: str, on: NDArray[np.bool_], threshold: float
) -> list[Signal]:
    runs = Runs.of(track)
    floor = int(np.min(track.grains))
    low = (track.grains[runs.start] == floor) & (runs.length >= SHORT)
    begin, end = runs.start[low], runs.start[low] + runs.length[low] - 1
    signals = []
    for first, last in _stretches(~on):
        whole = first > 0 and last < len(track) - 1 and last - first + 1 >= SHORT
        fits = (np.abs(begin - first) <= EDGE) & (np.abs(end - last) <= EDGE)
        if not whole or not np.any(fits):
            continue
        points = _coincidence(track, begin, on)
        if points >= threshold:
            at = int(np.flatnonzero(fits)[0])
            times = int(track.times[begin[at]]), int(track.times[end[at]])
            why = (
                f"{ROLES[role]}测点{state.point}停的{span(times[1] - times[0])}里，读数一直是最低值"
                f"{number(track.values[begin[at]])}，停时落下、送时恢复，前后相差不超过{EDGE}个读数；"
                "像是监测随被监测的电源一起被断开"
            )
            signals.append(Signal(STATE, track.point, *times, points, why, (state.point,)))
    return signals


def _coincidence(track: Track, begin: Ints, on: NDArray[np.bool_]) -> float:
    """Both ends of a flat stretch meet both ends of a time off by chance."""
    wide = 2 * EDGE + 1
    one = min(wide * (len(begin) + 1) / len(track), 1.0)
    off = sum(last - first + 1 >= SHORT for first, last in _stretches(~on))
    # The beginning meets by chance, and then the end, among all lengths a flat stretch may have.
    expected = a_year(off, track.years) * one * min(wide / max(len(track) / (off + 1), 1), 1.0)
    return float(score(np.array(expected)))


def _not_cut(track: Track, state: Track, on: NDArray[np.bool_], limit: float) -> list[Signal]:
    signals = []
    for first, last in _stretches((track.values >= limit) & on):
        start, end = int(track.times[first]), int(track.times[last])
        if end - start < ACTING:
            continue
        top = number(float(np.max(track.values[first : last + 1])))
        why = (
            f"读数在{span(end - start)}里一直不低于断电限值{number(limit)}（最高{top}），"
            f"供电测点{state.point}却一直有电；像是断电控制被甩开或状态是假的"
        )
        signals.append(Signal(STATE, track.point, start, end, CERTAIN, why, (state.point,)))
    return signals
