"""Writes on norms: a new value from a day on; the old one ends the day before, and is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.norms.models import Norm
from anlan.kernel.write import Write

# GB/T 22239-2019 8.1.5.3: security policy is the security administrator's alone.
SECURITY_KEYS = ("login.", "password.", "session.")


def editor(key: str) -> Role:
    """The role that may change norms of the key."""
    return Role.SECURITY if key.startswith(SECURITY_KEYS) else Role.SYSTEM


def norm_replace(
    *, actor: Actor, key: str, value: Any, effective_from: date, reason: str, article: str = ""
) -> Norm:
    """Let ``value`` be in force from ``effective_from`` on, under the document of the present norm.

    The value has the kind of the present one (a number, a list of numbers). Raises Unknown for an
    unknown key, Forbidden for the wrong role, WrongState where the last norm of the key begins on
    that day or later, Refused for a value of another kind. Sends ``norms.norm.replaced``.
    """
    with Write(actor, "norms.norm.replace", reason=reason) as write:
        last = Norm.objects.filter(key=key).order_by("-effective_from").first()
        if last is None:
            raise Unknown(f"没有名为“{key}”的规范值。")
        if not (actor.is_system or actor.has_role(editor(key))):
            raise Forbidden
        last = write.lock(Norm.objects.all(), last.pk)
        _check(last, value, effective_from, reason)
        if last.effective_to is None or last.effective_to >= effective_from:
            write.change(last, effective_to=effective_from - timedelta(days=1), edited=True)
        norm = write.add(
            Norm(
                key=key,
                document=last.document,
                article=article or last.article,
                value=value,
                unit=last.unit,
                effective_from=effective_from,
                verified=True,
                note=last.note,
                edited=True,
            )
        )
        write.event("norms.norm.replaced", norm, key=key)
    return norm


def _check(last: Norm, value: Any, effective_from: date, reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_missing", "请写明修改依据。")
    if effective_from <= last.effective_from:
        raise WrongState(
            f"“{last.key}”最近一次修改自{last.effective_from}起施行，新值须晚于这一天。"
        )
    if not _alike(last.value, value):
        raise Refused("value", f"“{last.key}”的值应与现值 {last.value} 同类，不能是 {value}。")


def _alike(old: Any, new: Any) -> bool:
    if isinstance(old, bool) or isinstance(new, bool):
        return isinstance(old, bool) and isinstance(new, bool)
    if isinstance(old, list):
        return isinstance(new, list) and bool(new) and all(_alike(old[0], each) for each in new)
    if isinstance(old, int | float):
        return isinstance(new, int | float) and new >= 0
    return isinstance(new, type(old))
