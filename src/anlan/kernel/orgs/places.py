"""Where a point on the map lies: in which county, and whether within an area.

The outlines are the facts in ``data/*/counties.geojson`` (WGS 84, simplified to about 200 m; the
codes are those of the areas). Townships and zones have none: for them the nearest area above
that has outlines is asked, so that nobody is suspected for want of a map.
"""

from __future__ import annotations

import json
from functools import cache

from django.conf import settings
from shapely import Point, prepare
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from anlan.kernel.orgs.models import Area

# Degrees, about 1 km: the outlines' own coarseness and the error of a telephone among buildings.
SLACK = 0.01


@cache
def outlines() -> dict[str, BaseGeometry]:
    """The outline of each county that is on file, by area code."""
    found: dict[str, BaseGeometry] = {}
    for path in sorted((settings.BASE / "data").glob("*/counties.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            found[feature["properties"]["code"]] = shape(feature["geometry"])
    for outline in found.values():
        prepare(outline)
    return found


def within(area: Area, *, latitude: float, longitude: float) -> bool | None:
    """Whether the point (degrees) lies in ``area``; None where there is no outline to judge by."""
    known = outlines()
    codes = area.path.split("/")
    for depth in range(len(codes), 0, -1):
        above = "/".join(codes[:depth])
        below = Area.objects.filter(path__startswith=f"{above}/", code__in=known)
        around = {codes[depth - 1]} & known.keys() or set(below.values_list("code", flat=True))
        if around:
            point = Point(longitude, latitude)
            return any(known[code].dwithin(point, SLACK) for code in around)
    return None


def county_at(latitude: float, longitude: float) -> Area | None:
    """The county that the point lies in; None outside all outlines."""
    point = Point(longitude, latitude)
    for code, outline in outlines().items():
        if outline.contains(point):
            return Area.objects.filter(code=code).first()
    return None
