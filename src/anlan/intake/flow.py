"""The transition table of an imported notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.intake import policies
from anlan.intake.choices import DocumentState as S
from anlan.kernel.access.actor import Actor
from anlan.kernel.flow import Flow, Transition

if TYPE_CHECKING:
    from anlan.intake.models import Document


def _ready(document: Document, actor: Actor) -> str | None:
    """Nothing is published silently: every point decided, every unit bound, every item owned."""
    return document.what_is_missing()


def _submitter(document: Document) -> int | None:
    return document.submitted_by_id


DOCUMENT = Flow(
    name="document",
    label="通知导入",
    states=S,
    initial=S.READING,
    transitions=[
        Transition("read", "读取完成", {S.READING}, S.REVIEW, policies.IMPORT, system=True),
        Transition("fail", "读取失败", {S.READING}, S.FAILED, policies.IMPORT, system=True),
        Transition("submit", "提交发布", {S.REVIEW}, S.SUBMITTED, policies.IMPORT, guard=_ready),
        Transition(
            "return", "退回核对", {S.SUBMITTED}, S.REVIEW, policies.PUBLISH, needs=("reason",)
        ),
        Transition(
            "publish",
            "发布",
            {S.SUBMITTED},
            S.PUBLISHED,
            policies.PUBLISH,
            guard=_ready,
            not_by=_submitter,
        ),
        Transition(
            "withdraw",
            "撤回",
            {S.READING, S.FAILED, S.REVIEW, S.SUBMITTED},
            S.WITHDRAWN,
            policies.IMPORT,
        ),
    ],
)

FLOWS = [DOCUMENT]
