"""Binding, correcting, submitting, publishing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from anlan.intake import policies
from anlan.intake.forms import BindForm, ClauseForm, DocumentForm, ItemForm, UnitForm
from anlan.intake.models import Clause, Document, Item, Unit
from anlan.intake.pages.documents import get, names, show
from anlan.intake.services import carrying, checking, publication
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.orgs.models import Group


@page(policies.IMPORT, methods=("POST",))
def bind(request: Request, pk: int, unit: int) -> HttpResponse:
    """Bind a unit's name to an organisation or a group."""
    _unit(request, pk, unit)
    form = BindForm(request.POST)
    if not form.is_valid():
        return _back(request, pk, "units", "；".join(_errors(form)))
    target = form.cleaned_data["target"]
    chosen = {"group": target} if isinstance(target, Group) else {"organisation": target}

    def act() -> str:
        count = checking.unit_bind(actor=request.actor, unit=unit, **chosen)
        return f"已对应到“{target}”（{count} 处）。"

    return _do(request, pk, "units", act)


@page(policies.IMPORT, methods=("POST",))
def leave_out(request: Request, pk: int, unit: int) -> HttpResponse:
    """Decide that a name binds nobody."""
    _unit(request, pk, unit)
    reason = request.POST.get("reason", "")

    def act() -> str:
        count = checking.unit_leave_out(actor=request.actor, unit=unit, reason=reason)
        return f"已标为不对应任何单位（{count} 处），理由已留存。"

    return _do(request, pk, "units", act)


@page(policies.IMPORT, methods=("GET", "POST"))
def item(request: Request, pk: int, item: int) -> HttpResponse:
    """Correct an item's words, date and units."""
    document = get(request.actor, pk)
    found = _item(document, item)
    form = ItemForm(request.POST or None, instance=Item.objects.get(pk=found.pk))

    def act() -> str:
        checking.item_edit(actor=request.actor, item=item, **form.cleaned_data)
        return "已保存。"

    if request.method == "POST" and _saved(request, form, act):
        return redirect(_tab(pk, "read", f"item-{found.number}"))
    return _show_item(request, document, found, form=form)


@page(policies.IMPORT, methods=("GET", "POST"))
def add_unit(request: Request, pk: int, item: int) -> HttpResponse:
    """Add a responsible unit to an item."""
    if request.method == "GET":  # a refused form stands here; opened again, it is the item
        return redirect("intake:item", pk, item)
    document = get(request.actor, pk)
    found = _item(document, item)
    form = UnitForm(request.POST, auto_id="unit-%s")

    def act() -> str:
        unit = checking.unit_add(actor=request.actor, item=item, **form.cleaned_data)
        return f"已增加“{unit.name}”。"

    if _saved(request, form, act):
        return redirect("intake:item", pk, item)
    return _show_item(request, document, found, unit_form=form)


@page(policies.IMPORT, methods=("POST",))
def remove_unit(request: Request, pk: int, unit: int) -> HttpResponse:
    """Take a responsible unit off its item."""
    back = reverse("intake:item", args=[pk, _unit(request, pk, unit).item_id])

    def act() -> str:
        checking.unit_remove(actor=request.actor, unit=unit)
        return "已移除。"

    return _do(request, pk, "units", act, back=back if request.POST.get("item") else "")


@page(policies.IMPORT, methods=("GET", "POST"))
def clause(request: Request, pk: int, clause: int) -> HttpResponse:
    """Correct a clause and bind it to an indicator."""
    document = get(request.actor, pk)
    found = Clause.objects.filter(item__document=document, pk=clause).first()
    if found is None:
        raise Unknown
    form = ClauseForm(request.POST or None, instance=found)

    def act() -> str:
        checking.clause_edit(actor=request.actor, clause=clause, **form.cleaned_data)
        return "已保存。"

    if request.method == "POST" and _saved(request, form, act):
        return redirect(_tab(pk, "clauses", f"clause-{clause}"))
    context = {"document": document, "clause": found, "form": form}
    return render(request, "intake/clause.html", context, status=422 if form.errors else 200)


