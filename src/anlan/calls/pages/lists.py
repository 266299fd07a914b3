"""The calls that I see, and the frozen rows of one call."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from anlan.calls import policies, selectors
from anlan.calls.choices import CallKind, CallState, Change
from anlan.calls.models import Call, FrozenDuty
from anlan.calls.templatetags.calls import change_tag, state_tag
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs.models import AreaLevel
from anlan.kernel.ui.addresses import address
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows, Shown
from anlan.kernel.ui.templatetags.ui import state, tag
from anlan.plan.choices import DutyState, Standing

LIVE = ("area", "key_duty", "standing")  # the conditions that the list of today has too


def _url(call: Call) -> str:
    return address("calls:call", call.pk)


def _answered(call: Any) -> str:
    return f"{call.answered}/{call.asked}" if call.asked else "—"


CALLS = List(
    key="calls.calls",
    name="调度",
    columns=(
        Column("name", "调度", lambda c: str(c), main=True, url=_url, width=24),
        Column("state", "状态", lambda c: c.get_state_display(), cell=state_tag, width=12),
        Column("kind", "类型", lambda c: c.get_kind_display(), sort="kind", width=10),
        Column("meets", "会议时间", lambda c: c.meets_at, sort="meets_at", width=18),
        Column("counted", "数据截至", lambda c: c.counted_at, sort="counted_at", width=18),
        Column("answered", "已说明/须说明", _answered, width=14),
        Column("plan", "年度计划", lambda c: c.plan.title, width=40),
    ),
    filters=(
        Filter("kind", "类型", CallKind.choices, lambda rows, v: rows.filter(kind=v)),
        Filter("state", "状态", CallState.choices, lambda rows, v: rows.filter(state=v)),
    ),
    order="-meets",
    live="live:call",
    empty=Empty(
        "还没有调度", "安委办开展周调度、月调度后，会列在这里；单位只看到涉及本单位的调度。"
    ),
)


# --- the frozen rows ---------------------------------------------------------------------------


def _call(request: HttpRequest) -> int:
    match = request.resolver_match
    return int(match.kwargs["pk"]) if match else 0


def _areas(request: HttpRequest) -> list[tuple[str, str]]:
    actor: Any = getattr(request, "actor", None)
    visible = FrozenDuty.objects.visible_to(actor).filter(call=_call(request))
    rows = visible.order_by("area__sort", "area__code")
    found = rows.values_list("area__code", "area__name", "area__level").distinct()
    return [(code, "市直单位" if level == AreaLevel.CITY else name) for code, name, level in found]


def _items(request: HttpRequest) -> list[tuple[int, str]]:
    found = Call.objects.get(pk=_call(request)).items.all()
    return [(each.key_duty_id, str(each)) for each in found]


def _units(request: HttpRequest) -> list[tuple[int, str]]:
    actor: Any = getattr(request, "actor", None)
    rows = FrozenDuty.objects.visible_to(actor).filter(call=_call(request))
    ordered = rows.order_by("area__sort", "organisation__sort", "organisation")
    found = ordered.values_list("organisation", "owner").distinct()
    return list(dict(found.values_list("organisation", "owner")).items())


def _forecast(rows: Rows, value: str) -> Rows:
    return rows.exclude(forecast="") if value == "missed" else rows.filter(forecast="")


def _mentions(word: str) -> Q:
    return Q(title__contains=word) | Q(owner__contains=word)


def _duty(row: Any) -> str:
    return address("plan:duty", row.duty_id) if row.opens else ""


def _now(row: Any) -> str:
    if not row.opens:
        return ""
    if row.duty.state == DutyState.CANCELLED:
        return row.duty.get_state_display()
    return row.duty.get_standing_display()


def _now_tag(row: Any) -> Any:
    if not row.opens:
        return ""
    if row.duty.state == DutyState.CANCELLED:
        return tag(row.duty.get_state_display())
    return state(row.duty.standing)


ROWS = List(
    key="calls.rows",
    name="调度任务明细",
    columns=(
        Column(
            "standing", "调度时", lambda r: r.get_standing_display(),
            cell=lambda r: state(r.standing), width=10,
        ),
        Column(
            "title", "任务", lambda r: r.title, main=True, width=60,
            url=_duty,
        ),
        Column("unit", "责任单位", lambda r: r.owner, width=24),
        Column("due", "完成期限", lambda r: r.due_on, sort="due_on", width=12),
        Column("days", "逾期天数", lambda r: r.days or None, sort="days", number=True, width=8),
        Column(
            "change", "与上次比", lambda r: r.get_change_display(), cell=change_tag, width=12
        ),
        Column("forecast", "预计完不成", lambda r: r.forecast, width=30),
        Column("now", "现在", _now, cell=_now_tag, width=10),
    ),
    filters=(
        Filter("area", "地区", _areas, lambda rows, v: rows.filter(area__code=v)),
        Filter("unit", "责任单位", _units, lambda rows, v: rows.filter(organisation=v)),
        Filter("key_duty", "重点任务", _items, lambda rows, v: rows.filter(key_duty=v)),
        Filter("standing", "调度时", Standing.choices, lambda rows, v: rows.filter(standing=v)),
        Filter("change", "与上次比", Change.choices, lambda rows, v: rows.filter(change=v)),
        Filter("forecast", "预测", [("missed", "预计完不成")], _forecast),
    ),
    search=_mentions,
    empty=Empty("没有任务", "开展这次调度时，您可以看到的范围内没有任务。"),
)  # fmt: skip


@page(policies.VIEW)
def calls(request: Request) -> HttpResponseBase:
    """The calls that I see, newest first."""
    rows: Any = selectors.listed(request.actor)
    may_take = policies.RUN.allows(request.actor)
    return CALLS.respond(request, rows, "calls/calls.html", {"may_take": may_take})


@page(policies.VIEW)
def rows(request: Request, pk: int) -> HttpResponseBase:
    """The frozen rows behind a number of the paper; beside each, where the duty stands now."""
    call = selectors.call(request.actor, pk)

    def context(shown: Shown) -> dict[str, Any]:
        return {"call": call, "live_url": _live(call, shown)}

    found: Any = selectors.rows(request.actor, call)
    return ROWS.respond(request, found, "calls/rows.html", context)


def _live(call: Call, shown: Shown) -> str:
    """The list of today by the same conditions, as far as it has them."""
    chosen = {each.key: each.chosen for each in shown.choices if each.chosen and each.key in LIVE}
    return f"{reverse('plan:duties')}?{urlencode({'plan': call.plan_id, 'level': 'top', **chosen})}"
