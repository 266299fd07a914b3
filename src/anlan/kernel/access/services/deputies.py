"""Deputies: appointed by the person who is away, for named days, by a named authority."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone

from anlan.kernel.access import sessions
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import Deputy, LoginEvent, LoginEventKind, User
from anlan.kernel.access.requests import Request
from anlan.kernel.access.services.grants import administrator_roles
from anlan.kernel.errors import Forbidden, Refused, Unknown, WrongState
from anlan.kernel.write import Write


def appoint(
    *, actor: Actor, deputy: User, valid_from: date, valid_to: date, authority: str
) -> Deputy:
    """Let ``deputy`` act with the actor's grants, first and last day included.

    A deputy appoints no deputy; nobody becomes two of the three administrators by deputising.
    """
    principal = actor.person
    if actor.deputy:
        raise Forbidden("代理期间不能再委托他人代理，请由本人办理。")
    if deputy.pk == principal.pk or not deputy.is_active:
        raise Refused("not_a_deputy", "代理人应是另一个在用的账号。")
    if valid_to < max(valid_from, timezone.localdate()):
        raise Refused("past", "代理的截止日期不能早于起始日期，也不能早于今天。")
    _keep_separate(principal, deputy)
    with Write(actor, "access.deputy.appoint", reason=authority) as write:
        return write.add(
            Deputy(
                principal=principal,
                deputy=deputy,
                valid_from=valid_from,
                valid_to=valid_to,
                authority=authority,
            )
        )


def end(*, actor: Actor, pk: int) -> Deputy:
    """End a deputation at once: the principal himself, or the deputy who lays it down."""
    person = actor.person
    mine = Deputy.objects.filter(Q(principal=person) | Q(deputy=person))
    with Write(actor, "access.deputy.end") as write:
        deputation = write.lock(mine, pk)
        if deputation.ended_at:
            raise WrongState("此代理已经结束。")
        write.change(deputation, ended_at=timezone.now())
    return deputation


def act(request: Request, pk: int) -> Deputy:
    """Act by the deputation from the next request of this session on; Unknown if not in force."""
    user = request.actor.person
    found = sessions.deputations(user).select_related("principal").filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这项代理，或已到期、被结束。")
    _keep_separate(found.principal, user)
    request.session[sessions.DEPUTY] = found.pk
    request.session.cycle_key()
    detail = f"代 {found.principal.name}（{found.principal.username}）"
    LoginEvent.record(LoginEventKind.ACTING, user, Client.of(request), detail=detail)
    return found


def stop(request: Request) -> None:
    """Act as oneself again."""
    if request.session.pop(sessions.DEPUTY, None) is not None:
        request.session.cycle_key()
        LoginEvent.record(LoginEventKind.ACTING_END, request.actor.person, Client.of(request))


def _keep_separate(principal: User, deputy: User) -> None:
    if len(administrator_roles(principal) | administrator_roles(deputy)) > 1:
        raise Forbidden(
            "系统管理员、安全管理员、审计员必须由不同的人担任，也不能互相代理（三员分立）。"
        )
