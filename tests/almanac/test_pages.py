"""The pages: who sees what, months, days off and make-up days, and how often they ask."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.almanac.days import Span
from anlan.almanac.entries import Kind, entries
from anlan.almanac.models import Subscription
from anlan.kernel.access.roles import Role
from anlan.plan.models import Duty, Extension, SupervisionOrder
from anlan.registry.models import Enterprise, Sector
from tests import factories
from tests.almanac.conftest import fixed
from tests.factories import day
from tests.kernel.access.conftest import browser
from tests.kernel.access.matrix import Seat, assert_visibility, sit
from tests.registry.test_disputes import ask, raised


def soon() -> Span:
    return Span(day(0), day(60))


@pytest.fixture
def work(city: SimpleNamespace, who: SimpleNamespace, calendar: Any) -> SimpleNamespace:
    """A duty of the bureau, one of the east; an order and an application on the bureau's; an
    opinion that the bureau owes."""
    calendar(fixed("a", 3, groups=("members",)), fixed("b", 4, 9))
    key = factories.key_duty(factories.plan(city))
    mine = factories.duty(key, city.bureau, due_on=day(20), title="能源局的任务")
    east = factories.duty(key, city.east_government, due_on=day(20), title="东县的任务")
    SupervisionOrder.objects.create(duty=east, grounds="逾期")
    order = SupervisionOrder.objects.create(duty=mine, grounds="逾期")
    SupervisionOrder.objects.filter(pk=order.pk).update(
        state="issued", until=day(5), number="试督〔1〕号"
    )
    Extension.objects.create(
        duty=mine, applicant=who.bureau_staff.user, was_due=day(20), until=day(40), text="试"
    )
    sector = Sector.objects.create(code="new", name="新业态")
    stray = Enterprise.objects.create(name="演示新业态", sector=sector, area=city.east_town)
    dispute = raised(who.town_staff, stray)
    ask(who.clerk, dispute, city.bureau, until=6)
    return SimpleNamespace(mine=mine, east=east)


def _kinds(actor: Any, **more: Any) -> list[tuple[str, bool]]:
    return [(str(e.kind), e.own) for e in entries(actor, soon(), **more)]


def test_everybody_sees_his_own(who: SimpleNamespace, work: SimpleNamespace) -> None:
    assert _kinds(who.bureau_staff) == [
        (Kind.FIXED, True), (Kind.FIXED, False), (Kind.ORDER, True), (Kind.OPINION, True),
        (Kind.DUTY, True), (Kind.EXTENSION, True),
    ]  # fmt: skip
    assert _kinds(who.east_head) == [
        (Kind.FIXED, False), (Kind.FIXED, False), (Kind.DUTY, True)
    ]  # fmt: skip
    assert _kinds(who.clerk) == [(Kind.FIXED, False), (Kind.FIXED, False), (Kind.ORDER, True)]
    assert _kinds(who.leader, counts=True) == [
        (Kind.FIXED, False), (Kind.FIXED, False), (Kind.COUNT, True)
    ]  # fmt: skip
    assert "2 项任务到期" in [e.title for e in entries(who.leader, soon(), counts=True)]
    assert _kinds(who.west_head, counts=True) == [(Kind.FIXED, False), (Kind.FIXED, False)]


def test_role_and_place_come_from_one_grant(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    """Leader of the east and clerk of the west: he counts the east's duties, and owns none."""
    actor = sit(Seat(Role.LEADER, city.east_government))
    actor.__dict__["grants"] = [*actor.grants, *who.west_staff.grants]
    kinds = [kind for kind, _ in _kinds(actor, counts=True)]
    assert Kind.DUTY not in kinds
    assert "1 项任务到期" in [e.title for e in entries(actor, soon(), counts=True)]


