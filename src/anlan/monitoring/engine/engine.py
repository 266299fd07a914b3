"""The engine: batches and ticks in, transitions out. Depends on nothing but what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from itertools import groupby

import numpy as np

from anlan.monitoring.engine import combining, latch
from anlan.monitoring.engine.latch import Event, Found, Memory, Step, Transition
from anlan.monitoring.engine.plan import Bools, Floats, Ints, Plan
from anlan.monitoring.engine.rules import Key, Measure, minute_of_week
from anlan.monitoring.engine.state import Names, State
from anlan.monitoring.engine.windows import statistics
from anlan.monitoring.protocols.batch import Batch, Quality, gathered

WITHOUT_VALUE = (Quality.SENSOR_FAULT, Quality.LINE_BROKEN, Quality.CALIBRATING)
AT_FAULT = (Quality.SENSOR_FAULT, Quality.LINE_BROKEN)
RATE_UNIT = 60_000  # ms: rates are per minute
# Between two ticks that lie further apart (ms) nobody worked: that time counts as no silence.
LONGEST_STEP = 10_000
TOGETHER = 100_000  # readings: more at once is not faster


class Engine:
    """Judges what comes, in the order of the stream."""

    def __init__(self, plan: Plan, state: State) -> None:
        self.plan = plan
        self.state = state
        self._unsettled = True
        self._begin()

    def replan(self, plan: Plan) -> list[Key]:
        """Go on with other rules; returns what was raised and is watched no more."""
        names = Names.of(self.plan)
        dropped = self.state.dropped(names, plan)
        self.state = self.state.carried(names, plan)
        self.plan = plan
        self._begin()
        return dropped

    def evaluate(self, batch: Batch) -> list[Transition]:
        """What the readings change, in the order of time."""
        place = self.plan.places(batch.point)
        if (place < 0).any():
            batch = batch.take(np.flatnonzero(place >= 0))
            place = place[place >= 0]
        if not len(place):
            return []
        state = self.state
        ends = self._ended_silences(place)
        state.arrived[place] = state.now
        chosen = self._worth_a_look(batch, place)
        found = ends
        if chosen is not None:
            found = [*found, *self._exactly(batch.take(chosen), place[chosen])]
        self._advance(batch, place)
        return self._with_combinations(found)

    def evaluate_all(self, batches: Iterable[Batch]) -> list[Transition]:
        """What batches that follow each other change.

        How readings are cut into batches changes nothing for a watch, so small batches go as one.
        Combinations see their inputs in the order of time within a batch and of arrival between
        batches: a batch that one of them hears goes alone, or the same stream might give other
        alarms to a worker that takes over and cuts it in other places.
        """
        told: list[Transition] = []
        for heard, run in groupby(batches, key=self._is_combined):
            for each in run if heard else gathered(run, TOGETHER):
                told += self.evaluate(each)
        return told

    def _is_combined(self, batch: Batch) -> bool:
        if not self.plan.combinations:
            return False
        place = self.plan.places(batch.point)
        return bool(self.plan.combined[place[place >= 0]].any())

    def tick(self, now: int) -> list[Transition]:
        """The clock of the stream says ``now`` (ms): what time alone changes."""
        state, plan = self.state, self.plan
        gap = now - state.now
        if gap > LONGEST_STEP:
            state.arrived += gap
            state.came += gap
        state.now = max(state.now, now)
        found = [*self._waited_long_enough(), *self._new_silences()]
        settled = self._with_combinations(found)
        if self._unsettled:
            settled += combining.settle(plan, state)
            self._unsettled = False
        return [*settled, *combining.tick(plan, state)]

    def reconcile(self, going: Set[Event]) -> set[Event]:
        """Believe what stands recorded as going on, after readings that were recorded have been
        lost: take up what we do not know of, judge anew what is recorded as over. Returns what we
        cannot take up: nobody watches it any more, or the next event of its watch goes on."""
        state, plan = self.state, self.plan
        places = {key: place for place, key in enumerate(plan.keys)}
        held = {(plan.keys[at], int(state.since[at])) for at in np.flatnonzero(state.raised)}
        for key, _ in held - going:
            place = places[key]
            state.on[place] = state.raised[place] = False
            if place < len(plan) and plan.measure[place] == Measure.SILENCE:
                state.arrived[plan.point_of[place]] = state.now
        taken = {key for key, _ in held & going}
        unknown = {event for event in going - held if event[0] in taken or event[0] not in places}
        for key, begin in going - held - unknown:
            place = places[key]
            state.on[place] = state.raised[place] = True
            state.since[place], state.came[place], state.peak[place] = begin, state.now, np.nan
        self._begin()
        return unknown

    # --- the quick way ------------------------------------------------------------------------

    def _worth_a_look(self, batch: Batch, place: Ints) -> Ints | None:
        """Readings of points at which something may change, in the order of arrival, or None."""
        plan = self.plan
        leaves = (batch.value >= plan.high[place]) | (batch.value <= plan.low[place])
        leaves |= batch.quality != Quality.GOOD
        leaves |= self._active[place]
        leaves |= plan.always[place]
        if not leaves.any():
            return None
        touched = np.zeros(len(plan.points), bool)
        touched[place[leaves]] = True
        return np.flatnonzero(touched[place])

    def _advance(self, batch: Batch, place: Ints) -> None:
        time, newest = batch.time, self.state.newest
        before = newest[place]
        newest[place] = np.maximum(time, before)
        behind = newest[place] < time  # the same point again, out of order
        if behind.any():
            np.maximum.at(newest, place[behind], time[behind])
        shown = time == newest[place]  # of several at one moment the last to come is shown
        self.state.shown[place[shown]] = batch.value[shown]
        self.state.quality[place[shown]] = batch.quality[shown]

    # --- the exact way ------------------------------------------------------------------------

    def _exactly(self, batch: Batch, place: Ints) -> Iterator[Transition]:
        order = np.argsort(place, kind="stable")
        batch, place = batch.take(order), place[order]
        timely = np.flatnonzero(self._timely(batch.time, place))
        batch, place = batch.take(timely), place[timely]
        if not len(place):
            return
        valued = ~np.isin(batch.quality, WITHOUT_VALUE) & ~np.isnan(batch.value)
        rate = self._rates(batch, place, valued)

        plan = self.plan
        many = plan.first[place + 1] - plan.first[place]
        reading = np.repeat(np.arange(len(place)), many)
        within = np.arange(len(reading)) - np.repeat(np.cumsum(many) - many, many)
        watch = plan.first[place][reading] + within
        heard = plan.measure[watch] != Measure.SILENCE
        order = np.argsort(watch[heard], kind="stable")
        watch, reading = watch[heard][order], reading[heard][order]
        if not len(watch):
            return
        time = batch.time[reading]
        number, counts = self._numbers(batch, reading, watch, time, valued, rate)
        on, off = self._conditions(watch, time, number, counts)
        memory = Memory(self.state.on, self.state.since, self.state.raised, self.state.peak)
        found = latch.run(memory, watch, time, number, on, off, plan.hold[watch], plan.above[watch])
        self._refresh_active(place)
        yield from self._told(found)

    def _timely(self, time: Ints, place: Ints) -> Bools:
        """Readings that are no older than any of their point before them; sorted by point."""
        timely = time >= self.state.newest[place]
        same = place[1:] == place[:-1]
        for point in np.unique(place[1:][same & (time[1:] < time[:-1])]):
            mine = np.flatnonzero(place == point)
            timely[mine] &= time[mine] >= np.maximum.accumulate(time[mine])
        return timely

    def _rates(self, batch: Batch, place: Ints, valued: Bools) -> Floats:
        """Change per minute since the reading before that counted; NaN where there is none."""
        rate = np.full(len(place), np.nan)
        at = np.flatnonzero(valued)
        if not len(at):
            return rate
        point, time, value = place[at], batch.time[at], batch.value[at]
        first = np.r_[True, point[1:] != point[:-1]]
        state = self.state
        before = np.where(first, state.value[point], np.r_[np.nan, value[:-1]])
        then = np.where(first, state.valued[point], np.r_[0, time[:-1]])
        passed = np.where(np.isnan(before), 0, time - np.where(np.isnan(before), time, then))
        with np.errstate(divide="ignore", invalid="ignore"):
            rate[at] = np.where(passed > 0, (value - before) / passed * RATE_UNIT, np.nan)
        last = np.r_[first[1:], True]
        state.value[point[last]], state.valued[point[last]] = value[last], time[last]
        return rate

    def _numbers(
        self, batch: Batch, reading: Ints, watch: Ints, time: Ints, valued: Bools, rate: Floats
    ) -> tuple[Floats, Bools]:
        """What is compared with the limit at each reading of each watch, and whether it counts."""
        measure = self.plan.measure[watch]
        number, counts = batch.value[reading].copy(), valued[reading]
        rates = measure == Measure.RATE
        number[rates] = rate[reading[rates]]
        counts[rates] &= ~np.isnan(number[rates])
        faults = measure == Measure.QUALITY
        quality = batch.quality[reading[faults]]
        number[faults] = np.isin(quality, AT_FAULT)
        counts[faults] = quality != Quality.CALIBRATING
        moving = np.flatnonzero((measure == Measure.MEAN) | (measure == Measure.SPREAD))
        if len(moving):
            mean, spread = statistics(
                self.state, np.searchsorted(self.plan.moving, watch[moving]), time[moving],
                batch.value[reading[moving]], valued[reading[moving]],
                self.plan.window[watch[moving]],
            )  # fmt: skip
            number[moving] = np.where(measure[moving] == Measure.MEAN, mean, spread)
            counts[moving] &= ~np.isnan(number[moving])
        number[~counts] = np.nan  # a peak is of what counts
        return number, counts

    def _conditions(
        self, watch: Ints, time: Ints, number: Floats, counts: Bools
    ) -> tuple[Bools, Bools]:
        plan = self.plan
        above, limit, back = plan.above[watch], plan.limit[watch], plan.back[watch]
        on = counts & np.where(above, number >= limit, number <= limit)
        off = counts & ~on & np.where(above, number < back, number > back)
        timed = np.flatnonzero(plan.calendar[watch] >= 0)
        if len(timed):
            rests = ~np.stack(plan.calendars)[
                plan.calendar[watch[timed]], minute_of_week(time[timed])
            ]
            on[timed] &= ~rests
            off[timed] |= rests
        return on, off

    # --- what time alone changes --------------------------------------------------------------

    def _waited_long_enough(self) -> Iterator[Transition]:
        """Watches that were on at the last reading, and have been ``hold`` since by our clock."""
        state, plan = self.state, self.plan
        count = len(plan)
        waits = np.flatnonzero(
            state.on[:count] & ~state.raised[:count] & (plan.measure != Measure.SILENCE)
        )
        point = plan.point_of[waits]
        passed = state.newest[point] - state.since[waits] + state.now - state.arrived[point]
        for watch in waits[passed >= plan.hold[waits]]:
            state.raised[watch] = True
            begin = int(state.since[watch])
            peak = float(state.peak[watch])
            due = begin + int(plan.hold[watch])
            yield Transition(Step.RAISED, plan.watches[watch].key, begin, due, peak, peak)

    def _new_silences(self) -> Iterator[Transition]:
        state, plan = self.state, self.plan
        quiet = plan.silences[~state.raised[plan.silences]]
        passed = state.now - state.arrived[plan.point_of[quiet]]
        long = passed >= plan.limit[quiet]
        for watch, waited in zip(quiet[long], passed[long], strict=True):
            begin = int(state.now - waited)
            state.on[watch] = state.raised[watch] = True
            state.since[watch] = begin
            key = plan.watches[watch].key
            yield Transition(Step.RAISED, key, begin, state.now, float(waited), np.nan)

    def _ended_silences(self, place: Ints) -> list[Transition]:
        state, plan = self.state, self.plan
        silent = plan.silences[state.raised[plan.silences]]
        if not len(silent):
            return []
        came = silent[np.isin(plan.point_of[silent], place)]
        state.on[came] = state.raised[came] = False
        return [
            Transition(Step.CLEARED, key, int(since), state.now, 0.0, np.nan)
            for key, since in zip(
                (plan.watches[watch].key for watch in came), state.since[came], strict=True
            )
        ]

    # --- helpers ------------------------------------------------------------------------------

    def _told(self, found: Found) -> Iterator[Transition]:
        for place in np.argsort(found.time, kind="stable"):
            yield Transition(
                Step(found.step[place]), self.plan.watches[found.watch[place]].key,
                int(found.begin[place]), int(found.time[place]),
                float(found.value[place]), float(found.peak[place]),
            )  # fmt: skip

    def _with_combinations(self, found: list[Transition]) -> list[Transition]:
        return combining.follow(self.plan, self.state, found)

    def _begin(self) -> None:
        """What is reckoned from plan and state; a new combination may be on from the first."""
        self._active = np.zeros(len(self.plan.points), bool)
        self._unsettled = bool(self.plan.combinations)
        count = len(self.plan)
        heard = self.state.on[:count] & (self.plan.measure != Measure.SILENCE)
        self._active[self.plan.point_of[heard]] = True

    def _refresh_active(self, place: Ints) -> None:
        """Whether a watch of these points is on now: then each reading must be looked at."""
        points = np.unique(place)
        many = self.plan.first[points + 1] - self.plan.first[points]
        watch = np.repeat(self.plan.first[points], many) + (
            np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        )
        heard = self.state.on[watch] & (self.plan.measure[watch] != Measure.SILENCE)
        self._active[points] = False
        self._active[np.repeat(points, many)[heard]] = True
