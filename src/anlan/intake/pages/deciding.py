"""Deciding on the points of the checking list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from anlan.intake import policies
from anlan.intake.choices import Decision
from anlan.intake.forms import DecideForm
from anlan.intake.models import Document, Item, Point
from anlan.intake.pages import points
from anlan.intake.pages.documents import get, show
from anlan.intake.services import checking
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown, WrongState
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.resolving import resolve_all
from anlan.plan.choices import UnitRole


@page(policies.IMPORT, methods=("GET", "POST"))
def decide(request: Request, pk: int) -> HttpResponseBase:
    """Decide the chosen points, or the one whose button was pressed."""
    if request.method == "GET":
        return _back(request, pk)
    document = get(request.actor, pk)
    form = DecideForm(_typed(request), document=document)
    try:
        if not form.is_valid():
            raise Refused("form", "；".join(_errors(form)))
        typed = form.cleaned_data
        _still_as_read(request, document, typed["points"])
        count = checking.points_decide(
            actor=request.actor,
            document=pk,
            points=typed["points"],
            decision=Decision(typed["decision"]),
            note=typed["note"],
        )
    except Refused as refusal:
        return _refused(request, document, refusal)
    messages.success(request, f"已处理 {count} 条。")
    return _back(request, pk)


@page(policies.IMPORT, methods=("GET", "POST"))
def settle_unit(request: Request, pk: int, point: int) -> HttpResponseBase:
    """Settle a unit that one side lacks in one go: add, keep or drop it, and note it."""
    if request.method == "GET":
        return _back(request, pk)
    actor = request.actor
    document = get(actor, pk)
    found = document.points.filter(pk=point).first()
    if found is None or found.item_number is None:
        raise Unknown
    item = document.items.filter(number=found.item_number).first()
    if item is None:
        raise Unknown
    try:
        _still_as_read(request, document, [point])
        with transaction.atomic():
            said = _settle(request, document, found, item)
            checking.points_decide(
                actor=actor, document=pk, points=[point], decision=Decision.CORRECTED, note=said
            )
    except Refused as refusal:
        return _refused(request, document, refusal)
    messages.success(request, said)
    return _back(request, pk)


def _settle(request: Request, document: Document, point: Point, item: Item) -> str:
    actor, name = request.actor, point.body or point.table
    verb = request.POST.get("do", "")
    if verb == "add":
        organisation = _organisation(document, name)
        checking.unit_add(
            actor=actor, item=item.pk, role=UnitRole.RESPONSIBLE, organisation=organisation
        )
        return f"已把“{name}”补列为第 {item.number} 项的责任单位（负责）。"
    named = item.units.filter(name=name, inherited=False)
    if verb == "keep" and named.exists():
        return f"以正文为准，第 {item.number} 项保留“{name}”，附表补列。"
    if verb == "drop" and named.exists():
        for unit in list(named):
            checking.unit_remove(actor=actor, unit=unit.pk)
        return f"已把“{name}”从第 {item.number} 项的责任单位中删去。"
    raise WrongState(f"第 {item.number} 项的责任单位中现在没有“{name}”，没有改动。")


def _organisation(document: Document, name: str) -> Organisation:
    """The one organisation that a name means; a person must bind what is not certain."""
    year = document.year or timezone.localdate().year
    found = resolve_all({name}, area=document.area, on=date(year, 1, 1))[name]
    if len(found.organisations) != 1:
        raise Refused(
            "name_unclear",
            f"单位库中没有唯一的“{name}”，请打开这一项的“更正”，从单位库中选择后增加。",
        )
    return found.organisations[0]


def _typed(request: Request) -> dict[str, Any]:
    """The form as it came; a point's own button stands for its decision on that point alone."""
    verb, _, one = request.POST.get("one", "").partition(":")
    return {
        "points": [one] if one else request.POST.getlist("points"),
        "all": "" if one else request.POST.get("all", ""),
        "decision": verb or request.POST.get("decision", ""),
        "note": request.POST.get("reason", "") or request.POST.get("note", ""),
        "code": points.narrowed(request.GET)["code"],
    }


def _still_as_read(request: Request, document: Document, chosen: list[int]) -> None:
    """Refuse to write over what another decided after the reader's page was made."""
    try:
        read = datetime.fromtimestamp(float(request.GET.get("read", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return
    others = document.points.filter(pk__in=chosen, decided_at__gt=read)
    first = others.exclude(decided_by=request.actor.user).select_related("decided_by").first()
    if first is not None and first.decided_at is not None:
        at = timezone.localtime(first.decided_at)
        raise WrongState(
            f"“{points.named(first)}：{str(first)[:30]}”已由{first.decided_by}于 {at:%H:%M} "
            f"处理为“{first.get_decision_display()}”，没有覆盖。现在显示的是最新情况，请看清后再办理。"
        )


def _refused(request: Request, document: Document, refusal: Refused) -> HttpResponseBase:
    """The list again, with what was chosen and typed."""
    if refusal.status == 404:
        raise refusal
    messages.error(request, refusal.message)
    kept = {
        "chosen": {int(each) for each in request.POST.getlist("points") if each.isdecimal()},
        "note": request.POST.get("note", ""),
    }
    return show(request, get(request.actor, document.pk), "points", status=422, **kept)


def _back(request: Request, pk: int) -> HttpResponse:
    """Back to the same view, to where one was."""
    asked = points.narrowed(request.GET)
    address = f"{reverse('intake:document', args=[pk])}{points.address(**asked)}"
    number = request.POST.get("of", "")
    return redirect(f"{address}#of-{number}" if number.isdecimal() else address)


def _errors(form: DecideForm) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]
