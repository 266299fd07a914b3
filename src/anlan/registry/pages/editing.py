"""Adding and changing an enterprise or a site."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Forbidden, Refused
from anlan.registry import policies
from anlan.registry.forms import EnterpriseForm, SiteForm, initial, named
from anlan.registry.models import Enterprise, Site
from anlan.registry.pages.common import found, keeps, names, url
from anlan.registry.services import subjects
from anlan.registry.services.doubts import Doubt, doubts
from anlan.registry.services.facts import CodeTaken
from anlan.registry.services.locking import Stale

_NOT_THE_FORM = (403, 404)  # nothing that other words in the form could mend
Form = EnterpriseForm | SiteForm


@page(policies.KEEP, methods=("GET", "POST"))
def enterprise_add(request: Request) -> HttpResponse:
    """Register an enterprise."""
    return _respond(request, "enterprise", None)


@page(policies.KEEP, methods=("GET", "POST"))
def enterprise_change(request: Request, pk: int) -> HttpResponse:
    """Change the facts of an enterprise."""
    return _respond(request, "enterprise", pk)


@page(policies.KEEP, methods=("GET", "POST"))
def site_add(request: Request) -> HttpResponse:
    """Register a site."""
    return _respond(request, "site", None)


@page(policies.KEEP, methods=("GET", "POST"))
def site_change(request: Request, pk: int) -> HttpResponse:
    """Change the facts of a site."""
    return _respond(request, "site", pk)


def _respond(request: Request, kind: str, pk: int | None) -> HttpResponse:
    before = found(request.actor, kind, pk) if pk else None
    if before is not None:
        if before.merged_into_id:
            return redirect(url(before))
        if not keeps(request.actor, before):
            raise Forbidden(f"您能看到“{before}”，但它不由您单位登记。请联系它的监管部门修改。")
    form = _form(request, kind, before)
    if request.method != "POST":
        return _show(request, kind, before, form)
    if not form.is_valid():
        return _show(request, kind, before, form, status=422)
    asked = [] if request.POST.get("sure") else doubts(request.actor, form.facts(), before)
    if asked:
        return _show(request, kind, before, form, status=422, doubts=asked)
    try:
        saved = _save(request, kind, before, form)
    except Refused as refusal:
        return _refused(request, kind, before, form, refusal)
    messages.success(request, "已保存。" if before else f"已登记“{saved}”。")
    return redirect(url(saved))


def _save(
    request: Request, kind: str, before: Enterprise | Site | None, form: Form
) -> Enterprise | Site:
    actor, facts = request.actor, form.facts()
    if before is None:
        add: Any = subjects.site_add if kind == "site" else subjects.enterprise_add
        made: Enterprise | Site = add(actor=actor, facts=facts)
        return made
    change: Any = subjects.site_change if kind == "site" else subjects.enterprise_change
    typed = form.cleaned_data
    changed: Enterprise | Site = change(
        **{kind: before.pk},
        actor=actor,
        facts=facts,
        seen=typed["seen"] or 0,
        reason=typed["reason"],
    )
    return changed


def _refused(
    request: Request, kind: str, before: Enterprise | Site | None, form: Form, refusal: Refused
) -> HttpResponse:
    """The form again with what was typed; after another's change, with his values beside it."""
    if refusal.status in _NOT_THE_FORM:
        raise refusal
    field = refusal.code if refusal.code in form.fields else None
    if refusal.code in ("credit_code_taken", "place_nowhere", "area_too_wide", "name_missing"):
        field = {"c": "credit_code", "p": "latitude", "a": "area", "n": "name"}[refusal.code[0]]
    form.add_error(field, refusal.message)
    extra: dict[str, Any] = {}
    if isinstance(refusal, CodeTaken) and refusal.other:
        seen = Enterprise.objects.visible_to(request.actor)
        extra["other"] = seen.filter(pk=refusal.other).first()
    if isinstance(refusal, Stale) and before is not None:
        before.refresh_from_db()
        data: QueryDict = request.POST.copy()
        data["seen"] = str(before.revision)
        form.data = data
        extra["present"] = found(request.actor, kind, before.pk)
    return _show(request, kind, before, form, status=refusal.status, **extra)


def _form(request: Request, kind: str, before: Enterprise | Site | None) -> Form:
    data = request.POST if request.method == "POST" else None
    shown = initial(before) if before else _proposed(request)
    if kind == "site":
        return SiteForm(data, subject=before, initial=shown, actor=request.actor)
    return EnterpriseForm(data, subject=before, initial=shown)


def _proposed(request: Request) -> dict[str, Any]:
    """A new site of an enterprise takes after it (``?enterprise=7``)."""
    given = request.GET.get("enterprise", "")
    if not given.isdecimal():
        return {}
    seen = Enterprise.objects.visible_to(request.actor).select_related("area", "regulator")
    owner = seen.filter(pk=int(given[:18])).first()
    if owner is None:
        return {}
    taken = {k: v for k, v in initial(owner).items() if k in ("sector", "area", "business")}
    return {**taken, "enterprise": named(owner)}


def _show(
    request: Request,
    kind: str,
    before: Enterprise | Site | None,
    form: Form,
    *,
    status: int = 200,
    doubts: list[Doubt] | None = None,
    **extra: Any,
) -> HttpResponse:
    asked = [(each.text, [(str(o), url(o)) for o in each.others]) for each in doubts or ()]
    context = {
        "kind": kind,
        "what": "场所" if kind == "site" else "企业",
        "subject": before,
        "subject_url": url(before) if before else "",
        "form": form,
        "doubts": asked,
        **names(),
        **extra,
    }
    return render(request, "registry/edit.html", context, status=status)
