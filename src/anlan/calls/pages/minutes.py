"""Writing the minutes, handing them in, signing them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from anlan.calls import flow, policies, selectors
from anlan.calls.forms import DecisionForm
from anlan.calls.models import Call, Decision
from anlan.calls.services import minutes
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Forbidden, Refused
from anlan.kernel.ui.deciding import act_and_return

METHODS = ("GET", "POST")


@page(policies.VIEW)
def decision(request: Request, pk: int) -> HttpResponse:
    """Where a decision stands: its place on the page of its call. Duties lead here."""
    found = selectors.decision(request.actor, pk)
    return redirect(f"{reverse('calls:call', args=[found.call_id])}#decision-{pk}")


@page(policies.RUN, methods=METHODS)
def new(request: Request, pk: int) -> HttpResponse:
    """Write a decision."""
    found = _writable(request, selectors.call(request.actor, pk))
    form = DecisionForm(_posted(request), call=found)

    def act(given: dict[str, Any]) -> object:
        return minutes.decision_write(actor=request.actor, call=pk, **given)

    return _written(request, found, form, act, f"decision-{pk}")


@page(policies.RUN, methods=METHODS)
def edit(request: Request, pk: int) -> HttpResponse:
    """Write a decision anew."""
    row = selectors.decision(request.actor, pk)
    found = _writable(request, row.call)
    start = {
        "text": row.text,
        "key_duty": row.key_duty_id,
        "due_on": row.due_on,
        "organisations": list(row.charges.values_list("organisation", flat=True)),
        "seen": row.revision,
    }
    form = DecisionForm(_posted(request), call=found, initial=start)

    def act(given: dict[str, Any]) -> object:
        seen = form.cleaned_data["seen"] or 0
        return minutes.decision_change(actor=request.actor, decision=pk, seen=seen, **given)

    return _written(request, found, form, act, f"decision-edit-{pk}", row)


def _posted(request: Request) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _writable(request: Request, found: Call) -> Call:
    if reason := flow.runs_in(found.plan.area, request.actor):
        raise Forbidden(reason)
    return found


def _written(
    request: Request,
    found: Call,
    form: DecisionForm,
    act: Callable[[dict[str, Any]], object],
    draft: str,
    before: Decision | None = None,
) -> HttpResponse:
    status, present = 422 if form.errors else 200, None
    if form.is_valid():
        typed = form.cleaned_data
        given = {
            "text": typed["text"],
            "key_duty": typed["key_duty"].pk,
            "due_on": typed["due_on"],
            "organisations": [each.pk for each in typed["organisations"]],
        }
        try:
            act(given)
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
            status = refusal.status
            if isinstance(refusal, minutes.Stale) and before is not None:
                present = _present(form, before)
        else:
            messages.success(request, "议定事项已记入纪要，审签后下达为任务。")
            return redirect(f"{reverse('calls:call', args=[found.pk])}#minutes")
    context = {"call": found, "form": form, "draft": draft, "present": present}
    return render(request, "calls/decision.html", context, status=status)


def _present(form: DecisionForm, before: Decision) -> Decision:
    """What another one has saved, to be shown beside what was typed: saving again takes its
    place."""
    before.refresh_from_db()
    typed: Any = form.data
    data = typed.copy()
    data["seen"] = str(before.revision)
    form.data = data
    return before


@page(policies.RUN, methods=("POST",))
def drop(request: Request, pk: int) -> HttpResponse:
    """Take a decision out of the minutes."""
    return act_and_return(
        request,
        lambda: minutes.decision_drop(actor=request.actor, decision=pk),
        "已从纪要中删去。",
    )


@page(policies.RUN, methods=("POST",))
def submit(request: Request, pk: int) -> HttpResponse:
    """Hand the minutes in."""
    return act_and_return(
        request,
        lambda: minutes.minutes_submit(actor=request.actor, call=pk),
        "纪要已提交，等待另一位负责人审签。",
    )


@page(policies.CLOSE, methods=("POST",))
def send_back(request: Request, pk: int) -> HttpResponse:
    """Return the minutes with a reason."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: minutes.minutes_return(actor=request.actor, call=pk, reason=reason),
        "纪要已退回修改。",
    )


@page(policies.CLOSE, methods=("POST",))
def close(request: Request, pk: int) -> HttpResponse:
    """Sign the minutes: the decisions become duties."""
    return act_and_return(
        request,
        lambda: minutes.call_close(actor=request.actor, call=pk),
        "纪要已审签，议定事项已下达为各责任单位的任务。",
    )
