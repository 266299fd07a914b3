"""Charts as SVG shapes, drawn by the server: plain arithmetic, no database.

They print, need no script, and change with the page (docs/decisions/0008). Maps:
``kernel.orgs.maps``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

TREND = (600, 160)  # width and height of the drawing area
NICE = (1, 2, 5, 10)


@dataclass(frozen=True)
class Bar:
    """A part of a bar that is ``of`` wide: from ``x`` on, ``width``."""

    name: str
    x: float
    width: float
    count: int


def bar(counts: Mapping[str, int], order: Sequence[str], of: int = 100) -> list[Bar]:
    """The parts of one bar, in ``order``; none for nothing."""
    total = sum(counts.get(name, 0) for name in order)
    parts, x = [], 0.0
    for name in order:
        if count := counts.get(name, 0):
            width = of * count / total
            parts.append(Bar(name, round(x, 2), round(width, 2), count))
            x += width
    return parts


@dataclass(frozen=True)
class Line:
    """``points`` of an SVG polyline; several where days are missing between them."""

    points: list[str]


@dataclass(frozen=True)
class Trend:
    """``top``: the value at the upper edge. ``ticks``: x, label of some days."""

    width: int
    height: int
    top: int
    lines: Mapping[str, Line]
    ticks: list[tuple[float, str]]


def trend(days: Mapping[date, Mapping[str, int]], names: Sequence[str]) -> Trend | None:
    """One line per name over the days; None for fewer than two days.

    A gap of days breaks the line: what was not recorded is not drawn.
    """
    order = sorted(days)
    if len(order) < 2:
        return None
    width, height = TREND
    first, span = order[0], (order[-1] - order[0]).days
    top = nice(max(days[day].get(name, 0) for day in order for name in names))

    def x(day: date) -> float:
        return round(width * (day - first).days / span, 1)

    lines = {}
    for name in names:
        runs: list[list[str]] = []
        for before, day in zip([None, *order], order, strict=False):
            if before is None or (day - before).days > 1:
                runs.append([])
            y = round(height * (1 - days[day].get(name, 0) / top), 1)
            runs[-1].append(f"{x(day)},{y}")
        lines[name] = Line([" ".join(run if len(run) > 1 else run * 2) for run in runs])
    marks = dict.fromkeys([order[0], order[len(order) // 2], order[-1]])
    return Trend(width, height, top, lines, [(x(day), f"{day:%m-%d}") for day in marks])


def nice(most: int) -> int:
    """The least of 1, 2, 5 × 10ⁿ that is not below ``most``; 1 for nothing."""
    if most <= 1:
        return 1
    unit = 10 ** math.floor(math.log10(most))
    return next(step * unit for step in NICE if step * unit >= most)
