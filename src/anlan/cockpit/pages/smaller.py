"""One township or one unit: its own duties, and those of the units beneath it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.cockpit import charts, policies, selectors
from anlan.cockpit.ranking import reason
from anlan.cockpit.smaller import Smaller, by_unit, counted, organisation, sees
from anlan.cockpit.smaller import unit as of_unit
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Unknown
from anlan.plan.models import Plan
from anlan.plan.selectors import plan_of
from anlan.plan.standing import ORDER


@page(policies.VIEW)
def unit(request: Request, pk: int) -> HttpResponse:
    """The page of a unit."""
    found, plan = organisation(pk), plan_of()
    if plan is None:
        return redirect("cockpit:cockpit")
    shown = of_unit(request.actor, plan, found)
    if not sees(request.actor, shown.rows, found.area, found):
        raise Unknown("没有这个单位，或它不在您的管辖范围内。")
    return show(request, plan, shown)


def show(request: Request, plan: Plan, shown: Smaller) -> HttpResponse:
    """The whole page, or its figures alone for htmx."""
    side, lines = counted(shown)
    context = {
        "plan": plan,
        "name": shown.name,
        "around": shown.around,
        "side": side,
        "reason": reason(side),
        "standings": ORDER,
        "bar": charts.bar(side.counts, ORDER),
        "lines_of": lines,
        "delayed": selectors.longest_overdue(shown.rows),
        "units": [(each, of, charts.bar(of.counts, ORDER)) for each, of in by_unit(shown)],
        "at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, "cockpit/_smaller.html" if partial else "cockpit/smaller.html", context)
