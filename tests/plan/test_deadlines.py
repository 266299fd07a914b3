# ruff: noqa: F811 — fixtures are imported by name
"""A duty's clock follows the duty; its steps tell the right people; a new day is noticed once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from anlan.kernel.access.actor import system
from anlan.kernel.deadlines.calendar import end_of
from anlan.kernel.deadlines.firing import fire_due
from anlan.kernel.deadlines.ladder import MORNING
from anlan.kernel.deadlines.models import Deadline, DeadlineStep
from anlan.kernel.norms.models import Norm, NormDocument
from anlan.kernel.notify.models import Notification
from anlan.kernel.watchman import beats
from anlan.kernel.write import Write
from anlan.plan import checks, clocks, daily, flow
from anlan.plan.choices import Standing
from anlan.plan.models import Duty, Plan, SupervisionOrder
from anlan.plan.services import extensions, handing_down, orders, reports
from tests.kernel.access.conftest import actor, browser
from tests.plan.published import (  # noqa: F401
    TODAY,
    city,
    draft,
    duty_of,
    photo,
    put_out,
    today,
)

YEARS_END = date(2025, 12, 31)
Move = Callable[[date], None]


@pytest.fixture(autouse=True)
def norms(city: SimpleNamespace) -> None:
    document = NormDocument.objects.create(number="试设置", title="试")
    for key, value in (
        ("reminder.days_before_due", [7, 1]),
        ("reminder.days_after_due", [1, 3]),
        ("duty.supervision_after_days", 3),
    ):
        Norm.objects.create(key=key, document=document, value=value, effective_from="2025-01-01")


def clock_of(duty: Duty) -> Deadline:
    return Deadline.objects.get(subject_type="plan.duty", subject_id=duty.pk, name="due")


def morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, timezone.get_current_timezone())


# --- the clock follows the duty ------------------------------------------------------------------


def test_publishing_starts_a_clock_for_each_duty(city: SimpleNamespace) -> None:
    put_out(draft(city))
    assert Deadline.objects.count() == Duty.objects.count() == 2
    clock = clock_of(duty_of(city.bureau))
    assert clock.due_at == end_of(YEARS_END)
    assert [rung["step"] for rung in clock.ladder] == ["remind"] * 2 + ["escalate"] * 2
    assert clock.next_at == morning(date(2025, 12, 24))


def test_publishing_the_same_again_touches_no_clock(city: SimpleNamespace) -> None:
    put_out(draft(city))
    before = list(Deadline.objects.order_by("pk").values())
    put_out(draft(city))
    assert list(Deadline.objects.order_by("pk").values()) == before


def test_a_revision_moves_ends_and_restores(city: SimpleNamespace) -> None:
    put_out(draft(city))
    duty = duty_of(city.bureau)
    put_out(draft(city, due_on=date(2025, 10, 31)))
    assert clock_of(duty).due_at == end_of(date(2025, 10, 31))
    put_out(draft(city, owners=(city.east_government,)))
    assert clock_of(duty).ended_at is not None
    put_out(draft(city))
    clock = clock_of(duty)
    assert (clock.ended_at, clock.due_at) == (None, end_of(YEARS_END))
    assert clock.next_at == morning(date(2025, 12, 24))


def test_a_granted_extension_moves_it_and_a_refused_one_does_not(city: SimpleNamespace) -> None:
    put_out(draft(city, due_on=date(2025, 10, 31)))
    duty = duty_of(city.bureau)
    for grant, due_on in ((False, date(2025, 10, 31)), (True, date(2025, 11, 30))):
        asked = extensions.extension_apply(
            actor=actor(city.unit), duty=duty.pk, until=date(2025, 11, 30), text="设备未到"
        )
        extensions.extension_decide(
            actor=actor(city.chief), extension=asked.pk, grant=grant, reason="据实"
        )
        assert clock_of(duty).due_at == end_of(due_on)


def test_a_duty_handed_down_has_a_clock_of_its_own(city: SimpleNamespace) -> None:
    put_out(draft(city))
    duty = duty_of(city.east_government)
    (given,) = handing_down.hand_down(
        actor=actor(city.county_head), duty=duty.pk,
        organisations=[city.east_town_government.pk], due_on=date(2025, 9, 30),
    )  # fmt: skip
    assert clock_of(given).due_at == end_of(date(2025, 9, 30))


def complete(city: SimpleNamespace, duty: Duty) -> None:
    report = reports.report_submit(
        actor=actor(city.unit), duty=duty.pk, text="全部完成", complete=True, evidence=[photo(city)]
    )
    reports.report_accept(actor=actor(city.clerk), report=report.pk)


def test_a_verified_completion_stops_it(city: SimpleNamespace) -> None:
    put_out(draft(city))
    duty = duty_of(city.bureau)
    complete(city, duty)
    clock = clock_of(duty)
    assert clock.met_at is not None
    assert fire_due(now=morning(date(2026, 1, 9))) == 4  # the county's alone
    assert not clock.steps.exists()


def test_one_that_is_taken_up_again_runs_again(city: SimpleNamespace) -> None:
    put_out(draft(city))
    duty = duty_of(city.bureau)
    complete(city, duty)
    duty.refresh_from_db()
    with Write(actor(city.clerk), "plan.duty.reopen", reason="材料不实") as write:
        flow.DUTY.move(write, duty, "reopen", fields={"met_at": None}, reason="材料不实")
        clocks.keep(write, duty)
    assert clock_of(duty).running
    assert clock_of(duty).next_at == morning(date(2025, 12, 24))


def test_data_from_before_clocks_gets_them(city: SimpleNamespace) -> None:
    put_out(draft(city))
    Deadline.objects.filter(subject_id=duty_of(city.bureau).pk).delete()
    assert clocks.start_missing() == 1
    assert clock_of(duty_of(city.bureau)).due_at == end_of(YEARS_END)
    assert clocks.start_missing() == 0


def test_without_norms_it_still_reminds(city: SimpleNamespace) -> None:
    Norm.objects.all().delete()
    assert clocks.reminders() == [
        {"step": "remind", "days_before": 7},
        {"step": "escalate", "days_after": 1},
    ]


# --- whom the steps tell -------------------------------------------------------------------------


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_before_the_date_the_owners_are_reminded(city: SimpleNamespace) -> None:
    put_out(draft(city))
    assert fire_due(now=morning(date(2025, 12, 24))) == 2
    assert told("duty.due") == {"unit", "head", "county", "county_head"}
    message = Notification.objects.filter(user=city.unit, kind="duty.due").get()
    assert "完成期限 2025-12-31" in message.text
    step = DeadlineStep.objects.get(deadline=clock_of(duty_of(city.bureau)))
    assert step.text == "提醒试市能源局 2 人：期限 2025-12-31"


def test_after_the_date_the_office_is_told_too(city: SimpleNamespace) -> None:
    put_out(draft(city))
    Deadline.objects.update(next_step=2, next_at=morning(date(2026, 1, 1)))
    assert fire_due(now=morning(date(2026, 1, 1))) == 2
    assert told("duty.overdue") == {"unit", "head", "county", "county_head", "clerk", "chief"}
    office = Notification.objects.get(user=city.clerk, kind="duty.overdue")
    assert (office.count, office.link) == (2, "/duties/?plan=&standing=overdue")


def test_of_a_duty_handed_down_the_giver_is_told(city: SimpleNamespace) -> None:
    put_out(draft(city, due_on=date(2025, 12, 31)))
    handing_down.hand_down(
        actor=actor(city.county_head), duty=duty_of(city.east_government).pk,
        organisations=[city.east_town_government.pk], due_on=date(2025, 9, 30),
    )  # fmt: skip
    fire_due(now=morning(date(2025, 10, 1)))
    assert told("duty.overdue") == {"county", "county_head"}


def test_many_duties_of_a_morning_make_one_message(city: SimpleNamespace) -> None:
    put_out(draft(city, title="甲"))
    other = Duty.objects.get(organisation=city.bureau)
    twin = Duty(
        **{
            f.attname: getattr(other, f.attname)
            for f in Duty._meta.concrete_fields
            if f.name not in ("id", "period_start")
        },
        period_start=date(2025, 2, 1),
    )
    with Write(system(), "test.twin") as write:
        clocks.start(write, [write.add(twin)])
    fire_due(now=morning(date(2025, 12, 24)))
    assert Notification.objects.get(user=city.unit, kind="duty.due").count == 2


def test_the_steps_stand_on_the_duty_s_timeline(city: SimpleNamespace) -> None:
    put_out(draft(city))
    fire_due(now=morning(date(2025, 12, 24)))
    page = browser(city.unit).get(f"/duties/{duty_of(city.bureau).pk}/").content.decode()
    assert "到期提醒" in page
    assert "提醒试市能源局 2 人" in page


# --- a plan loaded after its year, a new day -----------------------------------------------------


def loaded_late(city: SimpleNamespace, today: Move) -> Plan:
    today(date(2026, 11, 23))
    return put_out(draft(city))


def test_a_plan_loaded_after_its_year_reminds_nobody(city: SimpleNamespace, today: Move) -> None:
    loaded_late(city, today)
    assert set(Deadline.objects.values_list("next_at", flat=True)) == {None}
    assert fire_due(now=timezone.now() + timedelta(days=99)) == 0


def test_and_proposes_nothing(city: SimpleNamespace, today: Move) -> None:
    loaded_late(city, today)
    assert orders.propose_for_overdue() == []
    assert not SupervisionOrder.objects.exists()


@pytest.mark.parametrize(
    ("on", "proposed", "_why"),
    [
        (date(2025, 9, 30), 0, "its last day"),
        (date(2025, 10, 9), 0, "overdue since 1 October, but that is the festival"),
        (date(2025, 10, 10), 0, "the second working day"),
        (date(2025, 10, 11), 2, "the third: a Saturday made up for the festival"),
        (date(2025, 10, 20), 2, "later"),
    ],
)
def test_orders_are_proposed_after_three_working_days(
    city: SimpleNamespace, today: Move, on: date, proposed: int, _why: str
) -> None:
    put_out(draft(city, due_on=date(2025, 9, 30)))
    today(on)
    assert len(orders.propose_for_overdue()) == proposed
    assert orders.propose_for_overdue() == []


def test_an_order_that_still_runs_keeps_a_second_one_away(
    city: SimpleNamespace, today: Move
) -> None:
    put_out(draft(city, due_on=date(2025, 6, 30), owners=(city.bureau,)))
    today(date(2025, 7, 10))
    assert len(orders.propose_for_overdue()) == 1
    Duty.objects.update(due_on=date(2025, 8, 31))  # put off, and missed again
    today(date(2025, 9, 10))
    assert orders.propose_for_overdue() == []
    SupervisionOrder.objects.update(state="dismissed")
    assert len(orders.propose_for_overdue()) == 1


def test_a_new_day_is_noticed_once(city: SimpleNamespace, today: Move) -> None:
    put_out(draft(city, due_on=date(2025, 6, 30)))
    parts = ["plan.restand", "plan.clocks", "plan.partials", "plan.recount", "plan.propose"]
    assert daily.new_day() == parts
    assert daily.new_day() == []
    before = duty_of(city.bureau).standing
    today(date(2025, 7, 1))
    assert daily.new_day()[0] == "plan.restand"
    assert (before, duty_of(city.bureau).standing) == (Standing.NOT_MEASURED, Standing.OVERDUE)


def test_a_part_that_fails_is_tried_again_and_repeats_no_other(
    city: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(orders, "propose_for_overdue", broken)
        with pytest.raises(ZeroDivisionError):
            daily.new_day()
    assert daily.new_day() == ["plan.propose"]


def test_the_watchman_asks_whether_the_day_was_noticed(city: SimpleNamespace, today: Move) -> None:
    assert list(checks.standing(timezone.now())) == []  # nothing stands anywhere yet
    put_out(draft(city))
    (fault,) = checks.standing(timezone.now())
    assert "从未计算过" in fault.text
    daily.new_day()
    assert list(checks.standing(timezone.now())) == []
    midnight = end_of(TODAY)
    assert list(checks.standing(midnight + timedelta(minutes=9))) == []
    (fault,) = checks.standing(midnight + timedelta(minutes=11))
    assert "2025-06-03" in fault.text
    beats.beat(daily.RESTAND, now=midnight + timedelta(minutes=1))
    assert list(checks.standing(midnight + timedelta(minutes=11))) == []


# --- supervision orders --------------------------------------------------------------------------


def test_an_order_owes_its_answer_by_its_date(city: SimpleNamespace, today: Move) -> None:
    put_out(draft(city, due_on=date(2025, 6, 30), owners=(city.bureau,)))
    today(date(2025, 7, 10))
    (order,) = orders.propose_for_overdue()
    assert not Deadline.objects.filter(name="answer").exists()
    orders.order_issue(actor=actor(city.chief), order=order.pk, until=date(2025, 7, 18))
    clock = Deadline.objects.get(subject_type="plan.supervisionorder", subject_id=order.pk)
    assert clock.due_at == end_of(date(2025, 7, 18))
    fire_due(now=morning(date(2025, 7, 17)))
    assert told("order.remind") == {"unit", "head"}
    orders.order_answer(actor=actor(city.unit), order=order.pk, text="已整改")
    clock.refresh_from_db()
    assert clock.met_at is not None
    orders.order_reject(actor=actor(city.clerk), order=order.pk, reason="不实")
    clock.refresh_from_db()
    assert clock.running
    fire_due(now=morning(date(2025, 7, 19)))
    assert told("order.escalate") == {"clerk", "chief"}
