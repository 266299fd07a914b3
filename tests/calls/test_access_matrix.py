"""Every seat at every door of the calls: 403 without the role, 404 out of sight, 403 in sight
without the right; and which rows of a call each seat finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import get_resolver

from anlan.calls.models import Call, Charge, Decision, Explanation, FrozenDuty
from anlan.calls.services.minutes import minutes_submit
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from tests.calls.conftest import decide, finish, soon
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.kernel.access.matrix import BUSINESS, SCO, Seat, assert_visibility
from tests.plan import doors
from tests.plan.doors import CITY, COUNTY, EAST, SEATS, Door
from tests.plan.test_access_matrix import knock

OFFICE = CITY - {"leader"}
BUREAU = {"bureau_staff", "bureau_head"}
SEES = {
    "anything": set(SEATS),
    "open": CITY | COUNTY | EAST,  # it asks the east to explain
    "closed": CITY | BUREAU | COUNTY | EAST,  # it asked the east, and the bureau has a duty of it
    "draft": CITY,  # a decision before the minutes are signed
    "decided": CITY | BUREAU,
}


@dataclass(frozen=True)
class CallDoor(Door):
    """``found``: the status for whom it opens."""

    found: int = 200

    def expected(self, seat: str) -> int:
        if SEATS[seat][0] not in self.roles:
            return 403
        if seat not in SEES[self.thing]:
            return 404
        return self.found if seat in self.may else 403


Args = Callable[[SimpleNamespace], list[Any]]
CHIEF = {Role.SCO_CHIEF}


def get(
    name: str, args: Args, roles: Any, thing: str = "anything", may: set[str] | None = None,
    found: int = 200,
) -> CallDoor:  # fmt: skip
    return CallDoor(f"calls:{name}", args, frozenset(roles), thing, may or set(SEATS), found=found)


def post(
    name: str, args: Args, roles: Any, thing: str, may: set[str],
    data: Callable[[SimpleNamespace], dict[str, Any]] = lambda scene: {"reason": "理由充分"},
    note: str = "",
) -> CallDoor:  # fmt: skip
    return CallDoor(
        f"calls:{name}", args, frozenset(roles), thing, may, "POST", data, note, found=302
    )


def decision_data(s: SimpleNamespace) -> dict[str, Any]:
    return {
        "text": "另一件事", "key_duty": s.work.key_duty.pk, "due_on": str(day(9)),
        "organisations": [s.city.bureau.pk], "seen": 1,
    }  # fmt: skip


DOORS = [
    get("calls", lambda s: [], BUSINESS),
    get("new", lambda s: [], SCO),
    post("new", lambda s: [], SCO, "anything", OFFICE,
         lambda s: {"plan": s.work.plan.pk, "kind": "weekly",
                    "meets_at": f"{soon(24 * 14):%Y-%m-%dT%H:%M}"}),
    get("call", lambda s: [s.open.pk], BUSINESS, "open"),
    get("call", lambda s: [s.closed.pk], BUSINESS, "closed"),
    get("rows", lambda s: [s.open.pk], BUSINESS, "open"),
    get("bulletin", lambda s: [s.open.pk], BUSINESS, "open", CITY),
    get("minutes", lambda s: [s.open.pk], BUSINESS, "open", CITY),
    get("figures", lambda s: [s.open.pk], BUSINESS, "open", CITY),
    get("explanation", lambda s: [s.asked.pk], BUSINESS, "open"),
    post("explanation", lambda s: [s.asked.pk], BUSINESS, "open", EAST,
         lambda s: {"cause": "设备未到", "measure": "倒排", "until": str(day(9))}),
    post("ask_more", lambda s: [s.open.pk], SCO, "open", OFFICE,
         lambda s: {"organisation": s.city.west_government.pk, "reason": "说明进度"}),
    post("decide", lambda s: [s.asked.pk, "strike"], SCO, "open", OFFICE, note="strike"),
    post("decide", lambda s: [s.asked.pk, "ask"], SCO, "open", OFFICE, note="ask"),
    get("decide_new", lambda s: [s.open.pk], SCO, "open", OFFICE),
    post("decide_new", lambda s: [s.open.pk], SCO, "open", OFFICE, decision_data),
    get("decision", lambda s: [s.draft.pk], BUSINESS, "draft", found=302),
    get("decision", lambda s: [s.decided.pk], BUSINESS, "decided", found=302),
    get("edit", lambda s: [s.draft.pk], SCO, "draft", OFFICE),
    post("edit", lambda s: [s.draft.pk], SCO, "draft", OFFICE, decision_data),
    post("drop", lambda s: [s.draft.pk], SCO, "draft", OFFICE),
    post("submit", lambda s: [s.open.pk], SCO, "open", OFFICE),
    post("return", lambda s: [s.submitted.pk], CHIEF, "open", {"chief"}),
    post("close", lambda s: [s.submitted.pk], CHIEF, "open", {"chief"}),
    post("cancel", lambda s: [s.open.pk], SCO, "open", OFFICE),
]  # fmt: skip


@pytest.fixture
def scene(
    city: SimpleNamespace, who: SimpleNamespace, late: SimpleNamespace, take: Callable[..., Call]
) -> SimpleNamespace:
    closed = take("monthly")
    decided = decide(who, closed, city.bureau)
    finish(who, closed)
    opened = take()
    submitted = take(meets_at=soon(24 * 7))
    minutes_submit(actor=who.clerk, call=submitted.pk)
    return SimpleNamespace(
        city=city, work=late, closed=closed, decided=decided, open=opened, submitted=submitted,
        asked=opened.explanations.get(), draft=decide(who, opened, city.bureau),
        seats=doors.seats(city, who),
    )  # fmt: skip


def test_the_table_has_a_line_for_each_address_and_no_other() -> None:
    (ours,) = (r for r in get_resolver().url_patterns if getattr(r, "namespace", "") == "calls")
    assert {door.name for door in DOORS} == {f"calls:{each.name}" for each in ours.url_patterns}


@pytest.mark.parametrize("seat", SEATS)
def test_each_seat_at_each_door(scene: SimpleNamespace, seat: str) -> None:
    client = browser(scene.seats[seat])
    found = {f"{n} {door}": knock(client, door, scene) for n, door in enumerate(DOORS)}
    assert found == {f"{n} {door}": door.expected(seat) for n, door in enumerate(DOORS)}


def test_rows_of_a_call(city: SimpleNamespace, scene: SimpleNamespace) -> None:
    """The bureau has two duties, the east and the west one each, in each of three calls."""
    named = {"bureau": city.bureau, "east": city.east_government, "west": city.west_government}
    rows = {
        f"{name} {call}": FrozenDuty.objects.filter(
            call=getattr(scene, call), organisation=organisation
        )[0]
        for call in ("open", "closed")
        for name, organisation in named.items()
    }
    own_east = {"east open", "east closed"}
    assert_visibility(
        FrozenDuty.objects.visible_to,
        rows=rows,
        expected={
            Seat(Role.SCO_STAFF, city.office): set(rows),
            Seat(Role.SCO_CHIEF, city.office): set(rows),
            Seat(Role.LEADER, city.government): set(rows),
            Seat(Role.LEADER, city.east_government): own_east,
            Seat(Role.UNIT_STAFF, city.east_government): own_east,
            Seat(Role.UNIT_HEAD, city.east_government): own_east,
            Seat(Role.UNIT_STAFF, city.bureau): {"bureau closed"},
            Seat(Role.UNIT_HEAD, city.west_government): set(),
            Seat(Role.UNIT_STAFF, city.east_town_government): set(),
        },
        roles=BUSINESS,
    )


@pytest.mark.parametrize("seat", ["east_staff", "county_leader"])
def test_a_county_reads_its_own_lines_alone(scene: SimpleNamespace, seat: str) -> None:
    page = browser(scene.seats[seat]).get(f"/calls/{scene.open.pk}/").content.decode()
    assert "东县" in page
    assert "西县" not in page
    assert "试市能源局" not in page
    assert "导出" not in page
    rows = browser(scene.seats[seat]).get(f"/calls/{scene.open.pk}/rows/").content.decode()
    assert "共 1 条" in rows
    assert "西县" not in rows
    assert "试市能源局" not in rows


def test_a_unit_reads_what_was_decided_for_it_once_it_is_signed(
    city: SimpleNamespace, who: SimpleNamespace, scene: SimpleNamespace
) -> None:
    client = browser(scene.seats["bureau_staff"])
    page = client.get(f"/calls/{scene.closed.pk}/").content.decode()
    assert scene.decided.text in page
    assert "东县" not in page
    listed = client.get("/calls/").content.decode()
    assert str(scene.closed) in listed
    assert f"/calls/{scene.open.pk}/" not in listed


def test_of_a_decision_for_several_one_reads_oneself_alone(
    city: SimpleNamespace, who: SimpleNamespace, scene: SimpleNamespace
) -> None:
    call = scene.open
    decide(who, call, city.bureau, city.east_government, text="两家一起")
    finish(who, call)
    page = browser(scene.seats["bureau_staff"]).get(f"/calls/{call.pk}/").content.decode()
    assert "两家一起" in page
    assert "东县人民政府" not in page


@pytest.mark.parametrize("model", [Call, Explanation, Decision, Charge, FrozenDuty])
def test_a_grant_that_ended_shows_nothing(scene: SimpleNamespace, model: Any) -> None:
    nobody = Actor(user=User.objects.create(
        username="former", name="前任", organisation=scene.city.office, password="!"
    ))  # fmt: skip
    assert not model.objects.visible_to(nobody).exists()
