"""The engine said once more, a reading at a time: slow, and simple enough to be believed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from anlan.monitoring.engine import Key, Measure, Plan, Step, Transition, Watch
from anlan.monitoring.engine.rules import minute_of_week
from anlan.monitoring.protocols.batch import Batch, Quality


@dataclass
class _One:
    on: bool = False
    since: int = 0
    raised: bool = False
    peak: float = math.nan
    seen: list[tuple[int, float]] = field(default_factory=list)


class Plain:
    """``read`` and ``tick`` give transitions without RISEN, whose moment is free."""

    def __init__(self, plan: Plan, now: int) -> None:
        self.plan, self.now = plan, now
        self.one = {watch.key: _One() for watch in plan.watches}
        self.newest: dict[int, int] = {}
        self.arrived = {int(point): now for point in plan.points}
        self.last: dict[int, tuple[int, float]] = {}
        self.shown: dict[int, tuple[int, float, int]] = {}

    def read(self, batch: Batch) -> list[Transition]:
        told: list[Transition] = []
        columns = (batch.point, batch.time, batch.value, batch.quality)
        for point, time, value, quality in zip(*(each.tolist() for each in columns), strict=True):
            if point not in self.arrived:
                continue
            told += self._heard(point)
            if time < self.newest.get(point, -(2**62)):
                continue
            self.newest[point] = time
            self.shown[point] = (time, value, quality)
            told += self._reading(point, time, value, quality)
        return told

    def _heard(self, point: int) -> list[Transition]:
        self.arrived[point] = self.now
        told = []
        for watch in self._of(point):
            mine = self.one[watch.key]
            if watch.measure == Measure.SILENCE and mine.raised:
                mine.on = mine.raised = False
                told.append(
                    Transition(Step.CLEARED, watch.key, mine.since, self.now, 0.0, math.nan)
                )
        return told

    def _reading(self, point: int, time: int, value: float, quality: int) -> list[Transition]:
        counts = quality not in (2, 3, 4) and not math.isnan(value)
        rate = None
        if counts:
            then, before = self.last.get(point, (time, value))
            rate = (value - before) / (time - then) * 60_000 if time > then else None
            self.last[point] = (time, value)
        told: list[Transition] = []
        for watch in self._of(point):
            number = self._number(watch, time, value, quality, counts, rate)
            if number is not None or watch.calendar is not None:
                told += self._latch(watch, time, number, value)
            elif self.one[watch.key].on:
                told += self._due(watch, time, value)
        return told

    def _number(
        self, watch: Watch, time: int, value: float, quality: int, counts: bool, rate: float | None
    ) -> float | None:
        if watch.measure == Measure.SILENCE:
            return None
        if watch.measure == Measure.QUALITY:
            return None if quality == Quality.CALIBRATING else float(quality in (2, 3))
        if not counts:
            return None
        if watch.measure == Measure.VALUE:
            return value
        if watch.measure == Measure.RATE:
            return rate
        mine = self.one[watch.key]
        mine.seen.append((time, value))
        width = max(watch.window // 12, 1)
        inside = [v for t, v in mine.seen if t // width > time // width - 12]
        mean = sum(inside) / len(inside)
        if watch.measure == Measure.MEAN:
            return mean
        return math.sqrt(max(sum((v - mean) ** 2 for v in inside) / len(inside), 0.0))

    def _latch(
        self, watch: Watch, time: int, number: float | None, value: float
    ) -> list[Transition]:
        mine = self.one[watch.key]
        on = off = False
        if number is not None:
            on = number >= watch.limit if watch.above else number <= watch.limit
            off = not on and (number < watch.release if watch.above else number > watch.release)
        if watch.calendar is not None:
            minute = int(minute_of_week(np.array([time]))[0])
            if not self.plan.calendars[watch.calendar][minute]:
                on, off = False, True
        if on and not mine.on:
            mine.on, mine.since, mine.raised, mine.peak = True, time, False, math.nan
        if off and mine.on:
            mine.on = False
            if mine.raised:
                mine.raised = False
                return [Transition(Step.CLEARED, watch.key, mine.since, time, 0.0, mine.peak)]
            return []
        if mine.on and number is not None:
            best = max if watch.above else min
            mine.peak = number if math.isnan(mine.peak) else best(mine.peak, number)
        return self._due(watch, time, value) if mine.on else []

    def _due(self, watch: Watch, time: int, value: float) -> list[Transition]:
        mine = self.one[watch.key]
        if mine.raised or time - mine.since < watch.hold:
            return []
        mine.raised = True
        return [Transition(Step.RAISED, watch.key, mine.since, time, value, mine.peak)]

    def tick(self, now: int) -> list[Transition]:
        if now - self.now > 10_000:
            self.arrived = {point: at + now - self.now for point, at in self.arrived.items()}
        self.now = max(self.now, now)
        told: list[Transition] = []
        for watch in self.plan.watches:
            mine, point = self.one[watch.key], watch.key.point
            if watch.measure == Measure.SILENCE:
                if not mine.raised and self.now - self.arrived[point] >= watch.limit:
                    mine.on, mine.raised, mine.since = True, True, self.arrived[point]
                    told.append(
                        Transition(Step.RAISED, watch.key, mine.since, self.now, 0.0, math.nan)
                    )
            elif mine.on and not mine.raised:
                passed = self.newest[point] - mine.since + self.now - self.arrived[point]
                if passed >= watch.hold:
                    mine.raised = True
                    due = mine.since + watch.hold
                    told.append(
                        Transition(Step.RAISED, watch.key, mine.since, due, mine.peak, mine.peak)
                    )
        return told

    def _of(self, point: int) -> list[Watch]:
        return [watch for watch in self.plan.watches if watch.key.point == point]


def names(told: list[Transition]) -> list[tuple[Key, Step, int, int]]:
    """What must agree: event and moment, in an order of its own."""
    return sorted((t.key, t.step, t.begin, t.time) for t in told if t.step != Step.RISEN)
