"""One record, and what can be done with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.audit.selectors import history
from anlan.kernel.errors import Refused
from anlan.kernel.evidence.services import of
from anlan.kernel.typed.finding import linked
from anlan.kernel.ui.deciding import act_and_return, tell
from anlan.records import flow, policies, selectors
from anlan.records.choices import OPEN
from anlan.records.services import recording, verifying

POST = ("POST",)


@page(policies.VIEW)
def record(request: Request, pk: int) -> HttpResponse:
    """What was done, its proof and marks, its history; its state part alone for htmx."""
    actor = request.actor
    found = selectors.record(actor, pk)
    owns = policies.RECORD.allows(actor) and not flow.owns(found, actor)
    context = {
        "record": found,
        "shown": linked(found.version.schema, found.values, actor),
        "uses": of(found),
        "marks": list(found.marks.all()),
        "may": {each.verb for each in flow.RECORD.available(found, actor)},
        "may_edit": owns and found.state in OPEN,
        "may_copy": owns,
        "history": history(found, flow.RECORD),
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, "records/_record.html" if partial else "records/record.html", context)


@page(policies.RECORD, methods=POST)
def submit(request: Request, pk: int) -> HttpResponse:
    """Submit a draft as it stands."""
    return act_and_return(
        request,
        lambda: recording.record_submit(actor=request.actor, record=pk),
        "已提交，等待核验。",
    )


@page(policies.RECORD, methods=POST)
def drop(request: Request, pk: int) -> HttpResponse:
    """Give a draft up."""
    return act_and_return(
        request, lambda: recording.record_drop(actor=request.actor, record=pk), "草稿已删去。"
    )


@page(policies.RECORD, methods=POST)
def copy(request: Request, pk: int) -> HttpResponse:
    """A draft of today after an earlier record; leads to its form."""
    try:
        made = recording.record_copy(actor=request.actor, record=pk)
    except Refused as refusal:
        tell(request, refusal)
        return redirect("records:record", pk)
    messages.success(request, "已按上一次的内容建好草稿，请改日期和内容，补上佐证后提交。")
    return redirect("records:edit", made.pk)


@page(policies.VERIFY, methods=POST)
def verify(request: Request, pk: int) -> HttpResponse:
    """Accept a record."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: verifying.record_verify(actor=request.actor, record=pk, reason=reason),
        "已核验通过，开始计数。",
    )


@page(policies.VERIFY, methods=POST)
def send_back(request: Request, pk: int) -> HttpResponse:
    """Return a record with a reason."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: verifying.record_return(actor=request.actor, record=pk, reason=reason),
        "已退回，并告知填报人。",
    )


@page(policies.WITHDRAW, methods=POST)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a record back: it counts no longer."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: verifying.record_withdraw(actor=request.actor, record=pk, reason=reason),
        "已撤回，不再计数。",
    )