@page(policies.IMPORT, methods=("GET", "POST"))
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct title, issuer, year, kind."""
    if request.method == "GET":
        return redirect(_tab(pk, "read"))
    document = get(request.actor, pk)
    form = DocumentForm(request.POST, instance=get(request.actor, pk))

    def act() -> str:
        checking.document_edit(actor=request.actor, document=pk, **form.cleaned_data)
        return "已保存。"

    if _saved(request, form, act):
        return redirect(_tab(pk, "read"))
    return show(request, document, "read", status=422, document_form=form)


@page(policies.IMPORT, methods=("POST",))
def carry(request: Request, pk: int, verb: str) -> HttpResponse:
    """Undo corrections of the version before that were carried over, or take them over."""
    get(request.actor, pk)
    chosen = [int(each) for each in request.POST.getlist("carried") if each.isdecimal()]

    def act() -> str:
        if verb == "undo":
            count = carrying.carried_undo(actor=request.actor, document=pk, carried=chosen)
            return f"已撤销沿用 {count} 处，恢复为新版读出的内容。"
        count = carrying.carried_take(actor=request.actor, document=pk, carried=chosen)
        return f"已沿用上一版的更正 {count} 处。"

    return _do(request, pk, "read", act, back=f"{reverse('intake:document', args=[pk])}#carried")


@page(policies.IMPORT, methods=("POST",))
def submit(request: Request, pk: int) -> HttpResponse:
    """Hand it to the second person."""

    def act() -> str:
        publication.document_submit(actor=request.actor, document=pk)
        return "已提交，等待安委办负责人发布。"

    return _do(request, pk, "publish", act)


@page(policies.IMPORT, methods=("POST",))
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take it out of the way."""

    def act() -> str:
        publication.document_withdraw(actor=request.actor, document=pk)
        return "已撤回，记录保留。"

    return _do(request, pk, "read", act)


@page(policies.PUBLISH, methods=("POST",))
def send_back(request: Request, pk: int) -> HttpResponse:
    """Return it to be checked again."""
    reason = request.POST.get("reason", "")

    def act() -> str:
        publication.document_return(actor=request.actor, document=pk, reason=reason)
        return "已退回核对。"

    return _do(request, pk, "publish", act)


@page(policies.PUBLISH, methods=("POST",))
def publish(request: Request, pk: int) -> HttpResponse:
    """Publish: all or nothing."""

    def act() -> str:
        _, changes = publication.document_publish(actor=request.actor, document=pk)
        duties = sum(1 for each in changes if each.what == "duty" and each.how == "added")
        return f"已发布，新增单位任务 {duties} 项，各责任单位现在可以看到。"

    return _do(request, pk, "publish", act)


def _item(document: Document, item: int) -> Item:
    found = document.items.filter(pk=item).first()
    if found is None:
        raise Unknown
    return found


def _show_item(request: Request, document: Document, item: Item, **typed: Any) -> HttpResponse:
    """The page of an item; ``typed``: a form that was refused, with what it held."""
    context = {
        "document": document,
        "item": item,
        "form": ItemForm(instance=item),
        "units": item.units.select_related("organisation", "group"),
        "unit_form": UnitForm(auto_id="unit-%s"),
        "names": names(),
        "lines": document.lines[max(0, item.first_line - 1) : item.last_line],
        **typed,
    }
    refused = any(form.errors for form in typed.values())
    return render(request, "intake/item.html", context, status=422 if refused else 200)


def _saved(request: Request, form: BaseForm, act: Callable[[], str]) -> bool:
    """Whether it could be done; if not, the form says why and keeps what was typed."""
    if not form.is_valid():
        return False
    try:
        messages.success(request, act())
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, refusal.message)
        return False
    return True


def _unit(request: Request, pk: int, unit: int) -> Unit:
    """The named unit, if it is one of this document's."""
    found = Unit.objects.filter(item__document=get(request.actor, pk), pk=unit).first()
    if found is None:
        raise Unknown
    return found


def _do(
    request: Request,
    pk: int,
    tab: str,
    act: Callable[[], str],
    *,
    back: str = "",
) -> HttpResponse:
    """Act and go back to the tab; a refusal is told there and nothing is lost."""
    try:
        messages.success(request, act())
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
    return redirect(back or _tab(pk, tab))


def _back(request: Request, pk: int, tab: str, error: str) -> HttpResponse:
    messages.error(request, error)
    return redirect(_tab(pk, tab))


def _tab(pk: int, tab: str, anchor: str = "") -> str:
    url = f"{reverse('intake:document', args=[pk])}?tab={tab}"
    return f"{url}#{anchor}" if anchor else url


def _errors(form: Any) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]
