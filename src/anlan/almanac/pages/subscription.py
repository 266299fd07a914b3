"""One's own subscription: its address is shown once, when it is made."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from anlan.almanac import policies
from anlan.almanac.models import Subscription
from anlan.almanac.services import subscription as services
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request


@page(policies.VIEW)
def subscription(request: Request) -> HttpResponse:
    """Whether there is an address, since when, and when it was last read."""
    return _show(request)


@page(policies.VIEW, methods=("POST",))
def renew(request: Request) -> HttpResponse:
    """Make a new address, and show it on this answer alone."""
    path = services.renew(actor=request.actor)
    answer = _show(request, address=request.build_absolute_uri(path))
    answer["Cache-Control"] = "no-store"
    return answer


@page(policies.VIEW, methods=("POST",))
def end(request: Request) -> HttpResponse:
    """Let the address be dead."""
    services.end(actor=request.actor)
    messages.success(request, "日历订阅地址已停用。")
    return redirect("almanac:subscription")


def _show(request: Request, *, address: str = "") -> HttpResponse:
    own = Subscription.objects.visible_to(request.actor).first()
    context = {"subscription": own, "address": address}
    return render(request, "almanac/subscription.html", context)
