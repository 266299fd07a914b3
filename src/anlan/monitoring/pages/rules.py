"""The rules by line of business, and one rule: what is in force, its versions, its editor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.monitoring import policies
from anlan.monitoring.choices import VersionState
from anlan.monitoring.models import Rule, RuleVersion
from anlan.monitoring.rules import compiling, wording
from anlan.monitoring.rules.forms import RuleForm, VersionForm
from anlan.monitoring.services import rules as services

POST = ("POST",)


@dataclass
class Group:
    """The rules of one line of business, each with its version in force."""

    name: str
    rows: list[tuple[Rule, RuleVersion | None]] = field(default_factory=list)

    @property
    def unverified(self) -> str:
        """How many rest on a text that nobody has read, in words; empty for none."""
        count = sum(version is not None and not version.verified for _, version in self.rows)
        return f"{count} 条待核实" if count else ""


@page(policies.VIEW)
def rules(request: Request) -> HttpResponse:
    """All rules in use, folded by line of business, with the limits in force."""
    versions = compiling.in_force().select_related("rule", "document")
    now = {each.rule_id: each for each in versions}
    groups: dict[str, Group] = defaultdict(lambda: Group(""))
    found = Rule.objects.visible_to(request.actor).filter(retired_at=None)
    for each in found.select_related("sector"):
        name = str(each.sector or "各行业领域")
        group = groups[name]
        group.name = name
        group.rows.append((each, now.get(each.pk)))
    waiting = RuleVersion.objects.visible_to(request.actor).filter(state=VersionState.PROPOSED)
    context = {
        "groups": groups.values(),
        "waiting": waiting.select_related("rule"),
        "may_add": policies.PROPOSE.allows(request.actor),
    }
    return render(request, "monitoring/rules.html", context)


@page(policies.PROPOSE, methods=("GET", "POST"))
def add(request: Request) -> HttpResponse:
    """A new rule: its name first, then its first version."""
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            rule = services.rule_add(
                actor=request.actor, name=given["name"], sector=given["sector"]
            )
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            form.add_error("name", refused.message)
        else:
            messages.success(request, "已新建。现在填写第一版的限值，由另一人发布后生效。")
            return redirect("monitoring:rule", rule.pk)
    status = 422 if form.errors else 200
    return render(request, "monitoring/rule_add.html", {"form": form}, status=status)


@page(policies.VIEW)
def rule(request: Request, pk: int) -> HttpResponse:
    """One rule: what it says now, its versions newest first, and its editor. ``from`` names the
    version to begin with; the one in force otherwise."""
    return _page(request, _rule(request, pk), None)


@page(policies.PROPOSE, methods=POST)
def propose(request: Request, pk: int) -> HttpResponse:
    """Read a draft back (``look``), or hand it in; nothing is lost where something is wrong."""
    found = _rule(request, pk)
    form = VersionForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    if "look" in request.POST:
        return _page(request, found, form, looked=_drafted(found, form))
    try:
        made = services.version_propose(
            actor=request.actor,
            rule=pk,
            content=form.content(),
            reason=form.cleaned_data["reason"],
            effective_from=form.cleaned_data["effective_from"],
        )
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        form.add_error(None, refused.message)
        return _page(request, found, form, status=refused.status)
    messages.success(request, "已提交，由另一人发布后生效。发布前请在历史数据上试运行。")
    return redirect("monitoring:version", made.pk)


def _rule(request: Request, pk: int) -> Rule:
    rows = Rule.objects.visible_to(request.actor).select_related("sector")
    found: Rule = get_object_or_404(rows, pk=pk)
    return found


def _drafted(rule: Rule, form: VersionForm) -> dict[str, Any]:
    """What the draft says and whom it reaches, without storing anything."""
    given = form.cleaned_data
    version = RuleVersion(rule=rule, effective_from=given["effective_from"], **form.content())
    return {"sentences": wording.sentences(version), "reach": wording.reach(version)}


def _page(
    request: Request,
    found: Rule,
    form: VersionForm | None,
    status: int = 200,
    looked: dict[str, Any] | None = None,
) -> HttpResponse:
    versions = list(found.versions.select_related("decided_by", "rule__sector", "document"))
    now = compiling.in_force().filter(rule=found).values_list("pk", flat=True).first()
    in_force = next((each for each in versions if each.pk == now), None)
    waiting = next((each for each in versions if each.state == VersionState.PROPOSED), None)
    if form is None and waiting is None and policies.PROPOSE.allows(request.actor):
        chosen = request.GET.get("from", "")
        begin = next((each for each in versions if str(each.pk) == chosen), in_force)
        form = VersionForm.of(begin, request.actor)
    context = {
        "rule": found,
        "in_force": in_force,
        "sentences": wording.sentences(in_force) if in_force else [],
        "reach": wording.reach(in_force) if in_force else None,
        "waiting": waiting,
        "versions": versions,
        "form": form,
        "looked": looked,
        "may_silence": in_force is not None and policies.PUBLISH.allows(request.actor),
    }
    return render(request, "monitoring/rule.html", context, status=status)
