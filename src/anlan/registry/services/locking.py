"""The row that a clerk is about to change: locked, his to change, and as he saw it."""

from __future__ import annotations

from typing import TypeVar, cast

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.write import Write
from anlan.registry.models import Enterprise, Site

S = TypeVar("S", bound="Enterprise | Site")


class Stale(WrongState):
    """Another one saved since the clerk opened the form."""

    def __init__(self, name: object) -> None:
        super().__init__(
            f"“{name}”在您打开之后已被另一人修改，您的填写没有保存。请核对现有内容后再保存。"
        )


def locked(write: Write, model: type[S], pk: int, *, seen: int | None = None) -> S:
    """The subject, locked. ``seen``: the revision that the clerk saw; None where it is no matter.

    Unknown: not in the actor's sight. WrongState: merged into another, or changed since. Forbidden:
    he sees it and does not keep it.
    """
    found = cast(S, write.lock(model.objects.visible_to(write.actor), pk))
    if not model.objects.kept_by(write.actor).filter(pk=pk).exists():
        raise Forbidden(f"您能看到“{found}”，但它不由您单位登记。请联系它的监管部门修改。")
    if found.merged_into_id:
        raise WrongState(f"“{found}”已并入“{found.merged_into}”，请到那里办理。")
    if seen is not None and found.revision != seen:
        raise Stale(found)
    return found


def require_kept(actor: Actor, subject: Enterprise | Site) -> None:
    """Refused if the subject, as it is stored now, is not the actor's to keep."""
    if not type(subject).objects.kept_by(actor).filter(pk=subject.pk).exists():
        regulator = subject.regulator or "未确定"
        raise Refused(
            "out_of_reach",
            f"这样登记以后，它的监管部门是“{regulator}”，所在区划是“{subject.area}”，"
            "不再由您单位登记。请核对行业领域、区划和监管部门。",
        )
