"""The lists of enterprises and of sites."""

from __future__ import annotations

from dataclasses import replace

from django.http.response import HttpResponseBase
from django.urls import reverse

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.registry import policies, selectors
from anlan.registry.choices import SiteKind
from anlan.registry.pages.common import business, colour, grade, place, subject_filters, url

_FIRST = {
    "enterprise": "先登记您单位监管的企业，再登记它的场所和台账。"
    "名称、统一社会信用代码、行业领域、所在乡镇是最先要登记的。",
    "site": "矿井、尾矿库、园区、加油站、经营场所等都是场所。先登记企业，再登记它的场所；"
    "无主的场所可以直接登记。",
}

ENTERPRISES = List(
    key="registry.enterprises",
    name="企业",
    columns=(
        Column("name", "名称", lambda s: s.name, main=True, url=url, sort="name", width=40),
        Column("code", "统一社会信用代码", lambda s: s.credit_code, sort="credit_code", width=22),
        Column("sector", "行业领域", lambda s: s.sector, sort="sector__sort", width=20),
        Column("area", "所在区划", lambda s: place(s.area), sort="area__path", width=22),
        Column("regulator", "监管部门", lambda s: s.regulator or "未确定", width=22),
        Column("business", "状态", lambda s: s.get_business_display(), cell=business, width=14),
        Column("grade", "风险等级", colour, cell=grade, width=12),
        Column("staff", "从业人数", lambda s: s.staff, sort="staff", number=True, width=10),
    ),
    filters=subject_filters(),
    search=("name", "credit_code", "address"),
    order="name",
)

SITES = List(
    key="registry.sites",
    name="场所",
    columns=(
        Column("name", "名称", lambda s: s.name, main=True, url=url, sort="name", width=40),
        Column("kind", "类别", lambda s: s.get_kind_display(), sort="kind", width=16),
        Column(
            "enterprise", "所属企业", lambda s: s.enterprise or "无主", sort="enterprise__name",
            width=36,
        ),
        Column("sector", "行业领域", lambda s: s.sector, sort="sector__sort", width=20),
        Column("area", "所在区划", lambda s: place(s.area), sort="area__path", width=22),
        Column("regulator", "监管部门", lambda s: s.regulator or "未确定", width=22),
        Column("business", "状态", lambda s: s.get_business_display(), cell=business, width=14),
        Column("grade", "风险等级", colour, cell=grade, width=12),
    ),
    filters=(
        *subject_filters(),
        Filter("kind", "类别", SiteKind.choices, lambda rows, v: rows.filter(kind=v)),
    ),
    search=("name", "address", "enterprise__name"),
    order="name",
)  # fmt: skip


@page(policies.VIEW)
def enterprises(request: Request) -> HttpResponseBase:
    """The enterprises that the viewer sees."""
    return _respond(request, ENTERPRISES, selectors.enterprises(request.actor), "enterprise")


@page(policies.VIEW)
def sites(request: Request) -> HttpResponseBase:
    """The sites that the viewer sees."""
    return _respond(request, SITES, selectors.sites(request.actor), "site")


def _respond(request: Request, declared: List, rows: Rows, kind: str) -> HttpResponseBase:
    """An empty list tells a clerk what to do first, and others who does it."""
    keeps = policies.KEEP.allows(request.actor)
    title = f"还没有登记{declared.name}"
    if keeps:
        add = reverse(f"registry:{kind}_add")
        empty = Empty(title, _FIRST[kind], add, f"登记{declared.name}")
    else:
        empty = Empty(title, "由各监管部门的经办人登记，登记以后在这里查看。")
    shown = replace(declared, empty=empty)
    return shown.respond(request, rows, f"registry/{kind}s.html", {"keeps": keeps})
