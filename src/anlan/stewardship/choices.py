"""The words of the stewardship of mines."""

from __future__ import annotations

from django.db import models

from anlan.kernel.orgs.models import Area, AreaLevel


class Level(models.TextChoices):
    """Whose leader the steward is: a mine has one steward of each level at most."""

    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡级"


_OF_AREA = {
    AreaLevel.CITY: Level.CITY,
    AreaLevel.COUNTY: Level.COUNTY,
    AreaLevel.ZONE: Level.COUNTY,  # the development zone is of county rank
    AreaLevel.TOWNSHIP: Level.TOWNSHIP,
    AreaLevel.PARK: Level.TOWNSHIP,
}


def level_of(area: Area) -> Level | None:
    """The level of bodies of the area; None for a village, whose people steward no mine."""
    return _OF_AREA.get(AreaLevel(area.level))
