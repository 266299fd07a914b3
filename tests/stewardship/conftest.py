"""The small city with its people, three mines and the leaders of its governments."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.orgs.models import Organisation
from anlan.registry.models import Sector, Site
from anlan.stewardship.models import LeaderPost, ResponsibilityList, Stewardship
from anlan.stewardship.services.lists import item_add, list_draw_up
from anlan.stewardship.services.posts import post_add
from anlan.stewardship.services.stewarding import steward_assign
from tests.factories import day
from tests.plan.conftest import (
    _fresh_process as _fresh_process,
)
from tests.plan.conftest import (
    _log_guards as _log_guards,
)
from tests.plan.conftest import (
    city as city,
)
from tests.plan.conftest import (
    committed_db as committed_db,
)
from tests.plan.conftest import (
    store as store,
)
from tests.plan.conftest import (
    who as who,
)


def site(name: str, **more: Any) -> Site:
    return Site.objects.create(name=name, **{"kind": "mine"} | more)


def leader(organisation: Organisation, name: str, **more: Any) -> LeaderPost:
    given = {"title": "副职", "valid_from": day(-400)} | more
    return post_add(actor=system(), organisation=organisation, name=name, **given)


def give(post: LeaderPost, mine: Site, valid_from: date | None = None, **more: Any) -> Stewardship:
    start = valid_from or day(-300)
    return steward_assign(actor=system(), post=post.pk, site=mine.pk, valid_from=start, **more)


def drawn(actor: Actor, post: LeaderPost, year: int, tasks: int = 1) -> ResponsibilityList:
    """A draft of key tasks, due in March of the year."""
    made = list_draw_up(actor=actor, post=post.pk, year=year, kind="tasks")
    for number in range(1, tasks + 1):
        due_on = date(year, 3, number)
        item_add(actor=actor, of=made.pk, text=f"任务{number}", due_on=due_on)
    return made


@pytest.fixture
def coal(city: SimpleNamespace) -> Sector:
    return Sector.objects.create(code="coal", name="煤矿", city_regulator=city.bureau)


@pytest.fixture
def mines(city: SimpleNamespace, coal: Sector) -> SimpleNamespace:
    """``east`` and ``second`` in the eastern township, ``west`` in the western one."""
    own = {"sector": coal, "regulator": city.bureau}
    return SimpleNamespace(
        east=site("东山矿", area=city.east_town, **own),
        second=site("东沟矿", area=city.east_town, **own),
        west=site("西山矿", area=city.west_town, **own),
    )


@pytest.fixture
def leaders(city: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(
        city=leader(city.government, "市甲"),
        city2=leader(city.government, "市乙"),
        east=leader(city.east_government, "东甲"),
        east2=leader(city.east_government, "东乙"),
        west=leader(city.west_government, "西甲"),
        town=leader(city.east_town_government, "镇甲"),
    )
