"""The numbers that will be missed at the pace so far."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.ui.lists import Column, Empty, List
from anlan.plan import policies, selectors
from anlan.plan.forecasting import forecast_of, missed
from anlan.plan.models import Duty
from anlan.plan.pages.lists import (
    BY_AREA,
    BY_KEY_DUTY,
    BY_PLAN,
    DONE,
    DUE,
    GOAL,
    NUMBER,
    TITLE,
    UNIT,
)
from anlan.plan.templatetags.plan import numbered


def _working(duty: Duty) -> str:
    found = forecast_of(duty, timezone.localdate())
    return found.working if found else ""


FORECASTS = List(
    key="plan.forecasts",
    name="按目前进度将完不成的指标",
    columns=(
        UNIT,
        TITLE,
        NUMBER,
        GOAL,
        DONE,
        Column(
            "expected",
            "到期预计",
            lambda d: numbered(d, d.expected),
            sort=("pace", "due_on"),
            number=True,
            width=10,
        ),
        Column("working", "测算", _working, width=40),
        DUE,
    ),
    filters=(BY_PLAN, BY_KEY_DUTY, BY_AREA),
    order="expected",
    live="live:duty",
    empty=Empty(
        "没有将完不成的指标",
        "计量期过去三分之一以后，由台账计数的指标按目前进度推算，到期达不到要求的列在这里。",
    ),
)


@page(policies.VIEW)
def forecasts(request: Request) -> HttpResponseBase:
    """Who will miss which number, with the working; the furthest behind first."""
    rows: Any = missed(selectors.duties(request.actor), timezone.localdate())
    return FORECASTS.respond(request, rows, "plan/forecasts.html")
