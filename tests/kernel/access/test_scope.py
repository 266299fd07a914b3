"""Reach of grants over areas and organisations."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.access import scope
from anlan.kernel.access.actor import Actor, anonymous, system
from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.roles import Role
from anlan.kernel.orgs.models import Area, Organisation

CODES = st.lists(st.sampled_from(["1", "11", "2", "21"]), min_size=1, max_size=4).map("/".join)


def holding(*paths: str, role: Role = Role.LEADER) -> Actor:
    actor = Actor(user=User(pk=1))
    actor.__dict__["grants"] = [
        Grant(role=role, area=Area(path=path), organisation=Organisation(path=path))
        for path in paths
    ]
    return actor


@pytest.mark.parametrize(
    ("granted", "kept"),
    [
        ((), []),
        (("1", "1/11"), ["1"]),
        (("1/11", "1", "1/11/3"), ["1"]),
        (("1/11", "1/110"), ["1/11", "1/110"]),  # a code that begins like another is not below it
        (("2", "1", "2"), ["1", "2"]),
    ],
)
def test_only_the_outermost_remain(granted: tuple[str, ...], kept: list[str]) -> None:
    assert scope.areas(holding(*granted)) == kept
    assert scope.organisations(holding(*granted)) == kept


def test_roles_choose_the_grants() -> None:
    actor = holding("1", role=Role.LEADER)
    assert scope.areas(actor, Role.UNIT_STAFF) == []
    assert scope.areas(actor, Role.UNIT_STAFF, Role.LEADER) == ["1"]
    assert not scope.reaches_area(actor, "1", Role.UNIT_STAFF)


@given(st.lists(CODES, max_size=4), CODES)
def test_reach_is_prefix_by_whole_codes(granted: list[str], path: str) -> None:
    parts = path.split("/")
    reached = any(parts[: len(g)] == g for g in (each.split("/") for each in granted))
    assert scope.reaches_area(holding(*granted), path) is reached
    assert scope.reaches_organisation(holding(*granted), path) is reached


@pytest.mark.parametrize(
    ("_case", "actor", "seen"),
    [
        ("our own job", system(), ["city", "east", "east_town", "west", "west_town"]),
        ("a stranger", anonymous(), []),
        ("no grant", holding(), []),
        ("a county", holding("90/9001"), ["east", "east_town"]),
        ("a township", holding("90/9001/9001001"), ["east_town"]),
        ("two counties", holding("90/9001", "90/9002"), ["east", "east_town", "west", "west_town"]),
        ("a wildcard is a letter", holding("90/900_"), []),
        ("half a code is none", holding("90/900"), []),
    ],
)
def test_conditions_in_the_database(
    city: SimpleNamespace, _case: str, actor: Actor, seen: list[str]
) -> None:
    areas = {name: area for name, area in vars(city).items() if isinstance(area, Area)}
    direct = set(Area.objects.filter(scope.within_areas(actor, "")))
    assert sorted(name for name, area in areas.items() if area in direct) == seen
    over = Organisation.objects.filter(scope.within_areas(actor, "area")).values_list("area")
    assert {pk for (pk,) in over} == {areas[name].pk for name in seen}
