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


class ListKind(models.TextChoices):
    """Notice, item 4: 制定党政领导干部安全生产职责清单和年度重点工作任务清单."""

    DUTIES = "duties", "职责清单"  # what the post answers for all year: nothing to tick off
    TASKS = "tasks", "重点工作清单"  # what is to be done by when


class ListState(models.TextChoices):
    DRAFT = "draft", "起草中"  # only its own unit and those above see it
    ISSUED = "issued", "已印发"  # the unit's head has issued it: it binds and counts


class ItemState(models.TextChoices):
    OPEN = "open", "未完成"
    DONE = "done", "待核验"  # the unit says that it was done, with proof
    VERIFIED = "verified", "已完成"  # another person has accepted it
