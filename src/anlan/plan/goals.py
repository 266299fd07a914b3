"""What a duty must reach, taken from its own row: the arithmetic itself is in ``quotas``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from anlan.plan.quotas import Quota, Span

if TYPE_CHECKING:
    from anlan.plan.models import Duty

WHOLE = Decimal(100)  # percent


def quota_of(duty: Duty) -> Quota | None:
    """The duty's number; None where people judge when it is done."""
    if duty.target is None or duty.clause is None:
        return None
    clause = duty.clause
    return Quota(duty.target, clause.op, clause.unit, repeats=bool(clause.period))


def span_of(duty: Duty) -> Span:
    """The stretch of time over which the duty is measured."""
    return Span(duty.period_start, duty.due_on)


def is_counted(duty: Duty) -> bool:
    """Whether a ledger gives the duty's progress: its clause names a measure, and it has a number.

    Every other duty's progress is declared by people (申报).
    """
    return quota_of(duty) is not None and duty.clause is not None and bool(duty.clause.measure)


def reaches(duty: Duty, value: Decimal | None) -> bool:
    """Whether ``value`` satisfies the duty; one without a number is done at 100 percent, or
    when its verifier agrees (``value`` None)."""
    quota = quota_of(duty)
    return quota.reached(value) if quota else value is None or value == WHOLE


def goal(duty: Duty) -> str:
    """What the duty must reach, in words: 不少于 10 项."""
    quota = quota_of(duty)
    return quota.words if quota else "全部完成"
