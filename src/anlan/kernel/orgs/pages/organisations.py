"""One organisation: who it is, what it is called, where it belongs; and its changes."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import Grant
from anlan.kernel.access.pages.common import posted
from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.access.selectors import organisation_names
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs import forms, policies, services
from anlan.kernel.orgs.models import Area, Organisation, OrganisationKind
from anlan.kernel.orgs.pages.common import UNRECORDED, act, area_names, chosen_day
from anlan.kernel.orgs.pages.history import history_of_organisation
from anlan.kernel.orgs.pages.lists import existence_tag, verified_tag
from anlan.kernel.orgs.selectors import answering_to, groups_of, in_force
from anlan.kernel.orgs.services import may_edit
from anlan.kernel.orgs.services.checks import EDITORS_OF_GROUPS, EDITORS_OF_ORGANISATIONS


@page(anyone)
def organisation(request: Request, pk: int) -> HttpResponse:
    """Everything about one organisation on a day."""
    return _show(request, _found(request.actor, pk))


@page(policies.ORGANISATIONS, methods=("GET", "POST"))
def add(request: Request) -> HttpResponse:
    """Add an organisation."""
    form = forms.NewOrganisation(posted(request), initial={"valid_from": timezone.localdate()})
    made: list[Organisation] = []

    def do(kind: str, **typed: Any) -> str:
        kind_of = OrganisationKind(kind)
        made.append(services.organisation_add(actor=request.actor, kind=kind_of, **typed))
        return f"已增设{made[0].name}。"

    if request.method == "POST" and act(request, form, do):
        return redirect("orgs:organisation", made[0].pk)
    context = {"form": form, "organisations": organisation_names(), "areas": area_names()}
    return render(request, "orgs/add.html", context, status=422 if form.errors else 200)


@page(policies.ORGANISATIONS, methods=("POST",))
def rename(request: Request, pk: int) -> HttpResponse:
    """Give the organisation new names from a day on."""
    actor, found = request.actor, _found(request.actor, pk)

    def do(**typed: Any) -> str:
        services.organisation_rename(actor=actor, organisation=found, **typed)
        return f"已更名为{typed['name']}。原名称留作历史名称。"

    form = forms.Rename(request.POST, organisation=found)
    return _act(request, pk, form, do, "rename_form")


@page(policies.ORGANISATIONS, methods=("POST",))
def dissolve(request: Request, pk: int) -> HttpResponse:
    """End the organisation with a day."""
    actor, found = request.actor, _found(request.actor, pk)

    def do(**typed: Any) -> str:
        services.organisation_dissolve(actor=actor, organisation=found, **typed)
        return f"已登记撤销，{typed['on']}为最后一天。"

    return _act(request, pk, forms.Dissolve(request.POST), do, "dissolve_form")


@page(policies.GROUPS, methods=("POST",))
def add_name(request: Request, pk: int) -> HttpResponse:
    """Let documents call it by one more name."""
    actor, found = request.actor, _found(request.actor, pk)

    def do(name: str) -> str:
        services.organisation_add_name(actor=actor, organisation=found, name=name)
        return f"已增加别名“{name}”。"

    return _act(request, pk, forms.AddName(request.POST), do, "name_form")


@page(policies.GROUPS, methods=("POST",))
def set_host(request: Request, pk: int) -> HttpResponse:
    """Confirm or correct where an office is set up."""
    actor, found = request.actor, _found(request.actor, pk)

    def do(host: Organisation | None) -> str:
        services.organisation_set_host(actor=actor, organisation=found, host=host)
        return f"已核实：设在{host.name}。" if host else "已核实：单独设置。"

    return _act(request, pk, forms.SetHost(request.POST), do, "host_form")


def _act(request: Request, pk: int, form: django_forms.Form, do: Any, name: str) -> HttpResponse:
    """Do it and go back to the page; with a fault, the page again with what was typed."""
    if act(request, form, do):
        return redirect("orgs:organisation", pk)
    return _show(request, _found(request.actor, pk), status=422, **{name: form})


def _found(actor: Actor, pk: int) -> Organisation:
    rows = Organisation.objects.visible_to(actor).select_related("area__parent", "parent", "host")
    found: Organisation | None = rows.filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这个单位。请从单位清单重新进入。")
    return found


def _show(
    request: Request, found: Organisation, status: int = 200, **typed: django_forms.Form
) -> HttpResponse:
    day_form, on = chosen_day(request)
    grants = Grant.objects.in_force().filter(organisation=found, user__is_active=True)
    context = {
        "organisation": found,
        "areas_around": _line(found.area),
        "exists": existence_tag(found, on),
        "verified": verified_tag(found),
        "names": found.names.order_by("valid_to", "valid_from", "pk"),
        "groups": groups_of(found, on=on).select_related("area"),
        "below": answering_to(found, on=on),
        "hosted": found.hosted.filter(in_force(on)),
        "grants": grants.select_related("user", "area").order_by("role", "user__name"),
        "history": history_of_organisation(found),
        "day_form": day_form,
        "on": on,
        "today": timezone.localdate(),
        "unrecorded": UNRECORDED,
        "organisations": organisation_names() if typed or _edits(request.actor, found) else [],
        **_forms(request.actor, found),
        **typed,
    }
    if day_form.errors:
        status = 422
    return render(request, "orgs/organisation.html", context, status=status)


def _line(area: Area) -> str:
    """The area with those around it, outermost first."""
    codes = area.path.split("/")
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return " ".join(names[code] for code in codes)


def _edits(actor: Actor, found: Organisation) -> bool:
    return may_edit(actor, found.area, EDITORS_OF_GROUPS)


def _forms(actor: Actor, found: Organisation) -> dict[str, django_forms.Form]:
    """The forms that the actor may use on it now."""
    usable: dict[str, django_forms.Form] = {}
    today = timezone.localdate()
    if found.valid_to is not None:
        return usable
    if _edits(actor, found):
        usable["name_form"] = forms.AddName()
        if found.kind == OrganisationKind.OFFICE:
            usable["host_form"] = forms.SetHost(initial={"host": found.host and found.host.name})
    if may_edit(actor, found.area, EDITORS_OF_ORGANISATIONS):
        present = {"name": found.name, "short_name": found.short_name, "on": today}
        usable["rename_form"] = forms.Rename(initial=present, organisation=found)
        usable["dissolve_form"] = forms.Dissolve(initial={"on": today})
    return usable
