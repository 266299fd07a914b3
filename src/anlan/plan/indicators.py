"""The measures that the plan itself offers, counted over its own rows."""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet
from django.urls import reverse

from anlan.kernel.indicators.registry import Measure, declare
from anlan.plan.choices import DutyState, ReportState
from anlan.plan.models import Duty, Report


def reports_verified(start: date, end: date) -> QuerySet[Report]:
    """The reports that were verified between the two days."""
    return Report.objects.filter(
        state=ReportState.ACCEPTED,
        verified_at__date__range=(start, end),
    )


def met_on_time(start: date, end: date) -> QuerySet[Duty]:
    """The duties that were verified as complete between the two days, by their own date."""
    return Duty.objects.filter(
        state=DutyState.MET,
        met_at__date__range=(start, end),
        met_at__date__lte=F("due_on"),
    )


def handed_down(start: date, end: date) -> QuerySet[Duty]:
    """The sub-duties that were given between the two days and that still stand."""
    return Duty.objects.running().filter(parent__isnull=False, created_at__date__range=(start, end))


def _of_report(report: Report) -> str:
    return reverse("plan:duty", args=[report.duty_id])


def _of_duty(duty: Duty) -> str:
    return reverse("plan:duty", args=[duty.pk])


declare(
    Measure(
        key="plan.reports_verified",
        name="已核验的进展上报",
        unit="次",
        how="期内核验通过的进展上报，按上报任务的责任单位计，每次计 1",
        rows=reports_verified,
        organisation="duty__organisation",
        area="duty__area",
        url=_of_report,
    )
)
declare(
    Measure(
        key="plan.met_on_time",
        name="按期办结的任务",
        unit="项",
        how="期内核验办结、且办结日不晚于完成期限的任务，按责任单位计，每项计 1",
        rows=met_on_time,
        url=_of_duty,
    )
)
declare(
    Measure(
        key="plan.handed_down",
        name="分解下达的任务",
        unit="项",
        how="期内向直接下级下达、没有撤销的任务，按下达单位计，每项计 1",
        rows=handed_down,
        organisation="parent__organisation",
        area="parent__area",
        url=_of_duty,
    )
)
