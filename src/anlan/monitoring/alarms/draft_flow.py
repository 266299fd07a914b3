"""The transition table of drafts of first reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.kernel.access.actor import Actor
from anlan.kernel.flow import Flow, Transition
from anlan.monitoring import policies
from anlan.monitoring.choices import DraftState
from anlan.monitoring.visibility import reaches

if TYPE_CHECKING:
    from anlan.monitoring.models import IncidentDraft


def reporter(draft: IncidentDraft, actor: Actor) -> str | None:
    """Whose alarm it is reports."""
    if reaches(actor, draft.site, policies.REPORT):
        return None
    return "这份初报由场所的监管部门、所在地政府或安委办填写。"


def receiver(draft: IncidentDraft, actor: Actor) -> str | None:
    """The office of the area takes it over."""
    if reaches(actor, draft.site, policies.TAKE_OVER):
        return None
    return "这份初报由场所所在地的安委办接收。"


def no_accident(draft: IncidentDraft, actor: Actor) -> str | None:
    """What somebody has said to be an accident is reported."""
    if draft.accident:
        return "已认定为生产安全事故，必须上报。认定有误的，先撤销认定并写明理由。"
    return reporter(draft, actor)


DRAFT = Flow(
    name="incident_draft",
    label="险情信息初报草稿",
    states=DraftState,
    initial=DraftState.DRAFT,
    transitions=[
        Transition(
            "submit",
            "提交",
            {DraftState.DRAFT},
            DraftState.SUBMITTED,
            policies.REPORT,
            guard=reporter,
            deadline="认定为事故后：accident.unit_report_hours、accident.level_report_hours",
            on_passed="届满前 60、20 分钟和届满时逐级通知填写人或接收人，页面显示已届满",
        ),
        Transition(
            "take",
            "接收",
            {DraftState.SUBMITTED},
            DraftState.TAKEN_OVER,
            policies.TAKE_OVER,
            guard=receiver,
        ),
        Transition(
            "dismiss",
            "不报",
            {DraftState.DRAFT, DraftState.SUBMITTED},
            DraftState.DISMISSED,
            policies.REPORT,
            guard=no_accident,
            needs=("reason",),
        ),
        Transition(
            "reopen",
            "退回填写",
            {DraftState.SUBMITTED, DraftState.DISMISSED},
            DraftState.DRAFT,
            policies.REPORT,
            guard=reporter,
            needs=("reason",),
        ),
    ],
)
