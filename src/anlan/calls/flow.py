"""The transition tables of a progress call and of an explanation, and who stands where to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.calls import policies
from anlan.calls.choices import CallState, ExplanationState
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.flow import Flow, Transition

if TYPE_CHECKING:
    from anlan.calls.models import Call, Explanation
    from anlan.kernel.orgs.models import Area


def runs_in(area: Area, actor: Actor, policy: Policy = policies.RUN) -> str | None:
    """Calls are the business of the office whose area holds the plan's. Role and place come from
    one grant."""
    if any(grant.area.covers(area) for grant in policy.grants(actor)):
        return None
    return f"{area}的调度由{area}安委办组织。"


def _runs(call: Call, actor: Actor) -> str | None:
    return runs_in(call.plan.area, actor)


def _closes(call: Call, actor: Actor) -> str | None:
    return runs_in(call.plan.area, actor, policies.CLOSE)


def explains(explanation: Explanation, actor: Actor) -> str | None:
    """Only the organisation that was asked, or one that it answers to, explains."""
    asked = explanation.organisation
    if any(grant.organisation.covers(asked) for grant in policies.EXPLAIN.grants(actor)):
        return None
    return f"这份说明由{asked}填写，只有该单位可以操作。"


def _asks(explanation: Explanation, actor: Actor) -> str | None:
    return _runs(explanation.call, actor)


def makers(call: Call) -> set[int]:
    """By whom and in whose name the minutes were written or handed in."""
    return set(call.makers)


CALL = Flow(
    name="call",
    label="调度",
    states=CallState,
    initial=CallState.OPEN,
    transitions=[
        Transition(
            "submit", "提交审签", {CallState.OPEN}, CallState.SUBMITTED, policies.RUN, guard=_runs
        ),
        Transition(
            "return",
            "退回修改",
            {CallState.SUBMITTED},
            CallState.OPEN,
            policies.CLOSE,
            guard=_closes,
            needs=("reason",),
        ),
        Transition(
            "close",
            "审签办结",
            {CallState.SUBMITTED},
            CallState.CLOSED,
            policies.CLOSE,
            guard=_closes,
            not_by=makers,
        ),
        Transition(
            "cancel",
            "取消",
            {CallState.OPEN, CallState.SUBMITTED},
            CallState.CANCELLED,
            policies.RUN,
            guard=_runs,
            needs=("reason",),
        ),
    ],
)

EXPLANATION = Flow(
    name="explanation",
    label="调度说明",
    states=ExplanationState,
    initial=ExplanationState.ASKED,
    transitions=[
        Transition(
            "answer",
            "填写说明",
            {ExplanationState.ASKED, ExplanationState.ANSWERED},
            ExplanationState.ANSWERED,
            policies.EXPLAIN,
            guard=explains,
            needs=("text",),
        ),
        Transition(
            "strike",
            "免予说明",
            {ExplanationState.ASKED, ExplanationState.ANSWERED},
            ExplanationState.STRUCK,
            policies.RUN,
            guard=_asks,
            needs=("reason",),
        ),
        Transition(
            "ask",
            "重新要求说明",
            {ExplanationState.STRUCK},
            ExplanationState.ASKED,
            policies.RUN,
            guard=_asks,
            needs=("reason",),
            deadline="调度说明期限（会议时间）",
            on_passed="告知安委办尚未说明的单位",
        ),
    ],
)

FLOWS = [CALL, EXPLANATION]
