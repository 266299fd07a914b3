"""Lists: my work list, all duties that I see, supervision orders."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs.models import Area, AreaLevel, Organisation
from anlan.kernel.orgs.selectors import COUNTY_RANK
from anlan.kernel.ui.addresses import address
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows, Shown
from anlan.kernel.ui.templatetags.ui import state, tag
from anlan.plan import policies, selectors
from anlan.plan.choices import DutyKind, DutyOrigin, OrderState, Standing, UnitRole
from anlan.plan.goals import goal
from anlan.plan.models import Duty, KeyDuty, Plan
from anlan.plan.origins import page_of
from anlan.plan.searching import mentions
from anlan.plan.standing import ORDER
from anlan.plan.templatetags.plan import progress, why
from anlan.plan.urgency import BY_URGENCY, ranks


def _url(duty: Duty) -> str:
    return address("plan:duty", duty.pk)


def _done(duty: Duty) -> str:
    return progress(duty) or "—"


def _area(rows: Rows, code: str) -> Rows:
    """An area with all below it; for the city, its own units alone."""
    area = Area.objects.get(code=code)
    return (
        rows.filter(area=area)
        if area.level == AreaLevel.CITY
        else rows.filter(area.within_of("area"))
    )


def _areas(request: HttpRequest) -> list[tuple[str, str]]:
    """The city and the areas of county rank; a smaller one where the address names it."""
    asked = request.GET.get("area", "").replace("\x00", "")  # which no text of PostgreSQL holds
    ranks = Q(level__in=[AreaLevel.CITY, *COUNTY_RANK])
    found = Area.objects.filter(ranks | Q(code=asked))
    return [(a.code, "市直单位" if a.level == AreaLevel.CITY else a.name) for a in found]


def _unit(request: HttpRequest) -> list[tuple[int, str]]:
    """The one that the address names: among thousands nobody chooses from a list."""
    asked = request.GET.get("unit", "")
    found = Organisation.objects.filter(pk=asked) if asked.isdecimal() and len(asked) < 10 else []
    return [(each.pk, str(each)) for each in found]


def _years(request: Any) -> list[Plan]:
    """The plans, newest first: asked for once in a request."""
    if not hasattr(request, "plans"):
        request.plans = list(selectors.plans())
    found: list[Plan] = request.plans
    return found


def _newest(request: HttpRequest) -> str:
    """A list shows the newest plan until another year, or all of them, are asked for."""
    return next((str(each.pk) for each in _years(request)), "")


def _key_duties(request: HttpRequest) -> list[tuple[int, str]]:
    """Those of the chosen year; of all years those of the newest plan."""
    plans = _years(request)
    asked = [each for each in plans if str(each.pk) == request.GET.get("plan")]
    found = KeyDuty.objects.filter(plan__in=(asked or plans)[:1], retired_at=None)
    return [(each.pk, str(each)) for each in found]


def _plans(request: HttpRequest) -> list[tuple[int, str]]:
    return [(each.pk, f"{each.year} 年") for each in _years(request)]


NUMBER = Column(
    "number", "序号", lambda d: d.key_duty.number, sort="key_duty__number", number=True, width=6
)
TITLE = Column("title", "任务", lambda d: d.title, main=True, url=_url, width=60)
UNIT = Column(
    "unit",
    "责任单位",
    lambda d: str(d.organisation),
    sort=("area__sort", "organisation__sort"),
    width=24,
)
ORIGIN = Column(
    "origin",
    "来源",
    lambda d: d.get_origin_display(),
    cell=lambda d: tag("调度会", "blue") if d.origin == DutyOrigin.CALL else "通知",
    url=page_of,
    width=8,
)
ROLE = Column("role", "责任", lambda d: d.get_role_display(), width=8)
GOAL = Column("goal", "要求", goal, width=14)
DONE = Column("done", "已核验", _done, number=True, width=10)
DUE = Column("due", "完成期限", lambda d: d.due_on, sort="due_on", width=12)
WHY = Column("why", "为什么是这个状态", why, width=26)
STANDING = Column(
    "standing",
    "状态",
    lambda d: d.get_standing_display(),
    cell=lambda d: state(d.standing),
    sort=BY_URGENCY,
    width=10,
)
WAITS = Column("waits", "核验", lambda d: "待核验" if d.waits else "", width=8)

BY_STANDING = Filter(
    "standing",
    "状态",
    Standing.choices,
    lambda rows, v: rows.filter(standing=v, urgency__in=ranks(v)),
)
BY_KIND = Filter(
    "kind",
    "类型",
    [("whole", "整项任务"), *DutyKind.choices],
    lambda rows, v: rows.filter(clause=None) if v == "whole" else rows.filter(clause__kind=v),
)
BY_ROLE = Filter("role", "责任", UnitRole.choices, lambda rows, v: rows.filter(role=v))
BY_KEY_DUTY = Filter("key_duty", "重点任务", _key_duties, lambda rows, v: rows.filter(key_duty=v))
BY_AREA = Filter("area", "地区", _areas, _area)
BY_PLAN = Filter(
    "plan", "年度", _plans, lambda rows, v: rows.filter(key_duty__plan=v), default=_newest
)
BY_UNIT = Filter("unit", "责任单位", _unit, lambda rows, v: rows.filter(organisation=v))
BY_ORIGIN = Filter("origin", "来源", DutyOrigin.choices, lambda rows, v: rows.filter(origin=v))
BY_LEVEL = Filter(
    "level",
    "层级",
    [("top", "直接安排"), ("handed", "分解下达")],
    lambda rows, v: rows.filter(parent__isnull=v == "top"),
)

# By these the tally counts; by others the rows must be counted.
TALLIED = ("plan", "key_duty", "area", "level")

TASKS = List(
    key="plan.tasks",
    name="我的任务",
    columns=(STANDING, TITLE, NUMBER, ORIGIN, ROLE, GOAL, DONE, DUE, WHY, WAITS),
    filters=(BY_PLAN, BY_STANDING, BY_KEY_DUTY, BY_KIND, BY_ROLE, BY_ORIGIN),
    search=mentions,
    order="standing",
    live="live:duty",
    empty=Empty("目前没有任务", "年度通知发布或上级分解下达后，本单位的任务会列在这里。"),
)

DUTIES = List(
    key="plan.duties",
    name="任务清单",
    columns=(STANDING, TITLE, NUMBER, ORIGIN, UNIT, ROLE, GOAL, DONE, DUE, WHY),
    filters=(BY_PLAN, BY_KEY_DUTY, BY_AREA, BY_UNIT, BY_STANDING, BY_KIND, BY_LEVEL, BY_ORIGIN),
    search=mentions,
    order="standing",
    live="live:duty",
    empty=Empty("没有任务", "年度通知发布后，各单位的任务会列在这里。"),
)

ORDERS = List(
    key="plan.orders",
    name="督办清单",
    columns=(
        Column("number", "文号", lambda o: str(o), main=True, url=lambda o: _url(o.duty), width=20),
        Column("state", "状态", lambda o: o.get_state_display(), sort="state", width=10),
        Column("unit", "责任单位", lambda o: str(o.duty.organisation), width=24),
        Column("grounds", "事由", lambda o: o.grounds, width=60),
        Column("until", "回复期限", lambda o: o.until, sort="until", width=12),
        Column("at", "建议时间", lambda o: o.proposed_at, sort="proposed_at", width=16),
    ),
    filters=(Filter("state", "状态", OrderState.choices, lambda rows, v: rows.filter(state=v)),),
    search=("number", "grounds", "duty__organisation__name"),
    order="-at",
    live="live:order",
    empty=Empty("没有督办", "任务逾期后，系统会自动提出督办建议，由安委办负责人决定是否下达。"),
)


@page(policies.REPORT)
def tasks(request: Request) -> HttpResponseBase:
    """My work list: what my organisations must do by the newest plan, most urgent first."""
    rows = selectors.my_duties(request.actor)

    def context(shown: Shown) -> dict[str, Any]:
        return {**_summary(shown), "older": _older(request, rows)}

    return TASKS.respond(request, rows, "plan/tasks.html", context)


@page(policies.VIEW)
def duties(request: Request) -> HttpResponseBase:
    """All duties of a year that I see; the cells of the matrix lead here."""
    actor = request.actor
    return DUTIES.respond(
        request, selectors.duties(actor), "plan/duties.html", lambda shown: _summary(shown, actor)
    )


@page(policies.VIEW)
def orders(request: Request) -> HttpResponseBase:
    """Supervision orders on duties that I see."""
    rows: Any = selectors.orders(request.actor)
    return ORDERS.respond(request, rows, "plan/orders.html")


def _summary(shown: Shown, overseer: Actor | None = None) -> dict[str, Any]:
    """How many of the narrowed rows stand where, worst first; each leads to those alone.

    ``overseer``: whose rows are all that he sees, so that the tally may have counted them.
    """
    chosen = {each.key: each.chosen for each in shown.choices if each.chosen}
    standing = chosen.pop("standing", "")
    counts = None
    if overseer and chosen.keys() <= set(TALLIED):
        plan, key_duty, area, level = (chosen.get(key, "") for key in TALLIED)
        counts = selectors.tallied(overseer, plan=plan, key_duty=key_duty, area=area, level=level)
    if counts is None:
        counts = selectors.by_standing(_narrowed(shown, chosen))
    total = sum(counts.values())
    if not shown.text:
        shown.total = counts.get(standing, 0) if standing else total
    asked = {each.key: each.chosen for each in shown.choices if each.chosen != each.default}
    entries = [
        (each.value, counts[each], f"?{urlencode({**asked, 'standing': each.value})}")
        for each in ORDER
        if counts.get(each)
    ]
    return {"summary": entries, "standing": standing, "total": total}


def _older(request: HttpRequest, rows: Rows) -> int:
    """How many duties of years before wait still: a new plan must not hide them."""
    plans = _years(request)
    if "plan" in request.GET or len(plans) < 2:
        return 0
    before = rows.filter(key_duty__plan__year__lt=plans[0].year)
    return before.exclude(standing=Standing.MET).count()


def _narrowed(shown: Shown, chosen: dict[str, str]) -> Rows:
    rows = shown.all_rows
    for each in shown.declared.filters:
        if each.key in chosen:
            rows = each.apply(rows, chosen[each.key])
    return rows
