"""Pairs that may be one subject, and the decision that they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown
from anlan.registry import policies
from anlan.registry.duplicates import MOST, hindrance, pairs
from anlan.registry.models import Enterprise, Site
from anlan.registry.pages.common import MODELS, RELATED, business, grade, place, url
from anlan.registry.services.merging import merge
from anlan.registry.visibility import overseen_by

_NOT_THE_FORM = (403, 404)


@page(policies.MERGE)
def duplicates(request: Request) -> HttpResponse:
    """What may have been registered twice, in the areas of the office."""
    tables = [
        (what, kind, [(place(a.area), a, b) for a, b in pairs(request.actor, MODELS[kind])])
        for kind, what in (("enterprise", "企业"), ("site", "场所"))
    ]
    return render(request, "registry/duplicates.html", {"tables": tables, "most": MOST})


@page(policies.MERGE, methods=("GET", "POST"))
def pair(request: Request, kind: str, first: int, second: int) -> HttpResponse:
    """Both side by side; a post says which one stays (``stays``), and why they are one."""
    both = _both(request, kind, first, second)
    if request.method != "POST":
        return _show(request, kind, both)
    stays = next((each for each in both if request.POST.get("stays") == str(each.pk)), None)
    if stays is None:
        return _show(request, kind, both, said="请选择保留哪一条。", status=422)
    goes = both[0] if stays is both[1] else both[1]
    try:
        merge(
            actor=request.actor,
            model=type(stays),
            goes=goes.pk,
            stays=stays.pk,
            reason=request.POST.get("reason", ""),
            seen=(_seen(request, goes), _seen(request, stays)),
        )
    except Refused as refusal:
        if refusal.status in _NOT_THE_FORM:
            raise
        fresh = _both(request, kind, first, second)
        return _show(request, kind, fresh, said=refusal.message, status=refusal.status)
    messages.success(request, f"已把编号 {goes.pk} 的登记并入“{stays}”（编号 {stays.pk}）。")
    return redirect(url(stays))


def _seen(request: Request, subject: Enterprise | Site) -> int:
    given = request.POST.get(f"seen_{subject.pk}", "")
    return int(given[:9]) if given.isdecimal() else 0


def _both(request: Request, kind: str, *pks: int) -> list[Enterprise | Site]:
    model = MODELS.get(kind)
    if model is None or pks[0] == pks[1]:
        raise Unknown
    related = (*RELATED, "enterprise") if kind == "site" else RELATED
    own: Any = model.objects.filter(overseen_by(request.actor)).select_related(*related)
    found = own.in_bulk(pks)
    if len(found) != len(pks):
        raise Unknown("没有这两条登记，或不在您的管辖范围内。请从疑似重复清单重新进入。")
    return [found[pk] for pk in pks]


@dataclass(frozen=True)
class Side:
    """One of the two, with what hangs on it."""

    subject: Enterprise | Site
    url: str
    place: str
    business: str
    grade: str
    entries: list[tuple[str, date]]  # registers, and when they were checked
    counts: list[tuple[str, int]]


def _side(subject: Enterprise | Site) -> Side:
    entries = subject.entries.select_related("register")
    counts = [("评定", subject.grades.count())]
    if isinstance(subject, Enterprise):
        counts = [("场所", subject.sites.count()), ("任职", subject.posts.count()), *counts]
    return Side(
        subject,
        url(subject),
        place(subject.area),
        business(subject),
        grade(subject),
        [(str(each.register), each.checked_on) for each in entries],
        counts,
    )


def _show(
    request: Request,
    kind: str,
    both: list[Enterprise | Site],
    *,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    merged = next((each for each in both if each.merged_into_id), None)
    hindered = f"“{merged}”已并入“{merged.merged_into}”。" if merged else hindrance(*both)
    context = {
        "kind": kind,
        "what": "场所" if kind == "site" else "企业",
        "sides": [_side(each) for each in both],
        "hindered": hindered,
        "said": said if said != hindered else "",
    }
    return render(request, "registry/pair.html", context, status=status)
