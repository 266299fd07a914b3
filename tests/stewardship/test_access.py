"""Each seat at every door of the stewardship, and which rows each seat sees. Written by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from anlan.kernel.access.roles import Role
from anlan.kernel.audit.models import AuditRow
from anlan.stewardship.models import LeaderPost, Stewardship
from tests import factories
from tests.factories import day
from tests.kernel.access.conftest import browser, user
from tests.kernel.access.matrix import BUSINESS, SCO, UNIT, Seat, assert_visibility
from tests.stewardship.conftest import give

MORE = {
    "county_clerk": (Role.SCO_STAFF, "east_government"),
    "west_leader": (Role.LEADER, "west_government"),
    "system": (Role.SYSTEM, "office"),
    "security": (Role.SECURITY, "office"),
    "auditor": (Role.AUDITOR, "office"),
}
SEATS = factories.PEOPLE | MORE
CITY = {"clerk", "clerk2", "chief"}
BUREAU = {"bureau_staff", "bureau_head"}
EAST, TOWN = {"east_staff", "east_head", "county_clerk"}, {"town_staff", "town_head"}
SEES = {
    "": set(SEATS),
    "east": CITY | BUREAU | EAST | TOWN | {"leader"},  # a mine
    "steward": CITY | BUREAU | EAST | TOWN | {"leader"},  # who stewards it
    "post": CITY | EAST | {"leader"},  # the county's
}
END = {"valid_to": day(0).isoformat(), "reason": "调离"}

# name, method, roles, thing, who may, what is sent, the status of what was done or could not be
DOORS: list[tuple[str, str, Any, str, set[str], dict[str, Any], tuple[int, int]]] = [
    ("board", "GET", BUSINESS, "", set(), {}, (200, 200)),
    ("mine", "GET", BUSINESS, "east", set(), {}, (200, 200)),
    ("posts", "GET", BUSINESS, "", set(), {}, (200, 200)),
    ("post", "GET", BUSINESS, "post", set(), {}, (200, 200)),
    ("post_new", "GET", SCO | UNIT, "", set(), {}, (200, 200)),
    ("assign", "POST", SCO | UNIT, "east", CITY | EAST, {}, (302, 422)),
    ("end", "POST", SCO | UNIT, "steward", CITY | EAST, END, (302, 403)),
    ("post_link", "POST", SCO | UNIT, "post", set(), {"user": "nobody"}, (302, 422)),
    ("post_end", "POST", SCO | UNIT, "post", CITY | EAST, END, (302, 422)),
]  # fmt: skip


@pytest.fixture
def scene(
    city: SimpleNamespace, who: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace
) -> SimpleNamespace:
    made = SimpleNamespace(
        east=mines.east, post=leaders.east, steward=give(leaders.east, mines.east)
    )
    made.assign = {"post": leaders.east2.pk, "valid_from": day(0).isoformat(), "reason": "换"}
    made.seats = {
        name: getattr(who, name).user
        if name in factories.PEOPLE
        else user(city, name, role, organisation=getattr(city, unit))
        for name, (role, unit) in SEATS.items()
    }
    return made


def url(name: str, thing: str, scene: SimpleNamespace) -> str:
    args = [getattr(scene, thing).pk] if thing else []
    return reverse(f"stewardship:{name}", args=[*args, "county"] if name == "assign" else args)


class _Undo(Exception):
    pass


def knock(client: Client, method: str, address: str, data: dict[str, Any]) -> tuple[int, bool]:
    """The status of the answer, and whether a row changed; what was done is undone."""
    try:
        with transaction.atomic():
            before = AuditRow.objects.count()
            answer = client.get(address) if method == "GET" else client.post(address, data)
            raise _Undo(answer.status_code, AuditRow.objects.count() > before)
    except _Undo as undo:
        return undo.args


def test_the_table_has_a_line_for_each_address() -> None:
    (ours,) = [
        each for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and each.namespace == "stewardship"
    ]  # fmt: skip
    assert {door[0] for door in DOORS} == {each.name for each in ours.url_patterns}


@pytest.mark.parametrize("seat", SEATS)
def test_each_seat_at_each_door(scene: SimpleNamespace, seat: str) -> None:
    client = browser(scene.seats[seat])
    for name, method, roles, thing, may, data, (done, refused) in DOORS:
        sent = scene.assign if name == "assign" else data
        found = knock(client, method, url(name, thing, scene), sent)
        if SEATS[seat][0] not in roles:
            wanted = 403, False
        elif seat not in SEES[thing]:
            wanted = 404, False
        else:
            wanted = (done, True) if seat in may else (refused, False)
        assert found == wanted, (name, thing)


def test_a_stranger_is_led_to_the_login(scene: SimpleNamespace) -> None:
    for name, method, _, thing, _, _, _ in DOORS:
        answer = browser().generic(method, url(name, thing, scene))
        assert answer.headers.get("Location", "").startswith("/login/"), name


def test_rows(city: SimpleNamespace, mines: SimpleNamespace, leaders: SimpleNamespace) -> None:
    rows = {
        "city": give(leaders.city, mines.east),
        "east": give(leaders.east, mines.east),
        "west": give(leaders.west, mines.west),
    }
    nobody: dict[Seat, set[str]] = {
        Seat(role, city.office): set() for role in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR)
    }
    assert_visibility(
        lambda actor: Stewardship.objects.visible_to(actor),
        rows=rows,
        expected={
            Seat(Role.LEADER, city.government): {"city", "east", "west"},
            Seat(Role.LEADER, city.west_government): {"west"},
            Seat(Role.SCO_STAFF, city.office): {"city", "east", "west"},
            Seat(Role.SCO_CHIEF, city.office, city.east): {"city", "east"},
            Seat(Role.UNIT_STAFF, city.east_town_government): {"city", "east"},
            Seat(Role.UNIT_STAFF, city.east_government): {"city", "east"},
            Seat(Role.UNIT_HEAD, city.west_government): {"west"},
            **nobody,
        },
    )
    assert_visibility(
        lambda actor: LeaderPost.objects.visible_to(actor),
        rows={name: getattr(leaders, name) for name in ("city", "east", "west", "town")},
        expected={
            Seat(Role.LEADER, city.government): {"city", "east", "west", "town"},
            Seat(Role.SCO_STAFF, city.office): {"city", "east", "west", "town"},
            Seat(Role.SCO_CHIEF, city.office, city.east): {"east", "town"},
            Seat(Role.UNIT_STAFF, city.east_government): {"east", "town"},
            Seat(Role.UNIT_STAFF, city.east_town_government): {"town"},
            Seat(Role.UNIT_HEAD, city.bureau): set(),
            **nobody,
        },
    )
