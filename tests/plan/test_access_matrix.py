"""Every seat at every door: 403 without the role, 404 out of sight, 403 in sight without the right,
and through where the table says so. A new address without a line in the table fails."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anlan.kernel.audit.models import AuditRow
from anlan.kernel.events.models import Event
from anlan.kernel.evidence.models import Use
from anlan.plan.models import Duty
from tests.factories import counts
from tests.kernel.access.conftest import browser
from tests.plan import doors
from tests.plan.doors import DOORS, SEATS, Door

OURS = ("plan", "intake", "evidence")


@pytest.fixture
def scene(city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace) -> SimpleNamespace:
    made = doors.build(city, who, work)
    made.seats = doors.seats(city, who)
    return made


def knock(client: Client, door: Door, scene: SimpleNamespace) -> int:
    """The status of the answer; what was done is undone."""
    try:
        with transaction.atomic():
            before = _logged()
            if door.method == "POST":
                answer = client.post(door.url(scene), door.data(scene))
            else:
                answer = client.get(door.url(scene))
            status = answer.status_code
            assert status == 302 or door.method == "GET" or _logged() == before, "refused and done"
            raise _Undo
    except _Undo:
        return status


class _Undo(Exception):
    pass


def _logged() -> tuple[int, int]:
    """Grows with every change of any row and with every event."""
    return AuditRow.objects.count(), Event.objects.count()


def test_the_table_has_a_line_for_each_address_and_no_other() -> None:
    names: set[str] = set()

    def walk(patterns: list[URLPattern | URLResolver], namespace: str) -> None:
        for each in patterns:
            if isinstance(each, URLResolver):
                walk(each.url_patterns, each.namespace or namespace)
            elif namespace in OURS:
                names.add(f"{namespace}:{each.name}")

    walk(get_resolver().url_patterns, "")
    assert {door.name for door in DOORS} == names


@pytest.mark.parametrize("seat", SEATS)
def test_each_seat_at_each_door(scene: SimpleNamespace, seat: str) -> None:
    client = browser(scene.seats[seat])
    found = {str(door): knock(client, door, scene) for door in DOORS}
    assert found == {str(door): door.expected(seat) for door in DOORS}


def test_a_stranger_is_led_to_the_login(scene: SimpleNamespace) -> None:
    client = browser()
    for door in DOORS:
        answer = client.generic(door.method, door.url(scene))
        answer.headers.get("Location", "")
        assert (answer.status_code, answer.headers.get("Location", "")[:7]) == (302, "/login/"), (
            door
        )


# list → what of the east's and the town's rows each seat finds in it
LISTS = {
    "/duties/": {
        **{key: {"东县", "东镇"} for key in doors.CITY | doors.COUNTY | doors.EAST},
        **{key: {"东镇"} for key in doors.TOWN},
        **{key: set() for key in ["bureau_staff", "bureau_head", "west_head", "west_leader"]},
    },
    "/tasks/": {
        **{key: {"东县"} for key in doors.EAST},
        **{key: {"东镇"} for key in doors.TOWN},
        **{key: set() for key in ["bureau_staff", "west_staff"]},
    },
    "/orders/": {
        **{key: {"东县"} for key in doors.CITY | doors.COUNTY | doors.EAST},
        **{key: set() for key in doors.TOWN | {"bureau_head", "west_head"}},
    },
}


@pytest.mark.parametrize("path", LISTS)
def test_what_lists_show(scene: SimpleNamespace, path: str) -> None:
    for seat, expected in LISTS[path].items():
        rows = browser(scene.seats[seat]).get(path).context["list"].rows
        owners = {str(getattr(each, "duty", each).organisation)[:2] for each in rows}
        assert owners & {"东县", "东镇"} == expected, seat


def test_a_proposal_is_for_the_office_alone(scene: SimpleNamespace) -> None:
    for seat, sees in [("clerk", True), ("chief", True), ("leader", False), ("east_head", False)]:
        words = browser(scene.seats[seat]).get("/orders/").content.decode()
        assert ("建议督办" in words.split("<tbody")[-1]) is sees, seat


def test_evidence_without_a_subject_on_show_is_for_nobody(scene: SimpleNamespace) -> None:
    Use.objects.filter(pk=scene.use.pk).update(subject_type="plan.unknown")
    assert browser(scene.seats["clerk"]).get(f"/evidence/{scene.use.pk}/").status_code == 404


def test_ids_of_others_open_nothing(scene: SimpleNamespace) -> None:
    """An order under a duty that is not its own, a unit under another document."""
    east = browser(scene.seats["east_head"])
    other = Duty.objects.get(pk=scene.east2.pk)
    answered = east.post(f"/duties/{other.pk}/orders/{scene.issued.pk}/answer/", {"text": "好"})
    assert answered.status_code == 404
    clerk = browser(scene.seats["clerk"])
    base = f"/notices/{scene.submitted.pk}"
    for path, data in [
        (f"units/{scene.unit.pk}/bind/", {"target": "试市安委办"}),
        (f"units/{scene.unit.pk}/leave-out/", {"reason": "理由"}),
        (f"units/{scene.unit.pk}/remove/", {}),
        (f"items/{scene.item.pk}/", {"title": "x", "text": "x", "due_on": "2026-01-01"}),
        (f"items/{scene.item.pk}/units/", {"organisation": "试市安委办", "role": "lead"}),
        (f"clauses/{scene.clause.pk}/", {"text": "x", "kind": "duty"}),
    ]:
        before = counts()
        assert clerk.post(f"{base}/{path}", data).status_code == 404, path
        assert counts() == before
