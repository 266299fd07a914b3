"""Who may do what with an imported notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.kernel.access.policies import Policy
from anlan.kernel.access.roles import Role

if TYPE_CHECKING:
    from anlan.intake.models import Document
    from anlan.kernel.access.actor import Actor

OFFICE = (Role.SCO_STAFF, Role.SCO_CHIEF)

VIEW = Policy("intake.view", "查看通知导入", OFFICE)
IMPORT = Policy("intake.import", "导入和核对通知", (Role.SCO_STAFF,))
# A second person: whoever submitted it cannot publish it (guarded by the flow as well).
PUBLISH = Policy("intake.publish", "发布通知", (Role.SCO_CHIEF,))


def holds(policy: Policy, actor: Actor, document: Document) -> bool:
    """Whether one grant gives the actor both the role and the document's area: who is a clerk here
    and a chief there is not a chief here."""
    roles = frozenset(policy.roles)
    return any(g.role in roles and g.area_id == document.area_id for g in actor.grants)
