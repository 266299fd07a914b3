"""From conditions to transitions: what a watch does while its readings go by.

All readings of all watches at once. What a watch is after a reading is what the last reading that
decided something made it: the running maximum of the places of those that decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from anlan.monitoring.engine.plan import Bools, Floats, Ints
from anlan.monitoring.engine.rules import Key


class Step(StrEnum):
    """What happened to a watch."""

    RAISED = "raised"
    RISEN = "risen"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Transition:
    """``begin`` (device's time, ms) names the event together with the key; ``time`` is when this
    step came; ``value`` then, ``peak`` the farthest value of the event so far (NaN: none)."""

    step: Step
    key: Key
    begin: int
    time: int
    value: float
    peak: float


Event = tuple[Key, int]
"""What an event is known by: the watch and its beginning."""


@dataclass(frozen=True, eq=False)
class Found:
    """Transitions of many watches as columns, one place each: ``begin`` is when the condition
    began (with the watch it names the event), ``time`` when this step came."""

    step: np.ndarray
    watch: Ints
    begin: Ints
    time: Ints
    value: Floats
    peak: Floats


@dataclass(eq=False)
class Memory:
    """The part of the state that a latch reads and writes, by watch."""

    on: Bools
    since: Ints
    raised: Bools
    peak: Floats


def run(
    memory: Memory, watch: Ints, time: Ints, value: Floats, on: Bools, off: Bools,
    hold: Ints, above: Bools,
) -> Found:  # fmt: skip
    """Let ``memory`` go through readings that are sorted by watch and, within one, by time.

    Columns of one length; ``on`` and ``off`` exclude each other, neither leaves all as it is.
    """
    count = len(watch)
    place = np.arange(count)
    starts = np.flatnonzero(np.r_[True, watch[1:] != watch[:-1]])
    first = np.repeat(starts, np.diff(np.r_[starts, count]))  # of the reading's watch

    decided = np.maximum.accumulate(np.where(on | off, place, -1))
    now = np.where(decided >= first, on[np.maximum(decided, 0)], memory.on[watch])
    before = np.where(place > first, np.r_[False, now[:-1]], memory.on[watch])

    begins = now & ~before
    begun = np.maximum.accumulate(np.where(begins, place, -1))
    inside = begun >= first  # the run began in these readings
    since = np.where(inside, time[np.maximum(begun, 0)], memory.since[watch])

    kept = memory.raised[watch]  # a run that goes on from before, and was raised there
    due = now & ((time - np.where(now, since, time) >= hold) | (kept & ~inside))
    was_due = np.where(place > first, np.r_[False, due[:-1]], kept) & before
    raises, clears = due & ~was_due, ~now & was_due

    peak = _peaks(memory, watch, value, now, begins, above, first)
    before_peak = np.where(place > first, np.r_[np.nan, peak[:-1]], memory.peak[watch])
    before_since = np.where(place > first, np.r_[0, since[:-1]], memory.since[watch])

    last = np.r_[starts[1:], count] - 1
    told = np.maximum.accumulate(np.where(raises, place, -1))[last]
    known = np.where(told >= first[last], peak[np.maximum(told, 0)], memory.peak[watch[last]])
    risen = np.zeros(count, bool)
    risen[last[due[last] & (told < last) & (peak[last] != known)]] = True

    _remember(memory, watch[last], now[last], since[last], due[last], peak[last])
    where = np.flatnonzero(raises | clears | risen)
    cleared = clears[where]
    return Found(
        np.where(raises[where], Step.RAISED, np.where(cleared, Step.CLEARED, Step.RISEN)),
        watch[where],
        np.where(cleared, before_since[where], since[where]),
        time[where], value[where],
        np.where(cleared, before_peak[where], peak[where]),
    )  # fmt: skip


def _peaks(
    memory: Memory, watch: Ints, value: Floats, now: Bools, begins: Bools, above: Bools, first: Ints
) -> Floats:
    """The farthest value of the run so far; NaN where the watch is off."""
    sign = np.where(above, 1.0, -1.0)
    place = np.arange(len(watch))
    reach = np.where(now & ~np.isnan(value), value * sign, -np.inf)
    # the run that goes on from before brings its peak to the first reading
    carried = now & (place == first) & ~begins & ~np.isnan(memory.peak[watch])
    reach = np.where(carried, np.maximum(reach, memory.peak[watch] * sign), reach)
    borders = begins | (place == first)
    peak = _running_maximum(reach, np.cumsum(borders) - 1, np.flatnonzero(borders))
    return np.where(now & np.isfinite(peak), peak * sign, np.nan)


def _running_maximum(value: Floats, group: Ints, starts: Ints) -> Floats:
    """Of each group from its start: by ranks, so that one running maximum serves all groups."""
    if not len(starts):
        return value
    distinct, rank = np.unique(value, return_inverse=True)
    lifted = np.maximum.accumulate(rank + group * len(distinct))
    return distinct[lifted - group * len(distinct)]


def _remember(
    memory: Memory, watch: Ints, on: Bools, since: Ints, raised: Bools, peak: Floats
) -> None:
    memory.on[watch], memory.since[watch] = on, since
    memory.raised[watch], memory.peak[watch] = raised, peak
