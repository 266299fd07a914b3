"""The minutes: decisions written by the office, signed by a second person, become duties."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone

from anlan.calls import audience, flow
from anlan.calls.choices import CallState
from anlan.calls.models import Call, Charge, Decision
from anlan.calls.services.taking import let_go, lock
from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused, Unknown, WrongState
from anlan.kernel.notify.services import notify
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write
from anlan.plan.choices import DutyOrigin
from anlan.plan.models import KeyDuty
from anlan.plan.services import giving


class Stale(WrongState):
    """Another one saved the decision since the clerk opened it."""


def decision_write(
    *,
    actor: Actor,
    call: int,
    key_duty: int,
    text: str,
    due_on: date,
    organisations: Iterable[int],
) -> Decision:
    """A decision of an open call. What could not become a duty is refused at once."""
    with Write(actor, "calls.decision.write") as write:
        row = _open(write, call)
        duty, owners, words = _check(row, key_duty, text, due_on, organisations)
        _check_once(row, duty, words)
        made = write.add(
            Decision(call=row, key_duty=duty, text=words, due_on=due_on, author=actor.person)
        )
        _charge(write, made, owners)
        _made_by(write, row)
    return made


def decision_change(
    *,
    actor: Actor,
    decision: int,
    key_duty: int,
    text: str,
    due_on: date,
    organisations: Iterable[int],
    seen: int,
) -> Decision:
    """Write a decision anew, while its call is open. ``seen``: the revision that the clerk saw;
    Stale if another has changed it since."""
    with Write(actor, "calls.decision.change") as write:
        row = _open(write, _call_of(actor, decision))
        found = write.lock(Decision.objects.visible_to(actor), decision)
        if found.revision != seen:
            raise Stale(
                "这一项议定事项在您打开之后已被另一人修改，您的填写没有保存。请核对现有内容后再保存。"
            )
        duty, owners, words = _check(row, key_duty, text, due_on, organisations)
        _check_once(row, duty, words, but=found)
        write.change(found, key_duty=duty, text=words, due_on=due_on, revision=seen + 1)
        found.charges.exclude(organisation__in=owners).delete()
        has = set(found.charges.values_list("organisation", flat=True))
        _charge(write, found, [each for each in owners if each.pk not in has])
        _made_by(write, row)
    return found


def decision_drop(*, actor: Actor, decision: int) -> Call:
    """Take a decision out of the minutes, while its call is open."""
    with Write(actor, "calls.decision.drop") as write:
        row = _open(write, _call_of(actor, decision))
        write.lock(Decision.objects.visible_to(actor), decision).delete()
        _made_by(write, row)
    return row


def minutes_submit(*, actor: Actor, call: int) -> Call:
    """Hand the minutes in to be signed by a second person."""
    with Write(actor, "calls.call.submit") as write:
        row = lock(write, call, "submit")
        people = sorted({*row.makers, *actor.people})
        flow.CALL.move(write, row, "submit", fields={"makers": people, "reason": ""})
        notify(
            users=audience.office(row, chief=True).exclude(pk__in=people),
            kind="call.submitted",
            title=f"{row}纪要待审签",
            text=f"议定事项 {row.decisions.count()} 项，审签后下达为任务。",
            link=reverse("calls:call", args=[row.pk]),
        )
        write.event("call.changed", row, area=row.plan.area)
    return row


def minutes_return(*, actor: Actor, call: int, reason: str) -> Call:
    """Send the minutes back to be mended, with a reason."""
    reason = reason.strip()
    with Write(actor, "calls.call.return", reason=reason) as write:
        row = lock(write, call, "return")
        flow.CALL.move(write, row, "return", fields={"reason": reason}, reason=reason)
        notify(
            users=audience.office(row).filter(pk__in=row.makers),
            kind="call.returned",
            title=f"{row}纪要退回修改",
            text=reason,
            link=reverse("calls:call", args=[row.pk]),
        )
        write.event("call.changed", row, area=row.plan.area)
    return row


def call_close(*, actor: Actor, call: int) -> Call:
    """Sign the minutes: each decision becomes a duty of each of its organisations. All or nothing.

    Refused: whoever wrote any of the minutes, or handed them in; a decision that cannot become a
    duty (its date has passed meanwhile, an organisation is gone), which is named.
    """
    with Write(actor, "calls.call.close") as write:
        row = lock(write, call, "close")
        fields = {"closed_by": actor.person, "closed_at": timezone.now(), "reason": ""}
        flow.CALL.move(write, row, "close", fields=fields)
        for decision in row.decisions.select_related("key_duty"):
            _give(write, row, decision)
        let_go(write, row)
        write.event("call.closed", row, area=row.plan.area)
    return row


def _give(write: Write, call: Call, decision: Decision) -> None:
    charges = {
        each.organisation_id: each for each in decision.charges.select_related("organisation__area")
    }
    try:
        duties = giving.give(
            write=write,
            key_duty=decision.key_duty,
            organisations=[each.organisation for each in charges.values()],
            title=decision.text,
            due_on=decision.due_on,
            origin=DutyOrigin.CALL,
            source=decision.pk,
            source_name=str(call),
        )
    except Refused as refusal:
        raise Refused(
            refusal.code,
            f"议定事项“{decision.text}”不能下达：{refusal.message}请退回修改后再审签。",
        ) from refusal
    for duty in duties:
        write.change(charges[duty.organisation_id], duty=duty)


# --- judging -----------------------------------------------------------------------------------


def _call_of(actor: Actor, decision: int) -> int:
    found = Decision.objects.visible_to(actor).filter(pk=decision)
    call = found.values_list("call", flat=True).first()
    if call is None:
        raise Unknown
    return call


def _open(write: Write, call: int) -> Call:
    """The call, locked, if the actor may write its minutes now."""
    row = lock(write, call, "submit")
    if row.state != CallState.OPEN:
        raise WrongState(f"{row}{row.get_state_display()}，不能再改纪要。请刷新后再看。")
    return row


def _check(
    call: Call, key_duty: int, text: str, due_on: date, organisations: Iterable[int]
) -> tuple[KeyDuty, list[Organisation], str]:
    words = " ".join(text.split())
    if not words:
        raise Refused("text_needed", "请写明议定的事项。")
    duty = call.plan.key_duties.filter(pk=key_duty).first()
    if duty is None:
        raise Refused("key_duty", "请选择本年度计划中的一项重点任务。")
    wanted = set(organisations)
    named = Organisation.objects.select_related("area").filter(pk__in=wanted)
    owners = [each for each in named if call.plan.area.covers(each.area)]
    if len(owners) != len(wanted):
        raise Refused("organisations", "所选单位中有不属于本级管辖的，请重新选择。")
    giving.check(key_duty=duty, organisations=owners, due_on=due_on)
    return duty, owners, words


def _check_once(call: Call, key_duty: KeyDuty, text: str, but: Decision | None = None) -> None:
    same = call.decisions.filter(key_duty=key_duty, text=text)
    if but is not None:
        same = same.exclude(pk=but.pk)
    if same.exists():
        raise WrongState("纪要中已有这一项议定事项，没有重复记录。")


def _charge(write: Write, decision: Decision, organisations: Iterable[Organisation]) -> None:
    for each in organisations:
        write.add(Charge(decision=decision, organisation=each))


def _made_by(write: Write, call: Call) -> None:
    """Who writes the minutes does not sign them; nor does the one in whose name he writes."""
    people = sorted({*call.makers, *write.actor.people})
    if people != call.makers:
        write.change(call, makers=people)
    write.event("call.changed", call, area=call.plan.area)
