"""Editing groups and organisations with dates: who may, what is refused, nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from anlan.kernel.access.actor import Actor, system
from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.roles import Role
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.events.models import Event
from anlan.kernel.orgs import services
from anlan.kernel.orgs.models import (
    Area,
    Group,
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationName,
)
from anlan.kernel.orgs.selectors import groups_of, members, names_of

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 4, 1), date(2025, 6, 30)
DAY = timedelta(days=1)


def _organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def _group() -> Group:
    return Group.objects.get(code="999900-members")


def _actor(role: Role, area: str, *, active: bool = True) -> Actor:
    office = _organisation("999900-office")
    user = User.objects.create(
        username=f"{role}-{area}", name="甲", organisation=office, is_active=active
    )
    Grant.objects.create(
        user=user, role=role, organisation=office, area=Area.objects.get(code=area),
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    return Actor(user=user)


def _facts() -> list[Any]:
    tables = (Organisation, OrganisationName, Group, Membership, Event)
    return [list(each._default_manager.order_by("pk").values()) for each in tables]


# --- who may ----------------------------------------------------------------------------------


def _add_member(actor: Actor) -> object:
    return services.group_add_member(
        actor=actor, group=_group(), organisation=_organisation("999900-water"), valid_from=FIRST
    )


def _end_member(actor: Actor) -> object:
    return services.group_end_member(
        actor=actor, group=_group(), organisation=_organisation("999900-housing"), valid_to=LAST
    )


def _verify(actor: Actor) -> object:
    return services.group_verify(actor=actor, group=_group())


def _add_name(actor: Actor) -> object:
    return services.organisation_add_name(
        actor=actor, organisation=_organisation("999900-water"), name="市水务局"
    )


def _set_host(actor: Actor) -> object:
    return services.organisation_set_host(
        actor=actor,
        organisation=_organisation("999900-office"),
        host=_organisation("999900-housing"),
    )


def _add(actor: Actor) -> object:
    return services.organisation_add(
        actor=actor, name="澄江市林业局", short_name="市林业局", kind=OrganisationKind.BUREAU,
        area=Area.objects.get(code="999900"), parent=_organisation("999900-government"),
        valid_from=FIRST,
    )  # fmt: skip


def _rename(actor: Actor) -> object:
    return services.organisation_rename(
        actor=actor, organisation=_organisation("999900-water"), name="澄江市水务局",
        short_name="市水务局", on=FIRST, reason="机构改革",
    )  # fmt: skip


def _dissolve(actor: Actor) -> object:
    return services.organisation_dissolve(
        actor=actor, organisation=_organisation("999900-water"), on=LAST, reason="撤并"
    )


OFFICE = {Role.SYSTEM, Role.SCO_STAFF, Role.SCO_CHIEF}
WRITES: list[tuple[Callable[[Actor], object], set[Role]]] = [
    (_add_member, OFFICE),
    (_end_member, OFFICE),
    (_verify, OFFICE),
    (_add_name, OFFICE),
    (_set_host, OFFICE),
    (_add, {Role.SYSTEM}),
    (_rename, {Role.SYSTEM}),
    (_dissolve, {Role.SYSTEM}),
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("write", "roles"), WRITES)
def test_each_role_for_each_write(
    city: Area, write: Callable[[Actor], object], roles: set[Role], role: Role
) -> None:
    actor = _actor(role, "999900")
    before = _facts()
    if role in roles:
        write(actor)
        assert _facts() != before
    else:
        with pytest.raises(Forbidden):
            write(actor)
        assert _facts() == before


@pytest.mark.parametrize(("write", "roles"), WRITES)
def test_a_county_does_not_edit_the_city(
    city: Area, write: Callable[[Actor], object], roles: set[Role]
) -> None:
    before = _facts()
    for role in roles:
        with pytest.raises(Forbidden):
            write(_actor(role, "999901"))
    assert _facts() == before


@pytest.mark.parametrize(("write", "roles"), WRITES)
def test_a_closed_account_sees_nothing_to_write_on(
    city: Area, write: Callable[[Actor], object], roles: set[Role]
) -> None:
    actor = _actor(Role.SYSTEM, "999900", active=False)
    with pytest.raises(Unknown):
        write(actor)


def test_every_account_sees_areas_organisations_and_groups(city: Area) -> None:
    actor = _actor(Role.UNIT_STAFF, "999902")
    assert Area.objects.visible_to(actor).count() == Area.objects.count() > 0
    assert Organisation.objects.visible_to(actor).count() == Organisation.objects.count()
    assert Group.objects.visible_to(actor).count() == Group.objects.count()


# --- groups -----------------------------------------------------------------------------------


def test_a_member_joins_and_leaves(city: Area) -> None:
    water = _organisation("999900-water")
    _add_member(system())
    assert water not in members(_group(), on=FIRST - DAY)
    assert water in members(_group(), on=FIRST)
    services.group_end_member(actor=system(), group=_group(), organisation=water, valid_to=LAST)
    assert water in members(_group(), on=LAST)
    assert water not in members(_group(), on=LAST + DAY)
    assert list(groups_of(water, on=LAST)) == [_group()]
    assert _group().edited
    kinds = Event.objects.filter(subject_id=_group().pk).values_list("kind", flat=True)
    assert list(kinds) == ["orgs.group.changed"] * 2


PERIODS = [
    # standing: 2025-04-01 to 2025-06-30
    ("the same days", FIRST, LAST, False),
    ("touches its first day", FIRST - 30 * DAY, FIRST, False),
    ("touches its last day", LAST, None, False),
    ("around it", FIRST - DAY, LAST + DAY, False),
    ("open, begins before", FIRST - DAY, None, False),
    ("ends the day before", FIRST - 30 * DAY, FIRST - DAY, True),
    ("begins the day after", LAST + DAY, None, True),
]


@pytest.mark.parametrize(("case", "begins", "ends", "accepted"), PERIODS)
def test_memberships_do_not_overlap(
    city: Area, case: str, begins: date, ends: date | None, accepted: bool
) -> None:
    water = _organisation("999900-water")

    def add(valid_from: date, valid_to: date | None) -> None:
        services.group_add_member(
            actor=system(), group=_group(), organisation=water,
            valid_from=valid_from, valid_to=valid_to,
        )  # fmt: skip

    add(FIRST, LAST)
    if accepted:
        add(begins, ends)
    else:
        with pytest.raises(WrongState, match="已是"):
            add(begins, ends)
    assert Membership.objects.filter(organisation=water).count() == 1 + accepted


def test_a_period_that_ends_before_it_begins_is_refused(city: Area) -> None:
    with pytest.raises(Refused, match="早于"):
        services.group_add_member(
            actor=system(), group=_group(), organisation=_organisation("999900-water"),
            valid_from=LAST, valid_to=FIRST,
        )  # fmt: skip


def test_only_a_member_can_be_ended(city: Area) -> None:
    housing = _organisation("999900-housing")  # member since 2025-01-01
    with pytest.raises(WrongState, match="不是"):
        services.group_end_member(
            actor=system(), group=_group(), organisation=housing, valid_to=date(2024, 12, 31)
        )
    with pytest.raises(WrongState, match="不是"):
        services.group_end_member(
            actor=system(), group=_group(), organisation=_organisation("999900-water"),
            valid_to=LAST,
        )  # fmt: skip
    assert Membership.objects.get(organisation=housing).valid_to is None


# --- organisations ----------------------------------------------------------------------------


def test_an_added_organisation_stands_in_the_tree(city: Area) -> None:
    first, second = _add(system()), None
    assert isinstance(first, Organisation)
    assert first.code == "999900-n1"
    assert first.path == "999900-government/999900-n1"
    assert set(names_of(first, on=FIRST)) == {"澄江市林业局", "市林业局"}
    second = services.organisation_add(
        actor=system(), name="澄江市园林局", short_name="市园林局", kind=OrganisationKind.BUREAU,
        area=city, parent=first, valid_from=FIRST,
    )  # fmt: skip
    assert second.code == "999900-n2"
    assert first.covers(second)
    assert not second.covers(first)


NAMES_TAKEN = [
    ("another body's", "市应急局", WrongState),
    ("a group's", "市安委会成员单位", WrongState),
    ("a group's alias", "市安委会有关成员单位", WrongState),
    ("its own", "市水利局", WrongState),
    ("empty", "  ", Refused),
]


@pytest.mark.parametrize(("case", "name", "error"), NAMES_TAKEN)
def test_a_name_means_one_thing(city: Area, case: str, name: str, error: type[Refused]) -> None:
    before = _facts()
    with pytest.raises(error):
        services.organisation_add_name(
            actor=system(), organisation=_organisation("999900-water"), name=name
        )
    assert _facts() == before


def test_renaming_keeps_the_record(city: Area) -> None:
    _rename(system())
    water = _organisation("999900-water")
    assert water.short_name == "市水务局"
    assert "市水利局" in names_of(water, on=FIRST - DAY)
    assert "市水利局" not in names_of(water, on=FIRST)
    assert set(names_of(water, on=FIRST)) == {"澄江市水务局", "市水务局"}
    row = AuditRow.objects.get(table_name="orgs_organisation", verb="orgs.organisation.rename")
    assert row.changes["short_name"] == ["市水利局", "市水务局"]
    assert row.reason == "机构改革"


def test_renaming_there_and_back(city: Area) -> None:
    _rename(system())
    services.organisation_rename(
        actor=system(), organisation=_organisation("999900-water"), name="澄江市水利局",
        short_name="市水利局", on=LAST, reason="恢复原名",
    )  # fmt: skip
    water = _organisation("999900-water")
    assert "市水利局" in names_of(water, on=LAST)
    assert "市水务局" not in names_of(water, on=LAST)
    assert "市水务局" in names_of(water, on=LAST - DAY)


def test_renaming_has_its_day(city: Area) -> None:
    water = _organisation("999900-water")

    def rename(on: date, short: str = "市水务局") -> None:
        services.organisation_rename(
            actor=system(), organisation=water, name="澄江" + short, short_name=short, on=on,
            reason="机构改革",
        )  # fmt: skip

    with pytest.raises(Refused, match="还没有到"):
        rename(timezone.localdate() + DAY)
    rename(FIRST)
    with pytest.raises(WrongState, match="须晚于"):
        rename(FIRST, "市水局")
    with pytest.raises(WrongState, match="市应急局"):
        rename(LAST, "市应急局")


def test_what_still_has_bodies_under_it_is_not_dissolved(city: Area) -> None:
    for code, bound in [("999900-committee", "市安委办"), ("999900-emergency", "市安委办")]:
        with pytest.raises(WrongState, match=bound):
            services.organisation_dissolve(
                actor=system(), organisation=_organisation(code), on=LAST, reason="撤并"
            )


def test_dissolved_once(city: Area) -> None:
    _dissolve(system())
    with pytest.raises(WrongState, match="已于"):
        _dissolve(system())


def test_a_dissolved_organisation_joins_nothing_afterwards(city: Area) -> None:
    _dissolve(system())
    with pytest.raises(Refused, match="撤销"):
        _add_member(system())  # open: would outlast it
    services.group_add_member(
        actor=system(), group=_group(), organisation=_organisation("999900-water"),
        valid_from=FIRST, valid_to=LAST,
    )  # fmt: skip


def test_confirming_a_group_clears_the_doubt(city: Area) -> None:
    _verify(system())
    group = _group()
    assert (group.verified, group.note, group.edited) == (True, "", True)
