"""Points of a site as they stand this second: newest reading, state, open alarm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from anlan.monitoring.alarms import selectors
from anlan.monitoring.choices import Level, MeasureKind, Toned
from anlan.monitoring.models import Alarm, Point
from anlan.monitoring.now import live
from anlan.monitoring.now.live import Latest, Reading
from anlan.monitoring.protocols.batch import Quality
from anlan.registry.models import Site

FAULTS = (Quality.SENSOR_FAULT, Quality.LINE_BROKEN)


class State(Toned):
    """What a point is in, the most pressing first."""

    ALARM = ("报警", "red")
    SILENT = ("无数据", "orange")
    NEVER = ("从未收到数据", "orange")
    FAULT = ("传感器故障", "orange")
    DOUBTFUL = ("数据存疑", "yellow")
    UNKNOWN = ("暂时不知道", "grey")
    NORMAL = ("正常", "green")


_ORDER = list(State)


@dataclass(frozen=True)
class Now:
    """A point with what it says and the worst alarm that people are not done with."""

    point: Point
    reading: Reading | None
    alarm: Alarm | None

    @property
    def level(self) -> Level | None:
        """Of an alarm of its value that goes on."""
        alarm = self.alarm
        if alarm is None or alarm.level is None:
            return None
        watched = alarm.version.measure
        return None if watched in (MeasureKind.SILENCE, MeasureKind.QUALITY) else Level(alarm.level)

    @cached_property
    def state(self) -> State:
        """The most pressing of what it is in."""
        if self.level is not None:
            return State.ALARM
        reading = self.reading
        if reading is None:
            return State.UNKNOWN
        if reading.time is None:
            return State.NEVER
        if reading.silent:
            return State.SILENT
        if reading.quality in FAULTS:
            return State.FAULT
        return State.NORMAL if reading.quality == Quality.GOOD else State.DOUBTFUL

    @property
    def rank(self) -> tuple[int, int]:
        """What sorts the most pressing first."""
        return (-(self.level if self.level is not None else -1), _ORDER.index(self.state))


@dataclass(frozen=True)
class Standing:
    """The points of a site, the most pressing first."""

    rows: Sequence[Now]
    latest: Latest

    @property
    def counts(self) -> list[tuple[State, int]]:
        """How many points are in each state that any is in."""
        found = dict.fromkeys(State, 0)
        for each in self.rows:
            found[each.state] += 1
        return [(state, count) for state, count in found.items() if count]


def of_site(site: Site) -> Standing:
    """As it is now; two queries and a question to the worker of the site."""
    points = selectors.points_of(site)
    latest = live.latest((point.pk, site.pk) for point, _ in points)
    rows = [Now(point, latest.readings.get(point.pk), alarm) for point, alarm in points]
    return Standing(sorted(rows, key=lambda each: each.rank), latest)
