"""What a duty must reach, taken from its own row: the arithmetic itself is in ``quotas``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from anlan.plan.quotas import ALL, Quota, Span, owed

if TYPE_CHECKING:
    from anlan.kernel.orgs.models import Organisation
    from anlan.plan.drafts import ClauseDraft
    from anlan.plan.models import Clause, Duty

WHOLE = Decimal(100)  # percent


def quota_of(duty: Duty) -> Quota | None:
    """The duty's number; None where people judge when it is done."""
    if duty.target is None or duty.clause is None:
        return None
    return _quota(duty.clause, duty.target)


def number_of(clause: Clause | ClauseDraft) -> Decimal | None:
    """The clause's number; None where people judge when it is done.

    全部 mostly has none in the notice. Where an indicator counts those that are left, it is 0;
    where units report, it is done at 100 percent.
    """
    if clause.op == ALL and clause.value is None and clause.measure:
        return Decimal(0)
    return clause.value


def asked_of(organisation: Organisation, clause: Clause, span: Span) -> Quota | None:
    """What the clause's number asks of an organisation, by how much of ``span`` it existed; None:
    nothing. ValueError for a clause without a number."""
    number = number_of(clause)
    if number is None:
        raise ValueError(f"clause {clause.pk} has no number")
    return owed(_quota(clause, number), span, organisation.valid_from, organisation.valid_to)


def _quota(clause: Clause, value: Decimal) -> Quota:
    most = clause.value_max if value == clause.value else None  # a part of it is no range
    return Quota(value, clause.op, clause.unit, repeats=bool(clause.period), most=most)


def span_of(duty: Duty) -> Span:
    """The stretch of time over which the duty is measured."""
    return Span(duty.period_start, duty.due_on)


def is_counted(duty: Duty) -> bool:
    """Whether a ledger gives the duty's progress: its clause names an indicator and has a number.

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
