"""Who comes through which door of the pages of organisations and groups."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from anlan.kernel.access.roles import Role
from tests.kernel.orgs.desk import (
    ADD,
    DISSOLVE,
    EDITORS,
    MEMBER,
    RENAME,
    TODAY,
    as_role,
    at,
    at_group,
    facts,
    organisation,
    shown_by,
)

pytestmark = pytest.mark.usefixtures("city")


@pytest.mark.parametrize("role", Role)
def test_every_account_reads(role: Role) -> None:
    reader = as_role(role)
    for address in (
        at("organisations"),
        at("organisation", "999900-water"),
        at("groups"),
        at_group("group"),
        at("who"),
    ):
        assert reader.get(address).status_code == 200, address


def test_strangers_are_led_to_the_login() -> None:
    for address in (at("organisations"), at("organisation", "999900-water"), at("who")):
        answer = Client().get(address)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/login/")


@pytest.mark.parametrize("role", Role)
def test_who_may_change_what(role: Role) -> None:
    """System administrators change organisations; they and the committee's office the rest."""
    doer = as_role(role)
    water = "999900-water"
    member = {"organisation": organisation("999900-housing").pk, "valid_to": "2025-12-31"}
    tries = {
        at("add"): (ADD, {Role.SYSTEM}),
        at("rename", water): (RENAME, {Role.SYSTEM}),
        at("add_name", water): ({"name": "市水利"}, EDITORS),
        at("set_host", "999900-office"): ({"host": "市住建局"}, EDITORS),
        at_group("add_member"): (MEMBER | {"organisation": "999900-water"}, EDITORS),
        at_group("end_member"): (member, EDITORS),
        at_group("verify"): ({}, EDITORS),
        at("dissolve", water): (DISSOLVE | {"on": str(TODAY())}, {Role.SYSTEM}),
    }
    for address, (typed, roles) in tries.items():
        before = facts()
        answer = doer.post(address, typed)
        assert answer.status_code == (302 if role in roles else 403), address
        assert (facts() != before) is (role in roles), address


@pytest.mark.parametrize("role", Role)
def test_only_usable_forms_are_offered(role: Role) -> None:
    doer = as_role(role)
    office = shown_by(doer.get(at("organisation", "999900-office")))
    group = shown_by(doer.get(at_group("group")))
    assert ("增加别名" in office, "核实设在单位" in office) == ((role in EDITORS),) * 2
    assert ("登记撤销" in office) is (role is Role.SYSTEM)
    assert ("列入成员" in group, "核实名单" in group) == ((role in EDITORS),) * 2


def test_an_editor_of_a_county_does_not_change_the_city() -> None:
    doer = as_role(Role.SCO_CHIEF, "999901-government")
    before = facts()
    assert doer.post(at_group("add_member"), MEMBER).status_code == 403
    assert doer.post(at("add_name", "999900-water"), {"name": "水"}).status_code == 403
    assert facts() == before
    assert "列入成员" not in shown_by(doer.get(at_group("group")))


def test_no_two_fields_of_a_page_share_an_id() -> None:
    """A label or the link of an error would lead to the wrong one."""
    doer = as_role(Role.SYSTEM)
    for address in (at("organisation", "999900-office"), at_group("group")):
        ids = re.findall(r'\bid="([^"]+)"', shown_by(doer.get(address)))
        assert len(ids) == len(set(ids)), [each for each in ids if ids.count(each) > 1]


def test_a_beginning_that_nobody_recorded_is_not_shown_as_one() -> None:
    reader = as_role(Role.LEADER)
    assert "2000-01-01" not in shown_by(reader.get(at("organisation", "999900-water")))


def test_what_does_not_exist_is_said() -> None:
    reader = as_role(Role.SYSTEM)
    for name in ("organisation", "group"):
        answer = reader.get(reverse(f"orgs:{name}", args=[10**9]))
        assert answer.status_code == 404
        assert "没有这个单位" in shown_by(answer)
    assert reader.post(reverse("orgs:rename", args=[10**9]), RENAME).status_code == 404
