"""Taking a call, and cancelling one that was taken by mistake."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from anlan.calls import audience, clocks, flow, policies
from anlan.calls.choices import CallKind, ExplanationState
from anlan.calls.explaining import Limits, grounds
from anlan.calls.models import Call, Explanation
from anlan.calls.periods import Period, period
from anlan.calls.services.freezing import Judged, freeze
from anlan.cockpit.models import Daily
from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.norms.values import values
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.plan.models import Plan

AHEAD = "call.ahead_days"


def call_take(*, actor: Actor, plan: int, kind: str, meets_at: datetime) -> Call:
    """Freeze the figures of ``plan`` now, for the call of the period in which the meeting lies.

    Refused: not the office of the plan's area; a meeting that has begun or is too far ahead; a
    period that has its call (WrongState). Asks those who must explain, and tells them.
    """
    with Write(actor, "calls.call.take") as write:
        policies.RUN.require(actor)
        found = _plan(write, plan, actor)
        if kind not in CallKind.values:
            raise Refused("kind", "请选择周调度或月调度。")
        _check_moment(meets_at)
        of = period(kind, timezone.localdate(meets_at))
        _check_free(found, of)
        previous = _previous(found, of)
        now, limits = timezone.now(), Limits.in_force()
        call = write.add(
            Call(
                plan=found, kind=kind, first_day=of.first, meets_at=meets_at, counted_at=now,
                previous=previous, limits=asdict(limits), taken_by=actor.person,
                baseline=None if previous else _baseline(found, of, timezone.localdate(now)),
            )
        )  # fmt: skip
        for judged in freeze(call):
            _ask(write, call, judged, limits)
        write.event("call.taken", call, area=found.area)
    return call


def call_cancel(*, actor: Actor, call: int, reason: str) -> Call:
    """Take the call back, with a reason; its rows stay, nobody owes an explanation any more."""
    with Write(actor, "calls.call.cancel", reason=reason.strip()) as write:
        row = lock(write, call, "cancel")
        flow.CALL.move(
            write, row, "cancel", fields={"reason": reason.strip()}, reason=reason.strip()
        )
        let_go(write, row)
        for each in row.explanations.exclude(state=ExplanationState.STRUCK):
            notify(
                users=audience.asked(each),
                kind="call.cancelled",
                title=f"{row}已取消",
                text=f"原因：{row.reason}。不需再说明。",
                link=reverse("calls:call", args=[row.pk]),
            )
        write.event("call.changed", row, area=row.plan.area)
    return row


def lock(write: Write, call: int, verb: str) -> Call:
    """The call, locked: always first, before anything of it. Forbidden unless the actor may do
    ``verb`` to it in some state."""
    row = write.lock(Call.objects.visible_to(write.actor), call)
    transition = flow.CALL[verb]
    transition.policy.require(write.actor)
    if transition.guard and (reason := transition.guard(row, write.actor)):
        raise Forbidden(reason)
    return row


def let_go(write: Write, call: Call) -> None:
    """The call is over: stop the clocks of its explanations."""
    for each in call.explanations.all():
        each.call = call
        clocks.keep(write, each)


def _plan(write: Write, plan: int, actor: Actor) -> Plan:
    """Locked, so that two who take the same call take turns."""
    found = Plan.objects.select_for_update(of=("self",)).filter(pk=plan).first()
    if found is None:
        raise Unknown("没有这个年度计划。")
    if not actor.is_system and (reason := flow.runs_in(found.area, actor)):
        raise Forbidden(reason)
    return found


def _check_moment(meets_at: datetime) -> None:
    now, days = timezone.now(), int(values({AHEAD: 31})[AHEAD])
    if meets_at <= now:
        raise Refused("moment_past", "会议时间须在现在之后：单位要在会前写说明。")
    if meets_at > now + timedelta(days=days):
        raise Refused(
            "moment_far", f"会议时间最多提前 {days} 天确定：数据在开展调度时冻结，隔久了就不准了。"
        )


def _check_free(plan: Plan, of: Period) -> None:
    if Call.objects.held().filter(plan=plan, kind=of.kind, first_day=of.first).exists():
        raise WrongState(
            f"{of.title}已经有了，同一周期只开展一次。请在调度清单中打开；有误的先写明理由取消。"
        )


def _previous(plan: Plan, of: Period) -> Call | None:
    """The last call of the kind for the plan; a year's first has none."""
    earlier = Call.objects.held().filter(plan=plan, kind=of.kind, first_day__lt=of.first)
    return earlier.order_by("-first_day").first()


def _baseline(plan: Plan, of: Period, today: date) -> date | None:
    """The recorded day a week (a month) ago, or the first one since."""
    days = Daily.objects.filter(plan=plan, day__gte=of.before(today), day__lt=today)
    return days.order_by("day").values_list("day", flat=True).first()


def _ask(write: Write, call: Call, judged: Judged, limits: Limits) -> None:
    if found := grounds(judged.case, limits):
        ask(write, Explanation(
            call=call, organisation=judged.organisation, by_rule=True, grounds="\n".join(found)
        ))  # fmt: skip


def ask(write: Write, explanation: Explanation) -> Explanation:
    """Store the demand, start its clock, tell the organisation."""
    write.add(explanation)
    clocks.keep(write, explanation)
    tell_asked(write, explanation)
    return explanation


def tell_asked(write: Write, explanation: Explanation) -> None:
    """Tell the organisation that it must explain, why, and until when."""
    call = explanation.call
    at = f"{timezone.localtime(call.meets_at):%Y-%m-%d %H:%M}"
    title, wanted = "请在会前说明", f"请在 {at} 会议之前填写说明。"
    if explanation.after_meeting:
        title, wanted = "请补充说明", f"会议时间 {at} 已过，请尽快填写说明，不算迟报。"
    notify(
        users=audience.asked(explanation),
        kind="call.asked",
        title=f"{call}：{title}",
        text=f"{wanted}事由：{explanation.grounds}",
        link=reverse("calls:explanation", args=[explanation.pk]),
    )
    write.event("call.asked", call, area=call.plan.area, organisation=explanation.organisation)
