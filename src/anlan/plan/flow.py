"""The transition tables of duty, report, extension and supervision order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.audit.doers import acted
from anlan.kernel.flow import Flow, Transition
from anlan.plan import policies
from anlan.plan.choices import DutyState, ExtensionState, OrderState, ReportState

if TYPE_CHECKING:
    from anlan.plan.models import Duty, Extension, Report, SupervisionOrder


def owns(duty: Duty, actor: Actor, policy: Policy = policies.REPORT) -> str | None:
    """Only the organisation that owns the duty (or one it answers to) works on it.

    ``policy``: what is to be done. Role and organisation must come from one and the same grant.
    """
    own = any(g.organisation.covers(duty.organisation) for g in policy.grants(actor))
    return None if own else f"这项任务由{duty.organisation}办理，只有该单位可以操作。"


def verifies(duty: Duty, actor: Actor, policy: Policy = policies.VERIFY) -> str | None:
    """The office whose notice gave a duty verifies it; who handed a duty down verifies that duty.

    ``policy``: what is to be done. Role and place must come from one and the same grant.
    """
    grants = policy.grants(actor)
    if duty.parent is None:
        area = duty.key_duty.plan.area
        ok = any(g.role in policies.OFFICE and g.area.covers(area) for g in grants)
        return None if ok else "直接安排的任务由发出通知的安委办核验。"
    giver = duty.parent.organisation
    ok = any(g.role in policies.UNIT and g.organisation.path == giver.path for g in grants)
    return None if ok else f"这项任务由{giver}分解下达，应由{giver}核验。"


def _settles(duty: Duty, actor: Actor) -> str | None:
    """A person must be the duty's verifier; of a counted duty our own job sees to it."""
    return None if actor.is_system else verifies(duty, actor)


DUTY = Flow(
    name="duty",
    label="任务",
    states=DutyState,
    initial=DutyState.OPEN,
    transitions=[
        Transition(
            "complete",
            "核验完成",
            {DutyState.OPEN},
            DutyState.MET,
            policies.VERIFY,
            guard=_settles,
            deadline="任务完成期限",
            on_passed="逾期，自动建议督办",
            system=True,
        ),
        Transition(
            "reopen",
            "重新办理",
            {DutyState.MET},
            DutyState.OPEN,
            policies.VERIFY,
            guard=_settles,
            needs=("reason",),
            system=True,
        ),
        Transition(
            "cancel",
            "撤销",
            {DutyState.OPEN, DutyState.MET},
            DutyState.CANCELLED,
            policies.FOLLOW,
            needs=("reason",),
            system=True,
        ),
        Transition(
            "restore",
            "恢复",
            {DutyState.CANCELLED},
            DutyState.OPEN,
            policies.FOLLOW,
            needs=("reason",),
            system=True,
        ),
    ],
)


def _author(report: Report) -> set[int]:
    """Who reported, and in whose name."""
    return acted(report, "plan.report.submit") | {report.author_id}


REPORT = Flow(
    name="report",
    label="进展上报",
    states=ReportState,
    initial=ReportState.SUBMITTED,
    transitions=[
        Transition(
            "accept",
            "核验通过",
            {ReportState.SUBMITTED},
            ReportState.ACCEPTED,
            policies.VERIFY,
            guard=lambda report, actor: verifies(report.duty, actor),
            not_by=_author,
        ),
        Transition(
            "return",
            "退回",
            {ReportState.SUBMITTED},
            ReportState.RETURNED,
            policies.VERIFY,
            guard=lambda report, actor: verifies(report.duty, actor),
            needs=("reason",),
            not_by=_author,
        ),
        Transition(
            "withdraw",
            "撤回",
            {ReportState.SUBMITTED},
            ReportState.WITHDRAWN,
            policies.REPORT,
            guard=lambda report, actor: owns(report.duty, actor),
        ),
    ],
)


def _applicant(extension: Extension) -> set[int]:
    """Who applied, and in whose name."""
    return acted(extension, "plan.extension.apply") | {extension.applicant_id}


EXTENSION = Flow(
    name="extension",
    label="延期申请",
    states=ExtensionState,
    initial=ExtensionState.APPLIED,
    transitions=[
        Transition(
            "grant",
            "同意延期",
            {ExtensionState.APPLIED},
            ExtensionState.GRANTED,
            policies.DECIDE,
            guard=lambda extension, actor: verifies(extension.duty, actor, policies.DECIDE),
            not_by=_applicant,
        ),
        Transition(
            "refuse",
            "不同意",
            {ExtensionState.APPLIED},
            ExtensionState.REFUSED,
            policies.DECIDE,
            guard=lambda extension, actor: verifies(extension.duty, actor, policies.DECIDE),
            needs=("reason",),
            not_by=_applicant,
        ),
    ],
)


def supervises(duty: Duty, actor: Actor, policy: Policy = policies.FOLLOW) -> str | None:
    """Orders are the business of the office whose notice gave the duty."""
    area = duty.key_duty.plan.area
    ok = any(g.area.covers(area) for g in policy.grants(actor))
    return None if ok else "督办由发出通知的安委办办理。"


def _signs(order: SupervisionOrder, actor: Actor) -> str | None:
    return supervises(order.duty, actor, policies.SUPERVISE)


def _follows(order: SupervisionOrder, actor: Actor) -> str | None:
    return supervises(order.duty, actor)


ORDER = Flow(
    name="supervision_order",
    label="督办",
    states=OrderState,
    initial=OrderState.PROPOSED,
    transitions=[
        Transition(
            "issue",
            "下达督办",
            {OrderState.PROPOSED},
            OrderState.ISSUED,
            policies.SUPERVISE,
            guard=_signs,
            needs=("until",),
            deadline="督办回复期限",
            on_passed="提醒安委办，并在督办清单标红",
        ),
        Transition(
            "dismiss",
            "不予督办",
            {OrderState.PROPOSED},
            OrderState.DISMISSED,
            policies.SUPERVISE,
            guard=_signs,
            needs=("reason",),
        ),
        Transition(
            "answer",
            "回复督办",
            {OrderState.ISSUED},
            OrderState.ANSWERED,
            policies.REPORT,
            guard=lambda order, actor: owns(order.duty, actor),
            needs=("text",),
        ),
        Transition(
            "reject",
            "退回重办",
            {OrderState.ANSWERED},
            OrderState.ISSUED,
            policies.FOLLOW,
            guard=_follows,
            needs=("reason",),
        ),
        Transition(
            "close",
            "办结",
            {OrderState.ANSWERED},
            OrderState.CLOSED,
            policies.FOLLOW,
            guard=_follows,
        ),
    ],
)

FLOWS = [DUTY, REPORT, EXTENSION, ORDER]
