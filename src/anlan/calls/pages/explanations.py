"""Who must explain, and the page on which its people do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.calls import flow, policies, selectors
from anlan.calls.choices import RUNNING, ExplanationState
from anlan.calls.forms import AnswerForm, AskForm
from anlan.calls.models import Explanation
from anlan.calls.pages.call import show
from anlan.calls.services import explanations
from anlan.calls.templatetags.calls import rows_url
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.audit.selectors import history
from anlan.kernel.deadlines.selectors import history as steps
from anlan.kernel.errors import Forbidden, Refused
from anlan.kernel.ui.deciding import act_and_return
from anlan.plan.choices import Standing

METHODS = ("GET", "POST")


@page(policies.VIEW, methods=METHODS)
def explanation(request: Request, pk: int) -> HttpResponse:
    """The grounds, one's own rows behind them, what was answered; the form for who may answer."""
    actor = request.actor
    found = selectors.explanation(actor, pk)
    may = policies.EXPLAIN.allows(actor) and not flow.explains(found, actor)
    if request.method == "POST":
        if not may:
            raise Forbidden(f"这份说明由{found.organisation}填写，只有该单位可以操作。")
        form = AnswerForm(request.POST)
        return _answer(request, found, form)
    return _show(request, found, may=may)


def _answer(request: Request, found: Explanation, form: AnswerForm) -> HttpResponse:
    status = 422
    if form.is_valid():
        try:
            explanations.explanation_answer(
                actor=request.actor, explanation=found.pk, **form.cleaned_data
            )
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            messages.success(request, "说明已提交，安委办已收到通知。")
            return redirect("calls:explanation", found.pk)
    return _show(request, found, may=True, form=form, status=status)


def _show(
    request: Request, found: Explanation, *, may: bool, form: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    call, actor = found.call, request.actor
    open_to_answer = call.state in RUNNING and found.state != ExplanationState.STRUCK
    if form is None and may and open_to_answer:
        named = ("cause", "measure", "until")
        said = {name: getattr(found, name) for name in named} if found.answered_at else None
        form = AnswerForm(initial=said)
    rows = selectors.rows(actor, call)
    area = call.places.filter(organisation=found.organisation).first()
    own = rows.filter(area=area.area) if area else rows.filter(organisation=found.organisation)
    context = {
        "found": found,
        "call": call,
        "form": form,
        "place": area,
        "overdue": own.filter(standing=Standing.OVERDUE).order_by("-days", "pk"),
        "total": own.count(),
        "rows_url": rows_url(call, area=area.area.code)
        if area
        else rows_url(call, unit=found.organisation_id),
        "late": found.state == ExplanationState.ASKED and found.late_at(timezone.now()),
        "history": sorted(
            [*history(found, flow.EXPLANATION), *steps(found)], key=lambda e: e.at, reverse=True
        ),
    }
    return render(request, "calls/explanation.html", context, status=status)


@page(policies.RUN, methods=METHODS)
def add(request: Request, pk: int) -> HttpResponse:
    """Ask one more organisation, with a reason."""
    if request.method == "GET":  # a refused form stands at this address
        return redirect("calls:call", pk)
    found = selectors.call(request.actor, pk)
    form = AskForm(request.POST, call=found)
    status = 422
    if form.is_valid():
        try:
            made = explanations.explanation_add(
                actor=request.actor, call=pk,
                organisation=form.cleaned_data["organisation"].pk,
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            messages.success(request, f"已要求{made.organisation}说明，并告知该单位。")
            return redirect("calls:call", pk)
    return show(request, found, status=status, ask_form=form)


@page(policies.RUN, methods=("POST",))
def decide(request: Request, pk: int, verb: str) -> HttpResponse:
    """Strike an organisation from the list, or ask it again; both with a reason."""
    actor, reason = request.actor, request.POST.get("reason", "")
    if verb == "strike":
        return act_and_return(
            request,
            lambda: explanations.explanation_strike(actor=actor, explanation=pk, reason=reason),
            "已免予说明，理由已留存并告知该单位。",
        )
    return act_and_return(
        request,
        lambda: explanations.explanation_ask(actor=actor, explanation=pk, reason=reason),
        "已重新要求说明，并告知该单位。",
    )
