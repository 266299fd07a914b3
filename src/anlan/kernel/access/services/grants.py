"""Grants: given and ended by a security administrator, never to himself."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError
from django.utils import timezone

from anlan.kernel.access import policies
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import Grant, User
from anlan.kernel.access.roles import ADMINISTRATORS, Role
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.orgs.models import Area, Organisation
from anlan.kernel.write import Write

_REFUSALS = {
    "administrators_separate": "系统管理员、安全管理员、审计员必须由不同的人担任，"
    "此账号在同一时间已有另一个管理员角色。",
    "grant_once": "同样的授权（角色、单位、区划、起始日期）已经有了。",
}


def give(
    *,
    actor: Actor,
    user_id: int,
    role: Role,
    organisation: Organisation,
    area: Area | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str = "",
) -> Grant:
    """Let the account act as ``role`` for the organisation, first and last day included.

    ``area`` defaults to the organisation's. Forbidden for oneself; Refused if it would unite two
    administrators in one person.
    """
    policies.grants_manage.require(actor)
    _not_oneself(actor, user_id)
    try:
        with Write(actor, "access.grant.give", reason=reason) as write:
            user = write.lock(User.objects.all(), user_id)
            if not user.is_active:
                raise WrongState("此账号已停用，不能授权。请先由系统管理员启用。")
            return write.add(
                Grant(
                    user=user,
                    role=role,
                    organisation=organisation,
                    area=area or organisation.area,
                    valid_from=valid_from or timezone.localdate(),
                    valid_to=valid_to,
                    granted_by=actor.user,
                )
            )
    except IntegrityError as error:
        raise _refusal(error, _REFUSALS) from error


def end(*, actor: Actor, pk: int, reason: str) -> Grant:
    """End a grant at once. Nobody ends his own."""
    policies.grants_manage.require(actor)
    with Write(actor, "access.grant.end", reason=reason) as write:
        grant = write.lock(Grant.objects.all(), pk)
        _not_oneself(actor, grant.user_id)
        if grant.ended_at:
            raise WrongState("此授权已经结束。")
        write.change(grant, ended_at=timezone.now())
    return grant


def administrator_roles(user: User) -> set[Role]:
    """Which of the three administrators the account is today."""
    held = Grant.objects.in_force().filter(user=user, role__in=ADMINISTRATORS)
    return {Role(role) for role in held.values_list("role", flat=True)}


def _not_oneself(actor: Actor, user_id: int) -> None:
    own = {actor.user and actor.user.pk, actor.deputy and actor.deputy.principal_id}
    if user_id in own:
        raise Forbidden("不能给自己（或自己所代理的人）授权或取消授权，请由另一名安全管理员办理。")


def _refusal(error: IntegrityError, known: dict[str, str]) -> Refused:
    diagnosis = getattr(error.__cause__, "diag", None)
    name = diagnosis.constraint_name if diagnosis else None
    if name not in known:
        raise error
    return Refused(name, known[name])
