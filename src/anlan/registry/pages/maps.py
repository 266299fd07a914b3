"""The map: subjects by where they lie over the counties' outlines, and the list of a place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs.maps import Map
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.selectors import areas_of_county_rank
from anlan.kernel.ui.lists import Empty, Filter, List, Shown
from anlan.registry import mapping, policies, selectors
from anlan.registry.choices import Colour
from anlan.registry.locations import Grid, Located
from anlan.registry.pages.lists import ENTERPRISES, SITES

_COLUMNS = ("name", "kind", "sector", "area", "business", "grade")


@page(policies.VIEW)
def sites(request: Request) -> HttpResponseBase:
    """The sites that the viewer sees, by where they lie."""
    return _show(request, "site")


@page(policies.VIEW)
def enterprises(request: Request) -> HttpResponseBase:
    """The same of enterprises."""
    return _show(request, "enterprise")


_KINDS: dict[str, tuple[List, Any, str]] = {
    "site": (SITES, selectors.sites, "registry:map"),
    "enterprise": (ENTERPRISES, selectors.enterprises, "registry:enterprise_map"),
}


def _show(request: Request, kind: str) -> HttpResponseBase:
    base, rows_of, _ = _KINDS[kind]
    areas = list(areas_of_county_rank())
    drawn = mapping.drawn(areas, request.GET.get("county", ""))
    grid = Grid(drawn) if drawn else None
    rows = rows_of(request.actor)
    declared = _declared(base, kind, mapping.place_filters(grid, request) if grid else ())
    return declared.respond(
        request,
        grid.placed(rows) if grid else rows,
        "registry/map.html",
        partial(_context, kind=kind, drawn=drawn, grid=grid, areas=areas),
        part="registry/_map_answer.html",
    )


def _declared(base: List, kind: str, places: tuple[Filter, ...]) -> List:
    """The list of subjects with the filters of places on this map."""
    columns = tuple(each for each in base.columns if each.key in _COLUMNS)
    return replace(
        base,
        key=f"registry.map.{kind}",
        columns=columns,
        filters=(*base.filters, *places),
        empty=Empty(f"您能看到的范围内还没有{base.name}"),
    )


def _context(
    shown: Shown, *, kind: str, drawn: Map | None, grid: Grid | None, areas: list[Area]
) -> dict[str, Any]:
    chosen, url = mapping.chosen(shown), mapping.address
    located = grid.count(shown.narrowed_by(but=mapping.PLACE)) if grid else Located([], 0, 0)
    anchor = f"#{shown.id}"
    return {
        "kind": kind,
        "tabs": [
            (label, f"{reverse(_KINDS[key][2])}", key == kind)
            for key, label in (("site", "场所"), ("enterprise", "企业"))
        ],
        "drawn": drawn,
        "counties": mapping.outlined(drawn, areas, chosen, located.clusters) if drawn else [],
        "marks": [mapping.mark(each, chosen, anchor, _said) for each in located.clusters],
        "located": located,
        "nowhere_url": url(chosen, anchor, located="no"),
        "outside_url": url(chosen, anchor, located="out"),
        "county": mapping.named(areas, chosen.get("county", "")),
        "whole_url": url(chosen, "", county="") if chosen.get("county") else "",
        "everywhere_url": url(chosen, anchor) if any(chosen.get(k) for k in mapping.PLACE) else "",
        "legend": [(each.value, each.label) for each in Colour],
    }


def _said(worst: str) -> str:
    return f"最高风险等级{Colour(worst).label}" if worst else "未评定风险等级"
