"""One duty: what is asked, where it stands, what was done; and everything one can do with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.audit.selectors import history
from anlan.kernel.deadlines.selectors import history as steps
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.evidence.services import file_store, of_each
from anlan.kernel.indicators.pages import rows_url
from anlan.plan import flow, policies, selectors
from anlan.plan.choices import DutyState, ReportState
from anlan.plan.forecasting import forecast_of
from anlan.plan.forms import AnswerForm, ExtensionForm, HandDownForm, ReportForm
from anlan.plan.goals import goal, is_counted, quota_of, span_of
from anlan.plan.models import Duty, Report, SupervisionOrder
from anlan.plan.quotas import judge
from anlan.plan.services import extensions, handing_down, orders, reports
from anlan.plan.standing import share

# One page, several forms: each with ids of its own, so that a label names its own field.
IDS = {name: f"{name}-%s" for name in ("report", "hand_down", "extension", "answer")}

# A refused form stands at the address it was sent to: whoever opens that again gets the duty.
METHODS = ("GET", "POST")


@page(policies.VIEW)
def duty(request: Request, pk: int) -> HttpResponse:
    """The page of one duty; its state part alone for htmx."""
    return _show(request, selectors.duty(request.actor, pk))


@page(policies.REPORT, methods=METHODS)
def report(request: Request, pk: int) -> HttpResponse:
    """Report progress with a number, text and evidence."""
    if request.method == "GET":
        return redirect("plan:duty", pk)
    actor = request.actor
    found = selectors.duty(actor, pk)
    form = ReportForm(request.POST, request.FILES, duty=found, auto_id=IDS["report"])

    def act(typed: dict[str, Any]) -> str:
        files = [file_store(actor=actor, upload=each) for each in typed.pop("evidence")]
        reports.report_submit(actor=actor, duty=pk, evidence=files, **typed)
        return "已上报，等待核验。"

    return _act(request, found, form, act, "report_form")


@page(policies.HAND_DOWN, methods=METHODS)
def hand_down(request: Request, pk: int) -> HttpResponse:
    """Give sub-duties to the organisations below."""
    if request.method == "GET":
        return redirect("plan:duty", pk)
    actor = request.actor
    found = selectors.duty(actor, pk)
    form = HandDownForm(request.POST, duty=found, auto_id=IDS["hand_down"])

    def act(typed: dict[str, Any]) -> str:
        chosen = [each.pk for each in typed.pop("organisations")]
        given = handing_down.hand_down(actor=actor, duty=pk, organisations=chosen, **typed)
        return f"已下达给 {len(given)} 个单位。"

    return _act(request, found, form, act, "hand_down_form")


@page(policies.EXTEND, methods=METHODS)
def extend(request: Request, pk: int) -> HttpResponse:
    """Apply for more time."""
    if request.method == "GET":
        return redirect("plan:duty", pk)
    actor = request.actor
    found = selectors.duty(actor, pk)

    def act(typed: dict[str, Any]) -> str:
        extensions.extension_apply(actor=actor, duty=pk, **typed)
        return "延期申请已提交，等待审批。"

    return _act(
        request, found, ExtensionForm(request.POST, auto_id=IDS["extension"]), act, "extension_form"
    )


@page(policies.REPORT, methods=METHODS)
def answer(request: Request, pk: int, order: int) -> HttpResponse:
    """Answer a supervision order on this duty."""
    if request.method == "GET":
        return redirect("plan:duty", pk)
    actor = request.actor
    found = selectors.duty(actor, pk)
    if not found.orders.filter(pk=order).exists():
        raise Unknown

    def act(typed: dict[str, Any]) -> str:
        orders.order_answer(actor=actor, order=order, **typed)
        return "督办已回复。"

    return _act(request, found, AnswerForm(request.POST, auto_id=IDS["answer"]), act, "answer_form")


def _act(request: Request, found: Duty, form: forms.Form, act: Any, name: str) -> HttpResponse:
    """Do it and go back to the page; with a fault, the page again with what was typed."""
    if form.is_valid():
        try:
            messages.success(request, act(dict(form.cleaned_data)))
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
        else:
            return redirect("plan:duty", found.pk)
    return _show(request, found, status=422, **{name: form})


def _show(request: Request, found: Duty, status: int = 200, **typed: forms.Form) -> HttpResponse:
    actor = request.actor
    context = {
        "duty": found,
        "goal": goal(found),
        "share": share(found.progress, found.target),
        "reports": _with_evidence(found, actor),
        "parts": _parts(found, actor),
        "extensions": found.extensions.select_related("applicant", "decider"),
        "decides": not flow.verifies(found, actor, policies.DECIDE),
        "orders": [
            with_actions(each, actor) for each in selectors.orders(actor).filter(duty=found)
        ],
        "history": sorted(
            [*history(found, flow.DUTY), *steps(found)], key=lambda entry: entry.at, reverse=True
        ),
        **_counting(found),
        **_forms(found, actor),
        **typed,
    }
    partial = request.htmx and not request.htmx.boosted
    name = "plan/_duty.html" if partial and not typed else "plan/duty.html"
    return render(request, name, context, status=status)


def _counting(found: Duty) -> dict[str, Any]:
    """By what it is counted, how that was judged, and what will come of it."""
    if not is_counted(found):
        return {}
    today, quota = timezone.localdate(), quota_of(found)
    last, version = min(found.due_on, today), found.counted_by
    verdict = quota and judge(quota, found.progress, span_of(found), today)
    url = ""
    if version and found.period_start <= last:
        rows = rows_url(version.definition.key, found.period_start, last)
        url = f"{rows}?of={found.organisation.code}"
    return {
        "counted": {"version": version, "verdict": verdict and verdict.working, "url": url},
        "forecast": forecast_of(found, today),
    }


def _forms(found: Duty, actor: Actor) -> dict[str, forms.Form]:
    """The forms that the actor may use now."""
    if found.state != DutyState.OPEN or flow.owns(found, actor):
        return {}
    usable: dict[str, forms.Form] = {}
    waiting = found.reports.filter(state=ReportState.SUBMITTED).exists()
    if policies.REPORT.allows(actor) and not waiting:
        usable["report_form"] = ReportForm(
            duty=found, initial=_last_words(found), auto_id=IDS["report"]
        )
    if policies.EXTEND.allows(actor) and not found.extensions.filter(state="applied").exists():
        usable["extension_form"] = ExtensionForm(auto_id=IDS["extension"])
    if policies.HAND_DOWN.allows(actor) and _has_whom(found):
        usable["hand_down_form"] = HandDownForm(
            duty=found, initial={"due_on": found.due_on}, auto_id=IDS["hand_down"]
        )
    return usable


def _has_whom(found: Duty) -> bool:
    """Whether somebody below has not got his part yet."""
    has = found.parts.running().values("organisation")
    return handing_down.below(found).exclude(pk__in=has).exists()


def _last_words(found: Duty) -> dict[str, Any]:
    """What the last report said, if it came back: to be corrected, not typed again."""
    last = found.reports.first()
    if last is None or last.state not in (ReportState.RETURNED, ReportState.WITHDRAWN):
        return {}
    value = None if last.value is None else f"{last.value.normalize():f}"
    return {"text": last.text, "value": value, "complete": last.complete, "again": last}


def _parts(found: Duty, actor: Actor) -> Any:
    """The sub-duties, most urgent first, each with whether a report of it waits."""
    waiting = Report.objects.filter(duty=OuterRef("pk"), state=ReportState.SUBMITTED)
    parts = selectors.duties(actor).filter(parent=found)
    return parts.annotate(waits=Exists(waiting)).order_by("urgency", "organisation__sort")


def _with_evidence(found: Duty, actor: Actor) -> list[dict[str, Any]]:
    rows = list(found.reports.select_related("author", "verifier", "duty__parent__organisation"))
    evidence = of_each(rows)
    return [
        {
            "report": each,
            "evidence": evidence[each.pk],
            "may": {t.verb for t in flow.REPORT.available(each, actor)},
        }
        for each in rows
    ]


def with_actions(order: SupervisionOrder, actor: Actor) -> dict[str, Any]:
    """An order with what the actor may do with it now."""
    may = {t.verb for t in flow.ORDER.available(order, actor)}
    return {
        "order": order,
        "may": may,
        "form": AnswerForm(auto_id=IDS["answer"]) if "answer" in may else None,
    }
