"""Bytes of which no reading was made: why, what they say, and having them read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.ui.deciding import back, tell
from anlan.monitoring import policies
from anlan.monitoring.choices import Protocol
from anlan.monitoring.devices import letters as selectors
from anlan.monitoring.devices.letters import Letter
from anlan.monitoring.gateways.contracts import NotStored
from anlan.monitoring.models import Device
from anlan.monitoring.services.replaying import AT_ONCE, letters_replay

PER_PAGE = 50


@page(policies.VIEW)
def letters(request: Request) -> HttpResponse:
    """The newest, by ``protocol`` and ``device``."""
    protocol, device = _chosen(request.GET.get("protocol", ""), request.GET.get("device", ""))
    context: dict[str, Any] = {
        "protocols": [("全部", "?", not protocol)]
        + [(name, f"?protocol={key}", key == protocol) for key, name in Protocol.choices],
        "protocol": protocol,
        "device": Device.objects.visible_to(request.actor).filter(pk=device or 0).first(),
        "keeps": policies.KEEP.allows(request.actor),
        "most": selectors.MOST,
        "at_once": AT_ONCE,
    }
    try:
        found = selectors.newest(request.actor, protocol, device)
    except NotStored:
        return render(request, "monitoring/letters.html", context | {"away": True})
    context |= {
        "found": found,
        "shown": Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page")),
        "open": sum(not each.done for each in found.rows),
    }
    return render(request, "monitoring/letters.html", context)


@page(policies.VIEW)
def letter(request: Request, number: int) -> HttpResponse:
    """What it says, who had it read again, and its bytes for whoever keeps the device."""
    context: dict[str, Any] = {"keeps": policies.KEEP.allows(request.actor)}
    try:
        found = selectors.one(request.actor, number)
    except NotStored:
        context["away"] = True
    else:
        context |= {"letter": found, "bytes_shown": selectors.bytes_shown(request.actor, found)}
    return render(request, "monitoring/letter.html", context)


@page(policies.KEEP, methods=("POST",))
def replay(request: Request, number: int) -> HttpResponse:
    """Have one read again."""
    return _replayed(request, lambda: [selectors.one(request.actor, number)])


@page(policies.KEEP, methods=("POST",))
def replay_all(request: Request) -> HttpResponse:
    """Have all of the filter that are not done with read again, the oldest first."""
    given = request.POST.get("protocol", ""), request.POST.get("device", "")
    protocol, device = _chosen(*given)

    def chosen() -> list[Letter]:
        rows = selectors.newest(request.actor, protocol, device).rows
        return [each for each in reversed(rows) if not each.done]

    return _replayed(request, chosen)


def _replayed(request: Request, chosen: Callable[[], list[Letter]]) -> HttpResponse:
    try:
        outcome = letters_replay(actor=request.actor, letters=chosen())
    except NotStored as error:
        messages.error(request, f"没有重放：{error}")
    except Refused as refused:
        tell(request, refused)
    else:
        if outcome.stored:
            said = f"已重放 {outcome.stored} 份，入库 {outcome.readings} 条读数。"
            messages.success(request, said)
        if outcome.left or not outcome.stored:
            why = outcome.left or "没有新的读数可以入库，可能已经重放过"
            messages.warning(request, f"有的没有入库：{why.rstrip('。')}。")
    return redirect(back(request))


def _chosen(protocol: str, device: str) -> tuple[str, int | None]:
    number = int(device[:18]) if device.isdecimal() else None
    return protocol if protocol in Protocol.values else "", number
