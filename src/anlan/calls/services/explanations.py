"""Who must explain, as the office decides it; and the explanations that the organisations write."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone

from anlan.calls import audience, clocks, flow, policies
from anlan.calls.choices import RUNNING, CallState, ExplanationState
from anlan.calls.models import Call, Explanation
from anlan.calls.services.taking import ask, tell_asked
from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.notify.services import notify
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write
from anlan.plan.periods import require_possible

BY_HAND = "安委办要求说明："


def explanation_add(*, actor: Actor, call: int, organisation: int, reason: str) -> Explanation:
    """Ask an organisation that the rule did not name, with a reason that it is told.

    Only one that has duties in the call. Named already: WrongState.
    """
    reason = reason.strip()
    with Write(actor, "calls.explanation.add", reason=reason) as write:
        row = write.lock(Call.objects.visible_to(actor), call)
        _check_runs(row, actor)
        if not reason:
            raise Refused("reason_needed", "请写明为什么要求说明。")
        asked = Organisation.objects.filter(
            pk=organisation, pk__in=row.rows.values("organisation")
        ).first()
        if asked is None:
            raise Refused("no_duties", "这个单位在本次调度中没有任务，请选择列出的单位。")
        if row.explanations.filter(organisation=asked).exists():
            raise WrongState(f"{asked}已在说明名单中；已免予说明的，请在名单中重新要求。")
        return ask(write, Explanation(
            call=row, organisation=asked, by_rule=False, grounds=f"{BY_HAND}{reason}",
            reason=reason, asked_at=timezone.now(),
        ))  # fmt: skip


def explanation_strike(*, actor: Actor, explanation: int, reason: str) -> Explanation:
    """Take an organisation off the list, with a reason; its clock ends and it is told."""
    reason = reason.strip()
    with Write(actor, "calls.explanation.strike", reason=reason) as write:
        row = _lock(write, explanation, "strike")
        _check_runs(row.call, actor)
        flow.EXPLANATION.move(write, row, "strike", fields={"reason": reason}, reason=reason)
        clocks.keep(write, row)
        notify(
            users=audience.asked(row),
            kind="call.struck",
            title=f"{row.call}：不需再说明",
            text=f"安委办：{reason}",
            link=reverse("calls:explanation", args=[row.pk]),
        )
        _happened(write, row)
    return row


def explanation_ask(*, actor: Actor, explanation: int, reason: str) -> Explanation:
    """Ask again one that was struck, with a reason."""
    reason = reason.strip()
    with Write(actor, "calls.explanation.ask", reason=reason) as write:
        row = _lock(write, explanation, "ask")
        _check_runs(row.call, actor)
        fields = {"reason": reason, "asked_at": timezone.now(), "late": False}
        flow.EXPLANATION.move(write, row, "ask", fields=fields, reason=reason)
        clocks.keep(write, row)
        tell_asked(write, row)
    return row


def explanation_answer(
    *, actor: Actor, explanation: int, cause: str, measure: str, until: date
) -> Explanation:
    """The organisation explains, or mends what it said; after the meeting's moment it may be late.

    Refused once the call is over. The date is a promise: it moves no duty's own date.
    """
    cause, measure = cause.strip(), measure.strip()
    with Write(actor, "calls.explanation.answer") as write:
        row = _lock(write, explanation, "answer")
        if row.call.state not in RUNNING:
            raise WrongState(f"{row.call}{row.call.get_state_display()}，不能再填写说明。")
        if not measure:
            raise Refused("measure_needed", "请写明整改措施。")
        require_possible(until)
        now = timezone.now()
        if until < timezone.localdate(now):
            raise Refused("date_past", f"新的完成时间不能早于今天（填写的是 {until}）。")
        fields = {
            "cause": cause,
            "measure": measure,
            "until": until,
            "answered_by": actor.person,
            "answered_at": now,
            "late": row.late_at(now),
        }
        flow.EXPLANATION.move(write, row, "answer", fields=fields, text=cause)
        clocks.keep(write, row)
        notify(
            users=audience.office(row.call),
            kind="call.answered",
            title=f"{row.call}：{row.organisation}已说明",
            text=cause,
            link=reverse("calls:call", args=[row.call_id]),
        )
        _happened(write, row)
    return row


def _lock(write: Write, explanation: int, verb: str) -> Explanation:
    """The call first, then the explanation; Forbidden unless the actor may do ``verb``."""
    actor = write.actor
    visible = Explanation.objects.visible_to(actor)
    call = visible.filter(pk=explanation).values_list("call", flat=True).first()
    write.lock(Call.objects.visible_to(actor), call)
    row = write.lock(visible, explanation)
    transition = flow.EXPLANATION[verb]
    transition.policy.require(actor)
    if transition.guard and (reason := transition.guard(row, actor)):
        raise Forbidden(reason)
    return row


def _check_runs(call: Call, actor: Actor) -> None:
    """The office decides who explains while the call is open."""
    policies.RUN.require(actor)
    if reason := flow.runs_in(call.plan.area, actor):
        raise Forbidden(reason)
    if call.state != CallState.OPEN:
        raise WrongState(f"{call}{call.get_state_display()}，不能再改说明名单。")


def _happened(write: Write, explanation: Explanation) -> None:
    call = explanation.call
    write.event("call.changed", call, area=call.plan.area, organisation=explanation.organisation)


def unanswered(call: Call) -> int:
    """How many still owe an explanation."""
    return call.explanations.filter(state=ExplanationState.ASKED).count()
