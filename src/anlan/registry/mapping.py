"""A map of subjects as pages draw it: outlines of counties, circles where subjects lie, filters.

The registry colours its circles by grade of risk; ledgers above it show the same map in colours of
their own (``Grid.count``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from anlan.kernel.orgs.maps import Map, Outline, counties
from anlan.kernel.orgs.models import Area
from anlan.kernel.ui.lists import Filter, Rows, Shown
from anlan.registry.choices import Colour
from anlan.registry.locations import Cluster, Grid

PLACE = ("cell", "located")  # filters that say where on the map: the map itself shows all places
WORDS = {colour.value: colour.label[0] for colour in Colour}  # 红橙黄蓝
_NAME_WIDTH, _NAME_HEIGHT = 48, 32  # how near a circle's middle may be to that of a name
_SMALL_FROM = 4  # characters of a mark from which its letters are smaller


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


def drawn(areas: list[Area], county: str) -> Map | None:
    """The chosen county alone, where its outline is on file; else the whole city."""
    codes = frozenset(each.code for each in areas)
    chosen = counties(frozenset({county})) if county in codes else None
    return chosen or counties(codes)


def named(areas: list[Area], county: str) -> str:
    """The chosen county, or the only one there is; empty for the whole city."""
    found = [each for each in areas if each.code == county] or areas
    return found[0].name if len(found) == 1 else ""


def place_filters(grid: Grid, request: HttpRequest) -> tuple[Filter, ...]:
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


def chosen(shown: Shown) -> dict[str, str]:
    """What the list is narrowed by."""
    found = {each.key: each.chosen for each in shown.choices if each.chosen}
    return {**found, "q": shown.text} if shown.text else found


def address(narrowed: dict[str, str], anchor: str, **more: str) -> str:
    """The map with the same conditions, but for the place, and ``more``."""
    kept = {key: value for key, value in narrowed.items() if key not in PLACE}
    query = urlencode({key: value for key, value in {**kept, **more}.items() if value})
    return f"?{query}{anchor}"


def outlined(
    drawn: Map, areas: list[Area], narrowed: dict[str, str], clusters: list[Cluster]
) -> list[County]:
    """The counties of the map, each leading to the map of it alone."""
    alone = len(drawn.outlines) == 1
    return [
        County(
            "" if alone else each.name,
            drawn.outlines[each.code],
            "" if alone else address(narrowed, "", county=each.code),
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


def mark(
    cluster: Cluster, narrowed: dict[str, str], anchor: str, said: Callable[[str], str]
) -> Mark:
    """A circle that leads to the list of what lies there; ``said``: its colour in words."""
    return Mark(
        cluster,
        f"{WORDS.get(cluster.worst, '')}{_short(cluster.count)}",
        f"这里有 {cluster.count} 个，{said(cluster.worst)}",
        address(narrowed, anchor, cell=cluster.cell),
        min(26, 14 + 4 * len(str(cluster.count))),
        narrowed.get("cell") == cluster.cell,
    )


def _short(count: int) -> str:
    """A number that fits into a circle: 999, 1.2千, 1.5万."""
    for unit, name in ((10_000, "万"), (1_000, "千")):
        if count >= unit:
            return f"{count / unit:.1f}".removesuffix(".0") + name
    return str(count)
