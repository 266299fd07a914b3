"""Mean and spread of the last so many minutes, in slices.

A window is divided into ``SLICES`` slices on the clock; at a reading the statistic is over the
readings of its slice and of the ``SLICES - 1`` before it: between eleven and twelve twelfths of
the window. So a watch remembers twelve sums, however many readings came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.monitoring.engine.plan import Bools, Floats, Ints

if TYPE_CHECKING:
    from anlan.monitoring.engine.state import State

SLICES = 12


def statistics(
    state: State, watch: Ints, time: Ints, value: Floats, counts: Bools, window: Ints
) -> tuple[Floats, Floats]:
    """Mean and standard deviation at each reading, sorted by watch and time; NaN without any.

    ``watch`` counts the plan's moving watches only. Readings that do not count get the statistic
    of those before them. The rings are moved on.
    """
    slot = time // np.maximum(window // SLICES, 1)
    _settle_centres(state, watch, value, counts)
    shifted = np.where(counts, value - state.centre[watch], 0.0)
    sums = np.stack([counts.astype(float), shifted, shifted * shifted])

    # the first reading of each watch's window, found in one sorted column of (watch, slot)
    number = np.unique(watch, return_inverse=True)[1]
    span = int(slot.max() - slot.min()) + 2 * SLICES + 1
    lane = number * span + (slot - slot.min()) + SLICES
    begin = np.searchsorted(lane, lane - (SLICES - 1))
    running = np.concatenate([np.zeros((3, 1)), np.cumsum(sums, axis=1)], axis=1)
    inside = running[:, 1:] - running[:, begin]

    ring = np.stack([state.count[watch], state.total[watch], state.squares[watch]])
    reached = state.slice[watch] > (slot - SLICES)[:, None]
    count, total, squares = inside + np.where(reached, ring, 0.0).sum(axis=2)
    _move_on(state, watch, slot, sums)

    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / count
        spread = np.sqrt(np.maximum(squares / count - mean * mean, 0.0))
    return mean + state.centre[watch], spread


def _settle_centres(state: State, watch: Ints, value: Floats, counts: Bools) -> None:
    """The first value that a watch ever saw."""
    places = np.flatnonzero(counts & np.isnan(state.centre[watch]))
    seen, first = np.unique(watch[places], return_index=True)
    state.centre[seen] = value[places[first]]


def _move_on(state: State, watch: Ints, slot: Ints, sums: Floats) -> None:
    column = slot % SLICES
    # several slots of one column may come in one batch: the newest stays
    newest = np.full_like(state.slice, np.iinfo(np.int64).min)
    np.maximum.at(newest, (watch, column), slot)
    stays = newest[watch, column] == slot
    changed = np.zeros(state.slice.shape, bool)
    changed[watch[stays], column[stays]] = True
    anew = changed & (state.slice < newest)
    state.slice[anew] = newest[anew]
    for into, part in zip((state.count, state.total, state.squares), sums, strict=True):
        into[anew] = 0.0
        np.add.at(into, (watch[stays], column[stays]), part[stays])
