"""One version of a rule: what it says, what it changes, what it would have done; published by
another person than who drew it up."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.ui.deciding import act_and_return
from anlan.monitoring import flow, policies
from anlan.monitoring.choices import VersionState
from anlan.monitoring.models import RuleVersion
from anlan.monitoring.rules import compiling, outcomes, wording
from anlan.monitoring.rules.trial_forms import TrialForm
from anlan.monitoring.services import rules as services

POST = ("POST",)


@page(policies.VIEW)
def version(request: Request, pk: int) -> HttpResponse:
    """A draft beside what is in force; an older version beside the one before it. For htmx the
    trial alone, while it is at work."""
    return shown(request, pk, None)


def shown(request: Request, pk: int, form: TrialForm | None, status: int = 200) -> HttpResponse:
    """The page, with the form of a trial as it was sent."""
    rows = RuleVersion.objects.visible_to(request.actor)
    found: RuleVersion = get_object_or_404(
        rows.select_related("rule__sector", "document", "decided_by"), pk=pk
    )
    context = {"version": found, "rule": found.rule, **_trial(request, found, form)}
    if request.htmx and not request.htmx.boosted:
        return render(request, "monitoring/_trial.html", context, status=status)
    before = _before(found)
    context |= {
        "before": before,
        "in_force": found.state == VersionState.PROPOSED,
        "sentences": wording.sentences(found),
        "reach": wording.reach(found),
        "compared": wording.compared(before, found, request.actor),
        "may": {each.verb for each in flow.RULE_VERSION.available(found, request.actor)},
        "makers": found.makers_named,
    }
    return render(request, "monitoring/version.html", context, status=status)


def _trial(request: Request, found: RuleVersion, form: TrialForm | None) -> dict[str, Any]:
    """The newest trial, and the form for another."""
    newest = found.trials.select_related("by", "against").first()
    may = policies.PROPOSE.allows(request.actor)
    return {
        "trial": newest,
        "outcome": outcomes.read(newest, request.actor) if newest else None,
        "trial_form": (form or TrialForm.usual()) if may else None,
        "may_draw_up": may,
    }


def _before(found: RuleVersion) -> RuleVersion | None:
    """What it is compared with: of a draft what is in force, else the one published before it."""
    if found.state == VersionState.PROPOSED:
        rows = compiling.in_force().filter(rule=found.rule_id)
    else:
        rows = RuleVersion.objects.filter(
            rule=found.rule_id, number__lt=found.number, state=VersionState.PUBLISHED
        ).order_by("-number")
    return rows.select_related("rule__sector", "document").first()


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


@page(policies.PROPOSE, methods=POST)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Its maker takes it back."""
    return act_and_return(
        request,
        lambda: services.version_withdraw(actor=request.actor, version=pk),
        "已撤回。可以在它的基础上修改后重新提交。",
    )
