"""One group: who is in it on a day, who was when, and its changes."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.access.selectors import organisation_names
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs import forms, policies, services
from anlan.kernel.orgs.models import Group, Membership
from anlan.kernel.orgs.pages.common import act, chosen_day
from anlan.kernel.orgs.pages.history import history_of_group
from anlan.kernel.orgs.pages.lists import verified_tag
from anlan.kernel.orgs.selectors import in_force
from anlan.kernel.orgs.services import may_edit
from anlan.kernel.orgs.services.checks import EDITORS_OF_GROUPS

ORDER = ("organisation__sort", "organisation__code", "valid_from")


@page(anyone)
def group(request: Request, pk: int) -> HttpResponse:
    """The members of a group on a day."""
    return _show(request, _found(request.actor, pk))


@page(policies.GROUPS, methods=("POST",))
def add_member(request: Request, pk: int) -> HttpResponse:
    """Put an organisation into the group."""
    actor, found = request.actor, _found(request.actor, pk)

    def do(**typed: Any) -> str:
        made = services.group_add_member(actor=actor, group=found, **typed)
        return f"已将{made.organisation}列入，自{made.valid_from}起。"

    return _act(request, found, forms.AddMember(request.POST), do, "add_form")


@page(policies.GROUPS, methods=("POST",))
def end_member(request: Request, pk: int) -> HttpResponse:
    """Take an organisation out of the group after a day."""
    actor, found = request.actor, _found(request.actor, pk)

    def do(**typed: Any) -> str:
        ended = services.group_end_member(actor=actor, group=found, **typed)
        return f"{ended.organisation}在组内的最后一天是{ended.valid_to}。"

    return _act(request, found, forms.EndMember(request.POST, group=found), do, "end_form")


@page(policies.GROUPS, methods=("POST",))
def verify(request: Request, pk: int) -> HttpResponse:
    """Confirm that the members are the right ones."""
    services.group_verify(actor=request.actor, group=_found(request.actor, pk))
    messages.success(request, "名单已标为核实。")
    return redirect("orgs:group", pk)


def _act(
    request: Request, found: Group, form: django_forms.Form, do: Any, name: str
) -> HttpResponse:
    """Do it and go back to the page; with a fault, the page again with what was typed."""
    if act(request, form, do):
        return redirect("orgs:group", found.pk)
    return _show(request, _found(request.actor, found.pk), status=422, **{name: form})


def _found(actor: Actor, pk: int) -> Group:
    found: Group | None = (
        Group.objects.visible_to(actor).select_related("area").filter(pk=pk).first()
    )
    if found is None:
        raise Unknown("没有这个单位组。请从单位组清单重新进入。")
    return found


def _show(
    request: Request, found: Group, status: int = 200, **typed: django_forms.Form
) -> HttpResponse:
    day_form, on = chosen_day(request)
    edits = may_edit(request.actor, found.area, EDITORS_OF_GROUPS)
    periods = Membership.objects.filter(group=found).select_related("organisation__area")
    context = {
        "group": found,
        "verified": verified_tag(found),
        "periods": periods.filter(in_force(on), in_force(on, "organisation__")).order_by(*ORDER),
        "others": periods.exclude(in_force(on)).order_by(*ORDER),
        "history": history_of_group(found),
        "day_form": day_form,
        "on": on,
        "today": timezone.localdate(),
        "edits": edits,
        "organisations": organisation_names() if edits else [],
        **(_forms(request, found) if edits else {}),
        **typed,
    }
    if day_form.errors:
        status = 422
    return render(request, "orgs/group.html", context, status=status)


def _forms(request: Request, found: Group) -> dict[str, django_forms.Form]:
    today = timezone.localdate()
    ending = {"valid_to": today, "organisation": request.GET.get("end", "")}
    return {
        "add_form": forms.AddMember(initial={"valid_from": today}),
        "end_form": forms.EndMember(initial=ending, group=found),
    }
