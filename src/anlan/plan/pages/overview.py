"""The matrix and the key duties: where the whole city stands."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.plan import policies, selectors
from anlan.plan.choices import Standing
from anlan.plan.matrix import matrix as build


@page(policies.MATRIX)
def matrix(request: Request) -> HttpResponse:
    """Key duties × areas. The table alone for htmx: live pages read it again when duties change."""
    year = request.GET.get("year", "")
    plan = selectors.plan_of(int(year) if year.isdecimal() and len(year) == 4 else None)
    context = {
        "plan": plan,
        "matrix": plan and build(request.actor, plan),
        "standings": Standing.values,
        "plans": selectors.plans(),
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, "plan/_matrix.html" if partial else "plan/matrix.html", context)


@page(policies.VIEW)
def key_duty(request: Request, pk: int) -> HttpResponse:
    """A key duty: its words, its clauses with their arithmetic, who answers, where each stands."""
    actor = request.actor
    found = selectors.key_duty(actor, pk)
    duties = selectors.duties(actor).filter(key_duty=found, parent=None)
    context = {
        "key_duty": found,
        "clauses": found.clauses.filter(retired_at=None),
        "duties": duties.order_by("clause__number", "area__sort", "organisation__sort"),
        "assignments": found.assignments.select_related("organisation"),
    }
    return render(request, "plan/key_duty.html", context)
