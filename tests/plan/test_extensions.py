"""Applying for more time and deciding on it: the date moves once, later, by a second person."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Unknown, WrongState
from anlan.plan.choices import DutyState, ExtensionState, Standing
from anlan.plan.models import Duty, Extension
from anlan.plan.services.extensions import extension_apply, extension_decide
from tests import factories
from tests.factories import at_once, deputising, happening, nothing_happens
from tests.kernel.access.conftest import actor as actor_of
from tests.kernel.access.conftest import grant


def ask(actor: Actor, duty: Duty, until: int = 90, text: str = "设备未到。") -> Extension:
    return extension_apply(actor=actor, duty=duty.pk, until=factories.day(until), text=text)


def decide(actor: Actor, extension: Extension, verdict: str = "grant", **more: Any) -> Extension:
    return extension_decide(
        actor=actor,
        extension=extension.pk,
        grant=verdict == "grant",
        **{"reason": "情况属实"} | more,
    )


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def test_an_application_moves_nothing(who: SimpleNamespace, work: SimpleNamespace) -> None:
    with happening() as happened:
        made = ask(who.bureau_staff, work.bureau)
    assert (made.state, made.was_due, made.until, made.applicant) == (
        ExtensionState.APPLIED, factories.day(60), factories.day(90), who.bureau_staff.user,
    )  # fmt: skip
    assert fresh(work.bureau).due_on == factories.day(60)
    assert happened.told_to("extension.applied") == {"clerk", "clerk2", "chief"}
    assert happened.kinds() == ["extension.applied"]
    assert happened.verbs("plan_extension") == ["plan.extension.apply"]


def test_granting_moves_the_date(who: SimpleNamespace, work: SimpleNamespace) -> None:
    Duty.objects.filter(pk=work.bureau.pk).update(
        due_on=factories.day(-1), standing=Standing.OVERDUE
    )
    made = ask(who.bureau_staff, work.bureau)
    with happening() as happened:
        decide(who.chief, made)
    made, duty = fresh(made), fresh(work.bureau)
    assert (made.state, made.decider, made.reason) == ("granted", who.chief.user, "情况属实")
    assert made.decided_at is not None
    assert (duty.due_on, duty.standing) == (factories.day(90), Standing.NOT_MEASURED)
    assert happened.told_to("extension.granted") == {"bureau_staff"}
    assert happened.kinds() == ["duty.changed"]
    row = next(each for each in happened.audit if each.table_name == "plan_duty")
    assert (row.verb, row.reason, row.user_id, row.changes["due_on"][1]) == (
        "plan.extension.grant", "情况属实", who.chief.user.pk, str(factories.day(90)),
    )  # fmt: skip


def test_refusing_keeps_the_date(who: SimpleNamespace, work: SimpleNamespace) -> None:
    made = ask(who.bureau_staff, work.bureau)
    with nothing_happens(code="reason_needed"):
        decide(who.chief, made, "refuse", reason=" ")
    with happening() as happened:
        decide(who.chief, made, "refuse")
    assert fresh(made).state == ExtensionState.REFUSED
    assert fresh(work.bureau).due_on == factories.day(60)
    assert happened.told_to("extension.refused") == {"bureau_staff"}
    assert ask(who.bureau_staff, work.bureau).state == ExtensionState.APPLIED


@pytest.mark.parametrize(
    ("_case", "until", "text", "code"),
    [
        ("the same day", 60, "理由", "not_later"),
        ("earlier", 59, "理由", "not_later"),
        ("without a reason", 90, " \n", "text_needed"),
        ("a reason no column holds", 90, "\0", "invalid"),
    ],
)
def test_what_cannot_be_asked(
    who: SimpleNamespace, work: SimpleNamespace, _case: str, until: int, text: str, code: str
) -> None:
    with nothing_happens(code=code):
        ask(who.bureau_staff, work.bureau, until, text)


def test_no_later_than_the_duty_it_came_from(who: SimpleNamespace, work: SimpleNamespace) -> None:
    with nothing_happens(code="after_parent"):
        ask(who.town_staff, work.town, 61)
    assert ask(who.town_staff, work.town, 60).until == work.east.due_on


def test_the_end_of_the_calendar(who: SimpleNamespace, work: SimpleNamespace) -> None:
    for until in (date.min, date.max):
        with nothing_happens(code="date_impossible"):
            extension_apply(actor=who.bureau_staff, duty=work.bureau.pk, until=until, text="理由")
    extension = extension_apply(
        actor=who.bureau_staff, duty=work.bureau.pk, until=date(2100, 12, 31), text="理由"
    )
    assert decide(who.chief, extension).state == ExtensionState.GRANTED


def test_who_cannot_ask(who: SimpleNamespace, work: SimpleNamespace) -> None:
    for actor, error in [
        (who.chief, Forbidden),
        (who.leader, Forbidden),
        (who.west_head, Unknown),
        (who.town_head, Unknown),
    ]:
        with nothing_happens(error):
            ask(actor, work.east)


def test_one_application_at_a_time(who: SimpleNamespace, work: SimpleNamespace) -> None:
    ask(who.bureau_staff, work.bureau)
    with nothing_happens(WrongState):
        ask(who.bureau_head, work.bureau)


@pytest.mark.parametrize("state", [DutyState.MET, DutyState.CANCELLED])
def test_what_is_over_is_not_put_off(
    who: SimpleNamespace, work: SimpleNamespace, state: str
) -> None:
    made = ask(who.bureau_staff, work.bureau)
    other = work.counted
    Duty.objects.filter(pk__in=[work.bureau.pk, other.pk]).update(state=state)
    with nothing_happens(WrongState):
        ask(who.bureau_staff, other)
    with nothing_happens(WrongState):
        decide(who.chief, made)
    decide(who.chief, made, "refuse")


def test_a_grant_never_shortens(who: SimpleNamespace, work: SimpleNamespace) -> None:
    """A revision of the notice gave a later date while the application waited."""
    made = ask(who.bureau_staff, work.bureau)
    Duty.objects.filter(pk=work.bureau.pk).update(due_on=factories.day(120))
    with nothing_happens(code="not_later"):
        decide(who.chief, made)


@pytest.mark.parametrize("verdict", ["grant", "refuse"])
def test_who_cannot_decide(who: SimpleNamespace, work: SimpleNamespace, verdict: str) -> None:
    top, handed = ask(who.east_staff, work.east), ask(who.town_staff, work.town, 55)
    for actor, extension, error in [
        (who.clerk, top, Forbidden),  # the chief decides
        (who.leader, top, Forbidden),
        (who.east_head, top, Forbidden),
        (who.west_head, top, Unknown),
        (who.chief, handed, Forbidden),  # who handed it down decides
        (who.town_head, handed, Forbidden),
        (who.east_staff, handed, Forbidden),  # its head
    ]:
        with nothing_happens(error):
            decide(actor, extension, verdict)
    decide(who.east_head, handed, verdict)


def test_nobody_decides_on_his_own(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    grant(who.chief.person, Role.UNIT_STAFF, city.bureau)
    chief = actor_of(who.chief.person)
    made = ask(chief, work.bureau)
    for actor in (chief, deputising(who.clerk, chief)):
        with nothing_happens(code="second_person"):
            decide(actor, made)


@pytest.mark.usefixtures("committed_db")
def test_decided_once(who: SimpleNamespace, work: SimpleNamespace) -> None:
    made = ask(who.bureau_staff, work.bureau)
    results = at_once(
        lambda: decide(who.chief, made), lambda: decide(who.chief, made, "refuse", reason="不必")
    )
    assert sum(isinstance(each, WrongState) for each in results) == 1, results
    granted = fresh(made).state == ExtensionState.GRANTED
    assert (fresh(work.bureau).due_on == factories.day(90)) == granted


@pytest.mark.usefixtures("committed_db")
def test_asked_twice_at_once(who: SimpleNamespace, work: SimpleNamespace) -> None:
    results = at_once(*[lambda: ask(who.bureau_staff, work.bureau)] * 2)
    assert sum(isinstance(each, WrongState) for each in results) == 1, results
    assert Extension.objects.count() == 1
