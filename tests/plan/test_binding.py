# ruff: noqa: F811 — fixtures are imported by name
"""What publication makes of an indicator that is bound, unbound or observed; and working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from anlan.kernel.errors import Refused
from anlan.plan.drafts import ClauseDraft
from anlan.plan.models import Duty, KeyDuty
from anlan.plan.services import counting
from tests.plan.published import city, counted, draft, duty_of, put_out, today  # noqa: F401

VERIFIED = "plan.reports_verified"


def of_clause(city: SimpleNamespace) -> Duty:
    return duty_of(city.bureau, clause__isnull=False)


def test_what_was_counted_is_not_what_the_unit_reported(city: SimpleNamespace) -> None:
    """A revision takes the indicator off: the unit reports from then on, from nothing."""
    clause = counted(VERIFIED)
    put_out(draft(city, clause, owners=(city.bureau,)))
    counting.recount(counting.counted())
    assert of_clause(city).counted_by is not None
    assert of_clause(city).progress == 0
    put_out(draft(city, replace(clause, measure=""), owners=(city.bureau,)))
    duty = of_clause(city)
    assert (duty.progress, duty.progress_at, duty.counted_by) == (None, None, None)
    assert counting.recount(counting.counted()) == 0


def test_all_that_a_ledger_counts_asks_that_none_is_left(city: SimpleNamespace) -> None:
    everything = ClauseDraft(text="全部完成", kind="quota", op="all", assigned=True)
    put_out(draft(city, everything, owners=(city.bureau,)))
    assert of_clause(city).target is None  # reported in percent
    put_out(draft(city, replace(everything, measure=VERIFIED), owners=(city.bureau,)))
    assert of_clause(city).target == 0
    counting.recount(counting.counted())
    assert (of_clause(city).progress, of_clause(city).state) == (0, "open")  # time is left


def test_observed_indicators_follow_the_item_into_the_next_year(city: SimpleNamespace) -> None:
    first = draft(city)
    item = replace(first.key_duties[0], observed=(VERIFIED,))
    put_out(replace(first, key_duties=(item,)))
    put_out(draft(city))  # an imported notice names none: those of the facts stay
    assert KeyDuty.objects.get().observed == [VERIFIED]
    put_out(replace(draft(city), year=2026))
    assert KeyDuty.objects.get(plan__year=2026).observed == [VERIFIED]
    other = replace(draft(city, title="完全不同的一项任务"), year=2027)
    put_out(other)
    assert KeyDuty.objects.get(plan__year=2027).observed == []


@pytest.mark.parametrize(
    ("working", "last"), [(False, date(2025, 8, 31)), (True, date(2025, 8, 29))]
)
def test_a_stretch_ends_on_a_working_day_where_the_clause_says_so(
    city: SimpleNamespace, working: bool, last: date
) -> None:
    """31 August 2025 is a Sunday."""
    monthly = ClauseDraft(
        text="每月一次", kind="frequency", value=Decimal(1), unit="次", op=">=", period="month",
        working_day=working, assigned=True,
    )  # fmt: skip
    put_out(draft(city, monthly, owners=(city.bureau,)))
    assert duty_of(city.bureau, period_start=date(2025, 8, 1)).due_on == last
    assert duty_of(city.bureau, period_start=date(2025, 9, 1)).due_on == date(2025, 9, 30)


def test_a_working_day_of_a_year_without_a_calendar_is_refused(city: SimpleNamespace) -> None:
    far = ClauseDraft(
        text="长期工程",
        kind="deadline",
        deadline=date(2090, 6, 30),
        working_day=True,
        assigned=True,
    )
    with pytest.raises(Refused, match="2090 年的节假日安排还没有公布") as refused:
        put_out(draft(city, far, owners=(city.bureau,)))
    assert refused.value.code == "no_calendar"
