"""Shapes of maps."""

from __future__ import annotations

import pytest

from anlan.kernel.orgs import maps
from anlan.kernel.orgs.places import outlines


def test_the_map_has_every_county_within_its_box() -> None:
    codes = frozenset(outlines())
    found = maps.counties(codes)
    assert found is not None
    assert found.outlines.keys() == codes
    for outline in found.outlines.values():
        assert 0 <= outline.x <= found.width
        assert 0 <= outline.y <= found.height
        assert outline.path.startswith("M")
        assert outline.path.endswith("Z")


def test_north_is_up_and_east_is_right() -> None:
    """兴县 lies north of 石楼县, 孝义市 east of it."""
    found = maps.counties(frozenset({"141123", "141126", "141181"}))
    assert found is not None
    north, west, east = (found.outlines[code] for code in ("141123", "141126", "141181"))
    assert north.y < west.y
    assert east.x > west.x


def test_without_outlines_there_is_no_map() -> None:
    assert maps.counties(frozenset({"999999"})) is None


def test_a_point_lies_where_its_county_lies() -> None:
    """离石 (111.14 E, 37.52 N): inside the outline's box, and the corners are the edges."""
    found = maps.counties(frozenset(outlines()))
    assert found is not None
    x, y = found.plane.put(111.14, 37.52)
    assert 0 < x < found.width
    assert 0 < y < found.height
    assert found.plane.put(found.plane.west, found.plane.north) == (0, 0)
    one = maps.counties(frozenset({"141102"}))
    assert one is not None
    assert one.plane.put(111.14, 37.52) != (x, y)  # a map of its own scale
    assert x == pytest.approx((111.14 - found.plane.west) * found.plane.x_scale, abs=0.1)
