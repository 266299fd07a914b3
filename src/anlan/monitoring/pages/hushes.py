"""What is quiet: the list, and keeping something of a site quiet for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown
from anlan.kernel.ui.deciding import act_and_return
from anlan.monitoring import policies
from anlan.monitoring.alarms.hush_forms import EVERYWHERE, HushForm
from anlan.monitoring.alarms.quiet import objects, quiet
from anlan.monitoring.models import Point, Rule
from anlan.monitoring.services import hushes as services
from anlan.monitoring.visibility import reaches
from anlan.registry.models import Site

POST = ("POST",)
MOST_FOUND = 20  # sites offered for a name


@page(policies.VIEW)
def hushes(request: Request) -> HttpResponse:
    """What is quiet now and what will be; of one site with ``site``. ``q`` finds the site to keep
    something quiet at."""
    now = timezone.now()
    number = request.GET.get("site", "")
    site = _site(request, int(number)) if number.isdecimal() else None
    wanted = request.GET.get("q", "").strip()
    found = Site.objects.visible_to(request.actor).standing()
    found = found.filter(points__in=Point.objects.standing())
    context = {
        "site": site,
        "rows": [(each, each.runs(now)) for each in quiet(request.actor, now, site)],
        "may": policies.KEEP.allows(request.actor)
        and (site is None or reaches(request.actor, site, policies.KEEP)),
        "q": wanted,
        "found": found.filter(name__icontains=wanted).distinct()[:MOST_FOUND] if wanted else None,
    }
    return render(request, "monitoring/hushes.html", context)


@page(policies.KEEP, methods=("GET", "POST"))
def site_hush(request: Request, pk: int) -> HttpResponse:
    """Keep something of a site quiet; ``what`` chooses it beforehand."""
    site = _site(request, pk)
    choices = objects(site)
    initial = {"what": request.GET.get("what", "")}
    form = HushForm(request.POST or None, objects=choices, initial=initial)
    done = _posted(request, form, lambda given: _keep_quiet(request, site, given))
    return done or _form(request, form, f"{site}：维护或静默", f"?site={site.pk}")


@page(policies.PUBLISH, methods=("GET", "POST"))
def rule_hush(request: Request, pk: int) -> HttpResponse:
    """Keep a rule quiet everywhere: for the office's chief."""
    rule = Rule.objects.visible_to(request.actor).filter(pk=pk).first()
    if rule is None:
        raise Unknown
    choices = [("规则", [(EVERYWHERE, f"静默：{rule}，全部场所")])]
    form = HushForm(request.POST or None, objects=choices)
    done = _posted(
        request,
        form,
        lambda given: services.rule_silence(
            actor=request.actor, rule=pk, begin=given["begin"], until=given["end"],
            reason=given["reason"],
        ),
    )  # fmt: skip
    return done or _form(request, form, f"{rule}：在全部场所静默", "")


@page(policies.KEEP, methods=POST)
def silence_end(request: Request, pk: int) -> HttpResponse:
    """Let it be heard again."""
    return act_and_return(
        request,
        lambda: services.silence_end(actor=request.actor, silence=pk),
        "已结束，从现在起恢复通知。",
    )


@page(policies.KEEP, methods=POST)
def window_end(request: Request, pk: int) -> HttpResponse:
    """The maintenance is over."""
    return act_and_return(
        request,
        lambda: services.window_end(actor=request.actor, window=pk),
        "维护已结束，从现在起恢复通知。",
    )


def _site(request: Request, pk: int) -> Site:
    site: Site | None = Site.objects.visible_to(request.actor).filter(pk=pk).first()
    if site is None:
        raise Unknown("没有这个场所，或不在您的管辖范围内。请从静默和维护的清单重新选择。")
    return site


def _keep_quiet(request: Request, site: Site, given: dict[str, Any]) -> object:
    """By what was chosen (``quiet.objects``)."""
    kind, _, number = given["what"].partition("-")
    begin: datetime = given["begin"]
    until: datetime = given["end"]
    who: dict[str, Any] = {"actor": request.actor, "reason": given["reason"], "begin": begin}
    if kind == "window":
        return services.window_add(point=int(number), end=until, **who)
    if kind == "device":
        return services.device_window(device=int(number), end=until, **who)
    if kind == "point":
        return services.point_silence(point=int(number), until=until, **who)
    if kind == "rule":
        return services.rule_silence(rule=int(number), site=site.pk, until=until, **who)
    return services.site_silence(site=site.pk, until=until, **who)


def _posted(
    request: Request, form: HushForm, act: Callable[[dict[str, Any]], object]
) -> HttpResponse | None:
    """Do it and go to the list; None where it was not sent or was refused: the form says why."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        act(form.cleaned_data)
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        form.add_error(None, refused.message)
        return None
    messages.success(request, "已登记。期间报警照常产生和显示，只是不通知；到时自动恢复。")
    return redirect("monitoring:hushes")


def _form(request: Request, form: HushForm, title: str, narrowed: str) -> HttpResponse:
    back = reverse("monitoring:hushes") + narrowed
    status = 422 if form.errors else 200
    context = {"form": form, "title": title, "back": back}
    return render(request, "monitoring/hush_add.html", context, status=status)
