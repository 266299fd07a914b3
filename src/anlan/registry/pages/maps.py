"""The map: subjects by where they lie over the counties' outlines, and the list of a place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs.maps import Map, Outline, counties
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.selectors import areas_of_county_rank
from anlan.kernel.ui.lists import Empty, Filter, List, Rows, Shown
from anlan.registry import policies, selectors
from anlan.registry.choices import Colour
from anlan.registry.locations import Cluster, Grid, Located
from anlan.registry.pages.lists import ENTERPRISES, SITES

_COLUMNS = ("name", "kind", "sector", "area", "business", "grade")
_PLACE = ("cell", "located")  # filters that say where on the map: the map itself shows all places
_WORDS = {colour.value: colour.label[0] for colour in Colour}  # 红橙黄蓝
_NAME_WIDTH, _NAME_HEIGHT = 48, 32  # how near a circle's middle may be to that of a name
_SMALL_FROM = 4  # characters of a mark from which its letters are smaller


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
    drawn = _drawn(areas, request.GET.get("county", ""))
    grid = Grid(drawn) if drawn else None
    rows = rows_of(request.actor)
    declared = _declared(base, kind, _places(grid, request) if grid else ())
    return declared.respond(
        request,
        grid.placed(rows) if grid else rows,
        "registry/map.html",
        partial(_context, kind=kind, drawn=drawn, grid=grid, areas=areas),
        part="registry/_map_answer.html",
    )


def _drawn(areas: list[Area], county: str) -> Map | None:
    """The chosen county alone, where its outline is on file; else the whole city."""
    codes = frozenset(each.code for each in areas)
    chosen = counties(frozenset({county})) if county in codes else None
    return chosen or counties(codes)


def _named(areas: list[Area], county: str) -> str:
    """The chosen county, or the only one there is; empty for the whole city."""
    found = [each for each in areas if each.code == county] or areas
    return found[0].name if len(found) == 1 else ""


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


def _places(grid: Grid, request: HttpRequest) -> tuple[Filter, ...]:
    """Without a place or beyond the map; and the circle that was tapped, once one was."""

    def cells(request: HttpRequest) -> list[tuple[str, str]]:
        given = request.GET.get("cell", "")
        return [(given, "点选的位置")] if grid.within(given) else []

    def in_cell(rows: Rows, cell: str) -> Rows:
        condition = grid.within(cell)
        return rows.none() if condition is None else rows.filter(condition)

    def located(rows: Rows, value: str) -> Rows:
        return rows.filter(latitude=None) if value == "no" else rows.filter(grid.outside)

    kinds = Filter("located", "位置", [("no", "没有登记位置"), ("out", "在地图以外")], located)
    tapped = (Filter("cell", "地图上", cells, in_cell),) if "cell" in request.GET else ()
    return (kinds, *tapped)


# --- what is drawn --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """A cluster as it is drawn: ``words`` in the circle of radius ``r``; ``told`` to who hears."""

    cluster: Cluster
    words: str
    told: str
    url: str
    r: int
    current: bool

    @property
    def small(self) -> bool:
        return len(self.words) >= _SMALL_FROM


@dataclass(frozen=True)
class County:
    """A county's outline; ``url`` leads to the map of it alone, empty on that map itself. ``y``:
    where its name stands, out of the way of a circle."""

    name: str
    outline: Outline
    url: str
    y: float


def _context(
    shown: Shown, *, kind: str, drawn: Map | None, grid: Grid | None, areas: list[Area]
) -> dict[str, Any]:
    chosen = _chosen(shown)
    located = grid.count(shown.narrowed_by(but=_PLACE)) if grid else Located([], 0, 0)
    anchor = f"#{shown.id}"
    return {
        "kind": kind,
        "tabs": [
            (label, f"{reverse(_KINDS[key][2])}", key == kind)
            for key, label in (("site", "场所"), ("enterprise", "企业"))
        ],
        "drawn": drawn,
        "counties": _counties(drawn, areas, chosen, located.clusters) if drawn else [],
        "marks": [_mark(each, chosen, anchor) for each in located.clusters],
        "located": located,
        "nowhere_url": _url(chosen, anchor, located="no"),
        "outside_url": _url(chosen, anchor, located="out"),
        "county": _named(areas, chosen.get("county", "")),
        "whole_url": _url(chosen, "", county="") if chosen.get("county") else "",
        "everywhere_url": _url(chosen, anchor) if any(chosen.get(k) for k in _PLACE) else "",
        "legend": [(each.value, each.label) for each in Colour],
    }


def _chosen(shown: Shown) -> dict[str, str]:
    """What the list is narrowed by."""
    found = {each.key: each.chosen for each in shown.choices if each.chosen}
    return {**found, "q": shown.text} if shown.text else found


def _url(chosen: dict[str, str], anchor: str, **more: str) -> str:
    """The map with the same conditions, but for the place, and ``more``."""
    kept = {key: value for key, value in chosen.items() if key not in _PLACE}
    query = urlencode({key: value for key, value in {**kept, **more}.items() if value})
    return f"?{query}{anchor}"


def _counties(
    drawn: Map, areas: list[Area], chosen: dict[str, str], clusters: list[Cluster]
) -> list[County]:
    alone = len(drawn.outlines) == 1
    return [
        County(
            "" if alone else each.name,
            drawn.outlines[each.code],
            "" if alone else _url(chosen, "", county=each.code),
            _clear(drawn.outlines[each.code], clusters),
        )
        for each in areas
        if each.code in drawn.outlines
    ]


def _clear(outline: Outline, clusters: list[Cluster]) -> float:
    """The height at which a county's name is not under a circle: its own, else beside them."""
    near = [each for each in clusters if abs(each.x - outline.x) < _NAME_WIDTH]
    heights = (outline.y, outline.y + _NAME_HEIGHT, outline.y - _NAME_HEIGHT)
    free = (y for y in heights if all(abs(each.y - y) >= _NAME_HEIGHT - 2 for each in near))
    return round(next(free, outline.y), 1)


def _mark(cluster: Cluster, chosen: dict[str, str], anchor: str) -> Mark:
    words = f"{_WORDS.get(cluster.worst, '')}{_short(cluster.count)}"
    grade = f"，最高风险等级{Colour(cluster.worst).label}" if cluster.worst else "，未评定风险等级"
    return Mark(
        cluster,
        words,
        f"这里有 {cluster.count} 个{grade}",
        _url(chosen, anchor, cell=cluster.cell),
        min(26, 14 + 4 * len(str(cluster.count))),
        chosen.get("cell") == cluster.cell,
    )


def _short(count: int) -> str:
    """A number that fits into a circle: 999, 1.2千, 1.5万."""
    for unit, name in ((10_000, "万"), (1_000, "千")):
        if count >= unit:
            return f"{count / unit:.1f}".removesuffix(".0") + name
    return str(count)
