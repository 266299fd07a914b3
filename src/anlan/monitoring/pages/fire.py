"""The board of fire protection, by building and transmission device."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.monitoring import policies
from anlan.monitoring.now import fire
from anlan.monitoring.now.fire import State
from anlan.monitoring.visibility import reaches

PER_PAGE = 20  # buildings
COUNTED = (State.FAULT, State.POWER, State.SHIELDED, State.SUPERVISED, State.OFFLINE, State.NEVER)


@page(policies.VIEW)
def board(request: Request) -> HttpResponse:
    """Open alarms of fire, numbers, buildings; the part that changes alone for htmx. How a device
    is reached is told to whoever keeps it."""
    found = fire.board(request.actor)
    shown = Paginator(found.buildings, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "board": found,
        "shown": shown,
        "counts": [(each, found.now(each)) for each in COUNTED],
        "unknown": found.now(State.UNKNOWN),
        "kept": {
            each.site.pk for each in shown if reaches(request.actor, each.site, policies.KEEP)
        },
        "now": timezone.now(),
    }
    partial = request.htmx and not request.htmx.boosted
    template = "monitoring/_fire.html" if partial else "monitoring/fire.html"
    return render(request, template, context)
