"""The transition table of a dispute about who regulates a subject (归属争议), and who stands where.

Work Safety Law art. 3 (who runs a line of business runs its safety) and art. 10: where the duties
for a new kind of business are not clear, the government at county level or above names who
supervises it by the nearness of business. The committee's office prepares and takes that decision.
That opinions are heard first, and by whom, is the project's assumption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.flow import Flow, Guard, Transition
from anlan.registry import policies
from anlan.registry.choices import DisputeState

if TYPE_CHECKING:
    from anlan.registry.models import Dispute


def oversees(policy: Policy) -> Guard:
    """The actor is the office for the area in which the subject lies, in a role of the policy."""

    def guard(dispute: Dispute, actor: Actor) -> str | None:
        area = dispute.subject.area
        if any(each.area.covers(area) for each in policy.grants(actor)):
            return None
        return f"这项争议由{area}所在地的安委办办理。"

    return guard


def raised_it(dispute: Dispute, actor: Actor) -> str | None:
    """Only the organisation that raised it takes it back."""
    grants = policies.DISPUTE.grants(actor)
    if any(each.organisation_id == dispute.organisation_id for each in grants):
        return None
    return f"这项争议由{dispute.organisation}提出，只能由该单位撤回。"


def raisers(dispute: Dispute) -> set[int]:
    """By whom and in whose name it was raised: none of them decides it."""
    return {dispute.raised_by_id, *dispute.makers}


DISPUTE = Flow(
    name="dispute",
    label="归属争议",
    states=DisputeState,
    initial=DisputeState.RAISED,
    transitions=[
        Transition(
            "ask",
            "征求意见",
            {DisputeState.RAISED, DisputeState.ASKED},
            DisputeState.ASKED,
            policies.ASK,
            guard=oversees(policies.ASK),
            needs=("until",),
            deadline="意见答复期限",
            on_passed="提醒安委办，未答复的单位列为逾期未答复，可以决定",
        ),
        Transition(
            "decide",
            "作出决定",
            {DisputeState.ASKED},
            DisputeState.DECIDED,
            policies.DECIDE,
            guard=oversees(policies.DECIDE),
            needs=("reason",),
            not_by=raisers,
        ),
        Transition(
            "withdraw",
            "撤回",
            {DisputeState.RAISED, DisputeState.ASKED},
            DisputeState.WITHDRAWN,
            policies.DISPUTE,
            guard=raised_it,
            needs=("reason",),
        ),
    ],
)

FLOWS = [DISPUTE]
