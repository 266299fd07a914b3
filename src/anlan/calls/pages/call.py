"""Taking a call, its paper, cancelling it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from anlan.calls import flow, policies, selectors
from anlan.calls.choices import CallState, Change
from anlan.calls.explaining import Limits
from anlan.calls.forms import AskForm, TakeForm
from anlan.calls.models import Call
from anlan.calls.paper import paper
from anlan.calls.services import taking
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.audit.selectors import history
from anlan.kernel.errors import Forbidden, Refused
from anlan.kernel.ui.deciding import act_and_return
from anlan.plan.choices import Standing
from anlan.plan.standing import ORDER

OVERDUE_SHOWN = 12
COLUMNS = (Standing.MET, Standing.AT_RISK, Standing.OVERDUE, Standing.NOT_MEASURED)


@page(policies.RUN, methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """Take a call: what will happen, then kind and moment."""
    actor = request.actor
    plans = selectors.plans(actor)
    if request.method == "POST" and not plans:
        raise Forbidden("调度由发布年度计划的安委办组织，您的地区没有自己的年度计划。")
    posted = request.POST if request.method == "POST" else None
    form = TakeForm(posted, plans=plans, initial={"kind": "weekly"})
    if form.is_valid():
        try:
            made = taking.call_take(actor=actor, **form.cleaned_data)
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
            return _new(request, form, plans, refusal.status)
        return redirect("calls:call", made.pk)
    return _new(request, form, plans, 422 if form.errors else 200)


def _new(request: Request, form: TakeForm, plans: list[Any], status: int) -> HttpResponse:
    context = {"form": form, "plans": plans, "limits": Limits.in_force()}
    return render(request, "calls/new.html", context, status=status)


@page(policies.VIEW)
def call(request: Request, pk: int) -> HttpResponse:
    """The frozen paper, the explanations, the minutes; the inner part alone for htmx."""
    return show(request, selectors.call(request.actor, pk))


def show(
    request: Request, found: Call, status: int = 200, ask_form: AskForm | None = None
) -> HttpResponse:
    """The page of a call, with a form that was refused."""
    actor = request.actor
    may = {each.verb for each in flow.CALL.available(found, actor)}
    runs = policies.RUN.allows(actor) and not flow.runs_in(found.plan.area, actor)
    writes = runs and found.state == CallState.OPEN
    made = paper(actor, found)
    context = {
        "call": found,
        "paper": made,
        "standings": ORDER,
        "columns": COLUMNS,
        "changes": [(each, made.changes.get(each, 0)) for each in Change],
        "overdue": made.overdue[:OVERDUE_SHOWN],
        "more_overdue": max(0, len(made.overdue) - OVERDUE_SHOWN),
        "may": may,
        "writes": writes,
        "ask_form": ask_form or (AskForm(call=found) if writes else None),
        "own_minutes": _waits_for_another(found, actor),
        "history": history(found, flow.CALL) if made.whole else [],
    }
    partial = request.htmx and not request.htmx.boosted and status == 200
    name = "calls/_call.html" if partial else "calls/call.html"
    return render(request, name, context, status=status)


def _waits_for_another(found: Call, actor: Actor) -> bool:
    """The actor could sign, had he not had a hand in the minutes."""
    submitted = found.state == CallState.SUBMITTED
    signs = policies.CLOSE.allows(actor) and not flow.runs_in(
        found.plan.area, actor, policies.CLOSE
    )
    return submitted and signs and bool(flow.makers(found) & actor.people)


@page(policies.RUN, methods=("POST",))
def cancel(request: Request, pk: int) -> HttpResponse:
    """Take a call back, with a reason."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: taking.call_cancel(actor=request.actor, call=pk, reason=reason),
        "调度已取消，理由已留存。",
    )
