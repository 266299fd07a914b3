"""One's notifications, and the bell in the header."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.answers import local
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.notify import selectors, services

PER_PAGE = 30


@page(anyone)
def notifications(request: HttpRequest) -> HttpResponse:
    """The list, newest first; ``?unread=1`` those not read."""
    actor = actor_of(request)
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
def bell(request: HttpRequest) -> HttpResponse:
    """The bell with its count, read again when something new has come."""
    unread = selectors.unread_count(actor_of(request))
    return render(request, "ui/parts/bell.html", {"unread": unread})


@page(anyone, methods=("POST",))
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    services.read_all(actor=actor_of(request))
    return redirect("notify:list")


@page(anyone, methods=("POST",))
@require_POST
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notification = services.read(actor=actor_of(request), pk=pk)
    return redirect(local(request, notification.link) if notification.link else "notify:list")


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
