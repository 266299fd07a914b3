"""The live board: where alarms are open, by county and sector."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.monitoring import policies
from anlan.monitoring.alarms import selectors
from anlan.monitoring.choices import Level

WORST = 8


@page(policies.VIEW)
def board(request: Request) -> HttpResponse:
    """Open alarms in numbers, and the worst that wait; the numbers alone for htmx."""
    counties, sectors, whole = selectors.board(request.actor)
    context = {
        "tables": [("县（市、区）", counties), ("行业领域", sectors)],
        "whole": whole,
        "counts": [(level.colour, count) for level, count in whole.counts.items()],
        "levels": [level.colour for level in reversed(Level)],
        "worst": selectors.queue(request.actor, "waiting")[:WORST],
    }
    partial = request.htmx and not request.htmx.boosted
    template = "monitoring/_board.html" if partial else "monitoring/board.html"
    return render(request, template, context)
