"""Numbers asked of organisations that were founded or dissolved within the stretch of time."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from anlan.kernel.access.actor import system
from anlan.kernel.write import Write
from anlan.plan import clocks, flow
from anlan.plan.choices import DutyState
from anlan.plan.goals import asked_of, span_of
from anlan.plan.models import Duty
from anlan.plan.services.standings import restand

GONE = "单位在计量期内存续不足，不再计此项要求"


def partial() -> QuerySet[Duty]:
    """The open duties with a number whose organisation did not exist for all of their time."""
    founded = Q(organisation__valid_from__gt=F("period_start"))
    dissolved = Q(organisation__valid_to__lt=F("due_on"))
    return Duty.objects.filter(
        founded | dissolved,
        state=DutyState.OPEN,
        parent=None,
        clause__isnull=False,
        target__isnull=False,
    )


def adjust() -> int:
    """Ask of each what it owes by the days it exists, as known today; how many changed.

    Who owes nothing has its duty cancelled. See ``quotas.owed`` for the rule.
    """
    pks = list(partial().order_by("pk").values_list("pk", flat=True))
    return sum(_adjust(pk) for pk in pks)


def _adjust(pk: int) -> bool:
    with Write(system(), "plan.duty.adjust", reason="单位在计量期内成立或撤销") as write:
        duty = write.lock(partial(), pk)
        if duty.clause is None:
            return False
        asked = asked_of(duty.organisation, duty.clause, span_of(duty))
        if asked is None:
            flow.DUTY.move(write, duty, "cancel", fields={}, reason=GONE)
            clocks.keep(write, duty)
        elif asked.value != duty.target:
            write.change(duty, target=asked.value)
        else:
            return False
        restand(write, duty)
    return True
