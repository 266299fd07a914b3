"""Which counted numbers will be missed at the pace so far: asked of the database in one question,
however many duties there are. The rule is that of ``quotas.forecast``; a test compares both.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import (
    Count,
    DateField,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import NullIf

from anlan.kernel.access.actor import Actor
from anlan.kernel.indicators.values import under
from anlan.plan.choices import DutyState
from anlan.plan.goals import is_counted, quota_of, span_of
from anlan.plan.models import Duty, Plan
from anlan.plan.quotas import FORECAST_FROM, Forecast, forecast
from anlan.plan.selectors import duties

NUMBER = DecimalField(max_digits=20, decimal_places=3)
AT_LEAST = Q(clause__op__in=["", ">="]) | Q(clause__op="all", target__gt=0)
MORE = Q(clause__op=">")


def forecast_of(duty: Duty, today: date) -> Forecast | None:
    """What the count of the duty will be; None where nothing can be said, and for what units
    report: a report tells when it was written, not how far the work is."""
    quota = quota_of(duty)
    if quota is None or not is_counted(duty) or duty.state != DutyState.OPEN:
        return None
    return forecast(quota, duty.progress, span_of(duty), today)


def missed(rows: QuerySet[Duty], today: date) -> QuerySet[Duty]:
    """Those of ``rows`` whose counted number will not be reached at this pace, with ``expected``
    and its share of the target (``pace``). Sub-duties aside: they are part of theirs."""
    running = rows.filter(
        state=DutyState.OPEN,
        counted_by__isnull=False,
        progress__isnull=False,
        target__isnull=False,
        parent=None,
        period_start__lte=today,
        due_on__gte=today,
    )
    days = running.alias(
        days=_days(F("period_start"), F("due_on")),
        gone=_days(F("period_start"), Value(today, DateField())),
    ).filter(days__lte=F("gone") * FORECAST_FROM)
    whole = ExpressionWrapper(F("progress") * F("days") / F("gone"), NUMBER)
    counted = days.annotate(expected=Func(whole, function="FLOOR", output_field=NUMBER))
    falls_short = (AT_LEAST & _less("expected")) | (MORE & _less("expected", or_equal=True))
    not_reached = (AT_LEAST & _less("progress")) | (MORE & _less("progress", or_equal=True))
    share = ExpressionWrapper(F("expected") / NullIf(F("target"), Value(0)), NUMBER)
    return counted.filter(not_reached, falls_short).annotate(pace=share)


def by_county(actor: Actor, plan: Plan, today: date) -> Counter[str]:
    """How many will be missed, of what the actor sees of the plan, by the paths of areas; an area
    holds those below it."""
    rows = missed(duties(actor).filter(key_duty__plan=plan, key_duty__retired_at=None), today)
    cells = rows.order_by().values_list("area__path").annotate(count=Count("pk"))
    found: Counter[str] = Counter()
    for path, count in cells:
        for each in under(path):
            found[each] += count
    return found


def _days(first: F, last: F | Value) -> Func:
    """Both days included; PostgreSQL gives the difference of dates in days."""
    return Func(
        last, first, template="(%(expressions)s + 1)", arg_joiner=" - ",
        output_field=IntegerField(),
    )  # fmt: skip


def _less(name: str, *, or_equal: bool = False) -> Q:
    return Q(**{f"{name}__{'lte' if or_equal else 'lt'}": F("target")})
