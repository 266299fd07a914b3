"""One's notifications, and the bell in the header."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from anlan.kernel.access.answers import local
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.notify import selectors, services

PER_PAGE = 30


@page(anyone)
def notifications(request: Request) -> HttpResponse:
    """The list, newest first; ``?unread=1`` those not read."""
    actor = request.actor
    rows = selectors.notifications(actor)
    unread = request.GET.get("unread") == "1"
    shown = rows.filter(read_at__isnull=True) if unread else rows
    page_ = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "消息",
        "page": page_,
        "unread": unread,
        "unread_count": selectors.unread_count(actor),
    }
    return render(request, "notify/list.html", context)


@page(anyone)
def bell(request: Request) -> HttpResponse:
    """The bell with its count, read again when something new has come."""
    unread = selectors.unread_count(request.actor)
    return render(request, "ui/parts/bell.html", {"unread": unread})


@page(anyone, methods=("POST",))
@require_POST
def read_all(request: Request) -> HttpResponse:
    """Mark all as read."""
    services.read_all(actor=request.actor)
    return redirect("notify:list")


@page(anyone, methods=("POST",))
@require_POST
def open_one(request: Request, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notification = services.read(actor=request.actor, pk=pk)
    return redirect(local(request, notification.link) if notification.link else "notify:list")
