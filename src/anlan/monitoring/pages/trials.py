"""A version tried on past days: asking for it, and the curve of one alarm that it would raise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused, Unknown
from anlan.monitoring import policies
from anlan.monitoring.alarms import selectors
from anlan.monitoring.models import Trial
from anlan.monitoring.now.drawing import drawn
from anlan.monitoring.pages.versions import shown
from anlan.monitoring.rules import outcomes, wording
from anlan.monitoring.rules.trial_forms import TrialForm
from anlan.monitoring.services import trials as services

POST = ("POST",)
AROUND = timedelta(minutes=30)  # shown on both sides of an alarm


@page(policies.PROPOSE, methods=POST)
def ask(request: Request, pk: int) -> HttpResponse:
    """Have it tried; the version's page shows how far it is."""
    form = TrialForm(request.POST)
    if not form.is_valid():
        return shown(request, pk, form, status=422)
    given = form.cleaned_data
    try:
        services.trial_ask(
            actor=request.actor, version=pk, first=given["first"], last=given["last"]
        )
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        form.add_error("last", refused.message)
        return shown(request, pk, form, status=refused.status)
    messages.success(request, "已开始试运行。可以离开这一页，结果随这一版保存。")
    return redirect("monitoring:version", pk)


@page(policies.VIEW)
def curve(request: Request, pk: int, side: int, number: int) -> HttpResponse:
    """The readings around one of the worst alarms, with its stretch."""
    rows = Trial.objects.visible_to(request.actor).select_related("version__rule", "against")
    trial: Trial = get_object_or_404(rows, pk=pk)
    try:
        numbers = trial.result["worst"][side][number]
    except (KeyError, IndexError) as error:
        raise Unknown("试运行的结果中没有这一条。请从版本的页面重新进入。") from error
    alarm = outcomes.alarmed(trial, numbers)
    point = selectors.point(request.actor, alarm.point)
    begin, end = alarm.begin - AROUND, min(alarm.until + AROUND, timezone.now())
    context: dict[str, Any] = {
        "trial": trial,
        "alarm": alarm,
        "point": point,
        "version": trial.against if side else trial.version,
        "drawn": drawn(point, begin, end, (alarm.begin, alarm.until)),
        "unit": wording.unit(trial.version),
    }
    return render(request, "monitoring/trial_curve.html", context)
