"""Reporting progress and its verification: what it changes, whom it tells, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.evidence.models import Use
from anlan.plan.choices import DutyState, ReportState, Standing
from anlan.plan.models import Duty, Report
from anlan.plan.services.handing_down import hand_down
from anlan.plan.services.reports import (
    report_accept,
    report_return,
    report_submit,
    report_withdraw,
)
from tests import factories
from tests.factories import at_once, deputising, happening, nothing_happens
from tests.kernel.access.conftest import actor as actor_of
from tests.kernel.access.conftest import grant, user


def submit(actor: Actor, duty: Duty, **more: Any) -> Report:
    return report_submit(
        actor=actor, duty=duty.pk, **{"text": "已检查一半。", "value": Decimal(50)} | more
    )


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


# --- reporting ---------------------------------------------------------------------------------


def test_a_report_waits_and_changes_nothing_else(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    file = factories.stored(who.bureau_staff)
    with happening() as happened:
        report = submit(who.bureau_staff, work.bureau, evidence=[file])
    assert (report.state, report.value, report.author) == (
        ReportState.SUBMITTED, 50, who.bureau_staff.user,
    )  # fmt: skip
    duty = fresh(work.bureau)
    assert (duty.state, duty.progress, duty.standing) == (
        DutyState.OPEN, None, Standing.NOT_MEASURED,
    )  # fmt: skip
    use = Use.objects.get()
    assert (use.subject_id, use.organisation) == (report.pk, duty.organisation)
    assert happened.told_to("report.submitted") == {"clerk", "clerk2", "chief"}
    assert happened.kinds() == ["duty.changed"]
    row = next(each for each in happened.audit if each.table_name == "plan_report")
    assert (row.verb, row.user_id, row.principal_id, row.operation) == (
        "plan.report.submit", who.bureau_staff.user.pk, None, "INSERT",
    )  # fmt: skip


def test_a_report_on_a_sub_duty_is_told_to_the_unit_that_gave_it(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    with happening() as happened:
        submit(who.town_staff, work.town)
    assert happened.told_to("report.submitted") == {"east_staff", "east_head"}


@pytest.mark.parametrize(
    ("_case", "duty", "typed", "code"),
    [
        ("no text", "bureau", {"text": " 　\n"}, "text_needed"),
        ("no number where one is asked", "counted", {"value": None}, "value_needed"),
        ("no percentage", "bureau", {"value": None}, "value_needed"),
        ("a negative number", "bureau", {"value": Decimal("-0.001")}, "value_negative"),
        ("more than all", "bureau", {"value": Decimal("100.001")}, "value_too_large"),
        ("a number no column holds", "counted", {"value": Decimal(10) ** 11}, "invalid"),
        ("more digits than are kept", "counted", {"value": Decimal("1.0001")}, "invalid"),
        ("not a number", "counted", {"value": Decimal("NaN")}, "invalid"),
        ("a character no text has", "bureau", {"text": "甲\0乙"}, "invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_reported(
    who: SimpleNamespace, work: SimpleNamespace, _case: str, duty: str, typed: Any, code: str
) -> None:
    with nothing_happens(code=code):
        submit(who.bureau_staff, getattr(work, duty), **typed)


@pytest.mark.parametrize("value", [Decimal(0), Decimal(100)])
def test_the_ends_of_the_scale_can_be_reported(
    who: SimpleNamespace, work: SimpleNamespace, value: Decimal
) -> None:
    assert submit(who.bureau_staff, work.bureau, value=value).value == value


@pytest.mark.parametrize(
    ("_case", "duty", "value", "code"),
    [
        ("one short of the target", "counted", Decimal("9.999"), "target_not_reached"),
        ("one per cent missing", "bureau", Decimal(99), "target_not_reached"),
    ],
)
def test_closing_needs_the_target(
    who: SimpleNamespace, work: SimpleNamespace, _case: str, duty: str, value: Decimal, code: str
) -> None:
    file = factories.stored(who.bureau_staff)
    with nothing_happens(code=code):
        submit(who.bureau_staff, getattr(work, duty), value=value, complete=True, evidence=[file])


@pytest.mark.parametrize(
    ("op", "value", "reached"),
    [
        (">=", 10, True), (">=", 9, False), (">", 10, False), (">", 11, True),
        ("<=", 10, True), ("<=", 11, False), ("<", 10, False), ("<", 9, True),
        ("==", 10, True), ("==", 11, False), ("all", 10, True), ("all", 9, False),
    ],
)  # fmt: skip
def test_when_a_target_of_10_is_reached(
    who: SimpleNamespace, work: SimpleNamespace, op: str, value: int, reached: bool
) -> None:
    type(work.counted.clause).objects.filter(pk=work.counted.clause_id).update(op=op)
    file = factories.stored(who.bureau_staff)
    closing: Callable[[], Report] = lambda: submit(  # noqa: E731
        who.bureau_staff, work.counted, value=Decimal(value), complete=True, evidence=[file]
    )
    if reached:
        assert closing().complete
    else:
        with nothing_happens(code="target_not_reached"):
            closing()


def test_closing_needs_evidence(who: SimpleNamespace, work: SimpleNamespace) -> None:
    with nothing_happens(code="evidence_needed"):
        submit(who.bureau_staff, work.counted, value=Decimal(10), complete=True)


def test_who_cannot_report(who: SimpleNamespace, work: SimpleNamespace) -> None:
    for actor, duty, error in [
        (who.west_head, work.bureau, Unknown),  # does not see it
        (who.town_staff, work.east, Unknown),  # above is out of sight
        (who.clerk, work.bureau, Forbidden),  # sees it, has no unit's role
        (who.leader, work.bureau, Forbidden),
    ]:
        with nothing_happens(error):
            submit(actor, duty)


def test_a_second_report_has_to_wait(who: SimpleNamespace, work: SimpleNamespace) -> None:
    submit(who.bureau_staff, work.bureau)
    with nothing_happens(WrongState, match="还在等待核验"):
        submit(who.bureau_head, work.bureau, value=Decimal(60))


@pytest.mark.parametrize("state", [DutyState.MET, DutyState.CANCELLED])
def test_nothing_is_reported_on_what_is_over(
    who: SimpleNamespace, work: SimpleNamespace, state: str
) -> None:
    Duty.objects.filter(pk=work.bureau.pk).update(state=state)
    with nothing_happens(WrongState):
        submit(who.bureau_staff, work.bureau)


def test_the_same_file_chosen_twice_counts_once(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    file = factories.stored(who.bureau_staff)
    submit(who.bureau_staff, work.bureau, evidence=[file, file])
    assert Use.objects.count() == 1


# --- verifying ---------------------------------------------------------------------------------


def test_accepting_takes_the_number_over(who: SimpleNamespace, work: SimpleNamespace) -> None:
    report = submit(who.bureau_staff, work.bureau)
    with happening() as happened:
        report_accept(actor=who.clerk, report=report.pk, reason="材料齐全")
    report, duty = fresh(report), fresh(work.bureau)
    assert (report.state, report.verifier, report.reason) == (
        ReportState.ACCEPTED, who.clerk.user, "材料齐全",
    )  # fmt: skip
    assert report.verified_at is not None
    assert (duty.state, duty.progress, duty.standing, duty.met_at) == (
        DutyState.OPEN, 50, Standing.ON_TRACK, None,
    )  # fmt: skip
    assert duty.progress_at == report.verified_at
    assert happened.told_to("report.accepted") == {"bureau_staff"}
    assert happened.kinds() == ["duty.changed"]
    row = next(each for each in happened.audit if each.table_name == "plan_report")
    assert (row.verb, row.reason, row.user_id, row.changes["state"]) == (
        "plan.report.accept", "材料齐全", who.clerk.user.pk, ["submitted", "accepted"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("duty", "value", "progress"),
    [("counted", 12, 12), ("bureau", None, 100), ("bureau", 100, 100)],
)
def test_accepting_a_closing_report_meets_the_duty(
    who: SimpleNamespace, work: SimpleNamespace, duty: str, value: int | None, progress: int
) -> None:
    file = factories.stored(who.bureau_staff)
    number = None if value is None else Decimal(value)
    row = getattr(work, duty)
    report = submit(who.bureau_staff, row, value=number, complete=True, evidence=[file])
    report_accept(actor=who.clerk, report=report.pk)
    row = fresh(row)
    assert (row.state, row.standing, row.progress) == (DutyState.MET, Standing.MET, progress)
    assert row.met_at is not None


def test_returning_keeps_the_duty_as_it_was(who: SimpleNamespace, work: SimpleNamespace) -> None:
    report = submit(who.bureau_staff, work.bureau)
    with happening() as happened:
        report_return(actor=who.clerk, report=report.pk, reason=" 请附照片 ")
    report = fresh(report)
    assert (report.state, report.reason, report.verifier) == (
        ReportState.RETURNED, "请附照片", who.clerk.user,
    )  # fmt: skip
    assert fresh(work.bureau).progress is None
    assert happened.told_to("report.returned") == {"bureau_staff"}
    assert "请附照片" in happened.told[0].text
    assert submit(who.bureau_staff, work.bureau).state == ReportState.SUBMITTED


def test_withdrawing_makes_room_for_another(who: SimpleNamespace, work: SimpleNamespace) -> None:
    report = submit(who.bureau_staff, work.bureau)
    with nothing_happens(Forbidden):
        report_withdraw(actor=who.clerk, report=report.pk)
    with nothing_happens(Unknown):
        report_withdraw(actor=who.west_head, report=report.pk)
    report_withdraw(actor=who.bureau_head, report=report.pk)
    assert fresh(report).state == ReportState.WITHDRAWN
    with nothing_happens(WrongState, match="已撤回"):
        report_accept(actor=who.clerk, report=report.pk)
    submit(who.bureau_staff, work.bureau)


@pytest.mark.parametrize("decide", [report_accept, report_return])
def test_who_cannot_verify(
    who: SimpleNamespace, work: SimpleNamespace, decide: Callable[..., Report]
) -> None:
    top = submit(who.east_staff, work.east)
    handed = submit(who.town_staff, work.town)
    for actor, report, error in [
        (who.east_head, top, Forbidden),  # its own unit: the office verifies
        (who.leader, top, Forbidden),
        (who.west_head, top, Unknown),
        (who.town_head, top, Unknown),
        (who.clerk, handed, Forbidden),  # who handed it down verifies
        (who.town_head, handed, Forbidden),
        (who.west_head, handed, Unknown),
    ]:
        with nothing_happens(error):
            decide(actor=actor, report=report.pk, reason="看过")
    decide(actor=who.east_staff, report=handed.pk, reason="看过")


def test_the_office_of_the_county_does_not_verify_for_the_city(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    """What the city gave, the county's own office cannot call done."""
    own = actor_of(user(city, "county", Role.SCO_STAFF, organisation=city.east_government))
    report = submit(who.east_staff, work.east)
    with nothing_happens(Forbidden, match="安委办核验"):
        report_accept(actor=own, report=report.pk)


