"""Lists: all organisations, all groups."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.fields import TextField
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs import policies
from anlan.kernel.orgs.models import (
    Area,
    AreaLevel,
    Group,
    Organisation,
    OrganisationKind,
    OrganisationName,
)
from anlan.kernel.orgs.selectors import COUNTY_RANK, in_force
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag

EXISTING, DISSOLVED, COMING = "现有", "已撤销", "尚未成立"


def existence(organisation: Organisation, on: date) -> str:
    """Whether it exists on the day, in a word."""
    if organisation.valid_from > on:
        return COMING
    ended = organisation.valid_to is not None and organisation.valid_to < on
    return DISSOLVED if ended else EXISTING


def existence_tag(organisation: Organisation, on: date) -> SafeString:
    word = existence(organisation, on)
    return tag(word, {EXISTING: "green", COMING: "blue"}.get(word, "grey"))


def verified_tag(row: Organisation | Group) -> SafeString:
    """Whether an office has confirmed the fact."""
    if row.verified and not row.note:
        return tag("已核实", "green", "shield-check")
    return tag("待核实", "orange", "help-circle")


def _aliases(organisation: Any) -> str:
    own = (organisation.name, organisation.short_name)
    return "、".join(name for name in organisation.known_as.split("、") if name not in own)


def _area_of(row: Organisation | Group) -> str:
    return row.area.name


def _whole(word: str) -> SafeString:
    """A short word that stays on one line."""
    return format_html('<span class="nowrap">{}</span>', word)


def _existing(rows: Rows, value: str) -> Rows:
    today = timezone.localdate()
    conditions = {
        "existing": in_force(today),
        "dissolved": Q(valid_to__lt=today),
        "coming": Q(valid_from__gt=today),
    }
    return rows.filter(conditions[value])


def _unverified(rows: Rows, value: str) -> Rows:
    confirmed = Q(verified=True, note="")
    return rows.filter(confirmed) if value == "yes" else rows.exclude(confirmed)


def _area(rows: Rows, code: str) -> Rows:
    """An area of county rank with all below it; the city with all of the city."""
    area = Area.objects.get(code=code)
    return rows.filter(Q(area=area) | Q(area__path__startswith=f"{area.path}/"))


def _areas(request: HttpRequest) -> list[tuple[str, str]]:
    return [(a.code, a.name) for a in Area.objects.filter(level__in=COUNTY_RANK)]


ORGANISATIONS = List(
    key="orgs.organisations",
    name="单位",
    columns=(
        Column(
            "short",
            "简称",
            lambda o: o.short_name,
            main=True,
            url=lambda o: reverse("orgs:organisation", args=[o.pk]),
            sort="short_name",
            width=20,
        ),
        Column("name", "全称", lambda o: o.name, sort="name", width=36),
        Column("aliases", "又称和曾用名", _aliases, width=36),
        Column(
            "kind",
            "类别",
            lambda o: o.get_kind_display(),
            cell=lambda o: _whole(o.get_kind_display()),
            sort="kind",
        ),
        Column("area", "区划", _area_of, cell=lambda o: _whole(_area_of(o)), sort="area__path"),
        Column("parent", "上级单位", lambda o: str(o.parent or ""), sort="parent__path", width=24),
        Column(
            "exists",
            "状态",
            lambda o: existence(o, timezone.localdate()),
            cell=lambda o: existence_tag(o, timezone.localdate()),
            width=10,
        ),
        Column(
            "verified",
            "核实",
            lambda o: "已核实" if o.verified and not o.note else "待核实",
            cell=verified_tag,
            width=10,
        ),
    ),
    filters=(
        Filter("kind", "类别", OrganisationKind.choices, lambda rows, v: rows.filter(kind=v)),
        Filter("area", "地区", _areas, _area),
        Filter("level", "层级", AreaLevel.choices, lambda rows, v: rows.filter(area__level=v)),
        Filter(
            "exists",
            "状态",
            [("existing", EXISTING), ("dissolved", DISSOLVED), ("coming", COMING)],
            _existing,
        ),
        Filter("verified", "核实", [("no", "待核实"), ("yes", "已核实")], _unverified),
    ),
    search=("name", "short_name", "known_as", "code"),
    empty=Empty("还没有单位", "请系统管理员先载入本市的区划和单位资料。"),
)

GROUPS = List(
    key="orgs.groups",
    name="单位组",
    columns=(
        Column(
            "name",
            "名称",
            lambda g: g.name,
            main=True,
            url=lambda g: reverse("orgs:group", args=[g.pk]),
            sort="name",
            width=36,
        ),
        Column("aliases", "又称", lambda g: "、".join(g.aliases), width=48),
        Column("area", "区划", _area_of, cell=lambda g: _whole(_area_of(g)), width=12),
        Column("members", "今日成员", lambda g: g.size, sort="size", number=True, width=10),
        Column(
            "verified",
            "核实",
            lambda g: "已核实" if g.verified and not g.note else "待核实",
            cell=verified_tag,
            width=10,
        ),
        Column("note", "说明", lambda g: g.note, width=40),
    ),
    filters=(Filter("verified", "核实", [("no", "待核实"), ("yes", "已核实")], _unverified),),
    search=("name", "aliases_text", "note"),
    empty=Empty("还没有单位组", "请系统管理员先载入本市的区划和单位资料。"),
)


@page(anyone)
def organisations(request: Request) -> HttpResponseBase:
    """All organisations, found by any of their names, former ones too."""
    names = OrganisationName.objects.filter(organisation=OuterRef("pk")).order_by()
    joined = StringAgg("name", delimiter="、", order_by=("valid_from", "pk"))
    known_as = names.values("organisation").annotate(joined=joined).values("joined")
    rows = (
        Organisation.objects.visible_to(request.actor)
        .select_related("area", "parent")
        .annotate(known_as=Coalesce(Subquery(known_as), Value(""), output_field=TextField()))
    )
    context = {"adds": policies.ORGANISATIONS.allows(request.actor)}
    return ORGANISATIONS.respond(request, rows, "orgs/organisations.html", context)


@page(anyone)
def groups(request: Request) -> HttpResponseBase:
    """All collective names with the number of their members today."""
    today = timezone.localdate()
    member = in_force(today, "memberships__") & in_force(today, "memberships__organisation__")
    rows = (
        Group.objects.visible_to(request.actor)
        .select_related("area")
        .annotate(
            size=Count("memberships__organisation", filter=member, distinct=True),
            aliases_text=Cast("aliases", TextField()),
        )
        .order_by("code")
    )
    return GROUPS.respond(request, rows, "orgs/groups.html")