def test_the_number_of_queries_does_not_grow(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    def asked(span: Span) -> int:
        actor = who.bureau_staff.fresh()
        with CaptureQueriesContext(connection) as queries:
            entries(actor, span)
        return len(queries)

    first = asked(soon())
    key = factories.key_duty(work.mine.key_duty.plan, 2)
    for number in range(5):
        factories.duty(key, city.bureau, due_on=day(10 + number), period_start=day(-number))
    assert asked(soon()) == asked(Span(day(-300), day(300))) == first


# --- pages ----------------------------------------------------------------------------------------


def _page(actor: Any, path: str = "", status: int = 200) -> str:
    answer = browser(actor.user).get(f"/calendar/{path}")
    assert answer.status_code == status
    return str(answer.content.decode())


def test_a_month_is_whole_weeks_with_its_days_off_and_make_up_days(
    who: SimpleNamespace, calendar: Any
) -> None:
    calendar()
    page = _page(who.clerk, "?month=2026-10")
    assert "2026 年 10 月" in page
    assert page.count('<li class="day') == 35  # 28 September to 1 November
    assert "休 国庆节" in page
    assert "班（国庆节调休）" in page  # 10 October, a Saturday
    assert "?month=2026-09" in page
    assert "?month=2026-11" in page
    unknown = _page(who.clerk, "?month=2093-01")
    assert "节假日安排还没有公布" in unknown
    assert "休 " not in unknown


@pytest.mark.parametrize("month", ["2026-13", "x", "2026-1", "1999-12", "2101-01", "９９99-01"])
def test_a_month_that_is_none_is_said(who: SimpleNamespace, calendar: Any, month: str) -> None:
    calendar()
    page = _page(who.clerk, f"?month={month}")
    assert "地址中的月份写得不对" in page


def test_the_list_runs_to_the_end_of_the_year(who: SimpleNamespace, calendar: Any) -> None:
    calendar()
    assert "到年底没有要记的日子" in _page(who.clerk, "?month=2026-12&view=list")


def test_a_duty_stands_on_its_day_and_the_day_lists_what_is_due(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    due = work.mine.due_on
    page = _page(who.bureau_staff, f"?month={due:%Y-%m}")
    assert f'href="/duties/{work.mine.pk}/"' in page
    assert "东县的任务" not in page
    assert f"/calendar/day/{due}/" in _page(who.leader, f"?month={due:%Y-%m}")
    listed = _page(who.leader, f"day/{due}/")
    assert "能源局的任务" in listed
    assert "东县的任务" in listed
    own = _page(who.bureau_staff, f"day/{due}/")
    assert "东县的任务" not in own
    for wrong in ("2026-02-30", "x"):
        _page(who.leader, f"day/{wrong}/", 404)


def test_the_fixed_days_are_listed_with_source_and_who(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    page = _page(who.clerk, "fixed/")
    assert 'id="a"' in page
    assert "成员单位" in page
    assert "推定" in page


DOORS = {
    "month": ("GET", ""), "day": ("GET", f"day/{date(2026, 5, 12)}/"), "fixed": ("GET", "fixed/"),
    "subscription": ("GET", "subscription/"), "renew": ("POST", "subscription/renew/"),
    "end": ("POST", "subscription/end/"),
}  # fmt: skip
EXPECTED = {"month": 200, "day": 200, "fixed": 200, "subscription": 200, "renew": 200, "end": 302}


@pytest.mark.parametrize("role", list(Role))
def test_every_role_at_every_door(city: SimpleNamespace, calendar: Any, role: Role) -> None:
    calendar()
    user = factories.user(city, "somebody", role)
    client = browser(user)
    business = role not in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR)
    for name, (method, path) in DOORS.items():
        answer = getattr(client, method.lower())(f"/calendar/{path}")
        assert answer.status_code == (EXPECTED[name] if business else 403), name
    assert Client().get("/calendar/").status_code == 302  # to the login


def test_subscriptions_that_each_role_sees(
    city: SimpleNamespace, who: SimpleNamespace, calendar: Any
) -> None:
    calendar()
    made = Subscription.objects.create(
        user=who.clerk.user, digest="0" * 64, made_at="2026-01-01T00:00Z"
    )
    seats = {Seat(role, city.office): set[str]() for role in Role}
    assert_visibility(Subscription.objects.visible_to, rows={"clerk's": made}, expected=seats)
    assert set(Subscription.objects.visible_to(who.clerk)) == {made}


def test_an_address_is_shown_once(who: SimpleNamespace, calendar: Any) -> None:
    calendar()
    client = browser(who.bureau_staff.user)
    assert "还没有生成过地址" in client.get("/calendar/subscription/").content.decode()
    made = client.post("/calendar/subscription/renew/")
    assert made["Cache-Control"] == "no-store"
    number = Subscription.objects.get().pk
    assert f"http://testserver/calendar/{number}/" in made.content.decode()
    again = client.get("/calendar/subscription/").content.decode()
    assert f"/calendar/{number}/" not in again
    assert "地址生成于" in again
    assert client.post("/calendar/subscription/end/").status_code == 302
    assert client.post("/calendar/subscription/end/").status_code == 404
    assert Duty.objects.count() == 0
