"""Accounts: made, disabled, unlocked, reset. A system administrator's work; it gives no rights."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from anlan.kernel.access import passwords, policies, sessions
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import (
    Grant,
    LoginEvent,
    LoginEventKind,
    LoginState,
    SessionEnd,
    User,
)
from anlan.kernel.access.roles import Role
from anlan.kernel.access.services import attempts, factor
from anlan.kernel.access.services.passwords import put
from anlan.kernel.errors import Forbidden, Refused, WrongState
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write


def create(
    *,
    actor: Actor,
    username: str,
    name: str,
    organisation: Organisation,
    phone: str = "",
) -> tuple[User, str]:
    """Make an account without rights; returns it with its one-time password.

    Refused if the username is taken (names of accounts are never used twice).
    """
    policies.accounts_manage.require(actor)
    if User.objects.filter(username=username).exists():
        raise Refused("username_taken", f"账号“{username}”已经存在，请换一个。")
    password = passwords.generate()
    with Write(actor, "access.account.create") as write:
        user = write.add(
            User(
                username=username,
                name=name,
                organisation=organisation,
                phone=phone,
                password=make_password(None),
            )
        )
        LoginState.objects.create(user=user)
        put(write, user, password, must_change=True)
    return user, password


def disable(*, actor: Actor, pk: int, reason: str) -> User:
    """Disable an account and end its sessions. Nobody disables himself."""
    policies.accounts_manage.require(actor)
    _not_oneself(actor, pk, "不能停用自己的账号，请由另一名系统管理员办理。")
    with Write(actor, "access.account.disable", reason=reason) as write:
        user = write.lock(User.objects.all(), pk)
        if not user.is_active:
            raise WrongState("此账号已经停用。")
        write.change(user, is_active=False)
        sessions.end_all(user, SessionEnd.DISABLED, by=actor.user)
    return user


def enable(*, actor: Actor, pk: int, reason: str) -> User:
    """Enable a disabled account again; its grants are as they were."""
    policies.accounts_manage.require(actor)
    with Write(actor, "access.account.enable", reason=reason) as write:
        user = write.lock(User.objects.all(), pk)
        if user.is_active:
            raise WrongState("此账号没有停用。")
        write.change(user, is_active=True)
    return user


def unlock(*, actor: Actor, pk: int, client: Client) -> User:
    """Lift the lock that failed logins put on an account."""
    policies.accounts_manage.require(actor)
    with Write(actor, "access.account.unlock") as write:
        user = write.lock(User.objects.all(), pk)
        locked = LoginState.objects.filter(user=user, locked_until__gt=timezone.now())
        if not locked.exists():
            raise WrongState("此账号没有被锁定。")
        attempts.clear(user)
        LoginEvent.record(LoginEventKind.UNLOCKED, user, client, by=actor.user)
    return user


def reset_password(*, actor: Actor, pk: int, client: Client, reason: str) -> tuple[User, str]:
    """Give the account a one-time password, which must be changed at the first login.

    The accounts of security administrators and auditors are refused: whoever could reset them
    could become them. The operator of the machine resets those (command ``administrator``).
    """
    policies.accounts_manage.require(actor)
    _not_oneself(actor, pk, "修改自己的口令请到“我的账号”。")
    password = passwords.generate()
    with Write(actor, "access.password.reset", reason=reason) as write:
        user = write.lock(User.objects.all(), pk)
        _not_other_administrator(actor, user)
        put(write, user, password, must_change=True)
        attempts.clear(user)
        sessions.end_all(user, SessionEnd.PASSWORD, by=actor.user)
        LoginEvent.record(LoginEventKind.RESET, user, client, by=actor.user, detail=reason[:200])
    return user, password


def remove_factor(*, actor: Actor, pk: int, client: Client, reason: str) -> User:
    """Switch off the second factor of a person who lost his phone and his recovery codes."""
    policies.accounts_manage.require(actor)
    _not_oneself(actor, pk, "停用自己的动态口令请到“我的账号”。")
    with Write(actor, "access.totp.remove", reason=reason) as write:
        user = write.lock(User.objects.all(), pk)
        _not_other_administrator(actor, user)
        if not user.totp_salt:
            raise WrongState("此账号没有启用动态口令。")
        factor.remove(write, user)
        sessions.end_all(user, SessionEnd.ENDED, by=actor.user)
        LoginEvent.record(LoginEventKind.TOTP_OFF, user, client, by=actor.user, detail=reason[:200])
    return user


def _not_oneself(actor: Actor, pk: int, message: str) -> None:
    if actor.user and actor.user.pk == pk:
        raise Forbidden(message)


def _not_other_administrator(actor: Actor, user: User) -> None:
    others = Grant.objects.in_force().filter(user=user, role__in=(Role.SECURITY, Role.AUDITOR))
    if not actor.is_system and others.exists():
        raise Forbidden(
            "安全管理员和审计员的账号不能由系统管理员重置（三员分立）。"
            "请由运维人员在服务器上用 administrator 命令办理。"
        )
