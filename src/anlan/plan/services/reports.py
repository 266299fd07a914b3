"""Reporting progress, and its verification by another person."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.evidence.models import File
from anlan.kernel.evidence.services import attach
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write
from anlan.plan import audience, clocks, flow, policies
from anlan.plan.choices import DutyState, ReportState
from anlan.plan.goals import goal, is_counted, reaches
from anlan.plan.models import Duty, Report
from anlan.plan.services.standings import restand


def report_submit(
    *,
    actor: Actor,
    duty: int,
    text: str,
    value: Decimal | None = None,
    complete: bool = False,
    evidence: Iterable[File] = (),
) -> Report:
    """Report progress on a duty; with ``complete`` ask that it be closed.

    ``value`` is the total so far, in the clause's unit (percent where the duty has no number).
    Refused: not one's own duty; a report already waits; a number that is missing or negative;
    asking to close with the target not reached, or without any evidence. Tells the verifiers.
    """
    files = list(dict.fromkeys(evidence))
    with Write(actor, "plan.report.submit") as write:
        row = write.lock(Duty.objects.visible_to(actor), duty)
        _may_report(row, actor)
        _check_report(row, text=text, value=value, complete=complete, files=files)
        report = write.add(
            Report(duty=row, author=actor.user, text=text.strip(), value=value, complete=complete)
        )
        _attach(write, report, row, files)
        notify(
            users=audience.verifiers(row),
            kind="report.submitted",
            title=f"{row.organisation}上报进展，待核验",
            text=row.title,
            link=reverse("plan:duty", args=[row.pk]),
        )
        restand(write, row)
    return report


def _attach(write: Write, report: Report, duty: Duty, files: list[File]) -> None:
    """What was returned or withdrawn may be shown again for the same duty."""
    in_vain = duty.reports.filter(state__in=[ReportState.RETURNED, ReportState.WITHDRAWN])
    same_work = list(in_vain.values_list("pk", flat=True))
    for file in files:
        attach(
            write,
            file=file,
            subject=report,
            organisation=duty.organisation,
            since=duty.period_start,
            same_work=same_work,
        )


def _may_report(duty: Duty, actor: Actor) -> None:
    if not policies.REPORT.allows(actor):
        raise Forbidden
    if reason := flow.owns(duty, actor):
        raise Forbidden(reason)
    if duty.state != DutyState.OPEN:
        raise WrongState(f"任务{duty.get_state_display()}，不能再上报进展。")
    if duty.reports.filter(state=ReportState.SUBMITTED).exists():
        raise WrongState("上一次上报还在等待核验。请等待核验结果，或先撤回上一次上报。")


def _check_report(
    duty: Duty, *, text: str, value: Decimal | None, complete: bool, files: list[File]
) -> None:
    if not text.strip():
        raise Refused("text_needed", "请填写工作进展：做了什么、做到哪一步。")
    if value is not None and not value.is_finite():
        raise Refused("invalid", "累计完成数须是一个数。")
    if value is not None and value < 0:
        raise Refused("value_negative", f"累计完成数不能为负数（填写的是 {value}）。")
    if is_counted(duty):
        _check_no_number(value)
    elif value is None and duty.target is not None:
        raise Refused("value_needed", f"这项任务有数量要求（{goal(duty)}），请填写累计完成数。")
    elif value is None and not complete:
        raise Refused("value_needed", "请填写完成百分比（0—100）。")
    elif value is not None and duty.target is None and value > 100:
        raise Refused("value_too_large", f"完成百分比不能超过 100（填写的是 {value}）。")
    if complete and not reaches(duty, duty.progress if is_counted(duty) else value):
        raise Refused("target_not_reached", f"还没有达到要求（{goal(duty)}），不能申请办结。")
    if complete and not files:
        raise Refused("evidence_needed", "申请办结须至少附一份佐证材料（照片或文件）。")


def _check_no_number(value: Decimal | None) -> None:
    if value is not None:
        raise Refused("value_counted", "这项任务的完成数由台账计数，不用填写。")


def report_accept(*, actor: Actor, report: int, reason: str = "") -> Report:
    """Verify a report: its number becomes the duty's progress; a completing one closes the duty.

    Refused: not the verifier of this duty, or the author himself. Tells the author.
    """
    reason = reason.strip()
    with Write(actor, "plan.report.accept", reason=reason) as write:
        duty, row = _lock(write, report)
        _may_verify(duty, actor)
        now = timezone.now()
        flow.REPORT.move(
            write,
            row,
            "accept",
            fields={"verifier": actor.user, "verified_at": now, "reason": reason},
        )
        if not is_counted(duty):
            write.change(duty, progress=_progress(duty, row), progress_at=now)
        if row.complete and duty.state == DutyState.OPEN:  # or the count has closed it meanwhile
            flow.DUTY.move(write, duty, "complete", fields={"met_at": now})
            clocks.keep(write, duty)
        _tell_author(
            duty, row, "report.accepted", "进展已核验" if not row.complete else "任务已核验完成"
        )
        restand(write, duty)
    return row


def _progress(duty: Duty, report: Report) -> Decimal | None:
    if report.value is None:
        return Decimal(100) if report.complete else duty.progress
    return report.value


def report_return(*, actor: Actor, report: int, reason: str) -> Report:
    """Send a report back with a reason; the duty stays as it was. Tells the author."""
    reason = reason.strip()
    with Write(actor, "plan.report.return", reason=reason) as write:
        duty, row = _lock(write, report)
        _may_verify(duty, actor)
        flow.REPORT.move(
            write,
            row,
            "return",
            fields={
                "verifier": actor.user,
                "verified_at": timezone.now(),
                "reason": reason,
            },
            reason=reason,
        )
        _tell_author(duty, row, "report.returned", "进展被退回")
        restand(write, duty)
    return row


def report_withdraw(*, actor: Actor, report: int) -> Report:
    """Take back a report that nobody has verified yet."""
    with Write(actor, "plan.report.withdraw") as write:
        duty, row = _lock(write, report)
        if reason := flow.owns(duty, actor):
            raise Forbidden(reason)
        flow.REPORT.move(write, row, "withdraw", fields={})
        restand(write, duty)
    return row


def _may_verify(duty: Duty, actor: Actor) -> None:
    policies.VERIFY.require(actor)
    if reason := flow.verifies(duty, actor):
        raise Forbidden(reason)


def _lock(write: Write, report: int) -> tuple[Duty, Report]:
    """Lock order: the duty first, then its report (every service of the plan keeps it)."""
    visible = Report.objects.filter(duty__in=Duty.objects.visible_to(write.actor))
    duty_pk = visible.filter(pk=report).values_list("duty", flat=True).first()
    duty = write.lock(Duty.objects.visible_to(write.actor), duty_pk)
    return duty, write.lock(visible, report)


def _tell_author(duty: Duty, report: Report, kind: str, title: str) -> None:
    notify(
        users=[report.author],
        kind=kind,
        title=title,
        text=f"{duty.title}。{report.reason}".rstrip("。") + "。",
        link=reverse("plan:duty", args=[duty.pk]),
    )
