"""The curve of a point over a span with all that stands beside it, for the pages that show one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.conf import settings
from django.utils import timezone

from anlan.monitoring.choices import COLOURS, Level
from anlan.monitoring.engine import Measure
from anlan.monitoring.history.curve import HEIGHT, WIDTH, Curve, curve
from anlan.monitoring.history.curve import Level as Limit
from anlan.monitoring.models import Point
from anlan.monitoring.rules import compiling

LABELS = 4  # on the axis of time, besides its end


@dataclass(frozen=True)
class Drawn:
    """``curve``: None where nothing has a value. ``labels``: where on the width, the moment in
    words as short as the span allows, the text's anchor. ``marked``: where a stretch lies."""

    point: Point
    begin: datetime
    end: datetime
    curve: Curve | None
    labels: list[tuple[float, str, str]]
    marked: tuple[float, float] | None = None
    size: tuple[int, int] = (WIDTH, HEIGHT)

    @property
    def extremes(self) -> list[tuple[str, float, datetime]]:
        if self.curve is None:
            return []
        named = (("最后", self.curve.last), ("最大", self.curve.most), ("最小", self.curve.least))
        return [(words, value, _at(ms)) for words, (value, ms) in named]

    @property
    def levels(self) -> list[tuple[Limit, str]]:
        """The limits that are drawn, each with the word for its colour."""
        found = self.curve.levels if self.curve else []
        return [(each, COLOURS[each.name].label) for each in found]

    @property
    def limits(self) -> list[tuple[str, list[tuple[str, float]]]]:
        """Where limits lie, in words, with colour and value of each; only where any do."""
        if self.curve is None:
            return []
        drawn = [(each.name, each.value) for each in self.curve.levels]
        places = (
            ("图中虚线", drawn), ("高于图的上沿，没有画出", self.curve.above),
            ("低于图的下沿，没有画出", self.curve.below),
        )  # fmt: skip
        return [
            (words, [(COLOURS[name].label, value) for name, value in found])
            for words, found in places
            if found
        ]


def drawn(
    point: Point, begin: datetime, end: datetime, marked: tuple[datetime, datetime] | None = None
) -> Drawn:
    """The readings from ``begin`` to before ``end``, whose rights to see were judged before."""
    # not with the module: Arrow and Delta Lake would burden every process that knows addresses
    from anlan.monitoring.history.table import CITY_OFFSET, DAY, History
    from anlan.monitoring.running.keeping import policy

    first, last = ms(begin), ms(end)
    rows = History.at(settings.VAR / "history").read([point.pk], first, last)
    time = rows.column("time").to_numpy().astype("datetime64[ms]").astype(np.int64)
    value = rows.column("value").to_numpy().astype(np.float64)
    rest = policy().rests(time, (ms(timezone.now()) + CITY_OFFSET) // DAY)
    made = curve(time, value, first, last, _limits(point), rest)
    return Drawn(point, begin, end, made, _labels(begin, end), _marked(begin, end, marked))


def ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def _at(number: int) -> datetime:
    return datetime.fromtimestamp(number / 1000, UTC)


def _limits(point: Point) -> list[tuple[str, float]]:
    """Colour and value, the worst first; what two rules say alike, once."""
    plan = compiling.compiled(Point.objects.filter(pk=point.pk))
    held = {(watch.key.level, watch.limit) for watch in plan.watches
            if watch.measure == Measure.VALUE}  # fmt: skip
    return [(Level(level).colour, limit) for level, limit in sorted(held, reverse=True)]


def _marked(
    begin: datetime, end: datetime, marked: tuple[datetime, datetime] | None
) -> tuple[float, float] | None:
    """Left edge and width on the drawing; what is very short must still be seen."""
    if marked is None:
        return None
    left, right = (WIDTH * min(max((each - begin) / (end - begin), 0.0), 1.0) for each in marked)
    return round(left, 1), round(max(right - left, 2.0), 1)


def _labels(begin: datetime, end: datetime) -> list[tuple[float, str, str]]:
    span = end - begin
    form = "%H:%M:%S" if span <= timedelta(hours=1) else "%m-%d %H:%M"
    if span > timedelta(days=40):
        form = "%Y-%m-%d"
    places = [(number / LABELS, begin + span * number / LABELS) for number in range(LABELS + 1)]
    return [
        (
            WIDTH * place, timezone.localtime(moment).strftime(form),
            "start" if place == 0 else "end" if place == 1 else "middle",
        )
        for place, moment in places
    ]  # fmt: skip
