"""Who should be monitored and is not, or sends nothing (item 13)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http.response import HttpResponseBase
from django.urls import reverse

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.monitoring import policies
from anlan.monitoring.now import live
from anlan.monitoring.now.coverage import asked, judged
from anlan.registry.pages.common import county_filter, place

STANDINGS = {
    "none": ("未接入", "red"),
    "silent": ("有测点无数据", "orange"),
    "ok": ("已接入", "green"),
}


@page(policies.VIEW)
def coverage(request: Request) -> HttpResponseBase:
    """The sites that I see of which monitoring is asked."""
    found = live.silent()
    sites = judged(asked().visible_to(request.actor), found.readings if found.known else None)
    counts = sites.aggregate(
        total=Count("pk"),
        equipped=Count("pk", filter=Q(connected=True)),
        quiet=Count("pk", filter=Q(connected=True, silent=True)),
    )
    context = {**counts, "missing": counts["total"] - counts["equipped"], "known": found.known}
    rows = sites.select_related("area__parent", "sector", "regulator", "enterprise")
    return LIST.respond(request, rows, "monitoring/coverage.html", context)


def _standing(site: Any) -> str:
    if not site.connected:
        return "none"
    return "silent" if site.silent else "ok"


def _by_standing(rows: Rows, standing: str) -> Rows:
    if standing == "none":
        return rows.filter(connected=False)
    return rows.filter(connected=True, silent=standing == "silent")


LIST = List(
    key="monitoring.coverage",
    name="监测接入",
    columns=(
        Column("name", "场所", lambda s: s.name, main=True, sort="name", width=26,
               url=lambda s: reverse("registry:site", args=[s.pk])),
        Column("standing", "接入情况", lambda s: STANDINGS[_standing(s)][0],
               cell=lambda s: tag(*STANDINGS[_standing(s)]), sort=("connected", "-silent", "name"),
               width=12),
        Column("area", "所在区划", lambda s: place(s.area), sort="area__path", width=18),
        Column("sector", "行业领域", lambda s: str(s.sector), width=14),
        Column("regulator", "监管部门", lambda s: str(s.regulator or ""), width=20),
        Column("business", "生产经营状态", lambda s: s.get_business_display(), width=12),
    ),
    filters=(
        Filter("standing", "接入情况", [(key, name) for key, (name, _) in STANDINGS.items()],
               _by_standing),
        county_filter(),
    ),
    search=("name", "enterprise__name"),
    order="standing",
    empty=Empty(
        "没有应当接入监测的场所",
        "监管对象中登记了矿山、尾矿库、金属冶炼、深井铸造、粉尘涉爆场所，就会列在这里。",
    ),
)  # fmt: skip
