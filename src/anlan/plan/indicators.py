"""The measures that the plan itself offers, counted over its own rows."""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet

from anlan.kernel.indicators.registry import Measure, declare
from anlan.kernel.orgs.models import Organisation
from anlan.plan.choices import DutyState, ReportState
from anlan.plan.models import Duty, Report


def reports_verified(organisation: Organisation, start: date, end: date) -> QuerySet[Report]:
    """Its reports that were verified between the two days."""
    return Report.objects.filter(
        duty__organisation=organisation,
        state=ReportState.ACCEPTED,
        verified_at__date__range=(start, end),
    )


def met_on_time(organisation: Organisation, start: date, end: date) -> QuerySet[Duty]:
    """Its duties that were verified as complete between the two days, by their own date."""
    return Duty.objects.filter(
        organisation=organisation,
        state=DutyState.MET,
        met_at__date__range=(start, end),
        met_at__date__lte=F("due_on"),
    )


def handed_down(organisation: Organisation, start: date, end: date) -> QuerySet[Duty]:
    """The sub-duties that it gave between the two days and that still stand."""
    return Duty.objects.running().filter(
        parent__organisation=organisation, created_at__date__range=(start, end)
    )


declare(
    Measure(
        key="plan.reports_verified",
        name="已核验的进展上报",
        unit="次",
        how="期内核验通过的进展上报，按上报任务的责任单位计，每次计 1",
        rows=reports_verified,
    )
)
declare(
    Measure(
        key="plan.met_on_time",
        name="按期办结的任务",
        unit="项",
        how="期内核验办结、且办结日不晚于完成期限的任务，按责任单位计，每项计 1",
        rows=met_on_time,
    )
)
declare(
    Measure(
        key="plan.handed_down",
        name="分解下达的任务",
        unit="项",
        how="期内向直接下级下达、没有撤销的任务，按下达单位计，每项计 1",
        rows=handed_down,
    )
)
