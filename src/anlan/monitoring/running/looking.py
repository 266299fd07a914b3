"""One site's readings before the tamper detector: which, how much of them, and what is known of the
points. Reads the history and judges; writes nothing (docs/tamper.md, "Each night")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from anlan.monitoring.choices import Level, Quantity
from anlan.monitoring.engine import Measure
from anlan.monitoring.history.table import CITY_OFFSET, DAY, History
from anlan.monitoring.models import Point
from anlan.monitoring.rules import compiling
from anlan.monitoring.tamper.detector import Settings, check
from anlan.monitoring.tamper.series import Series
from anlan.monitoring.tamper.signals import STATE, Signal, Unjudged
from anlan.monitoring.tamper.states import FAN, POWER

CONTEXT_DAYS = 14  # an assumption: two weeks show what is usual at a point, and fit the memory
LEAST_DAYS = 2  # of a site that sends so much that no more fits
MOST_READINGS = 1_500_000  # looked at together: about 300 MB and half a minute
MOST_POINTS = 48  # looked at together: each is compared with each
JUDGED = (0, 1)
"""Qualities that claim to be measured: good, out of range. Of the others the device itself says
that they are none: a fault, calibration, a value by hand, a clock that is not to be trusted."""
ROLES = {Quantity.POWER: POWER, Quantity.FAN: FAN}


@dataclass(frozen=True)
class Seen:
    """What the detector said of a site's days."""

    signals: list[tuple[Point, Signal, list[int]]]
    """Point, signal, numbers of the points that prove it."""
    unjudged: list[tuple[int, str, str]]
    """Number of the point, kind, why."""


def look(history: History, points: Sequence[Point], first: date, last: date) -> Seen:
    """What is signalled of the days from ``first`` to ``last``, with the days before them as far
    as they fit. Signals that ended earlier were told on their own day."""
    begin = _start(first)
    seen = Seen([], [])
    for group in groups(points):
        named = {each.name: each for each in group}
        findings = check(
            _series(_read(history, [each.pk for each in group], last), group), _settings(group)
        )
        for each in findings.signals:
            if each.end >= begin and not _natural(each, named):
                beside = [named[name].pk for name in each.beside]
                seen.signals.append((named[each.point], each, beside))
        seen.unjudged.extend(_told(findings.unjudged, named))
    return seen


def groups(points: Sequence[Point]) -> Iterator[list[Point]]:
    """So many points together as memory and time permit; each group with the states of power and
    fans, of which others are judged."""
    states = [each for each in points if each.quantity in ROLES]
    others = [each for each in points if each.quantity not in ROLES]
    room = max(MOST_POINTS - len(states), 1)
    for place in range(0, len(others), room):
        yield [*others[place : place + room], *states]


def _told(unjudged: Iterable[Unjudged], named: dict[str, Point]) -> list[tuple[int, str, str]]:
    return [(named[each.point].pk, each.kind, each.why) for each in unjudged]


def _read(history: History, points: list[int], last: date) -> pa.Table:
    """The last day, and of the days before it as many as fit."""
    end = _start(last) + DAY
    newest = history.read(points, end - DAY, end)
    days = MOST_READINGS // max(newest.num_rows, 1)
    return history.read(points, end - min(max(days, LEAST_DAYS), CONTEXT_DAYS) * DAY, end)


def _series(rows: pa.Table, points: Sequence[Point]) -> list[Series]:
    """By point, in the order of time: the table does not keep that of arrival."""
    number = rows["point"].to_numpy()
    time = rows["time"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    measured = np.isin(rows["quality"].to_numpy(), JUDGED)
    value = np.where(measured, rows["value"].to_numpy().astype(np.float64), np.nan)
    series = []
    for point in points:
        low, high = np.searchsorted(number, [point.pk, point.pk + 1])
        series.append(Series(point.name, time[low:high], value[low:high]))
    return series


def _settings(points: Sequence[Point]) -> Settings:
    """Limits by the rules in force that a value must not exceed. Power has to go off at a methane
    point's red limit (data/monitoring/rules.yaml); which feeder is which point's is not known, so
    that this is judged only where the site has one."""
    names = {each.pk: each for each in points}
    limits: dict[str, set[float]] = {}
    cuts: dict[str, float] = {}
    feeders = sum(each.quantity == Quantity.POWER for each in points)
    plan = compiling.compiled(Point.objects.filter(pk__in=names))
    for watch in plan.watches:
        point = names[watch.key.point]
        if watch.measure != Measure.VALUE or not watch.above:
            continue
        limits.setdefault(point.name, set()).add(watch.limit)
        cut = point.quantity == Quantity.METHANE and watch.key.level == Level.RED
        if cut and feeders == 1:
            cuts[point.name] = max(watch.limit, cuts.get(point.name, watch.limit))
    return Settings(
        {name: tuple(sorted(given)) for name, given in limits.items()},
        {each.name: ROLES[Quantity(each.quantity)] for each in points if each.quantity in ROLES},
        cuts,
    )


def _natural(signal: Signal, named: dict[str, Point]) -> bool:
    """Air stands still while the fan does."""
    if signal.kind != STATE or named[signal.point].quantity != Quantity.WIND:
        return False
    return all(named[name].quantity == Quantity.FAN for name in signal.beside)


def _start(day: date) -> int:
    """The city's midnight at which it begins, in ms."""
    return (day - date(1970, 1, 1)).days * DAY - CITY_OFFSET
