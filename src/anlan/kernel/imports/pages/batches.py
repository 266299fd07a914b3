"""The list of batches, and the page of one: how far it is, what was found, what became of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.imports import flow, policies, registry
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.models import WORKING, BatchQuerySet, ImportBatch
from anlan.kernel.imports.pages import rows
from anlan.kernel.ui.lists import Column, Empty, Filter, List

PROGRESS = "progress"  # the element that htmx replaces while a job is at work

HISTORY = List(
    key="imports.batches",
    name="Excel 导入",
    columns=(
        Column(
            "name",
            "文件",
            lambda b: b.name,
            main=True,
            url=lambda b: reverse("imports:batch", args=[b.pk]),
            width=40,
        ),
        Column("title", "导入内容", lambda b: b.title, sort="title", width=20),
        Column("state", "状态", lambda b: b.get_state_display(), sort="state", width=10),
        Column("good", "可接收", lambda b: b.good, number=True, width=10),
        Column("faulty", "有问题", lambda b: b.faulty, number=True, width=10),
        Column("taken", "已接收", lambda b: b.taken, number=True, width=10),
        Column("by", "导入人", lambda b: f"{b.by}（{b.organisation}）", width=20),
        Column("at", "上传时间", lambda b: b.created_at, sort="created_at", width=18),
    ),
    filters=(Filter("state", "状态", BatchState.choices, lambda rows, v: rows.filter(state=v)),),
    search=("name", "title", "by__name"),
    order="-at",
    live="live:import",
    empty=Empty("还没有导入过", "下载模板填好，上传后先检查，您同意后才进入台账。"),
)


def listed(actor: Actor) -> BatchQuerySet:
    """The batches that the actor sees, with what a list shows of them."""
    return ImportBatch.objects.visible_to(actor).select_related("by", "organisation")


@page(policies.USE)
def batches(request: Request) -> HttpResponseBase:
    """All batches, of every importer that the actor may use."""
    return HISTORY.respond(request, listed(request.actor), "imports/batches.html")


@page(policies.USE)
def batch(request: Request, pk: int) -> HttpResponseBase:
    """One batch: at work, failed, dropped, or its rows with faults (if there are any)."""
    return _batch(request, pk, good=False)


@page(policies.USE)
def good(request: Request, pk: int) -> HttpResponseBase:
    """The good rows of a batch."""
    return _batch(request, pk, good=True)


def _batch(request: Request, pk: int, *, good: bool) -> HttpResponseBase:
    found = get(request.actor, pk)
    if request.htmx and request.htmx.target == PROGRESS:
        return _progress(request, found)
    context = _context(request.actor, found)
    if found.state in WORKING:
        return render(request, "imports/working.html", context)
    if found.state in (BatchState.FAILED, BatchState.DROPPED):
        return render(request, "imports/ended.html", context)
    good = good or not found.faulty + found.refused
    return rows.respond(request, found, context, good=good)


@page(policies.USE)
def original(request: Request, pk: int) -> HttpResponseBase:
    """The uploaded file itself, to keep and not to look at in the browser."""
    found = get(request.actor, pk)
    if not found.path.exists():
        raise Unknown("这个文件已随放弃的批次删除，或不在存储中。")
    response = FileResponse(
        found.path.open("rb"), as_attachment=True, filename=found.name,
        content_type="application/octet-stream",
    )  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


def get(actor: Actor, pk: int) -> ImportBatch:
    """One batch that the actor sees; Unknown otherwise."""
    found = listed(actor).select_related("consented_by", "organisation__area").filter(pk=pk)
    batch = found.first()
    if batch is None:
        raise Unknown("没有这一批导入，或它不在您的管辖范围内。")
    return batch


def _progress(request: Request, found: ImportBatch) -> HttpResponse:
    """What the page asks for again and again; it reloads once there is news."""
    if found.state not in WORKING:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "imports/_progress.html", _shown(found))


def _context(actor: Actor, found: ImportBatch) -> dict[str, Any]:
    importer = registry.find(found.importer)
    start = reverse("imports:new", args=[importer.key])
    asked = f"?{urlencode(found.asked)}" if found.asked else ""
    same = listed(actor).filter(digest=found.digest, importer=found.importer)
    return {
        **_shown(found),
        "may": {each.verb for each in flow.BATCH.available(found, actor)},
        "url": _url(importer, found),
        "again": same.exclude(pk=found.pk).order_by("-pk").first(),
        "file": found.state != BatchState.DROPPED,
        "start_url": f"{start}{asked}",
        "consent_label": f"接收 {found.good:,} 行",
        "consent_words": f"接收 {found.good:,} 行，略过 {found.faulty:,} 行有问题的。"
        "接收后进入台账；接收时再被发现问题的行会退回并说明原因。",
        "refused_words": f"有 {found.refused:,} 行在接收时被退回（例如刚由他人录入），"
        "原因见下面“有问题”的行。",
    }


def _shown(found: ImportBatch) -> dict[str, Any]:
    waiting = found.state == BatchState.UPLOADED and not found.read_to
    return {
        "batch": found,
        "seen": found.good + found.faulty,
        "passed": found.taken + found.refused,
        "waiting": waiting,
        "since": timezone.localtime(found.moved_at),
    }


def _url(importer: registry.Importer, found: ImportBatch) -> str:
    """Where what was taken is seen; nowhere if what it belongs to is gone."""
    if found.state != BatchState.DONE:
        return ""
    try:
        return importer.url(found)
    except Refused:
        return ""
