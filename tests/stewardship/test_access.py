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
from anlan.stewardship.services.items import item_finish, item_verify
from anlan.stewardship.services.lists import list_issue
from tests import factories
from tests.factories import day, resolved, this_year
from tests.kernel.access.conftest import browser, user
from tests.kernel.access.matrix import BUSINESS, SCO, UNIT, Seat, assert_visibility
from tests.stewardship.conftest import drawn, give

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
OWN = {"east_staff", "east_head"}
UP = CITY | {"county_clerk", "leader"}
SEES |= {
    "draft": OWN,
    "drafted": OWN,
    "issued": OWN | UP,
    "open": OWN | UP,
    "done": OWN | UP,
    "verified": OWN | UP,
}
JUDGES = CITY | {"county_clerk", "east_head"}
HEAD = frozenset({Role.UNIT_HEAD})


def next_year() -> int:
    return this_year() + 1


ITEM = {"text": "改写", "due_on": lambda: f"{next_year()}-03-01"}
REASON = {"reason": "理由充分"}
PROOF = object()  # a file is made anew for each knock
END = {"valid_to": lambda: str(day(0)), "reason": "调离"}

# name, method, roles, thing, who may, what is sent, the status of what was done or could not be
DOORS: list[tuple[str, str, Any, str, set[str], dict[str, Any], tuple[int, int]]] = [
    ("board", "GET", BUSINESS, "", set(), {}, (200, 200)),
    ("mine", "GET", BUSINESS, "east", set(), {}, (200, 200)),
    ("posts", "GET", BUSINESS, "", set(), {}, (200, 200)),
    ("post", "GET", BUSINESS, "post", set(), {}, (200, 200)),
    ("post_new", "GET", SCO | UNIT, "", set(), {}, (200, 200)),
    ("assign", "POST", SCO | UNIT, "east", CITY | EAST, {}, (302, 422)),
    ("end", "POST", SCO | UNIT, "steward", CITY | EAST, END, (302, 403)),
    ("lists", "GET", BUSINESS, "", set(), {}, (200, 200)),
    ("list", "GET", BUSINESS, "draft", set(), {}, (200, 200)),
    ("list", "GET", BUSINESS, "issued", set(), {}, (200, 200)),
    ("list_docx", "GET", BUSINESS, "issued", set(), {}, (200, 200)),
    ("list_draw_up", "POST", UNIT, "post", OWN, {"year": next_year, "kind": "duties"}, (302, 302)),
    ("item_add", "POST", UNIT, "draft", OWN, ITEM, (302, 422)),
    ("item_change", "POST", UNIT, "drafted", OWN, ITEM, (302, 422)),
    ("item_drop", "POST", UNIT, "drafted", OWN, {}, (302, 302)),
    ("list_issue", "POST", HEAD, "draft", {"east_head"}, {}, (302, 302)),
    ("list_recall", "POST", HEAD, "issued", {"east_head"}, REASON, (302, 302)),
    ("item_finish", "POST", UNIT, "open", OWN, {"text": "做了", "evidence": PROOF}, (302, 422)),
    ("item_verify", "POST", SCO | UNIT, "done", JUDGES, {}, (302, 302)),
    ("item_return", "POST", SCO | UNIT, "done", JUDGES, REASON, (302, 302)),
    ("item_reopen", "POST", SCO | UNIT, "verified", JUDGES, REASON, (302, 302)),
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
    _make_lists(made, who)
    made.assign = {"post": leaders.east2.pk, "valid_from": day(0).isoformat(), "reason": "换"}
    made.seats = {
        name: getattr(who, name).user
        if name in factories.PEOPLE
        else user(city, name, role, organisation=getattr(city, unit))
        for name, (role, unit) in SEATS.items()
    }
    return made


def _make_lists(made: SimpleNamespace, who: SimpleNamespace) -> None:
    """A draft of next year, and an issued list of this one with a task in each state."""
    made.draft = drawn(who.east_staff, made.post, next_year())
    made.drafted = made.draft.items.get()
    made.issued = drawn(who.east_staff, made.post, this_year(), tasks=3)
    made.open, made.done, made.verified = made.issued.items.order_by("number")
    list_issue(actor=who.east_head, of=made.issued.pk)
    for item in (made.done, made.verified):
        proof = factories.stored(who.east_staff)
        item_finish(actor=who.east_staff, item=item.pk, text="做了", evidence=[proof])
    item_verify(actor=who.clerk2, item=made.verified.pk)


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
        sent = scene.assign if name == "assign" else resolved(data)
        if sent.get("evidence") is PROOF:
            sent["evidence"] = factories.upload(factories.jpeg(factories.photograph(77)))
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