def test_nobody_verifies_his_own(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    """Neither he who wrote it nor his deputy, nor he while he deputises somebody else."""
    both = actor_of(user(city, "both", Role.SCO_STAFF, organisation=city.office))
    grant(both.person, Role.UNIT_STAFF, city.bureau)
    both = actor_of(both.person)
    report = submit(both, work.bureau)
    for actor in (both, deputising(who.bureau_head, both), deputising(both, who.clerk)):
        with nothing_happens(code="second_person"):
            report_accept(actor=actor, report=report.pk)
        with nothing_happens(code="second_person"):
            report_return(actor=actor, report=report.pk, reason="理由")


def test_the_deputy_is_named_beside_his_principal(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    report = submit(who.bureau_staff, work.bureau)
    with happening() as happened:
        report_accept(actor=deputising(who.leader, who.clerk), report=report.pk)
    row = next(each for each in happened.audit if each.table_name == "plan_report")
    assert (row.user_id, row.principal_id, row.authority) == (
        who.leader.user.pk, who.clerk.user.pk, "会议纪要〔3〕号",
    )  # fmt: skip


@pytest.mark.parametrize("reason", ["", " 　"])
def test_returning_needs_a_reason(who: SimpleNamespace, work: SimpleNamespace, reason: str) -> None:
    report = submit(who.bureau_staff, work.bureau)
    with nothing_happens(code="reason_needed"):
        report_return(actor=who.clerk, report=report.pk, reason=reason)


def test_two_roles_at_two_places_are_not_one_right(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    """A clerk of the east who heads a unit in the west hands nothing down in the east."""
    grant(who.east_staff.person, Role.UNIT_HEAD, city.west_government)
    mixed = actor_of(who.east_staff.person)
    with nothing_happens(Forbidden):
        hand_down(
            actor=mixed, duty=work.east.pk, organisations=[city.east_town_government.pk],
            due_on=factories.day(10),
        )  # fmt: skip


# --- at the same moment ------------------------------------------------------------------------


@pytest.mark.usefixtures("committed_db")
def test_two_verifiers_at_once(who: SimpleNamespace, work: SimpleNamespace) -> None:
    report = submit(who.bureau_staff, work.bureau)
    results = at_once(
        lambda: report_accept(actor=who.clerk, report=report.pk),
        lambda: report_return(actor=who.clerk2, report=report.pk, reason="缺照片"),
    )
    won = [each for each in results if isinstance(each, Report)]
    lost = [each for each in results if isinstance(each, WrongState)]
    assert (len(won), len(lost)) == (1, 1), results
    assert "可能已有其他人先办理" in lost[0].message
    assert fresh(report).state == won[0].state
    assert (fresh(work.bureau).progress is None) == (won[0].state == ReportState.RETURNED)


@pytest.mark.usefixtures("committed_db")
def test_a_double_click_reports_once(who: SimpleNamespace, work: SimpleNamespace) -> None:
    results = at_once(*[lambda: submit(who.bureau_staff, work.bureau)] * 3)
    assert [type(each) for each in results].count(Report) == 1, results
    assert [type(each) for each in results].count(WrongState) == 2
    assert Report.objects.count() == 1


@pytest.mark.usefixtures("committed_db")
def test_withdrawn_while_being_verified(who: SimpleNamespace, work: SimpleNamespace) -> None:
    report = submit(who.bureau_staff, work.bureau)
    results = at_once(
        lambda: report_withdraw(actor=who.bureau_staff, report=report.pk),
        lambda: report_accept(actor=who.clerk, report=report.pk),
    )
    assert sum(isinstance(each, WrongState) for each in results) == 1, results
    accepted = fresh(report).state == ReportState.ACCEPTED
    assert (fresh(work.bureau).progress is not None) == accepted


def test_refused_is_the_base_of_all(who: SimpleNamespace, work: SimpleNamespace) -> None:
    """A report that does not exist is unknown, not an error of the program."""
    for pk in (0, -1, 2**63, 2**70):
        with nothing_happens(Refused, code="not_found"):
            report_accept(actor=who.clerk, report=pk)
