"""What waits for a verifier."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.ui.deciding import back, tell
from anlan.records import policies, selectors
from anlan.records.services import verifying

PER_PAGE = 50


@page(policies.VERIFY)
def queue(request: Request) -> HttpResponse:
    """What falls to me to verify: what is marked first, then what has waited longest."""
    code = request.GET.get("type", "")
    types = {v.type.code: v.type.name for v in selectors.versions()}
    rows = selectors.to_verify(request.actor).prefetch_related("marks")
    if code in types:
        rows = rows.filter(type__code=code)
    waiting = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"waiting": waiting, "types": types, "chosen": code if code in types else ""}
    return render(request, "records/queue.html", context)


@page(policies.VERIFY, methods=("POST",))
def accept(request: Request) -> HttpResponse:
    """Accept the chosen records, all or none."""
    chosen = [int(each) for each in request.POST.getlist("record") if each.isdecimal()]
    reason = request.POST.get("reason", "")
    try:
        verified = verifying.records_verify(actor=request.actor, records=chosen, reason=reason)
    except Refused as refusal:
        tell(request, refusal)
    else:
        passed = len(set(chosen)) - len(verified)
        more = f"另有 {passed} 条已由他人办理。" if passed else ""
        messages.success(request, f"已核验通过 {len(verified)} 条。{more}")
    return redirect(back(request))
