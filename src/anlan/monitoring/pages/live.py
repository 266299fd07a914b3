"""A site's points as they stand this second, on a page of their own and in its panel."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Unknown
from anlan.monitoring import policies
from anlan.monitoring.now import standing
from anlan.monitoring.panel import SHORT
from anlan.registry.models import Site


@page(policies.VIEW)
def site(request: Request, pk: int) -> HttpResponse:
    """Every point with its newest value; for htmx the table alone, or the panel's (``short``)."""
    rows = Site.objects.visible_to(request.actor).select_related("area", "sector", "regulator")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这个场所，或不在您的管辖范围内。请从场所清单重新进入。")
    now = standing.of_site(found)
    context = {"site": found, "standing": now, "rows": now.rows}
    if request.htmx and not request.htmx.boosted:
        if "short" in request.GET:
            context |= {"rows": now.rows[:SHORT], "short": True}
        return render(request, "monitoring/_live.html", context)
    return render(request, "monitoring/site.html", context)
