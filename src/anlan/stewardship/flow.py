"""The transition tables of responsibility lists and their items, and who stands where to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.flow import Flow, Transition
from anlan.stewardship import policies
from anlan.stewardship.choices import ItemState, ListKind, ListState

if TYPE_CHECKING:
    from anlan.kernel.orgs.models import Organisation
    from anlan.stewardship.models import ListItem, ResponsibilityList


def works_for(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor works on the lists of the organisation: his own, or one below it."""
    return any(each.organisation.covers(organisation) for each in policies.LISTS.grants(actor))


def issues(row: ResponsibilityList, actor: Actor) -> str | None:
    """The head of the leader's own unit, or of one above."""
    unit = row.post.organisation
    if any(each.organisation.covers(unit) for each in policies.ISSUE.grants(actor)):
        return None
    return f"这份清单由{unit}或其上级单位的负责人印发。"


def works(item: ListItem, actor: Actor) -> str | None:
    """The leader's unit, on a task of a list that was issued."""
    if item.of.kind != ListKind.TASKS:
        return "职责清单是常年职责，不逐项销号。"
    if item.of.state != ListState.ISSUED:
        return "清单印发以后才能上报完成。"
    unit = item.of.post.organisation
    return None if works_for(actor, unit) else f"由{unit}上报完成。"


def verifies(item: ListItem, actor: Actor) -> str | None:
    """The office within its area; a unit what answers to it; of its own only its head."""
    unit = item.of.post.organisation
    for grant in policies.CONFIRM.grants(actor):
        if grant.role in policies.OFFICE and grant.area.covers(unit.area):
            return None
        if grant.role in policies.UNIT and unit.path.startswith(f"{grant.organisation.path}/"):
            return None
        if grant.role == Role.UNIT_HEAD and grant.organisation.covers(unit):
            return None
    return f"由{unit}的负责人、上级单位或所在地安委办核验。"


def makers(item: ListItem) -> set[int]:
    """By whom and in whose name it was reported done: none of them is a second person for it."""
    return set(item.makers)


LIST = Flow(
    name="responsibility_list",
    label="领导责任清单",
    states=ListState,
    initial=ListState.DRAFT,
    transitions=[
        Transition(
            "issue", "印发", {ListState.DRAFT}, ListState.ISSUED, policies.ISSUE, guard=issues
        ),
        Transition(
            "recall",
            "收回修改",
            {ListState.ISSUED},
            ListState.DRAFT,
            policies.ISSUE,
            guard=issues,
            needs=("reason",),
        ),
    ],
)

ITEM = Flow(
    name="list_item",
    label="清单任务",
    states=ItemState,
    initial=ItemState.OPEN,
    transitions=[
        Transition(
            "finish",
            "上报完成",
            {ItemState.OPEN},
            ItemState.DONE,
            policies.LISTS,
            guard=works,
            needs=("text", "evidence"),
        ),
        Transition(
            "verify",
            "核验通过",
            {ItemState.DONE},
            ItemState.VERIFIED,
            policies.CONFIRM,
            guard=verifies,
            not_by=makers,
        ),
        Transition(
            "return",
            "退回",
            {ItemState.DONE},
            ItemState.OPEN,
            policies.CONFIRM,
            guard=verifies,
            needs=("reason",),
            not_by=makers,
        ),
        Transition(
            "reopen",
            "重新打开",
            {ItemState.VERIFIED},
            ItemState.OPEN,
            policies.CONFIRM,
            guard=verifies,
            needs=("reason",),
        ),
    ],
)

FLOWS = [LIST, ITEM]
