"""Logging in: count the attempt, check the password, say nothing about which accounts exist.

An attempt is paid for before it is checked: however many come at once, none beyond the limit is
compared with the password. A correct one gets its payment back.
"""

from __future__ import annotations

from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from anlan.kernel.access import rules
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import LoginEvent, LoginEventKind, LoginState, User
from anlan.kernel.access.services import factor
from anlan.kernel.errors import Refused


class TooMany(Refused):
    """Too many failures from one address."""

    status = 429

    def __init__(self) -> None:
        minutes = rules.current().login_lock_minutes
        super().__init__(
            "too_many", f"此网络地址登录失败次数过多，已暂停受理。请 {minutes} 分钟后再试。"
        )


class WrongLogin(Refused):
    """One sentence for every cause, so that it tells nobody which accounts exist or are locked."""

    def __init__(self) -> None:
        rule = rules.current()
        super().__init__(
            "wrong_login",
            f"账号或口令不正确，或账号暂不可用。连续 {rule.login_max_failures} 次不正确，"
            f"账号锁定 {rule.login_lock_minutes} 分钟；急需使用请联系系统管理员。",
        )


class WrongCode(Refused):
    def __init__(self) -> None:
        super().__init__(
            "wrong_code", "动态口令不正确、已用过，或账号暂不可用。请等待下一个口令再输入。"
        )


def check(*, username: str, password: str, client: Client) -> User:
    """The account that username and password open; WrongLogin or TooMany otherwise.

    The attempt is still counted: call :func:`clear` when the login is complete, or
    :func:`refund` when the second factor is still to come.
    """
    if _address_exhausted(client):
        raise TooMany
    user = User.objects.filter(username=username).first()
    admitted = user is not None and user.is_active and reserve(user)
    # The same work for an account that does not exist, is locked or disabled.
    correct = check_password(password, user.password if user and admitted else _nobody())
    if user and admitted and correct:
        return user
    failed(LoginEventKind.FAILED, user, client, admitted=admitted)
    raise WrongLogin


def check_code(*, user: User, code: str, client: Client) -> None:
    """Check the second factor, counted like a password; WrongCode or TooMany otherwise."""
    if _address_exhausted(client):
        raise TooMany
    admitted = user.is_active and reserve(user)
    if not (admitted and factor.accept(user=user, code=code, client=client)):
        failed(LoginEventKind.SECOND_FAILED, user, client, admitted=admitted)
        raise WrongCode


def reserve(user: User) -> bool:
    """Count an attempt before it is checked; False if the account is locked."""
    rule, now = rules.current(), timezone.now()
    with transaction.atomic():
        state, _ = LoginState.objects.select_for_update().get_or_create(user=user)
        if state.locked_until and state.locked_until > now:
            return False
        state.failures = 1 if state.locked_until else state.failures + 1
        # The last one allowed locks at once and unlocks if it proves correct.
        exhausted = state.failures >= rule.login_max_failures
        state.locked_until = now + rule.lock_time if exhausted else None
        state.save(update_fields=["failures", "locked_until"])
    return True


def refund(user: User) -> None:
    """Take back the count of one correct attempt; earlier failures stand."""
    with transaction.atomic():
        state = LoginState.objects.select_for_update().get(user=user)
        state.failures = max(state.failures - 1, 0)
        state.locked_until = None
        state.save(update_fields=["failures", "locked_until"])


def clear(user: User) -> None:
    """Forget the failures: the login is complete, or an administrator unlocked the account."""
    LoginState.objects.filter(user=user).update(failures=0, locked_until=None)


def failed(kind: LoginEventKind, user: User | None, client: Client, *, admitted: bool) -> None:
    """Record a failed attempt, and the lock if it was the last one allowed."""
    detail = "" if admitted else "账号不存在" if user is None else "账号已锁定或停用"
    LoginEvent.record(kind, user, client, detail=detail)
    if not (user and admitted):
        return
    until = LoginState.objects.values_list("locked_until", flat=True).get(user=user)
    if until and until > timezone.now():
        local = timezone.localtime(until)
        LoginEvent.record(LoginEventKind.LOCKED, user, client, detail=f"至 {local:%m-%d %H:%M}")


def _address_exhausted(client: Client) -> bool:
    if client.address is None:
        return False
    rule, now = rules.current(), timezone.now()
    recent = LoginEvent.objects.filter(address=client.address, at__gt=now - rule.lock_time)
    failures = recent.filter(kind__in=(LoginEventKind.FAILED, LoginEventKind.SECOND_FAILED))
    if failures.count() < rule.login_address_failures:
        return False
    if not recent.filter(kind=LoginEventKind.LIMITED).exists():
        LoginEvent.record(LoginEventKind.LIMITED, None, client)
    return True


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash of a password that nobody has, at the same cost as a real one."""
    return make_password("nobody's password, never stored")
