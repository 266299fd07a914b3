"""The transition table of an import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.kernel.access.actor import Actor
from anlan.kernel.flow import Flow, Transition
from anlan.kernel.imports import policies, registry
from anlan.kernel.imports.choices import BatchState as S

if TYPE_CHECKING:
    from anlan.kernel.imports.models import ImportBatch


def _here(batch: ImportBatch, actor: Actor) -> str | None:
    """Role and organisation must come from one and the same grant."""
    held = registry.organisations(registry.find(batch.importer), actor)
    if actor.is_system or batch.organisation in held:
        return None
    return f"这一批由{batch.organisation}导入，您在那里没有这项职责。"


def _takeable(batch: ImportBatch, actor: Actor) -> str | None:
    return _here(batch, actor) or (None if batch.good else "没有可以接收的行，请改正后重新上传。")


BATCH = Flow(
    name="import",
    label="Excel 导入",
    states=S,
    initial=S.UPLOADED,
    transitions=[
        Transition("read", "读完", {S.UPLOADED}, S.READY, policies.USE, system=True),
        Transition("fail", "读取失败", {S.UPLOADED}, S.FAILED, policies.USE, system=True),
        Transition("judge_again", "重新检查", {S.READY}, S.UPLOADED, policies.USE, guard=_here),
        Transition("take", "接收", {S.READY}, S.TAKING, policies.USE, guard=_takeable),
        Transition("finish", "接收完", {S.TAKING}, S.DONE, policies.USE, system=True),
        Transition(
            "drop", "放弃", {S.UPLOADED, S.FAILED, S.READY}, S.DROPPED, policies.USE, guard=_here
        ),
    ],
)

FLOWS = [BATCH]
