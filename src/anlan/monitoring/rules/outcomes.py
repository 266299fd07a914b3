"""What a trial found, for its page: counts side by side, points and the worst alarms with names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.monitoring.choices import COLOURS, Level
from anlan.monitoring.models import Point, Trial
from anlan.monitoring.models.alarms import moment

Counts = dict[str, int]


@dataclass(frozen=True)
class Alarmed:
    """An alarm as it would have been. ``end``: None where it still went on after the last day;
    ``until``: its end, or that of the last day."""

    point: int
    level: int
    begin: datetime
    end: datetime | None
    until: datetime
    peak: float | None


@dataclass(frozen=True)
class Row:
    """A point with how many alarms of each level; ``point`` None: not the viewer's to see."""

    point: Point | None
    counts: list[int]
    against: list[int]


@dataclass(frozen=True)
class Outcome:
    """``levels``: level, how many, how many by the version it is compared with. ``worst``: of each
    side the worst alarms, with the point and the place in the trial's result."""

    levels: list[tuple[Level, int, int | None]]
    total: int
    total_against: int | None
    rows: list[Row]
    worst: list[list[tuple[int, Alarmed, Point]]]
    points_with: int
    points_held: int
    points_tried: int


def read(trial: Trial, actor: Actor) -> Outcome | None:
    """None while there is no result."""
    found: dict[str, Any] = trial.result
    if not found:
        return None
    counts, against = found["counts"], found["against"]
    numbers = {each[0] for each in found["points"]}
    numbers |= {each[0] for side in found["worst"] for each in side}
    rows = Point.objects.visible_to(actor).filter(pk__in=numbers).select_related("site")
    points = {each.pk: each for each in rows}
    return Outcome(
        levels=[
            (level, counts[level.colour], against[level.colour] if against else None)
            for level in reversed(COLOURS.values())
        ],
        total=sum(counts.values()),
        total_against=sum(against.values()) if against else None,
        rows=[
            Row(points.get(pk), _ordered(mine), _ordered(other))
            for pk, mine, other in found["points"]
        ],
        worst=[
            [
                (number, alarmed(trial, each), points[each[0]])
                for number, each in enumerate(side)
                if each[0] in points
            ]
            for side in found["worst"]
        ],
        points_with=found["points_with"],
        points_held=found["points_held"],
        points_tried=found["points_tried"],
    )


def alarmed(trial: Trial, numbers: list[Any]) -> Alarmed:
    """From a row of the trial's result."""
    point, level, begin, end, peak = numbers
    midnight = datetime.combine(trial.last + timedelta(days=1), datetime.min.time())
    over = moment(end)
    began = moment(begin)
    assert began is not None  # noqa: S101 — an alarm has a beginning
    return Alarmed(point, level, began, over, over or timezone.make_aware(midnight), peak)


def _ordered(counts: Counts) -> list[int]:
    return [counts.get(level.colour, 0) for level in reversed(COLOURS.values())]
