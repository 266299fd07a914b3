"""Supervision orders: proposed by a rule, signed by a person, answered, closed; their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from anlan.kernel.access.actor import system
from anlan.kernel.errors import Forbidden, Unknown, WrongState
from anlan.kernel.write import Write
from anlan.plan.choices import OrderState
from anlan.plan.models import Duty, SupervisionOrder
from anlan.plan.services import orders
from tests import factories
from tests.factories import at_once, happening, nothing_happens


def proposed(duty: Duty) -> SupervisionOrder:
    """As the rule leaves it."""
    with Write(system(), "plan.order.propose") as write:
        return write.add(SupervisionOrder(duty=duty, grounds=f"{duty}逾期 3 天未办结。"))


def issued(who: SimpleNamespace, duty: Duty) -> SupervisionOrder:
    return orders.order_issue(
        actor=who.chief, order=proposed(duty).pk, until=factories.day(7), reason="限期整改"
    )


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def test_signing_gives_a_number_and_tells_the_unit(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    order = proposed(work.bureau)
    with happening() as happened:
        orders.order_issue(
            actor=who.chief, order=order.pk, until=factories.day(7), reason="限期整改"
        )
    order = fresh(order)
    assert (order.state, order.signatory, order.until, order.reason) == (
        OrderState.ISSUED, who.chief.user, factories.day(7), "限期整改",
    )  # fmt: skip
    assert re.fullmatch(r"\S+〔\d{4}〕1号", order.number)
    assert order.issued_at is not None
    assert happened.told_to("order.issued") == {"bureau_staff", "bureau_head"}
    assert happened.kinds() == ["order.changed"]
    rows = [each for each in happened.audit if each.table_name == "plan_supervisionorder"]
    assert {(row.verb, row.reason, row.user_id) for row in rows} == {
        ("plan.order.issue", "限期整改", who.chief.user.pk)
    }


def test_the_whole_way(who: SimpleNamespace, work: SimpleNamespace) -> None:
    order = issued(who, work.bureau)
    with happening() as happened:
        orders.order_answer(actor=who.bureau_staff, order=order.pk, text="已经办结。")
    assert (fresh(order).state, fresh(order).answer) == (OrderState.ANSWERED, "已经办结。")
    assert happened.told_to("order.answered") == {"clerk", "clerk2", "chief"}
    with happening() as happened:
        orders.order_reject(actor=who.clerk, order=order.pk, reason="没有附件")
    assert (fresh(order).state, fresh(order).reason) == (OrderState.ISSUED, "没有附件")
    assert happened.told_to("order.rejected") == {"bureau_staff", "bureau_head"}
    orders.order_answer(actor=who.bureau_head, order=order.pk, text="已补。")
    with happening() as happened:
        orders.order_close(actor=who.clerk, order=order.pk)
    assert fresh(order).state == OrderState.CLOSED
    assert happened.told_to("order.closed") == {"bureau_staff", "bureau_head"}
    assert issued(who, work.bureau).number.endswith("〕2号")


@pytest.mark.usefixtures("committed_db")
def test_each_step_tells_within_its_own_transaction(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    """Outside a test's transaction, where telling after the commit would be an error."""
    order = issued(who, work.bureau)
    orders.order_answer(actor=who.bureau_staff, order=order.pk, text="已经办结。")
    orders.order_reject(actor=who.clerk, order=order.pk, reason="没有附件")
    orders.order_answer(actor=who.bureau_staff, order=order.pk, text="已补。")
    orders.order_close(actor=who.clerk, order=order.pk)
    orders.order_dismiss(actor=who.chief, order=proposed(work.west).pk, reason="已经整改")
    assert fresh(order).state == OrderState.CLOSED


