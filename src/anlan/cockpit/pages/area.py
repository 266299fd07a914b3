"""One county: its place and why, its key duties, its townships; or one of these townships."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from anlan.cockpit import charts, figures, policies, selectors
from anlan.cockpit.figures import Overview
from anlan.cockpit.pages import smaller
from anlan.cockpit.pages.overview import TREND_LINES
from anlan.cockpit.ranking import Side
from anlan.cockpit.smaller import sees, township
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.kernel.orgs.selectors import TOWNSHIP_RANK
from anlan.plan.forecasting import by_county
from anlan.plan.models import Plan
from anlan.plan.selectors import plan_of
from anlan.plan.standing import ORDER


@page(policies.VIEW)
def area(request: Request, code: str) -> HttpResponse:
    """The page of a county or of a township; its figures alone for htmx."""
    found = selectors.area(code)
    plan = plan_of()
    if found.level == AreaLevel.CITY or plan is None:
        return redirect("cockpit:cockpit")
    if found.level in TOWNSHIP_RANK:
        shown = township(request.actor, plan, found)
        if not sees(request.actor, shown.rows, found):
            raise Unknown("没有这个乡镇（街道），或它不在您的管辖范围内。")
        return smaller.show(request, plan, shown)
    context = {"plan": plan, "area": found, **_figures(request, plan, found)}
    partial = request.htmx and not request.htmx.boosted
    return render(request, "cockpit/_area.html" if partial else "cockpit/area.html", context)


def _figures(request: Request, plan: Plan, found: Area) -> dict[str, Any]:
    actor, today = request.actor, timezone.localdate()
    shown = figures.overview(actor, plan)
    if found.pk not in {each.pk for each in shown.matrix.areas}:
        raise Unknown("没有这个县（市、区），或它不在您的管辖范围内。")
    place = shown.place_of(found.code)
    side = place.side if place else Side(found.name, {})
    days = figures.history(actor, plan, since=today - figures.TREND, area=found)
    before = figures.week_ago(actor, plan, today)
    townships = [
        (each, Side(each.name, counts), charts.bar(counts, ORDER))
        for each, counts in selectors.by_township(actor, plan, found)
    ]
    return {
        "shown": shown,
        "place": place,
        "side": side,
        "standings": ORDER,
        "forecasts": by_county(actor, plan, today)[found.path],
        "bar": charts.bar(side.counts, ORDER),
        "lines_of": _lines(shown, found),
        "trend": charts.trend({**days, today: side.counts} if days else {}, TREND_LINES),
        "lines": TREND_LINES,
        "last_year": figures.year_ago(actor, plan, today, found),
        "now_side": side,
        "week": next((m.since for m in figures.moved(shown, before) if m.side is side), None),
        "delayed": selectors.most_delayed(actor, plan, found),
        "townships": townships,
        "any_town": any(side.total for _, side, _ in townships),
    }


def _lines(shown: Overview, found: Area) -> list[tuple[Any, Any]]:
    """Each key duty with the county's cell."""
    column = next(i for i, each in enumerate(shown.matrix.areas) if each.pk == found.pk)
    return [(line.key_duty, line.cells[column]) for line in shown.matrix.lines]
