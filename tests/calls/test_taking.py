"""Taking a call: what is frozen, who is asked; and that it stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from anlan.calls.choices import CallState
from anlan.calls.models import Call, FrozenDuty, Item, Place
from anlan.calls.paper import paper
from anlan.calls.services.taking import call_cancel
from anlan.kernel.deadlines.services import find
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.orgs.models import Organisation
from anlan.plan.matrix import matrix
from anlan.plan.models import Duty, KeyDuty
from tests import factories
from tests.calls.conftest import soon, stands
from tests.factories import at_once, day, happening, nothing_happens
from tests.kernel.access.conftest import browser

Take = Callable[..., Call]


def counts(call: Call) -> Counter[tuple[str, str]]:
    return Counter(call.rows.values_list("area__name", "standing"))


def test_the_rows_count_what_the_matrix_counts(
    who: SimpleNamespace, work: SimpleNamespace, take: Take
) -> None:
    stands(work.east, "overdue")
    stands(work.west, "at_risk")
    Duty.objects.filter(pk=work.counted.pk).update(state="met", standing="met")
    made = take()
    live = matrix(who.leader, work.plan)
    now = {
        (area.name, standing): n
        for area, cell in zip(live.areas, live.totals, strict=True)
        for standing, n in cell.counts.items()
    }
    assert counts(made) == now
    assert made.rows.count() == 4  # the duty handed down to the town is part of the east's
    assert Counter(made.items.values_list("number", flat=True)) == {1: 1, 2: 1}
    frozen = made.rows.get(duty=work.east)
    assert (frozen.days, frozen.due_on, frozen.owner) == (10, day(-10), "东县人民政府")


def test_figures_stay_when_everything_else_moves(
    city: SimpleNamespace, who: SimpleNamespace, late: SimpleNamespace, take: Take
) -> None:
    made = take()
    before = paper(who.leader, made)
    Duty.objects.update(standing="met", title="改了名的任务", due_on=day(5))
    KeyDuty.objects.filter(pk=late.key_duty.pk).update(title="改了名的重点任务")
    type(city.east).objects.filter(pk=city.east.pk).update(name="改了名的县")
    type(city.bureau).objects.update(short_name="改了名的单位")
    factories.duty(late.key_duty, city.west_government)
    after = paper(who.leader, Call.objects.get(pk=made.pk))
    assert [line.name for line in after.lines] == [line.name for line in before.lines]
    assert after.lines == before.lines
    assert after.total == before.total
    assert [str(line.item) for line in after.items] == [str(line.item) for line in before.items]
    assert [(r.title, r.owner, r.days) for r in after.overdue] == [
        (r.title, r.owner, r.days) for r in before.overdue
    ]


@pytest.mark.parametrize("model", [FrozenDuty, Item, Place])
def test_the_database_refuses_to_bend_what_is_frozen(held: Call, model: type) -> None:
    rows = model._default_manager.filter(call=held)
    assert rows.exists()
    for act in (lambda: rows.delete(), lambda: rows.update(call=held)):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            act()


def test_areas_are_ranked_and_the_city_s_own_are_not(city: SimpleNamespace, held: Call) -> None:
    places = {p.name: (p.rank, p.reason, p.organisation) for p in held.places.all()}
    assert places == {
        "市直单位": (None, "", None),
        "西县": (1, places["西县"][1], city.west_government),
        "东县": (2, "逾期 1 项，在第 1 项任务", city.east_government),
    }


def test_who_must_explain_is_told_with_the_working(
    city: SimpleNamespace, who: SimpleNamespace, late: SimpleNamespace, take: Take
) -> None:
    with happening() as happened:
        made = take()
    (asked,) = made.explanations.all()
    assert asked.organisation == city.east_government
    assert asked.by_rule
    assert asked.grounds.splitlines() == [
        "排第 2 名（共 2 个），在后 3 名，有逾期任务 1 项",
        "逾期 1 项，占 1 项任务的 100.0%，超过 15%",
    ]
    assert happened.told_to("call.asked") == {"east_staff", "east_head"}
    assert set(happened.kinds()) == {"call.taken", "call.asked"}
    clock = find(asked, "answer")
    assert clock is not None
    assert clock.due_at == made.meets_at
    assert made.limits == {"last_ranks": 3, "repeated": 1, "overdue_percent": 15}


@pytest.mark.parametrize(("last_day", "answers"), [(20, True), (0, True), (-1, False)])
def test_a_government_answers_as_long_as_it_exists(
    city: SimpleNamespace,
    who: SimpleNamespace,
    late: SimpleNamespace,
    take: Take,
    last_day: int,
    answers: bool,
) -> None:
    Organisation.objects.filter(pk=city.east_government.pk).update(valid_to=day(last_day))
    made = take()
    assert made.places.get(area=city.east).organisation == (
        city.east_government if answers else None
    )
    assert made.explanations.exists() == answers
    page = browser(who.leader.user).get(f"/calls/{made.pk}/").content.decode()
    assert ("东县没有登记现存的人民政府" in page) != answers


def test_a_bureau_answers_for_itself(
    city: SimpleNamespace, work: SimpleNamespace, take: Take
) -> None:
    stands(work.counted, "overdue")
    (asked,) = take().explanations.all()
    assert asked.organisation == city.bureau
    assert asked.grounds == "逾期 1 项，占 2 项任务的 50.0%，超过 15%"


def test_a_number_that_will_be_missed_is_frozen_with_its_working(
    work: SimpleNamespace, take: Take
) -> None:
    clause = work.counted.clause
    type(clause).objects.filter(pk=clause.pk).update(measure="plan.met_on_time")
    Duty.objects.filter(pk=work.counted.pk).update(progress=1)
    made = take()
    frozen = made.rows.get(duty=work.counted)
    assert frozen.forecast.startswith("31 天完成 1，按此进度全期 91 天约 2 家")
    assert made.rows.exclude(forecast="").count() == 1  # the west's duty is never counted


# --- refusals ----------------------------------------------------------------------------------


def test_one_call_a_period_until_it_is_cancelled(
    who: SimpleNamespace, held: Call, take: Take
) -> None:
    with nothing_happens(WrongState, match="已经有了"):
        take()
    with nothing_happens(Refused, code="reason_needed"):
        call_cancel(actor=who.clerk, call=held.pk, reason=" ")
    with happening() as happened:
        cancelled = call_cancel(actor=who.clerk, call=held.pk, reason="会议改期")
    assert (cancelled.state, cancelled.reason) == (CallState.CANCELLED, "会议改期")
    assert happened.told_to("call.cancelled") == {"east_staff", "east_head"}
    clock = find(held.explanations.get(), "answer")
    assert clock is not None
    assert clock.ended_at is not None
    assert take().pk != held.pk


@pytest.mark.parametrize(("hours", "code"), [(-1, "moment_past"), (0, "moment_past"),
                                             (24 * 32, "moment_far")])  # fmt: skip
def test_the_meeting_lies_ahead_and_not_too_far(
    work: SimpleNamespace, take: Take, hours: int, code: str
) -> None:
    with nothing_happens(Refused, code=code):
        take(meets_at=soon(hours))


def test_only_the_office_of_the_plan_s_area(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, take: Take
) -> None:
    for actor in (who.leader, who.east_head, who.bureau_staff):
        with nothing_happens(Forbidden):
            take(actor=actor)
    with nothing_happens(Unknown):
        take(plan=0)
    with nothing_happens(Refused, code="kind"):
        take("yearly")


@pytest.mark.usefixtures("committed_db")
def test_two_who_take_the_same_call_get_one(
    who: SimpleNamespace, late: SimpleNamespace, take: Take
) -> None:
    moment = soon()
    results = at_once(
        lambda: take(actor=who.clerk.fresh(), meets_at=moment),
        lambda: take(actor=who.clerk2.fresh(), meets_at=moment),
    )
    assert sorted(type(each).__name__ for each in results) == ["Call", "WrongState"]
    assert Call.objects.count() == 1
    assert FrozenDuty.objects.count() == 4


def test_a_week_that_began_last_year_is_one_period(work: SimpleNamespace, take: Take) -> None:
    made = take()
    monday = timezone.localdate(made.meets_at)
    monday -= timedelta(days=monday.weekday())
    assert made.first_day == monday
    assert str(made) == f"{monday.isocalendar().year}年第{monday.isocalendar().week}周调度"
