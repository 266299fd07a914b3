"""The transition table of an imported notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.intake import policies
from anlan.intake.choices import DocumentState as S
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy
from anlan.kernel.audit.doers import acted
from anlan.kernel.flow import Flow, Guard, Transition

if TYPE_CHECKING:
    from anlan.intake.models import Document


def _here(policy: Policy) -> Guard:
    """Role and area must come from one and the same grant."""

    def guard(document: Document, actor: Actor) -> str | None:
        here = policies.holds(policy, actor, document)
        return None if here else f"这份通知由{document.area}安委办办理，您在那里没有这项职责。"

    return guard


def _ready_here(policy: Policy) -> Guard:
    """Nothing is published silently: every point decided, every unit bound, every item owned."""
    here = _here(policy)
    return lambda document, actor: here(document, actor) or document.what_is_missing()


def _submitter(document: Document) -> set[int]:
    """Who submitted it, and in whose name."""
    first = {document.submitted_by_id} if document.submitted_by_id else set()
    return acted(document, "intake.document.submit") | first


DOCUMENT = Flow(
    name="document",
    label="通知导入",
    states=S,
    initial=S.READING,
    transitions=[
        Transition("read", "读取完成", {S.READING}, S.REVIEW, policies.IMPORT, system=True),
        Transition("fail", "读取失败", {S.READING}, S.FAILED, policies.IMPORT, system=True),
        Transition(
            "submit",
            "提交发布",
            {S.REVIEW},
            S.SUBMITTED,
            policies.IMPORT,
            guard=_ready_here(policies.IMPORT),
        ),
        Transition(
            "return",
            "退回核对",
            {S.SUBMITTED},
            S.REVIEW,
            policies.PUBLISH,
            guard=_here(policies.PUBLISH),
            needs=("reason",),
        ),
        Transition(
            "publish",
            "发布",
            {S.SUBMITTED},
            S.PUBLISHED,
            policies.PUBLISH,
            guard=_ready_here(policies.PUBLISH),
            not_by=_submitter,
        ),
        Transition(
            "withdraw",
            "撤回",
            {S.READING, S.FAILED, S.REVIEW, S.SUBMITTED},
            S.WITHDRAWN,
            policies.IMPORT,
            guard=_here(policies.IMPORT),
        ),
    ],
)

FLOWS = [DOCUMENT]
