"""The map of monitored sites, each in the colour of its worst open alarm, and their list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs.maps import Map
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.selectors import areas_of_county_rank
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows, Shown
from anlan.kernel.ui.templatetags.ui import severity, tag
from anlan.monitoring import policies
from anlan.monitoring.choices import COLOURS, Level
from anlan.monitoring.now import situation
from anlan.registry import mapping
from anlan.registry.locations import Cluster, Grid, Located
from anlan.registry.mapping import Mark
from anlan.registry.pages.common import county_filter, place, sector_filter

QUIET = "没有报警"


@dataclass(frozen=True)
class County:
    """A row of the table by county: ``counts`` of sites by colour, ``total`` of all monitored."""

    area: Area
    url: str
    counts: dict[str, int]
    total: int

    @property
    def labelled(self) -> list[tuple[str, int]]:
        """The counts under the words for their colours."""
        return [
            (COLOURS[name].label if name else QUIET, count) for name, count in self.counts.items()
        ]

    @property
    def quiet(self) -> bool:
        """Nothing is open at any of its sites: a phone folds it away."""
        return self.counts[""] == self.total


@page(policies.VIEW)
def alarm_map(request: Request) -> HttpResponseBase:
    """Where something is open, on the map and in the list; both change with it."""
    areas = list(areas_of_county_rank())
    drawn = mapping.drawn(areas, request.GET.get("county", ""))
    grid = Grid(drawn) if drawn else None
    rows = situation.monitored(request.actor).select_related("area__parent", "sector")
    places = mapping.place_filters(grid, request) if grid else ()
    return replace(LIST, filters=(*LIST.filters, *places)).respond(
        request,
        grid.placed(rows) if grid else rows,
        "monitoring/map.html",
        partial(_context, drawn=drawn, grid=grid, areas=areas),
        part="monitoring/_map_answer.html",
    )


def _context(
    shown: Shown, *, drawn: Map | None, grid: Grid | None, areas: list[Area]
) -> dict[str, Any]:
    chosen, anchor, url = mapping.chosen(shown), f"#{shown.id}", mapping.address
    rows = shown.narrowed_by(but=mapping.PLACE)
    located = grid.count(rows, "colour") if grid else Located([], 0, 0)
    everywhere = shown.narrowed_by(but=(*mapping.PLACE, "county"))
    by_county = [
        County(area, url(chosen, "", county=area.code), counts, total)
        for area, counts, total in situation.by_county(everywhere, areas)
    ]
    return {
        "drawn": drawn,
        "counties": mapping.outlined(drawn, areas, chosen, located.clusters) if drawn else [],
        "marks": [_mark(each, chosen, anchor) for each in located.clusters],
        "located": located,
        "nowhere_url": url(chosen, anchor, located="no"),
        "outside_url": url(chosen, anchor, located="out"),
        "county": mapping.named(areas, chosen.get("county", "")),
        "whole_url": url(chosen, "", county="") if chosen.get("county") else "",
        "everywhere_url": url(chosen, anchor) if any(chosen.get(k) for k in mapping.PLACE) else "",
        "levels": [each.colour for each in reversed(Level)],
        "legend": [(each.colour, each.label) for each in reversed(Level)],
        "by_county": by_county,
        "quiet": [each for each in by_county if each.quiet],
    }


def _mark(cluster: Cluster, chosen: dict[str, str], anchor: str) -> Mark:
    """One site alone opens its page, several narrow the list to them."""
    mark = mapping.mark(cluster, chosen, anchor, _said)
    return replace(mark, url=_url(cluster.first)) if cluster.count == 1 else mark


def _said(worst: str) -> str:
    return f"最高{COLOURS[worst].label}色报警" if worst else QUIET


def _url(site: int) -> str:
    return reverse("monitoring:site", args=[site])


def _colour(site: Any) -> SafeString:
    return severity(site.colour) if site.colour else tag(QUIET, "green", "check")


def _by_colour(rows: Rows, colour: str) -> Rows:
    return rows.filter(colour="" if colour == "none" else colour)


LIST = List(
    key="monitoring.map",
    name="监测场所",
    columns=(
        Column("name", "场所", lambda s: s.name, main=True, sort="name", width=30,
               url=lambda s: _url(s.pk)),
        Column("alarm", "最高报警", lambda s: COLOURS[s.colour].label if s.colour else QUIET,
               cell=_colour, sort=("-worst", "-waiting", "name"), width=12),
        Column("open", "未办结", lambda s: s.open or "", number=True, sort="open", width=8),
        Column("waiting", "待应答", lambda s: s.waiting or "", number=True, sort="waiting",
               width=8),
        Column("sector", "行业领域", lambda s: str(s.sector), sort="sector__sort", width=14),
        Column("area", "所在区划", lambda s: place(s.area), sort="area__path", width=20),
    ),
    filters=(
        county_filter(),
        sector_filter(),
        Filter("colour", "报警", [*((each.colour, f"{each.label}色") for each in reversed(Level)),
                                ("none", QUIET)], _by_colour),
    ),
    search=("name", "enterprise__name"),
    order="alarm",
    live="live:alarm",
    empty=Empty("您的管辖范围内没有接入监测的场所", "登记测点后，场所会显示在地图和清单上。"),
)  # fmt: skip