def test_dismissing_keeps_the_reason_and_uses_no_number(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    order = proposed(work.bureau)
    with nothing_happens(code="reason_needed"):
        orders.order_dismiss(actor=who.chief, order=order.pk, reason=" ")
    with happening() as happened:
        orders.order_dismiss(actor=who.chief, order=order.pk, reason="已经整改")
    assert (fresh(order).state, fresh(order).reason) == (OrderState.DISMISSED, "已经整改")
    assert happened.told == []
    assert issued(who, work.west).number.endswith("〕1号")


def test_a_date_that_has_passed_is_no_date_to_answer_by(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    order = proposed(work.bureau)
    with nothing_happens(code="date_past"):
        orders.order_issue(actor=who.chief, order=order.pk, until=factories.day(-1))
    assert orders.order_issue(actor=who.chief, order=order.pk, until=factories.day(0)).number


@pytest.mark.parametrize("text", ["", " 　\n"])
def test_an_answer_needs_words(who: SimpleNamespace, work: SimpleNamespace, text: str) -> None:
    order = issued(who, work.bureau)
    with nothing_happens(code="text_needed"):
        orders.order_answer(actor=who.bureau_staff, order=order.pk, text=text)


ACTS: dict[str, Callable[..., Any]] = {
    "issue": lambda actor, pk: orders.order_issue(actor=actor, order=pk, until=factories.day(7)),
    "dismiss": lambda actor, pk: orders.order_dismiss(actor=actor, order=pk, reason="理由"),
    "answer": lambda actor, pk: orders.order_answer(actor=actor, order=pk, text="办结"),
    "reject": lambda actor, pk: orders.order_reject(actor=actor, order=pk, reason="理由"),
    "close": lambda actor, pk: orders.order_close(actor=actor, order=pk),
}
# state → what can be done in it; every other act is refused
POSSIBLE = {
    OrderState.PROPOSED: {"issue", "dismiss"},
    OrderState.ISSUED: {"answer"},
    OrderState.ANSWERED: {"reject", "close"},
    OrderState.DISMISSED: set[str](),
    OrderState.CLOSED: set[str](),
}
WAY = {
    OrderState.PROPOSED: [],
    OrderState.ISSUED: ["issue"],
    OrderState.ANSWERED: ["issue", "answer"],
    OrderState.DISMISSED: ["dismiss"],
    OrderState.CLOSED: ["issue", "answer", "close"],
}
DOER = {"issue": "chief", "dismiss": "chief", "answer": "bureau_staff", "reject": "clerk",
        "close": "clerk"}  # fmt: skip


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_in_each_state(
    who: SimpleNamespace, work: SimpleNamespace, act: str, state: OrderState
) -> None:
    order = proposed(work.bureau)
    for step in WAY[state]:
        ACTS[step](getattr(who, DOER[step]), order.pk)
    actor = getattr(who, DOER[act])
    if act in POSSIBLE[state]:
        ACTS[act](actor, order.pk)
        assert fresh(order).state != state
    else:
        with nothing_happens(WrongState, match="当前状态"):
            ACTS[act](actor, order.pk)


# act → who is forbidden (sees the duty), who does not even see it
FORBIDDEN = {
    "issue": ["clerk", "leader", "bureau_head"],
    "dismiss": ["clerk", "leader", "bureau_head"],
    "answer": ["clerk", "chief", "leader"],
    "reject": ["bureau_head", "leader"],
    "close": ["bureau_head", "leader"],
}


@pytest.mark.parametrize("act", ACTS)
def test_who_cannot(who: SimpleNamespace, work: SimpleNamespace, act: str) -> None:
    order = proposed(work.bureau)
    for step in {"answer": ["issue"], "reject": ["issue", "answer"]}.get(act, []):
        ACTS[step](getattr(who, DOER[step]), order.pk)
    for name in FORBIDDEN[act]:
        with nothing_happens(Forbidden):
            ACTS[act](getattr(who, name), order.pk)
    for name in ("west_head", "town_head", "east_staff"):
        with nothing_happens(Unknown):
            ACTS[act](getattr(who, name), order.pk)


@pytest.mark.usefixtures("committed_db")
def test_numbers_have_neither_gaps_nor_twins(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    """Four signed at the same moment, one of them in vain."""
    waiting = [proposed(each) for each in (work.bureau, work.east, work.west)]
    Duty.objects.filter(pk=work.counted.pk).update(state="met")
    signed = [
        lambda pk=each.pk: orders.order_issue(actor=who.chief, order=pk, until=factories.day(7))
        for each in [*waiting, waiting[0]]
    ]
    results = at_once(*signed)
    assert sum(isinstance(each, WrongState) for each in results) == 1, results
    numbers = SupervisionOrder.objects.exclude(number="").values_list("number", flat=True)
    found = sorted(int(re.search(r"〕(\d+)号", each)[1]) for each in numbers)  # type: ignore[index]
    assert found == [1, 2, 3]


@pytest.mark.usefixtures("committed_db")
def test_the_rule_proposes_once_even_if_it_runs_twice(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace
) -> None:
    for each in Duty.objects.all():
        Duty.objects.filter(pk=each.pk).update(
            due_on=factories.day(-20), period_start=factories.day(-90)
        )
    type(work.plan).objects.update(published_at="2020-01-01T00:00:00+08:00")
    results = at_once(orders.propose_for_overdue, orders.propose_for_overdue)
    assert [type(each) for each in results] == [list, list], results
    orders.propose_for_overdue()
    found = SupervisionOrder.objects.values_list("duty", flat=True)
    assert sorted(found) == sorted(
        each.pk for each in (work.bureau, work.counted, work.east, work.west)
    )
