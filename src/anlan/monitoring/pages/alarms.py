"""The queue of a duty officer, and one alarm with what can be done with it."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.ui.deciding import act_and_return
from anlan.monitoring import flow, policies
from anlan.monitoring.alarms import selectors
from anlan.monitoring.alarms.draft_flow import DRAFT
from anlan.monitoring.models import Alarm, IncidentDraft
from anlan.monitoring.services import answering, hushes
from anlan.monitoring.visibility import reaches

POST = ("POST",)
PER_PAGE = 50
SILENCE = timedelta(hours=2)


@page(policies.VIEW)
def alarms(request: Request) -> HttpResponse:
    """What waits, what is being worked on, what is done; the list alone for htmx."""
    show = request.GET.get("show", "waiting")
    show = show if show in selectors.SHOWN else "waiting"
    rows = selectors.queue(request.actor, show)
    site = request.GET.get("site", "")
    if site.isdecimal():
        rows = rows.filter(site=int(site))
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    answers = policies.ANSWER.allows(request.actor)
    listed = [(each, answers and _may_answer(request, each)) for each in shown]
    context = {
        "shown": shown,
        "rows": listed,
        "show": show,
        "answers": answers,
        "ring": _ring([each.highest for each, mine in listed if mine and not each.hushed]),
        "tabs": [(name, f"?show={key}", key == show) for key, (name, _) in selectors.SHOWN.items()],
        "now": timezone.now(),
    }
    partial = request.htmx and not request.htmx.boosted
    template = "monitoring/_alarms.html" if partial else "monitoring/alarms.html"
    return render(request, template, context)


def _ring(levels: list[int]) -> dict[str, int] | None:
    """What the page rings for: the worst of what waits for the viewer, and how many."""
    return {"level": max(levels), "count": len(levels)} if levels else None


def _may_answer(request: Request, alarm: Alarm) -> bool:
    return any(each.verb == "answer" for each in flow.ALARM.available(alarm, request.actor))


@page(policies.VIEW)
def alarm(request: Request, pk: int) -> HttpResponse:
    """What it is, what was done; its parts that change alone for htmx."""
    found = selectors.alarm(request.actor, pk)
    draft = IncidentDraft.objects.filter(alarm=found).select_related("site__area").first()
    context = {
        "alarm": found,
        "together": selectors.together(found),
        "draft": draft,
        "may_report": draft is not None and any(DRAFT.available(draft, request.actor)),
        "may": {each.verb for each in flow.ALARM.available(found, request.actor)},
        "may_silence": policies.KEEP.allows(request.actor)
        and reaches(request.actor, found.site, policies.KEEP),
        "timeline": selectors.timeline(found),
        "site_url": reverse("registry:site", args=[found.site_id]),
    }
    partial = request.htmx and not request.htmx.boosted
    template = "monitoring/_alarm.html" if partial else "monitoring/alarm.html"
    return render(request, template, context)


@page(policies.ANSWER, methods=POST)
def answer(request: Request, pk: int) -> HttpResponse:
    """One tap: I have it."""
    return act_and_return(
        request,
        lambda: answering.alarm_answer(actor=request.actor, alarm=pk),
        "已应答，由您处置。不再通知其他人。",
    )


@page(policies.ANSWER, methods=POST)
def handle(request: Request, pk: int) -> HttpResponse:
    """What was found and done."""
    text = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: answering.alarm_handle(actor=request.actor, alarm=pk, text=text),
        "处置情况已登记。",
    )


@page(policies.ANSWER, methods=POST)
def close(request: Request, pk: int) -> HttpResponse:
    """Done with."""
    return act_and_return(
        request, lambda: answering.alarm_close(actor=request.actor, alarm=pk), "报警已关闭。"
    )


@page(policies.ANSWER, methods=POST)
def dismiss(request: Request, pk: int) -> HttpResponse:
    """It is false."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: answering.alarm_dismiss(actor=request.actor, alarm=pk, reason=reason),
        "已判为误报。级别再升高时会重新报警。",
    )


@page(policies.ANSWER, methods=POST)
def doubt(request: Request, pk: int) -> HttpResponse:
    """A red one is put forward as false."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: answering.alarm_doubt(actor=request.actor, alarm=pk, reason=reason),
        "已提请，须由另一人复核。",
    )


@page(policies.ANSWER, methods=POST)
def confirm(request: Request, pk: int) -> HttpResponse:
    """The second person: it is."""
    return act_and_return(
        request, lambda: answering.alarm_confirm(actor=request.actor, alarm=pk), "已复核为误报。"
    )


@page(policies.ANSWER, methods=POST)
def deny(request: Request, pk: int) -> HttpResponse:
    """The second person: it is not."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: answering.alarm_deny(actor=request.actor, alarm=pk, reason=reason),
        "不作误报，由您继续处置。",
    )


@page(policies.KEEP, methods=POST)
def silence(request: Request, pk: int) -> HttpResponse:
    """Call nobody for this point's alarms for two hours."""
    found = selectors.alarm(request.actor, pk)
    until, reason = timezone.now() + SILENCE, request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: hushes.point_silence(
            actor=request.actor, point=found.point_id, until=until, reason=reason
        ),
        "两小时内这个测点的新报警不通知，仍在清单中显示。",
    )
