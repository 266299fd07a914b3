"""The list of imported notices, the upload, and the page of one document."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from anlan.intake import flow, policies
from anlan.intake.choices import Decision, DocumentState
from anlan.intake.forms import DocumentForm, UploadForm
from anlan.intake.models import Clause, Document, Unit
from anlan.intake.pages import carried, changes, points
from anlan.intake.services import publication, reading
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.audit.selectors import history
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.evidence.pages import content
from anlan.kernel.orgs.models import Group, Organisation
from anlan.kernel.ui.lists import Column, Empty, Filter, List

DOCUMENTS = List(
    key="intake.documents",
    name="通知导入",
    columns=(
        Column(
            "title",
            "通知",
            str,
            main=True,
            url=lambda d: reverse("intake:document", args=[d.pk]),
            width=50,
        ),
        Column("year", "年度", lambda d: d.year or "—", sort="year", width=8),
        Column("kind", "版本", lambda d: d.get_kind_display() or "—", width=12),
        Column("state", "状态", lambda d: d.get_state_display(), sort="state", width=10),
        Column("open", "待核对", lambda d: d.open or "—", number=True, width=8),
        Column("by", "导入人", lambda d: str(d.uploaded_by), width=16),
        Column("at", "导入时间", lambda d: d.uploaded_at, sort="uploaded_at", width=18),
    ),
    filters=(Filter("state", "状态", DocumentState.choices, lambda rows, v: rows.filter(state=v)),),
    search=("title", "name", "issuer"),
    order="-at",
    live="live:document",
    empty=Empty(
        "还没有导入过通知",
        "选择通知文件上传，系统会读出任务、责任单位、数量和期限，并列出前后不一致之处。",
    ),
)

LIST = "points"  # the element that htmx replaces after a decision
TABS = {
    "read": "对照原文",
    "points": "核对事项",
    "units": "责任单位",
    "clauses": "条款与指标",
    "publish": "发布",
}


@page(policies.VIEW)
def documents(request: Request) -> HttpResponseBase:
    """All imported notices, and the upload."""
    actor = request.actor
    rows = (
        Document.objects.visible_to(actor)
        .select_related("uploaded_by")
        .annotate(open=Count("points", filter=Q(points__decision=Decision.OPEN)))
        .defer("lines", "table", "repairs", "preamble", "closing")
    )
    form = UploadForm() if policies.IMPORT.allows(actor) else None
    return DOCUMENTS.respond(request, rows, "intake/documents.html", {"upload_form": form})


@page(policies.IMPORT, methods=("GET", "POST"))
def upload(request: Request) -> HttpResponse:
    """Take a file; a job reads it, the page shows how far it is."""
    if request.method == "GET":  # a refused upload stands here; opened again, it is the list
        return redirect("intake:documents")
    actor = request.actor
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        area = next(g.area for g in actor.grants if g.role in frozenset(policies.IMPORT.roles))
        try:
            document = reading.document_upload(
                actor=actor, upload=form.cleaned_data["file"], area=area
            )
        except Refused as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("intake:document", document.pk)
    return render(request, "intake/upload.html", {"upload_form": form}, status=422)


@page(policies.VIEW)
def document(request: Request, pk: int) -> HttpResponse:
    """One document: reading, failed, or its tabs."""
    actor = request.actor
    found = get(actor, pk)
    if request.htmx and request.htmx.target != LIST:
        return _waiting(found)
    if found.state in (DocumentState.READING, DocumentState.FAILED):
        return _unread(request, found)
    tab = request.GET.get("tab", "read")
    return show(request, found, tab if tab in TABS else "read")


def show(
    request: Request, found: Document, tab: str, *, status: int = 200, **typed: Any
) -> HttpResponse:
    """A tab of the document; ``typed``: what a refused form held."""
    actor = request.actor
    context = {
        "document": found,
        "tab": tab,
        "tabs": _tabs(found, tab),
        "may": {t.verb for t in flow.DOCUMENT.available(found, actor)},
        "editable": found.state == DocumentState.REVIEW
        and policies.holds(policies.IMPORT, actor, found),
        "missing": found.what_is_missing(),
        "missing_tab": _where_missing(found),
        "carried": carried.content(found),
        **_CONTENT[tab](request, found),
        **typed,
    }
    return render(request, f"intake/tab_{tab}.html", context, status=status)


@page(policies.VIEW)
def original(request: Request, pk: int) -> HttpResponseBase:
    """The uploaded file itself."""
    found = get(request.actor, pk)
    return content(found.file, found.name)


@page(policies.IMPORT, methods=("POST",))
def reread(request: Request, pk: int) -> HttpResponse:
    """Have it read once more."""
    reading.document_reread(actor=request.actor, document=pk)
    messages.success(request, "已重新安排读取。")
    return redirect("intake:document", pk)


def get(actor: Actor, pk: int) -> Document:
    """One document of the actor's office; Unknown otherwise."""
    visible = Document.objects.visible_to(actor).select_related("area", "file", "plan")
    found = visible.filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这份通知，或它不在您的管辖范围内。")
    return found


