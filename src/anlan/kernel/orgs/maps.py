"""Outlines of areas as SVG shapes, and the plane on which they lie: plain arithmetic, no database.

Drawn by the server they print, need no script, and are links that a keyboard reaches
(docs/decisions/0008).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from shapely.geometry.base import BaseGeometry

from anlan.kernel.orgs.places import outlines

WIDTH = 600


@dataclass(frozen=True)
class Plane:
    """Degrees become points of a drawing: ``west`` and ``north`` are its edges, ``x_scale`` and
    ``y_scale`` points per degree.

    A degree of longitude is narrower by the cosine of the middle latitude: within a city the
    error of one cosine for all is small.
    """

    west: float
    north: float
    x_scale: float
    y_scale: float

    def put(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a point lies, to a tenth: right and down from the upper left corner."""
        x = (longitude - self.west) * self.x_scale
        y = (self.north - latitude) * self.y_scale
        return round(x, 1), round(y, 1)


@dataclass(frozen=True)
class Outline:
    """``path`` is the ``d`` of an SVG path; ``x``, ``y`` where its label stands."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Map:
    """The outlines by area code, in a box ``width`` × ``height``."""

    width: int
    height: int
    outlines: Mapping[str, Outline]
    plane: Plane


@cache
def counties(codes: frozenset[str]) -> Map | None:
    """The map of the areas with these codes; None where no outline of any is on file."""
    known = {code: shape for code, shape in outlines().items() if code in codes}
    if not known:
        return None
    boxes = [shape.bounds for shape in known.values()]
    west, south = min(b[0] for b in boxes), min(b[1] for b in boxes)
    east, north = max(b[2] for b in boxes), max(b[3] for b in boxes)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)
    plane = Plane(west, north, narrow * scale, scale)
    drawn = {code: _outline(shape, plane) for code, shape in known.items()}
    return Map(WIDTH, math.ceil((north - south) * scale), drawn, plane)


def _outline(shape: BaseGeometry, plane: Plane) -> Outline:
    parts = getattr(shape, "geoms", [shape])
    path = "".join(_ring(part.exterior.coords, plane) for part in parts)
    largest = max(parts, key=lambda part: part.area)
    x, y = plane.put(*largest.representative_point().coords[0])
    return Outline(path, x, y)


def _ring(coordinates: Sequence[Sequence[float]], plane: Plane) -> str:
    points = [plane.put(x, y) for x, y, *_ in coordinates]
    return "M" + "L".join(f"{x} {y}" for x, y in points[:-1]) + "Z"
