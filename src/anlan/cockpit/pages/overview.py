"""Where the whole stands: for leaders, on a desk and on a wall."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.cockpit import charts, colouring, colours, figures, policies, selectors
from anlan.cockpit.colours import Chosen
from anlan.cockpit.figures import Overview
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs import maps
from anlan.kernel.orgs.models import Organisation
from anlan.monitoring.alarms.selectors import open_by_level
from anlan.plan.choices import Standing
from anlan.plan.forecasting import by_county
from anlan.plan.models import Plan
from anlan.plan.selectors import plan_of, plans
from anlan.plan.standing import ORDER
from anlan.plan.visibility import OVERVIEW, UNIT

TREND_LINES = (Standing.MET, Standing.AT_RISK, Standing.OVERDUE)


@page(policies.VIEW)
def cockpit(request: Request) -> HttpResponseBase:
    """The cockpit; its figures alone for htmx: they are read again when duties change.

    Who oversees no area has nothing to compare: his own unit's page is his cockpit.
    """
    own = _own_unit(request.actor)
    if own and not request.actor.has_role(*OVERVIEW) and plan_of():
        return redirect("cockpit:unit", own.pk)
    return _show(request, "cockpit/cockpit.html", "cockpit/_figures.html", own)


def _own_unit(actor: Actor) -> Organisation | None:
    return next((g.organisation for g in actor.grants if g.role in UNIT), None)


@page(policies.VIEW)
def wall(request: Request) -> HttpResponseBase:
    """The same for a screen on the wall: 1920×1080, dark, without navigation."""
    return _show(request, "cockpit/wall.html", "cockpit/_figures.html")


def _show(request: Request, whole: str, part: str, own: Organisation | None = None) -> HttpResponse:
    year = request.GET.get("year", "")
    plan = plan_of(int(year) if year.isdecimal() and len(year) == 4 else None)
    may_draft = policies.DRAFT.allows(request.actor)
    context: dict[str, Any] = {
        "plan": plan, "plans": plans(), "may_draft": may_draft, "own": own
    }  # fmt: skip
    if plan:
        context |= figures_of(request, plan)
    partial = request.htmx and not request.htmx.boosted
    return render(request, part if partial else whole, context)


def figures_of(request: Request, plan: Plan) -> dict[str, Any]:
    """All figures of one page, counted at one moment."""
    actor, today = request.actor, timezone.localdate()
    shown = figures.overview(actor, plan)
    before = figures.week_ago(actor, plan, today)
    by = colours.chosen(request.GET.get("by", ""), actor, plan, today)
    return {
        "shown": shown,
        "standings": ORDER,
        "bar": charts.bar(shown.whole.counts, ORDER),
        "rows": [(each, charts.bar(each.side.counts, ORDER)) for each in shown.places],
        "map": _map(shown, by),
        "measure": by.colouring,
        "measures": colouring.SHARES.values(),
        "indicators": by.offered,
        "forecasts": by_county(actor, plan, today)[plan.area.path],
        "trend": _trend(request, plan, shown),
        "lines": TREND_LINES,
        "last_year": figures.year_ago(actor, plan, today),
        "now_side": shown.whole,
        "week": figures.since_week(shown, before),
        "moved": figures.moved(shown, before),
        "delayed": selectors.most_delayed(actor, plan),
        "decisions": selectors.decisions(actor),
        "alarms": open_by_level(actor),
    }


def _map(shown: Overview, by: Chosen) -> dict[str, Any] | None:
    sides = {each.side.code: each.side for each in shown.places}
    drawn = maps.counties(frozenset(sides))
    if drawn is None:
        return None
    figures = {
        code: (by.colouring.tone(side), by.colouring.words(side), by.url_of(code))
        for code, side in sides.items()
    }
    areas = [(sides[code], line, *figures[code]) for code, line in drawn.outlines.items()]
    tiles = [(sides[c], *figures[c]) for c in sides if c not in drawn.outlines]
    return {"width": drawn.width, "height": drawn.height, "areas": areas, "tiles": tiles}


def _trend(request: Request, plan: Plan, shown: Overview) -> charts.Trend | None:
    """The days that are recorded, and now as the last one."""
    today = timezone.localdate()
    days = figures.history(request.actor, plan, since=today - figures.TREND)
    return charts.trend({**days, today: shown.whole.counts} if days else {}, TREND_LINES)
