"""The rules, and one rule with its versions: drawn up by one person, published by another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.ui.deciding import act_and_return
from anlan.monitoring import compiling, flow, policies
from anlan.monitoring.forms import VersionForm
from anlan.monitoring.models import Rule
from anlan.monitoring.services import rules as services

POST = ("POST",)


@page(policies.VIEW)
def rules(request: Request) -> HttpResponse:
    """All rules in use, with the limits in force."""
    now = {each.rule_id: each for each in compiling.in_force()}
    found = Rule.objects.visible_to(request.actor).filter(retired_at=None)
    rows = [(each, now.get(each.pk)) for each in found.select_related("document")]
    return render(request, "monitoring/rules.html", {"rows": rows})


@page(policies.VIEW)
def rule(request: Request, pk: int) -> HttpResponse:
    """One rule: on whose word, what it watches, its versions newest first."""
    return _page(request, pk, None)


@page(policies.PROPOSE, methods=POST)
def propose(request: Request, pk: int) -> HttpResponse:
    """Draw up a new version; nothing is lost where something is wrong."""
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, form, status=422)
    current = compiling.in_force().filter(rule=pk).first()
    try:
        services.version_propose(
            actor=request.actor,
            rule=pk,
            content=form.content(current.spans if current else []),
            reason=form.cleaned_data["reason"],
            effective_from=form.cleaned_data["effective_from"],
        )
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        form.add_error(None, refused.message)
        return _page(request, pk, form, status=refused.status)
    messages.success(request, "已提交，由另一人发布后生效。")
    return redirect("monitoring:rule", pk)


@page(policies.PUBLISH, methods=POST)
def publish(request: Request, pk: int) -> HttpResponse:
    """It holds from its day on."""
    return act_and_return(
        request,
        lambda: services.version_publish(actor=request.actor, version=pk),
        "已发布，到生效日期起按新的规则报警。",
    )


@page(policies.PUBLISH, methods=POST)
def refuse(request: Request, pk: int) -> HttpResponse:
    """It is not taken."""
    reason = request.POST.get("reason", "")
    return act_and_return(
        request,
        lambda: services.version_refuse(actor=request.actor, version=pk, reason=reason),
        "未采用，原来的规则不变。",
    )


def _page(request: Request, pk: int, form: VersionForm | None, status: int = 200) -> HttpResponse:
    found = get_object_or_404(
        Rule.objects.visible_to(request.actor).select_related("document"), pk=pk
    )
    versions = list(found.versions.select_related("decided_by"))
    in_force = compiling.in_force().filter(rule=found).first()
    proposes = policies.PROPOSE.allows(request.actor)
    context: dict[str, Any] = {
        "rule": found,
        "in_force": in_force,
        "versions": [
            (each, {t.verb for t in flow.RULE_VERSION.available(each, request.actor)})
            for each in versions
        ],
        "form": (form or VersionForm.of(in_force)) if proposes else None,
    }
    return render(request, "monitoring/rule.html", context, status=status)
