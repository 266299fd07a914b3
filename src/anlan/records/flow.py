"""The transition table of a work record, and who stands where to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.kernel.access.actor import Actor
from anlan.kernel.flow import Flow, Transition
from anlan.records import policies
from anlan.records.choices import RecordState

if TYPE_CHECKING:
    from anlan.kernel.orgs.models import Organisation
    from anlan.records.models import Record


def works_for(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor records for the organisation: it is his own, or answers to his own."""
    return any(
        grant.role in policies.UNIT and grant.organisation.covers(organisation)
        for grant in actor.grants
    )


def owns(record: Record, actor: Actor) -> str | None:
    """Only the unit itself, or one that it answers to, works on a record."""
    if works_for(actor, record.organisation):
        return None
    return f"这条记录由{record.organisation}填报，只有该单位可以操作。"


def verifies(record: Record, actor: Actor) -> str | None:
    """The committee's office verifies within its area, a unit what answers to it but not itself.

    Role and place come from one and the same grant.
    """
    for grant in actor.grants:
        if grant.role in policies.OFFICE and grant.area.covers(record.area):
            return None
        below = record.organisation.path.startswith(f"{grant.organisation.path}/")
        if grant.role in policies.UNIT and below:
            return None
    return f"{record.organisation}的记录由所在地安委办或其上级单位核验。"


def withdraws(record: Record, actor: Actor) -> str | None:
    """The unit takes back its own; what was verified, the verifying side may take back too."""
    if not owns(record, actor):
        return None
    if record.state == RecordState.VERIFIED:
        return verifies(record, actor)
    return "待核验的记录只能由填报单位撤回；核验人请退回。"


def makers(record: Record) -> set[int]:
    """By whom and in whose name it was written: none of them is a second person for it."""
    return {record.author_id, *record.makers}


RECORD = Flow(
    name="record",
    label="工作记录",
    states=RecordState,
    initial=RecordState.DRAFT,
    transitions=[
        Transition(
            "submit",
            "提交",
            {RecordState.DRAFT, RecordState.RETURNED},
            RecordState.SUBMITTED,
            policies.RECORD,
            guard=owns,
        ),
        Transition(
            "verify",
            "核验通过",
            {RecordState.SUBMITTED},
            RecordState.VERIFIED,
            policies.VERIFY,
            guard=verifies,
            not_by=makers,
        ),
        Transition(
            "return",
            "退回",
            {RecordState.SUBMITTED},
            RecordState.RETURNED,
            policies.VERIFY,
            guard=verifies,
            needs=("reason",),
            not_by=makers,
        ),
        Transition(
            "withdraw",
            "撤回",
            {RecordState.SUBMITTED, RecordState.VERIFIED},
            RecordState.WITHDRAWN,
            policies.WITHDRAW,
            guard=withdraws,
            needs=("reason",),
        ),
        Transition(
            "drop",
            "删去",
            {RecordState.DRAFT, RecordState.RETURNED},
            RecordState.DROPPED,
            policies.RECORD,
            guard=owns,
        ),
    ],
)

FLOWS = [RECORD]