def _unread(request: Request, found: Document) -> HttpResponse:
    waited = timezone.now() - found.uploaded_at
    context = {"document": found, "slow": waited.total_seconds() > 120}
    return render(request, "intake/unread.html", context)


def _waiting(found: Document) -> HttpResponse:
    """The page that waits for the reading asks again and again; it reloads once there is news."""
    response = HttpResponse(status=204)
    if found.state != DocumentState.READING:
        response["HX-Refresh"] = "true"
    return response


def _where_missing(found: Document) -> str:
    """The tab on which the first thing that is missing can be mended."""
    if found.points.filter(decision=Decision.OPEN).exists():
        return "points"
    return "units" if found.units_unbound().exists() else "read"


def _tabs(found: Document, tab: str) -> list[tuple[Any, ...]]:
    counts = {
        "points": found.points.filter(decision=Decision.OPEN).count() or None,
        "units": found.units_unbound().count() or None,
    }
    return [
        (label, f"?tab={name}", name == tab, *([counts[name]] if counts.get(name) else []))
        for name, label in TABS.items()
    ]


def _read(request: Request, found: Document) -> dict[str, Any]:
    items = list(found.items.prefetch_related("units", "clauses"))
    points = Counter(
        found.points.filter(decision=Decision.OPEN).values_list("item_number", flat=True)
    )
    starts = {item.first_line: item for item in items if item.first_line}
    ends = {n for item in items for n in range(item.first_line, item.last_line + 1)}
    lines = [
        {"number": n, "text": text, "item": starts.get(n), "read": n in ends}
        for n, text in enumerate(found.lines, start=1)
    ]
    return {
        "lines": lines,
        "items": [{"item": each, "open": points.get(each.number, 0)} for each in items],
        "document_form": DocumentForm(instance=found),
    }


def _points(request: Request, found: Document) -> dict[str, Any]:
    return points.content(found, request.GET)


def _units(request: Request, found: Document) -> dict[str, Any]:
    units = Unit.objects.filter(item__document=found).select_related(
        "item", "organisation", "group"
    )
    by_name: dict[str, dict[str, Any]] = {}
    for unit in units.order_by("pk"):
        row = by_name.setdefault(unit.name, {"unit": unit, "items": []})
        row["items"].append(unit.item.number)
    for row in by_name.values():
        row["where"] = ranges(row["items"])
    rows = sorted(by_name.values(), key=lambda row: _bound(row["unit"]))
    return {"units": rows, "names": names()}


def ranges(numbers: list[int]) -> str:
    """Numbers in few words: 1、3—5、8."""
    runs: list[list[int]] = []
    for each in sorted(set(numbers)):
        if runs and each == runs[-1][-1] + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    parts = [[r[0], r[-1]] if len(r) > 2 else r for r in runs]
    ends = ["—" if len(r) > 2 else "、" for r in runs]
    return "、".join(end.join(map(str, p)) for p, end in zip(parts, ends, strict=True))


def _bound(unit: Unit) -> bool:
    return bool(unit.organisation_id or unit.group_id or unit.left_out)


def names() -> list[str]:
    """Names to choose from: groups and the bodies of the city and its counties."""
    kinds = Organisation.objects.exclude(kind__in=["village", "enterprise"])
    return [
        *Group.objects.values_list("name", flat=True),
        *kinds.filter(path__regex=r"^[^/]+(/[^/]+){0,2}$").values_list("short_name", flat=True),
    ]


def _clauses(request: Request, found: Document) -> dict[str, Any]:
    clauses = Clause.objects.filter(item__document=found).select_related("item")
    return {"clauses": clauses.order_by("item__number", "number")}


def _can_be_previewed(found: Document) -> bool:
    under_way = found.state in (DocumentState.REVIEW, DocumentState.SUBMITTED)
    return under_way and bool(found.year) and not found.dates_wrong()


def _publish(request: Request, found: Document) -> dict[str, Any]:
    context: dict[str, Any] = {
        "existing": publication.published_plan(found),
        "history": history(found, flow.DOCUMENT),
    }
    if _can_be_previewed(found):
        will = publication.preview(actor=request.actor, document=found)
        context["changes"] = changes.told(each for each in will if each.what != "duty")
        context["duties"] = Counter(each.how for each in will if each.what == "duty")
    elif found.state == DocumentState.PUBLISHED:
        context["changes"] = changes.told(found.changes)
    return context


_CONTENT = {
    "read": _read,
    "points": _points,
    "units": _units,
    "clauses": _clauses,
    "publish": _publish,
}
