"""Signs of tampering: the list, and one with its readings, its reason and what people found out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.audit.selectors import history
from anlan.kernel.evidence.services import file_store, of
from anlan.kernel.orgs.pages.common import act
from anlan.kernel.ui.deciding import act_and_return
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.monitoring import flow, policies
from anlan.monitoring.alarms import selectors
from anlan.monitoring.choices import TamperState
from anlan.monitoring.models import Point, TamperLook, TamperSignal
from anlan.monitoring.now.drawing import drawn
from anlan.monitoring.rules.forms import VerdictForm
from anlan.monitoring.services import judging
from anlan.monitoring.tamper.signals import KINDS
from anlan.monitoring.templatetags.monitoring import moments, tamper_state
from anlan.registry.pages.common import county_filter, place, sector_filter

POST = ("POST",)
AROUND = timedelta(minutes=30)  # shown beside a stretch at least
BESIDE = 2  # other points whose curves are drawn under the signalled one's


def _of_point(request: HttpRequest) -> list[tuple[str, str]]:
    """The one that the address names, if the viewer sees it: no list holds thousands of points."""
    named = request.GET.get("point", "")
    if not named.isdecimal():
        return []
    actor: Any = getattr(request, "actor", None)
    found = Point.objects.visible_to(actor).filter(pk=int(named)).select_related("site").first()
    return [(named, f"{found.site} {found}")] if found else []


def _by_point(rows: Rows, value: str) -> Rows:
    return rows.filter(point=int(value))


SIGNALS = List(
    key="monitoring.tamper",
    name="篡改疑点",
    columns=(
        Column(
            "point", "测点", lambda s: f"{s.site} {s.point}", main=True, width=40,
            url=lambda s: f"/monitoring/tamper/{s.pk}/", sort=("site__name", "point__name"),
        ),
        Column(
            "kind", "疑点类别", lambda s: s.get_kind_display(), sort="kind", width=18,
            cell=lambda s: tag(s.get_kind_display(), "orange"),
        ),
        Column("time", "时段", moments, sort="begin_ms", width=30),
        Column(
            "score", "分数", lambda s: round(s.score, 1), sort="score", number=True, width=8,
            cell=lambda s: f"{s.score:.1f}",
        ),
        Column("sector", "行业领域", lambda s: s.site.sector, sort="site__sector__sort", width=14),
        Column("area", "所在区划", lambda s: place(s.site.area), sort="site__area__path", width=20),
        Column(
            "state", "状态", lambda s: s.get_state_display(), sort="state", width=12,
            cell=tamper_state,
        ),
    ),
    filters=(
        Filter(
            "state", "状态", TamperState.choices, lambda rows, v: rows.filter(state=v),
            default=lambda request: "" if request.GET.get("point") else str(TamperState.OPEN),
        ),
        Filter("kind", "疑点类别", tuple(KINDS.items()), lambda rows, v: rows.filter(kind=v)),
        county_filter("site__"),
        sector_filter("site__"),
        Filter("point", "测点", _of_point, _by_point),
    ),
    search=("site__name", "point__name", "why"),
    order="-time",
    empty=Empty(
        "没有篡改疑点",
        "每天夜里查前一天的读数。没有疑点不等于没有动过：读数太少、太粗的测点判断不了。",
    ),
    live="live:tamper",
)  # fmt: skip


@page(policies.VIEW)
def signals(request: Request) -> HttpResponseBase:
    """What waits for somebody to look into it; all the rest by the filters."""
    return SIGNALS.respond(
        request, selectors.tamper_signals(request.actor), "monitoring/tamper.html"
    )


@page(policies.VIEW)
def signal(request: Request, pk: int) -> HttpResponse:
    """One, with the readings before, in and after it."""
    return _show(request, selectors.tamper_signal(request.actor, pk), VerdictForm())


@page(policies.JUDGE, methods=POST)
def judge(request: Request, pk: int) -> HttpResponse:
    """Say what was found out, with proof."""
    selectors.tamper_signal(request.actor, pk)  # Unknown before anything is stored
    form = VerdictForm(request.POST, request.FILES)
    statuses = [422]

    def do(verdict: TamperState, text: str, evidence: list[Any]) -> str:
        files = [file_store(actor=request.actor, upload=each) for each in evidence]
        judging.signal_judge(
            actor=request.actor, signal=pk, verdict=verdict, text=text, evidence=files
        )
        return f"核查结论已登记：{verdict.label}。"

    if act(request, form, do, refused=statuses.append):
        return redirect("monitoring:tamper_signal", pk)
    # as it stands now: another may have been first, and what was typed here is not lost
    found = selectors.tamper_signal(request.actor, pk)
    return _show(request, found, form, status=statuses[-1])


@page(policies.JUDGE, methods=POST)
def reopen(request: Request, pk: int) -> HttpResponse:
    """Take a verdict back."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: judging.signal_reopen(actor=request.actor, signal=pk, reason=reason),
        "已恢复为待核查。",
    )


def _show(
    request: Request, found: TamperSignal, form: VerdictForm, status: int = 200
) -> HttpResponse:
    begin, end = _moments(found)
    around = max((end - begin) / 2, AROUND)
    span = (begin - around, end + around)
    others = Point.objects.visible_to(request.actor).filter(pk__in=found.beside)
    may = {each.verb for each in flow.TAMPER.available(found, request.actor)}
    look = TamperLook.objects.filter(site=found.site_id).first()
    context = {
        "signal": found,
        "curves": [
            drawn(each, *span, marked=(begin, end)) for each in (found.point, *others[:BESIDE])
        ],
        "windows": found.point.windows.filter(begin__lt=end, end__gt=begin).select_related("by"),
        "unjudged": [
            (KINDS[kind], why)
            for point, kind, why in (look.unjudged if look else [])
            if point == found.point_id
        ],
        "form": form if form.is_bound or may - {"reopen"} else None,
        "may_reopen": "reopen" in may,
        "uses": of(found),
        "timeline": [each for each in history(found, flow.TAMPER) if each.title != "建立"],
    }
    return render(request, "monitoring/tamper_signal.html", context, status=status)


def _moments(found: TamperSignal) -> tuple[datetime, datetime]:
    began, ended = found.began, found.ended
    assert began is not None  # noqa: S101 — a number has a moment
    assert ended is not None  # noqa: S101
    return began, ended
