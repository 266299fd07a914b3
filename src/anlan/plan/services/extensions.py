"""Applying for more time, and deciding on it."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.norms.values import values
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.plan import audience, clocks, flow, policies
from anlan.plan.choices import DutyState, ExtensionState
from anlan.plan.models import Duty, Extension
from anlan.plan.periods import require_possible
from anlan.plan.services.standings import restand

MOST = "duty.max_extensions"


def extension_apply(*, actor: Actor, duty: int, until: date, text: str) -> Extension:
    """Apply to finish by ``until`` instead of the duty's date. Tells who decides.

    Refused: not one's own duty; no reason given; not later than the present date; later than the
    date of the duty that this one was handed down from; an application already waits.
    """
    with Write(actor, "plan.extension.apply") as write:
        row = write.lock(Duty.objects.visible_to(actor), duty)
        if not policies.EXTEND.allows(actor):
            raise Forbidden
        if reason := flow.owns(row, actor, policies.EXTEND):
            raise Forbidden(reason)
        _check_application(row, until, text)
        extension = write.add(
            Extension(
                duty=row, applicant=actor.user, was_due=row.due_on, until=until, text=text.strip()
            )
        )
        notify(
            users=audience.verifiers(row),
            kind="extension.applied",
            title=f"{row.organisation}申请延期至 {until:%Y-%m-%d}",
            text=row.title,
            link=reverse("plan:duty", args=[row.pk]),
        )
        write.event(
            "extension.applied",
            extension,
            area=row.area,
            organisation=row.organisation,
            duty=row.pk,
        )
    return extension


def _check_application(duty: Duty, until: date, text: str) -> None:
    if duty.state != DutyState.OPEN:
        raise WrongState(f"任务{duty.get_state_display()}，不能申请延期。")
    if duty.extensions.filter(state=ExtensionState.APPLIED).exists():
        raise WrongState("已有一份延期申请正在审批，请等待审批结果。")
    if not text.strip():
        raise Refused("text_needed", "请填写申请延期的理由。")
    _check_count(duty)
    _check_until(duty, until)


def _check_count(duty: Duty) -> None:
    most = int(values({MOST: 2})[MOST])
    granted = duty.extensions.filter(state=ExtensionState.GRANTED).count()
    if granted >= most:
        raise Refused(
            "too_often", f"这项任务已延期 {granted} 次，最多 {most} 次，不能再申请。请抓紧办结。"
        )


def _check_grant(duty: Duty, until: date) -> None:
    """Between application and decision the duty may have been met, cancelled, or given another
    date by a revision of the notice: a grant never shortens."""
    if duty.state != DutyState.OPEN:
        raise WrongState(f"任务{duty.get_state_display()}，不能再延期。")
    _check_until(duty, until)


def _check_until(duty: Duty, until: date) -> None:
    require_possible(until)
    if until <= duty.due_on:
        raise Refused(
            "not_later",
            f"延期后的日期须晚于现期限 {duty.due_on}（填写的是 {until}）。",
        )
    if duty.parent and until > duty.parent.due_on:
        raise Refused("after_parent", f"延期后的日期不能晚于上级任务的期限 {duty.parent.due_on}。")


def extension_decide(*, actor: Actor, extension: int, grant: bool, reason: str = "") -> Extension:
    """Grant (the duty's date moves) or refuse (a reason is needed). Tells the applicant.

    Refused: not who decides on this duty, or the applicant himself; a grant by which the duty
    would end earlier than it does now or later than the one it was handed down from.
    """
    verb = "grant" if grant else "refuse"
    reason = reason.strip()
    with Write(actor, f"plan.extension.{verb}", reason=reason) as write:
        duty, row = _lock(write, extension)
        policies.DECIDE.require(actor)
        if why := flow.verifies(duty, actor, policies.DECIDE):
            raise Forbidden(why)
        flow.EXTENSION.move(
            write,
            row,
            verb,
            fields={
                "decider": actor.user,
                "decided_at": timezone.now(),
                "reason": reason,
            },
            reason=reason,
        )
        if grant:
            _check_grant(duty, row.until)
            write.change(duty, due_on=row.until)
            clocks.keep(write, duty)
        notify(
            users=[row.applicant],
            kind=f"extension.{row.state}",
            title=f"延期申请{row.get_state_display()}",
            text=f"{duty.title}。{row.reason}",
            link=reverse("plan:duty", args=[duty.pk]),
        )
        restand(write, duty)
    return row


def _lock(write: Write, extension: int) -> tuple[Duty, Extension]:
    visible = Extension.objects.filter(duty__in=Duty.objects.visible_to(write.actor))
    duty_pk = visible.filter(pk=extension).values_list("duty", flat=True).first()
    duty = write.lock(Duty.objects.visible_to(write.actor), duty_pk)
    return duty, write.lock(visible, extension)
