"""A version of a rule over readings of past days, beside the version in force: the engine itself,
fed from the history. Nothing is stored, nobody is called.

Points are taken in portions of whole sites and days one after another, so that memory holds one
portion of one day. Time passes in ticks only for rules that ask for them (silence, combinations
that must last); of others a duration is judged at the readings. Readings count in the order of
their own times, as if each had arrived at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import isnan

import numpy as np

from anlan.monitoring.choices import Level, MeasureKind
from anlan.monitoring.engine import Engine, Measure, Plan, State, Step, Transition
from anlan.monitoring.models import RuleVersion
from anlan.monitoring.protocols.batch import Batch
from anlan.monitoring.rules import compiling
from anlan.monitoring.rules.combined import LIMITS
from anlan.monitoring.rules.compiling import Located

PORTION = 50  # points read at once, a site more where the last one is not whole
MOST_READINGS = 20_000_000  # of one trial: an assumption
TICK = 10_000  # ms: the longest that the engine takes for uninterrupted work
DAY = 24 * 3_600_000
ENDLESS = 400 * DAY  # longer than any trial
MOST_TOLD = 1_000  # events remembered one by one, the worst; all are counted
Read = Callable[[Sequence[int], int, int], Batch]


@dataclass
class Event:
    """One alarm as it would have been: its rule's worst level at a point, from its beginning to
    its end (ms; None: it still went on at the end of the last day)."""

    point: int
    level: int
    begin: int
    end: int | None = None
    peak: float | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """What sorts the worst and the longest first."""
        return -self.level, self.begin - (
            self.end if self.end is not None else self.begin + 31 * DAY
        )


@dataclass
class Tally:
    """The alarms of one rule, from its transitions."""

    rule: int
    counts: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    events: list[Event] = field(default_factory=list)
    _going: dict[int, tuple[Event, set[int]]] = field(default_factory=dict)

    def take(self, steps: Iterable[Transition]) -> None:
        """An alarm lasts while any level of the rule is raised at its point, and counts once, at
        its worst (as ``services.folding`` keeps it)."""
        for told in steps:
            if told.key.rule != self.rule:
                continue
            if told.step == Step.RAISED:
                first = Event(told.key.point, told.key.level, told.begin)
                event, levels = self._going.setdefault(told.key.point, (first, set()))
                event.level = max(event.level, told.key.level)
                levels.add(told.key.level)
            if told.key.point in self._going:
                self._follow(told)

    def _follow(self, told: Transition) -> None:
        event, levels = self._going[told.key.point]
        if told.key.level == event.level and not isnan(told.peak):
            event.peak = told.peak
        if told.step == Step.CLEARED:
            levels.discard(told.key.level)
            if not levels:
                event.end = told.time
                del self._going[event.point]
                self._count(event)

    def finish(self) -> None:
        """What still goes on counts too."""
        for event, _ in self._going.values():
            self._count(event)
        self._going.clear()

    def _count(self, event: Event) -> None:
        self.counts[event.point][event.level] += 1
        self.events.append(event)
        if len(self.events) >= 2 * MOST_TOLD:
            self.events = sorted(self.events, key=lambda each: each.rank)[:MOST_TOLD]

    def total(self) -> dict[str, int]:
        """How many of each colour."""
        found = sum(self.counts.values(), Counter[int]())
        return {each.colour: found[int(each)] for each in reversed(Level)}


class Side:
    """One version at work."""

    def __init__(self, version: RuleVersion, others: Sequence[RuleVersion]) -> None:
        self.version = version
        self.tally = Tally(version.rule_id)
        combines = version.measure == MeasureKind.COMBINED
        self._versions = [*(others if combines else ()), version]
        self._engine: Engine | None = None
        self.ticks = False

    def begin(self, points: list[Located], now: int) -> None:
        """Take up a portion of the points, with nothing raised."""
        held = compiling.held_by(self.version, points)
        made = compiling.planned(self._versions, held)
        self._engine = Engine(made, State.fresh(made, now)) if held else None
        self.ticks = self._engine is not None and _needs_ticks(made)

    def tick(self, now: int) -> None:
        """The clock says ``now``."""
        if self._engine is not None:
            self.tally.take(self._engine.tick(now))

    def read(self, batch: Batch) -> None:
        """Judge readings."""
        if self._engine is not None and len(batch):
            self.tally.take(self._engine.evaluate(batch))


def _needs_ticks(plan: Plan) -> bool:
    lasting = any(each.hold for each in plan.combinations)
    return lasting or bool((plan.measure == Measure.SILENCE).any())


def sides(version: RuleVersion, against: RuleVersion | None) -> list[Side]:
    """The version and what it is compared with; a combination hears the limits in force."""
    others = [
        each
        for each in compiling.in_force()
        if each.rule_id != version.rule_id
        and (each.measure in LIMITS or each.measure == MeasureKind.COMBINED)
    ]
    return [Side(each, others) for each in (version, against) if each is not None]


def portions(points: list[Located]) -> list[list[Located]]:
    """Whole sites together: combinations count within a site."""
    made: list[list[Located]] = [[]]
    last = None
    for each in sorted(points, key=lambda one: (one.site, one.point)):
        if len(made[-1]) >= PORTION and each.site != last:
            made.append([])
        made[-1].append(each)
        last = each.site
    return [each for each in made if each]


def run(
    at_work: Sequence[Side], points: list[Located], begin: int, end: int, read: Read
) -> Iterator[int]:
    """Go through all portions, a day of one at each step; says how many readings it took. Ends
    early where whoever asks no more; ``finish`` the tallies then too."""
    for portion in portions(points):
        numbers = [each.point for each in portion]
        for side in at_work:
            side.begin(portion, begin)
        for day in range(begin, end, DAY):
            batch = read(numbers, day, min(day + DAY, end))
            _through(at_work, batch, day, min(day + DAY, end))
            yield len(batch)


def _through(at_work: Sequence[Side], batch: Batch, begin: int, end: int) -> None:
    """A day of readings, in the order of time; by ticks where a rule asks for them."""
    ordered = batch.take(np.argsort(batch.time, kind="stable"))
    for side in at_work:
        if not side.ticks:
            side.tick(begin)
            side.read(ordered)
            continue
        edges = np.arange(begin, end, TICK)
        starts = np.searchsorted(ordered.time, edges)
        for tick, first, last in zip(edges, starts, [*starts[1:], len(ordered)], strict=True):
            side.tick(int(tick))
            if last > first:
                side.read(ordered.take(np.arange(first, last)))
        side.tick(end)
