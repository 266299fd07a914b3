"""Counting attempts, per account and per address.

An attempt is paid for before it is checked: however many come at once, none beyond the limit is
compared with the password. A correct one gets its payment back.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone

from anlan.kernel.access import rules
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import LoginEvent, LoginEventKind, LoginState, User
from anlan.kernel.errors import Refused

FAILURES = (LoginEventKind.FAILED, LoginEventKind.SECOND_FAILED)


class TooMany(Refused):
    """Too many failures from one address."""

    status = 429

    def __init__(self) -> None:
        minutes = rules.current().login_lock_minutes
        super().__init__(
            "too_many", f"此网络地址失败次数过多，已暂停受理。请 {minutes} 分钟后再试。"
        )


class WrongPassword(Refused):
    """A person who is logged in gave a wrong password for a step that asks for it again."""

    def __init__(self) -> None:
        super().__init__("wrong_password", "当前口令不正确，没有作任何改动。请重新输入。")


def reserve(user: User) -> bool:
    """Count an attempt before it is checked; False if the account is locked."""
    rule, now = rules.current(), timezone.now()
    with transaction.atomic():
        state, _ = LoginState.objects.select_for_update().get_or_create(user=user)
        if state.locked_until and state.locked_until > now:
            return False
        state.failures = 1 if state.locked_until else state.failures + 1
        # The last one allowed locks at once, and unlocks if it proves correct.
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


def confirm(*, user: User, password: str, client: Client) -> None:
    """Check the password of a person who is logged in, counted like a login."""
    admitted = reserve(user)
    if not (admitted and check_password(password, user.password)):
        failed(LoginEventKind.FAILED, user, client, admitted=admitted)
        raise WrongPassword
    refund(user)


def admit_address(client: Client, *, kinds: Iterable[LoginEventKind] = FAILURES) -> None:
    """TooMany if the client's address failed too often of late, over all accounts.

    ``kinds``: the failures that count at this door.
    """
    if client.address is None:
        return
    rule, now = rules.current(), timezone.now()
    recent = LoginEvent.objects.filter(address=client.address, at__gt=now - rule.lock_time)
    if recent.filter(kind__in=list(kinds)).count() < rule.login_address_failures:
        return
    if not recent.filter(kind=LoginEventKind.LIMITED).exists():
        LoginEvent.record(LoginEventKind.LIMITED, None, client)
    raise TooMany
