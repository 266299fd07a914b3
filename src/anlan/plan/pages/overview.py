"""The matrix and the key duties: where the whole city stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.ui.paging import PER_PAGE, Pages
from anlan.plan import policies, selectors
from anlan.plan.matrix import matrix as build
from anlan.plan.models import KeyDuty
from anlan.plan.observing import observed
from anlan.plan.standing import ORDER


@page(policies.MATRIX)
def matrix(request: Request) -> HttpResponse:
    """Key duties × areas. The table alone for htmx: live pages read it again when duties change."""
    year = request.GET.get("year", "")
    plan = selectors.plan_of(int(year) if year.isdecimal() and len(year) == 4 else None)
    context = {
        "plan": plan,
        "matrix": plan and build(request.actor, plan),
        "standings": ORDER,
        "plans": selectors.plans(),
        "may_import": request.actor.has_role(*policies.OFFICE),
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, "plan/_matrix.html" if partial else "plan/matrix.html", context)


@page(policies.VIEW)
def key_duty(request: Request, pk: int) -> HttpResponse:
    """A key duty: its words, its clauses with their arithmetic, who answers, where each stands."""
    actor = request.actor
    found = selectors.key_duty(actor, pk)
    duties = selectors.duties(actor).filter(key_duty=found, parent=None)
    counts = selectors.tallied(actor, key_duty=pk, level="top")
    if counts is None:
        counts = selectors.by_standing(duties)
    ordered = duties.order_by(
        "urgency", "due_on", "clause__number", "area__sort", "organisation__sort", "pk"
    )
    total = sum(counts.values())
    by_unit = request.GET.get("by") == "unit"
    context = {
        "key_duty": found,
        "observed": observed(actor, found, timezone.localdate(), by_unit=by_unit),
        "by_unit": by_unit,
        "clauses": found.clauses.filter(retired_at=None),
        "duties": Pages(ordered, PER_PAGE, total).get_page(request.GET.get("page")),
        "total": total,
        "counts": counts,
        "standings": ORDER,
        **_owners(found),
    }
    return render(request, "plan/key_duty.html", context)


def _owners(key_duty: KeyDuty) -> dict[str, Any]:
    """Who answers, as a notice lists them: the units of one part and role in one line."""
    assignments = list(key_duty.assignments.select_related("organisation"))
    owners: dict[tuple[str, str], list[str]] = {}
    for each in assignments:
        if not each.inherited:
            named = owners.setdefault((each.part, each.get_role_display()), [])
            named.append(str(each.organisation))
    return {
        "owners": [(part, role, "、".join(units)) for (part, role), units in owners.items()],
        "inherited": any(each.inherited for each in assignments),
    }
