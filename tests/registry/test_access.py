"""Whose subjects who sees and keeps."""

from __future__ import annotations

from types import SimpleNamespace

from anlan.kernel.access.roles import Role
from anlan.registry.models import Enterprise, Entry, Person, Post, Register, Site
from anlan.registry.services.entries import entry_put
from anlan.registry.services.people import appoint
from anlan.registry.visibility import identities_opened_by
from tests.kernel.access.matrix import Seat, assert_visibility, sit

ALL = {"coal east", "shop west", "stray"}


def _rows(subjects: SimpleNamespace) -> dict[str, Enterprise]:
    return {
        "coal east": subjects.coal_east,
        "shop west": subjects.shop_west,
        "stray": subjects.stray,
    }


def _units(city: SimpleNamespace) -> dict[Seat, set[str]]:
    """What units keep: what they or who answers to them regulate; a government its area too."""
    return {
        Seat(Role.UNIT_STAFF, city.bureau): {"coal east"},
        Seat(Role.UNIT_STAFF, city.government): ALL,
        Seat(Role.UNIT_STAFF, city.east_government): {"coal east", "stray"},
        Seat(Role.UNIT_STAFF, city.east_town_government): {"coal east", "stray"},
        Seat(Role.UNIT_HEAD, city.west_government): {"shop west"},
        Seat(Role.UNIT_HEAD, city.west_town_government): {"shop west"},
        Seat(Role.UNIT_STAFF, city.office): set(),
    }


def _overseers(city: SimpleNamespace) -> dict[Seat, set[str]]:
    return {
        Seat(Role.SCO_STAFF, city.office): ALL,
        Seat(Role.SCO_CHIEF, city.office): ALL,
        Seat(Role.LEADER, city.government): ALL,
        Seat(Role.LEADER, city.east_government): {"coal east", "stray"},
        Seat(Role.LEADER, city.government, city.west_town): {"shop west"},
    }


def _administrators(city: SimpleNamespace) -> dict[Seat, set[str]]:
    roles = (Role.SYSTEM, Role.SECURITY, Role.AUDITOR)
    return {Seat(role, city.government): set() for role in roles}


def test_enterprises_that_each_role_sees(city: SimpleNamespace, subjects: SimpleNamespace) -> None:
    assert_visibility(
        Enterprise.objects.visible_to,
        rows=_rows(subjects),
        expected={**_units(city), **_overseers(city), **_administrators(city)},
    )


def test_only_units_keep_what_they_see(city: SimpleNamespace, subjects: SimpleNamespace) -> None:
    nothing = {seat: set[str]() for seat in (*_overseers(city), *_administrators(city))}
    assert_visibility(
        Enterprise.objects.kept_by,
        rows=_rows(subjects),
        expected={**_units(city), **nothing},
    )


def test_identity_numbers_are_opened_by_units_and_the_office_and_by_no_leader(
    city: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    leaders = {seat: set[str]() for seat in _overseers(city) if seat.role == Role.LEADER}
    assert_visibility(
        lambda actor: Enterprise.objects.filter(identities_opened_by(actor)),
        rows=_rows(subjects),
        expected={**_units(city), **_overseers(city), **leaders, **_administrators(city)},
    )


def test_role_and_place_come_from_one_grant(
    city: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    """Leader of the east and clerk of the west: he keeps nothing in the east."""
    actor = sit(Seat(Role.LEADER, city.east_government))
    clerk = sit(Seat(Role.UNIT_STAFF, city.west_government))
    actor.__dict__["grants"] = [*actor.grants, *clerk.grants]
    assert set(Enterprise.objects.visible_to(actor)) == set(_rows(subjects).values())
    assert list(Enterprise.objects.kept_by(actor)) == [subjects.shop_west]


def test_what_hangs_on_a_subject_is_seen_with_it(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    entry = entry_put(
        actor=who.bureau_staff, register=register, subject=subjects.mine, raw={"depth": 1}
    )
    post = appoint(
        actor=who.bureau_staff, enterprise=subjects.coal_east.pk, kind="principal", name="张三",
        valid_from=subjects.day,
    )  # fmt: skip
    expected = {
        seat: {"x"} & {"x" for name in names if name == "coal east"}
        for seat, names in {**_units(city), **_overseers(city), **_administrators(city)}.items()
    }
    for model, row in ((Entry, entry), (Post, post), (Person, post.person), (Site, subjects.mine)):
        assert_visibility(model.objects.visible_to, rows={"x": row}, expected=expected)
