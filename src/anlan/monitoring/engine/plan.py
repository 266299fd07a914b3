"""Rules made into arrays: which watches a point has, and the band in which none of them wakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from anlan.monitoring.engine.rules import Calendar, Combination, Key, Measure, Watch

HIGHEST_POINT = 50_000_000  # numbers of points are given one after another; a lookup by place
MOVING = (Measure.MEAN, Measure.SPREAD)
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Plan:
    """Watches as columns, sorted by point; ``first[p]`` to ``first[p + 1]`` are those of point p
    (a place in ``points``). ``low`` and ``high``: while all watches of a point are off, a value
    between them changes nothing. ``always``: points of which each reading must be looked at."""

    watches: tuple[Watch, ...]
    combinations: tuple[Combination, ...]
    calendars: tuple[Calendar, ...]
    points: Ints
    lookup: npt.NDArray[np.int32]
    point_of: Ints
    first: Ints
    measure: npt.NDArray[np.uint8]
    above: Bools
    limit: Floats
    back: Floats
    hold: Ints
    window: Ints
    calendar: Ints
    low: Floats
    high: Floats
    always: Bools

    def __len__(self) -> int:
        return len(self.watches)

    @property
    def keys(self) -> list[Key]:
        """Of watches and, after them, of combinations."""
        return [*(each.key for each in self.watches), *(each.key for each in self.combinations)]

    @cached_property
    def moving(self) -> Ints:
        """The watches of a moving window; only these have rings in the state."""
        return np.flatnonzero(np.isin(self.measure, MOVING))

    @cached_property
    def silences(self) -> Ints:
        """The watches of silence."""
        return np.flatnonzero(self.measure == Measure.SILENCE)

    @cached_property
    def named(self) -> Ints:
        """The keys as rows, for writing down."""
        return np.array(self.keys, np.int64).reshape(-1, 4)

    @cached_property
    def inputs(self) -> dict[Key, int]:
        """The place, in the state, of each input of a combination."""
        wanted = {key for each in self.combinations for key in each.heard}
        return {key: place for place, key in enumerate(self.keys) if key in wanted}

    @cached_property
    def fed_by(self) -> dict[Key, list[int]]:
        """The combinations that have this input."""
        fed: dict[Key, list[int]] = {key: [] for key in self.inputs}
        for number, each in enumerate(self.combinations):
            for key in each.heard:
                fed[key].append(number)
        return fed

    def reached(self, number: int, raised: Mapping[Key, bool]) -> int:
        """How many inputs of a combination are raised."""
        inputs = self.combinations[number].inputs
        return sum(any(raised[key] for key in each) for each in inputs)

    @cached_property
    def combined(self) -> Bools:
        """By point, whether a combination hears any of its watches."""
        found = np.zeros(len(self.points), bool)
        found[self.point_of[[place for place in self.inputs.values() if place < len(self)]]] = True
        return found

    def places(self, point: npt.NDArray[np.uint32]) -> Ints:
        """The place of each point, -1 where nothing watches it."""
        known = np.minimum(point, len(self.lookup) - 1)
        return self.lookup[known].astype(np.int64)


def plan(
    watches: Sequence[Watch],
    combinations: Sequence[Combination] = (),
    calendars: Sequence[Calendar] = (),
    also: Sequence[int] = (),
) -> Plan:
    """``also``: points whose newest reading is remembered though no rule may watch them.

    ValueError where a key stands twice, an input is not known or a calendar is missing."""
    _check(watches, combinations, calendars)
    ordered = tuple(sorted(watches, key=lambda each: (each.key.point, each.key)))
    column = np.array([each.key.point for each in ordered], np.int64)
    points = np.union1d(column, np.array(also, np.int64))
    point_of = np.searchsorted(points, column)
    lookup = np.full((int(points[-1]) if len(points) else 0) + 2, -1, np.int32)
    lookup[points] = np.arange(len(points))
    measure = np.array([each.measure for each in ordered], np.uint8)
    above = np.array([each.above for each in ordered], bool)
    limit = np.array([each.limit for each in ordered], np.float64)
    value = measure == Measure.VALUE
    high, low = np.full(len(points), np.inf), np.full(len(points), -np.inf)
    np.minimum.at(high, point_of[value & above], limit[value & above])
    np.maximum.at(low, point_of[value & ~above], limit[value & ~above])
    always = np.zeros(len(points), bool)
    always[point_of[np.isin(measure, (Measure.RATE, *MOVING))]] = True
    return Plan(
        ordered, tuple(combinations), tuple(calendars), points, lookup, point_of,
        np.searchsorted(point_of, np.arange(len(points) + 1)),
        measure, above, limit,
        np.array([each.release for each in ordered], np.float64),
        np.array([each.hold for each in ordered], np.int64),
        np.array([each.window for each in ordered], np.int64),
        np.array([-1 if each.calendar is None else each.calendar for each in ordered], np.int64),
        low, high, always,
    )  # fmt: skip


def _check(
    watches: Sequence[Watch], combinations: Sequence[Combination], calendars: Sequence[Calendar]
) -> None:
    known: set[Key] = set()
    for watch in watches:
        if watch.key in known:
            raise ValueError(f"规则重复：{watch.key}")
        if not 0 <= watch.key.point <= HIGHEST_POINT:
            raise ValueError(f"测点编号不在 0–{HIGHEST_POINT} 之内：{watch.key.point}")
        if watch.calendar is not None and not 0 <= watch.calendar < len(calendars):
            raise ValueError(f"没有第 {watch.calendar} 个日历")
        known.add(watch.key)
    for combination in combinations:
        if combination.key in known:
            raise ValueError(f"规则重复：{combination.key}")
        unknown = [each for each in combination.heard if each not in known]
        if unknown:
            raise ValueError(f"组合条件引用了不存在或排在后面的条件：{unknown[0]}")
        known.add(combination.key)
