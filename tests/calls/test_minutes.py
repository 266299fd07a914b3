"""The minutes: written by one, signed by another, and then duties; all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from anlan.calls.choices import CallState
from anlan.calls.models import Call, Decision
from anlan.calls.services.minutes import (
    call_close,
    decision_change,
    decision_drop,
    minutes_return,
    minutes_submit,
)
from anlan.kernel.deadlines.services import find
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.orgs.models import Organisation
from anlan.plan.matrix import matrix
from anlan.plan.models import Duty, KeyDuty
from anlan.plan.services.handing_down import hand_down
from anlan.plan.services.reports import report_accept, report_submit
from tests import factories
from tests.calls.conftest import decide, finish
from tests.factories import (
    at_once,
    counts,
    day,
    deputising,
    happening,
    nothing_happens,
    resolved,
)
from tests.kernel.access.conftest import browser


def test_a_decision_becomes_a_duty_of_each_of_its_organisations(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    decision = decide(who, held, city.east_government, city.bureau)
    before = matrix(who.leader, held.plan).whole.total
    minutes_submit(actor=who.clerk, call=held.pk)
    with happening() as happened:
        closed = call_close(actor=who.chief, call=held.pk)
    assert (closed.state, closed.closed_by) == (CallState.CLOSED, who.chief.user)
    duties = list(Duty.objects.filter(origin="call"))
    assert {d.organisation for d in duties} == {city.east_government, city.bureau}
    for each in duties:
        assert (each.title, each.due_on, each.period_start) == ("十日内销号", day(10), day(0))
        assert (each.source, each.source_name) == (decision.pk, str(held))
        assert each.key_duty == decision.key_duty
        assert each.standing == "at_risk"  # ten days are few
        assert find(each, "due") is not None
        assert decision.charges.get(organisation=each.organisation).duty == each
    assert happened.told_to("duty.given") == {
        "east_staff", "east_head", "bureau_staff", "bureau_head",
    }  # fmt: skip
    assert happened.kinds().count("duty.given") == 2
    assert set(happened.verbs("plan_duty")) == {"calls.call.close"}
    assert matrix(who.leader, held.plan).whole.total == before + 2


def test_such_a_duty_is_worked_on_like_any_other(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    decide(who, held, city.east_government)
    finish(who, held)
    duty = Duty.objects.get(origin="call")
    town = city.east_town_government.pk
    (part,) = hand_down(actor=who.east_head, duty=duty.pk, organisations=[town], due_on=day(9))
    assert (part.origin, part.source, part.source_name) == ("call", duty.source, str(held))
    file = factories.stored(who.east_staff)
    report = report_submit(
        actor=who.east_staff, duty=duty.pk, text="已销号。", value=None, complete=True,
        evidence=[file],
    )  # fmt: skip
    report_accept(actor=who.clerk, report=report.pk)
    duty.refresh_from_db()
    assert duty.state == "met"


def test_all_or_nothing(city: SimpleNamespace, who: SimpleNamespace, held: Call) -> None:
    decide(who, held, city.east_government)
    decide(who, held, city.bureau, text="第二项")
    minutes_submit(actor=who.clerk, call=held.pk)
    Organisation.objects.filter(pk=city.bureau.pk).update(valid_to=day(-1))
    with nothing_happens(Refused, code="organisation_gone", match="第二项"):
        call_close(actor=who.chief, call=held.pk)
    assert not Duty.objects.filter(origin="call").exists()
    assert Call.objects.get(pk=held.pk).state == CallState.SUBMITTED


def test_a_date_that_passed_meanwhile_is_named(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    decision = decide(who, held, city.bureau)
    minutes_submit(actor=who.clerk, call=held.pk)
    Decision.objects.filter(pk=decision.pk).update(due_on=day(-1))
    with nothing_happens(Refused, code="date_past", match="十日内销号"):
        call_close(actor=who.chief, call=held.pk)
    Decision.objects.filter(pk=decision.pk).update(due_on=day(3))
    KeyDuty.objects.filter(pk=decision.key_duty_id).update(retired_at="2026-01-01T00:00:00Z")
    with nothing_happens(Refused, code="key_duty_retired"):
        call_close(actor=who.chief, call=held.pk)


# --- the second person -------------------------------------------------------------------------


def test_who_wrote_or_handed_in_does_not_sign(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    decide(who, held, city.bureau, by=who.chief)
    minutes_submit(actor=who.clerk, call=held.pk)
    with nothing_happens(Refused, code="second_person"):
        call_close(actor=who.chief, call=held.pk)
    assert Call.objects.get(pk=held.pk).makers == sorted([who.chief.person.pk, who.clerk.person.pk])


def test_nor_who_acts_for_him_nor_for_whom_it_was_written(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    for_chief = deputising(who.clerk2, who.chief)
    decide(who, held, city.bureau, by=for_chief)
    minutes_submit(actor=who.clerk, call=held.pk)
    for actor in (who.chief, for_chief):
        with nothing_happens(Refused, code="second_person"):
            call_close(actor=actor, call=held.pk)


def test_the_database_holds_to_it(city: SimpleNamespace, who: SimpleNamespace, held: Call) -> None:
    decide(who, held, city.bureau)
    with pytest.raises(IntegrityError, match="call_closed_by_another"), transaction.atomic():
        Call.objects.filter(pk=held.pk).update(closed_by=who.clerk.user)
    with (
        pytest.raises(IntegrityError, match="open to closed is not declared"),
        transaction.atomic(),
    ):
        Call.objects.filter(pk=held.pk).update(state="closed")


def test_only_the_chief_signs_and_only_what_is_handed_in(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    with nothing_happens(WrongState):
        call_close(actor=who.chief, call=held.pk)
    minutes_submit(actor=who.clerk, call=held.pk)
    for actor in (who.clerk2, who.leader, who.east_head):
        with nothing_happens(Forbidden):
            call_close(actor=actor, call=held.pk)
    call_close(actor=who.chief, call=held.pk)
    with nothing_happens(WrongState):
        call_close(actor=who.chief, call=held.pk)


@pytest.mark.usefixtures("committed_db")
def test_signed_twice_at_once_it_gives_its_duties_once(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    decide(who, held, city.bureau)
    minutes_submit(actor=who.clerk, call=held.pk)
    results = at_once(
        *[lambda: call_close(actor=who.chief.fresh(), call=held.pk) for _ in range(2)]
    )
    assert sorted(type(each).__name__ for each in results) == ["Call", "WrongState"]
    assert Duty.objects.filter(origin="call").count() == 1


# --- writing -----------------------------------------------------------------------------------


def test_the_same_decision_is_not_written_twice(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    first = decide(who, held, city.bureau, text="  十日内\n销号 ")
    assert first.text == "十日内 销号"
    with nothing_happens(WrongState, match="已有"):
        decide(who, held, city.bureau, text="十日内 销号")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": "  "}, "text_needed"),
        ({"text": "字" * 281}, "invalid"),
        ({"due_on": lambda: day(-1)}, "date_past"),
        ({"due_on": lambda: day(40_000)}, "date_impossible"),
    ],
)
def test_what_could_not_become_a_duty_is_refused_at_once(
    city: SimpleNamespace, who: SimpleNamespace, held: Call, more: dict[str, object], code: str
) -> None:
    with nothing_happens(Refused, code=code):
        decide(who, held, city.bureau, **resolved(more))


def test_a_decision_binds_somebody_of_the_city_by_a_key_duty_of_the_plan(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    with nothing_happens(Refused, code="nobody"):
        decide(who, held)
    with nothing_happens(Refused, code="organisations"):
        decide(who, held, SimpleNamespace(pk=0))
    with nothing_happens(Refused, code="key_duty"):
        decide(who, held, city.bureau, key_duty=SimpleNamespace(pk=0))


def test_changed_and_dropped_while_the_call_is_open(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    made = decide(who, held, city.bureau, city.east_government)

    def change(**more: object) -> Decision:
        given = {
            "key_duty": made.key_duty_id, "text": "改了", "due_on": day(5),
            "organisations": [city.bureau.pk, city.west_government.pk], "seen": 1,
        } | more  # fmt: skip
        return decision_change(actor=who.clerk2, decision=made.pk, **given)  # type: ignore[arg-type]

    assert change().text == "改了"
    owners = set(made.charges.values_list("organisation", flat=True))
    assert owners == {city.bureau.pk, city.west_government.pk}
    assert who.clerk2.person.pk in Call.objects.get(pk=held.pk).makers
    minutes_submit(actor=who.clerk, call=held.pk)
    with nothing_happens(WrongState, match="不能再改纪要"):
        change(text="又改", seen=2)
    with nothing_happens(WrongState):
        decision_drop(actor=who.clerk, decision=made.pk)
    with nothing_happens(WrongState):
        decide(who, held, city.bureau, text="晚了")
    minutes_return(actor=who.chief, call=held.pk, reason="写清单位")
    decision_drop(actor=who.clerk, decision=made.pk)
    assert held.decisions.count() == 0
    with nothing_happens(Unknown):
        decision_drop(actor=who.clerk, decision=made.pk)


def test_the_second_of_two_who_change_one_decision_is_told(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    made = decide(who, held, city.bureau)
    second = browser(who.clerk2.user)
    url = f"/calls/decisions/{made.pk}/edit/"
    typed = {
        "text": "第二人的填写", "key_duty": made.key_duty_id, "due_on": str(day(9)),
        "organisations": [city.bureau.pk], "seen": 1,
    }  # fmt: skip
    assert 'name="seen" value="1"' in second.get(url).content.decode()
    decision_change(
        actor=who.clerk, decision=made.pk, key_duty=made.key_duty_id, text="第一人的填写",
        due_on=day(5), organisations=[city.bureau.pk, city.west_government.pk], seen=1,
    )  # fmt: skip
    refused = second.post(url, typed)
    page = refused.content.decode()
    assert refused.status_code == 409
    for words in ("已被另一人修改", "第二人的填写", "第一人的填写", 'name="seen" value="2"'):
        assert words in page
    made.refresh_from_db()
    assert made.text == "第一人的填写"
    assert made.charges.count() == 2
    assert second.post(url, typed | {"seen": 2}).status_code == 302
    made.refresh_from_db()
    assert (made.text, made.charges.count(), made.revision) == ("第二人的填写", 1, 3)


def test_the_minutes_come_back_with_a_reason(who: SimpleNamespace, held: Call) -> None:
    with happening() as happened:
        minutes_submit(actor=who.clerk, call=held.pk)
    assert happened.told_to("call.submitted") == {"chief"}
    with nothing_happens(Refused, code="reason_needed"):
        minutes_return(actor=who.chief, call=held.pk, reason=" ")
    with happening() as happened:
        back = minutes_return(actor=who.chief, call=held.pk, reason="写清单位")
    assert (back.state, back.reason) == (CallState.OPEN, "写清单位")
    assert happened.told_to("call.returned") == {"clerk"}


def test_a_call_without_decisions_gives_none(
    who: SimpleNamespace, held: Call, take: Callable[..., Call]
) -> None:
    before = counts()["plan.Duty"]
    assert finish(who, held).state == CallState.CLOSED
    assert counts()["plan.Duty"] == before
