"""The access matrix against the declared policies, and the row matrix on a model of the kernel."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from anlan.kernel.access import policies
from anlan.kernel.access.actor import Actor, ActorSource, anonymous, system
from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.policies import Audience, Policy
from anlan.kernel.access.roles import Role
from anlan.kernel.access.scope import within_areas, within_organisations
from anlan.kernel.errors import Forbidden
from anlan.kernel.orgs.models import Organisation
from tests.kernel.access.matrix import DOORS, Seat, assert_visibility


def declared() -> dict[str, Policy]:
    return {policy.name: policy for policy in policies.declared()}


def acting_as(role: Role | None) -> Actor:
    """An account with one grant of the role (none: an account without grants)."""
    actor = Actor(user=User(pk=1, username="x"))
    actor.__dict__["grants"] = [Grant(role=role)] if role else []
    return actor


def test_no_name_is_given_twice() -> None:
    counted = Counter(policy.name for policy in policies.declared())
    assert [name for name, times in counted.items() if times > 1] == []


def test_the_matrix_has_a_line_for_each_policy_and_no_other() -> None:
    assert sorted(DOORS) == sorted(declared())


@pytest.mark.parametrize("name", sorted(DOORS))
@pytest.mark.parametrize("role", Role)
def test_policy_by_role(name: str, role: Role) -> None:
    assert declared()[name].allows(acting_as(role)) is (role in DOORS[name])


@pytest.mark.parametrize("name", sorted(DOORS))
def test_strangers_and_accounts_without_grants(name: str) -> None:
    policy = declared()[name]
    assert policy.allows(anonymous()) is (name == "public")
    assert policy.allows(anonymous(ActorSource.API)) is (name == "public")
    assert policy.allows(acting_as(None)) is (name in ("public", "anyone"))


def test_our_own_jobs_pass_services_but_no_web_request_is_one() -> None:
    policies.accounts_manage.require(system())
    for actor in (anonymous(), anonymous(ActorSource.API), acting_as(Role.SECURITY)):
        with pytest.raises(Forbidden):
            policies.accounts_manage.require(actor)
    assert not anonymous().is_system
    with pytest.raises(ValueError, match="door for people"):
        system(ActorSource.WEB)


@pytest.mark.parametrize(
    ("roles", "audience"),
    [
        ((), Audience.ROLES),
        ((Role.LEADER,), Audience.EVERYBODY),
        ((Role.LEADER,), Audience.ACCOUNTS),
    ],
)
def test_a_policy_that_contradicts_itself_cannot_be_written(
    roles: tuple[Role, ...], audience: Audience
) -> None:
    with pytest.raises(ValueError, match="roles"):
        Policy("x.y", "试", roles, audience)


def test_rows_by_role_and_area(city: SimpleNamespace) -> None:
    """The helper itself, on organisations: leaders by area, units by the tree they answer in."""
    whole = {"bureau", "east", "east town", "west", "west town"}
    assert_visibility(
        lambda actor: Organisation.objects.filter(
            within_areas(actor, "area", Role.LEADER, Role.SCO_STAFF, Role.SCO_CHIEF)
            | within_organisations(actor, "", Role.UNIT_STAFF, Role.UNIT_HEAD)
        ),
        rows={
            "bureau": city.bureau,
            "east": city.east_government,
            "east town": city.east_town_government,
            "west": city.west_government,
            "west town": city.west_town_government,
        },
        expected={
            Seat(Role.LEADER, city.government): whole,
            Seat(Role.LEADER, city.east_government): {"east", "east town"},
            Seat(Role.LEADER, city.government, city.west_town): {"west town"},
            Seat(Role.SCO_STAFF, city.office): whole,
            Seat(Role.SCO_CHIEF, city.office): whole,
            Seat(Role.UNIT_STAFF, city.bureau): {"bureau"},
            Seat(Role.UNIT_STAFF, city.east_town_government): {"east town"},
            Seat(Role.UNIT_HEAD, city.east_government): {"east", "east town"},
            Seat(Role.UNIT_HEAD, city.west_government): {"west", "west town"},
            Seat(Role.SYSTEM, city.office): set(),
            Seat(Role.SECURITY, city.office): set(),
            Seat(Role.AUDITOR, city.office): set(),
        },
    )


@pytest.mark.parametrize(
    ("_case", "names", "roles", "told"),
    [
        ("a role without expectation", {"bureau"}, list(Role), "no expectation for"),
        ("a row that does not exist", {"x"}, [Role.LEADER], "no such rows"),
        ("a row that should not be seen", (), [Role.LEADER], "领导 @ .* sees"),
        ("right for the seat, open to strangers", {"bureau"}, [Role.LEADER], "stranger sees"),
    ],
)
def test_the_helper_notices(
    city: SimpleNamespace, _case: str, names: set[str], roles: list[Role], told: str
) -> None:
    with pytest.raises(AssertionError, match=told):
        assert_visibility(
            lambda actor: Organisation.objects.all(),
            rows={"bureau": city.bureau},
            expected={Seat(Role.LEADER, city.bureau): names},
            roles=roles,
        )
