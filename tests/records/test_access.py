"""Every seat at every door of the work records, and which rows each seat sees. Written by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from anlan.kernel.access.roles import Role
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.evidence.services import of
from anlan.records.models import Record
from tests import factories
from tests.factories import day
from tests.kernel.access.conftest import browser, user
from tests.kernel.access.matrix import BUSINESS, SCO, UNIT, Seat, assert_visibility
from tests.records.conftest import submitted, verified, written

MORE = {
    "county_clerk": (Role.SCO_STAFF, "east_government"),
    "county_leader": (Role.LEADER, "east_government"),
    "west_leader": (Role.LEADER, "west_government"),
    "system": (Role.SYSTEM, "office"),
    "security": (Role.SECURITY, "office"),
    "auditor": (Role.AUDITOR, "office"),
}
SEATS = factories.PEOPLE | MORE
CITY = {"clerk", "clerk2", "chief", "leader"}
COUNTY = {"county_clerk", "county_leader"}
EAST, TOWN = {"east_staff", "east_head"}, {"town_staff", "town_head"}
SEES = {
    "draft": EAST | TOWN,  # the township's, and its county's, who may record for it
    "waiting": CITY | COUNTY | EAST | TOWN,
    "done": CITY | COUNTY | EAST | TOWN,
    "": set(SEATS),
}
JUDGES = {"clerk", "clerk2", "chief", "county_clerk"} | EAST
REASON = {"reason": "理由充分"}

# name, method, roles, thing, who may, what is sent
DOORS: list[tuple[str, str, Any, str, set[str], dict[str, Any]]] = [
    ("records", "GET", BUSINESS, "", set(SEATS), {}),
    ("choose", "GET", UNIT, "", set(SEATS), {}),
    ("new", "GET", UNIT, "", set(SEATS), {}),
    ("queue", "GET", SCO | UNIT, "", set(SEATS), {}),
    ("record", "GET", BUSINESS, "draft", set(SEATS), {}),
    ("record", "GET", BUSINESS, "waiting", set(SEATS), {}),
    ("edit", "GET", UNIT, "draft", set(SEATS), {}),
    ("submit", "POST", UNIT, "draft", set(SEATS), {}),
    ("drop", "POST", UNIT, "draft", set(SEATS), {}),
    ("copy", "POST", UNIT, "done", set(SEATS), {}),
    ("verify", "POST", SCO | UNIT, "waiting", JUDGES, REASON),
    ("return", "POST", SCO | UNIT, "waiting", JUDGES, REASON),
    ("withdraw", "POST", SCO | UNIT, "waiting", EAST | TOWN, REASON),
    ("withdraw", "POST", SCO | UNIT, "done", JUDGES | TOWN, REASON),
    ("accept", "POST", SCO | UNIT, "", JUDGES, REASON),
]  # fmt: skip


@pytest.fixture
def scene(city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace) -> SimpleNamespace:
    photo = factories.stored(who.town_staff)
    town = city.east_town_government
    made = SimpleNamespace(
        draft=written(who.town_staff, town, title="草稿", evidence=[photo]),
        waiting=submitted(who.town_staff, town, title="待核验", held_on=day(-1)),
        done=verified(who.town_staff, who.clerk, town, title="已核验", held_on=day(-2)),
    )
    made.seats = {
        name: getattr(who, name).user
        if name in factories.PEOPLE
        else user(city, name, role, organisation=getattr(city, unit))
        for name, (role, unit) in SEATS.items()
    }
    return made


def url(name: str, thing: str, scene: SimpleNamespace) -> str:
    if name == "new":
        return reverse("records:new", args=["visit"])
    return reverse(f"records:{name}", args=[getattr(scene, thing).pk] if thing else [])


def knock(client: Client, method: str, address: str, data: dict[str, Any]) -> tuple[int, bool]:
    """The status of the answer, and whether a row changed; what was done is undone."""
    try:
        with transaction.atomic():
            before = AuditRow.objects.count()
            answer = client.generic("GET", address) if method == "GET" else client.post(
                address, data
            )  # fmt: skip
            raise _Undo(answer.status_code, AuditRow.objects.count() > before)
    except _Undo as undo:
        return undo.args


class _Undo(Exception):
    pass


def expected(seat: str, method: str, roles: Any, thing: str, may: set[str]) -> tuple[int, bool]:
    """A refusal by the guard leads back with words and changes nothing."""
    if SEATS[seat][0] not in roles:
        return 403, False
    if seat not in SEES[thing]:
        return 404, False
    return (302, seat in may) if method == "POST" else (200, False)


def test_the_table_has_a_line_for_each_address() -> None:
    (ours,) = [
        each for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and each.namespace == "records"
    ]  # fmt: skip
    assert {door[0] for door in DOORS} == {each.name for each in ours.url_patterns}


@pytest.mark.parametrize("seat", SEATS)
def test_each_seat_at_each_door(scene: SimpleNamespace, seat: str) -> None:
    client = browser(scene.seats[seat])
    for name, method, roles, thing, may, data in DOORS:
        if name == "accept":
            data = {**data, "record": scene.waiting.pk}
        found = knock(client, method, url(name, thing, scene), data)
        wanted = expected(seat, method, roles, thing, may)
        if name == "accept" and wanted[0] == 302 and seat not in SEES["waiting"]:
            wanted = 404, False
        assert found == wanted, (name, thing)


def test_a_stranger_is_led_to_the_login(scene: SimpleNamespace) -> None:
    for name, method, _, thing, _, _ in DOORS:
        answer = browser().generic(method, url(name, thing, scene))
        assert answer.headers.get("Location", "").startswith("/login/"), name


def test_evidence_is_seen_by_who_sees_the_record(scene: SimpleNamespace) -> None:
    use = of(scene.draft).get()
    for seat in SEATS:
        status = browser(scene.seats[seat]).get(f"/evidence/{use.pk}/").status_code
        assert status == (200 if seat in SEES["draft"] else 404), seat


def test_rows(city: SimpleNamespace, scene: SimpleNamespace) -> None:
    everything = {"draft", "waiting", "done"}
    left = everything - {"draft"}
    assert_visibility(
        lambda actor: Record.objects.visible_to(actor),
        rows={name: getattr(scene, name) for name in everything},
        expected={
            Seat(Role.LEADER, city.government): left,
            Seat(Role.LEADER, city.west_government): set(),
            Seat(Role.SCO_STAFF, city.office): left,
            Seat(Role.SCO_STAFF, city.office, city.east): left,
            Seat(Role.SCO_CHIEF, city.office): left,
            Seat(Role.UNIT_STAFF, city.east_town_government): everything,
            Seat(Role.UNIT_STAFF, city.east_government): everything,
            Seat(Role.UNIT_HEAD, city.west_government): set(),
            Seat(Role.UNIT_HEAD, city.bureau): set(),
            Seat(Role.SYSTEM, city.office): set(),
            Seat(Role.SECURITY, city.office): set(),
            Seat(Role.AUDITOR, city.office): set(),
        },
    )


SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "value",
    ["甲\0乙", "长" * 100_000, SCRIPT, "-1", "9" * 40, "1e400", "0001-01-01", "//evil.example/"],
)
def test_hostile_input_is_refused_in_words(
    who: SimpleNamespace, scene: SimpleNamespace, value: str
) -> None:
    fields = {"held_on": str(day(0)), "title": "检查", "field_mine": "矿", "act": "submit"}
    unit, office = browser(who.town_staff.user), browser(who.clerk.user)
    for name in [*fields, "organisation", "held_until"]:
        answer = unit.post("/records/new/visit/", fields | {name: value})
        assert answer.status_code in (302, 422), name
        assert SCRIPT not in answer.content.decode()
    for address in ("/records/verify/accept/", f"/records/{scene.waiting.pk}/verify/"):
        sent = {"record": value, "reason": value, "back": value}
        answer = office.post(address, sent)
        assert answer.status_code in (302, 404, 422), address
        assert "evil" not in answer.headers.get("Location", "")
    for query in ("type", "unit", "state", "period", "marks", "q", "page", "sort"):
        answer = office.get("/records/", {query: value[:2000]})
        assert answer.status_code == 200, query
        assert SCRIPT not in answer.content.decode()
    assert SCRIPT not in unit.get("/records/").content.decode()
