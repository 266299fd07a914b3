"""Drafts of first reports: the list, and one to complete, hand in, take over and print."""

from __future__ import annotations

import io

from django import forms
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.kernel import official
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs.pages.common import act
from anlan.kernel.ui.deciding import act_and_return
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.monitoring import policies
from anlan.monitoring.alarms import draft_flow, reporting, selectors
from anlan.monitoring.alarms.draft_forms import AccidentForm, DraftForm
from anlan.monitoring.choices import DraftState
from anlan.monitoring.models import IncidentDraft
from anlan.monitoring.models.drafts import UNFINISHED
from anlan.monitoring.services import drafts as services
from anlan.monitoring.templatetags.monitoring import draft_state, peak
from anlan.registry.pages.common import county_filter, place, sector_filter

POST = ("POST",)
OPEN = "open"


def _by_state(rows: Rows, value: str) -> Rows:
    return rows.filter(state__in=UNFINISHED) if value == OPEN else rows.filter(state=value)


def _moment(draft: IncidentDraft) -> str:
    began = draft.began
    return f"{timezone.localtime(began):%Y-%m-%d %H:%M}" if began else ""


DRAFTS = List(
    key="monitoring.drafts",
    name="险情初报",
    columns=(
        Column(
            "site", "场所和测点", str, main=True, width=40,
            url=lambda d: f"/monitoring/drafts/{d.pk}/", sort=("site__name", "alarm__point__name"),
        ),
        Column("began", "发生时间", _moment, sort="alarm__begin_ms", width=18),
        Column("rule", "报警", lambda d: str(d.alarm.rule), width=24),
        Column("peak", "极值", lambda d: peak(d.alarm), width=12),
        Column(
            "accident", "事故", lambda d: "生产安全事故" if d.accident else "未认定", width=12,
            cell=lambda d: tag("生产安全事故", "red") if d.accident else "未认定",
        ),
        Column("area", "所在区划", lambda d: place(d.site.area), sort="site__area__path", width=20),
        Column(
            "state", "状态", lambda d: d.get_state_display(), sort="state", width=12,
            cell=draft_state,
        ),
    ),
    filters=(
        Filter(
            "state", "状态", ((OPEN, "未办结"), *DraftState.choices), _by_state,
            default=lambda request: OPEN,
        ),
        county_filter("site__"),
        sector_filter("site__"),
    ),
    search=("site__name", "alarm__point__name", "situation"),
    order="-began",
    empty=Empty("没有险情初报", "报警达到红色时自动生成草稿，由值班人员填写、提交。"),
    live="live:draft live:alarm",  # an alarm opens one, and tells nothing else of it
)  # fmt: skip


@page(policies.VIEW)
def drafts(request: Request) -> HttpResponseBase:
    """What is not done with; all the rest by the filter."""
    return DRAFTS.respond(
        request, selectors.incident_drafts(request.actor), "monitoring/drafts.html"
    )


@page(policies.VIEW)
def draft(request: Request, pk: int) -> HttpResponse:
    """One: what the alarm knows, and what people add."""
    return _show(request, pk)


@page(policies.VIEW)
def paper(request: Request, pk: int) -> FileResponse:
    """The report as a Word file in official layout."""
    found, now = selectors.incident_draft(request.actor, pk), timezone.now()
    name = f"险情信息初报-{found.site}-{timezone.localtime(now):%Y%m%d-%H%M}.docx"
    content = io.BytesIO(reporting.docx(found, now))
    return FileResponse(content, as_attachment=True, filename=name, content_type=official.TYPE)


@page(policies.REPORT, methods=POST)
def fill(request: Request, pk: int) -> HttpResponse:
    """Keep what was typed; by the second button also hand it in."""
    form = DraftForm(request.POST)
    seen = request.POST.get("seen", "")
    submits = "submit" in request.POST
    service = services.draft_submit if submits else services.draft_fill

    def do(**_: object) -> str:
        service(
            actor=request.actor, draft=pk, content=form.content(),
            seen=int(seen) if seen.isdecimal() else 0,
        )  # fmt: skip
        return "初报已提交，已通知安委办接收。" if submits else "已保存，还没有提交。"

    statuses: list[int] = []
    if act(request, form, do, refused=statuses.append):
        return redirect("monitoring:draft", pk)
    return _show(request, pk, status=(statuses or [422])[0], form=form)


@page(policies.REPORT, methods=POST)
def accident(request: Request, pk: int) -> HttpResponse:
    """It is an accident: the hours run."""
    form = AccidentForm(request.POST)

    def do(**times: object) -> str:
        services.draft_accident(actor=request.actor, draft=pk, **times)  # type: ignore[arg-type]
        return "已认定为生产安全事故，时限开始计算。"

    statuses: list[int] = []
    if act(request, form, do, refused=statuses.append):
        return redirect("monitoring:draft", pk)
    return _show(request, pk, status=(statuses or [422])[0], accident_form=form)


@page(policies.REPORT, methods=POST)
def revoke(request: Request, pk: int) -> HttpResponse:
    """It is no accident after all."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: services.draft_revoke(actor=request.actor, draft=pk, reason=reason),
        "事故认定已撤销，时限不再计算。",
    )


@page(policies.TAKE_OVER, methods=POST)
def take(request: Request, pk: int) -> HttpResponse:
    """The office has it."""
    return act_and_return(
        request, lambda: services.draft_take(actor=request.actor, draft=pk), "初报已接收。"
    )


@page(policies.REPORT, methods=POST)
def dismiss(request: Request, pk: int) -> HttpResponse:
    """Nothing to report."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: services.draft_dismiss(actor=request.actor, draft=pk, reason=reason),
        "已登记为不报，理由留存。",
    )


@page(policies.REPORT, methods=POST)
def reopen(request: Request, pk: int) -> HttpResponse:
    """Back to be completed."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: services.draft_reopen(actor=request.actor, draft=pk, reason=reason),
        "已退回，可以继续填写。",
    )


def _show(
    request: Request,
    pk: int,
    *,
    status: int = 200,
    form: forms.Form | None = None,
    accident_form: forms.Form | None = None,
) -> HttpResponse:
    """As it stands now: another may have been first, and what was typed here is not lost."""
    found, now = selectors.incident_draft(request.actor, pk), timezone.now()
    may = {each.verb for each in draft_flow.DRAFT.available(found, request.actor)}
    reports = (
        policies.REPORT.allows(request.actor) and draft_flow.reporter(found, request.actor) is None
    )
    editable = reports and found.state == DraftState.DRAFT
    judges = reports and found.state in services.REPORTED
    context = {
        "draft": found,
        "alarm": found.alarm,
        "limits": reporting.reporting_limits(found, now),
        "called": reporting.people_called(found.alarm),
        "hurt": reporting.people_hurt(found),
        "may": may,
        "form": form or (DraftForm.of(found) if editable else None),
        "accident_form": accident_form or (AccidentForm.of(found) if judges else None),
        "may_revoke": judges and found.accident,
        "timeline": reporting.course(found),
    }
    return render(request, "monitoring/draft.html", context, status=status)
