"""Logging in: check password and second factor, and say nothing about which accounts exist."""

from __future__ import annotations

from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password

from anlan.kernel.access import rules
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import LoginEventKind, User
from anlan.kernel.access.services import attempts, factor
from anlan.kernel.errors import Refused


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
    """The second factor was wrong, used before, or the account is locked."""

    def __init__(self) -> None:
        super().__init__(
            "wrong_code", "动态口令不正确、已用过，或账号暂不可用。请等待下一个口令再输入。"
        )


def check(*, username: str, password: str, client: Client) -> User:
    """The account that username and password open; WrongLogin or TooMany otherwise.

    The attempt stays counted: call ``attempts.clear`` when the login is complete, or
    ``attempts.refund`` when the second factor is still to come.
    """
    attempts.admit_address(client)
    user = User.objects.filter(username=username).first()
    admitted = user is not None and user.is_active and attempts.reserve(user)
    # The same work for an account that does not exist, is locked or disabled.
    correct = check_password(password, user.password if user and admitted else _nobody())
    if user and admitted and correct:
        return user
    attempts.failed(LoginEventKind.FAILED, user, client, admitted=admitted)
    raise WrongLogin


def check_code(*, user: User, code: str, client: Client) -> None:
    """Check the second factor, counted like a password; WrongCode or TooMany otherwise."""
    attempts.admit_address(client)
    admitted = user.is_active and attempts.reserve(user)
    if not (admitted and factor.accept(user=user, code=code, client=client)):
        attempts.failed(LoginEventKind.SECOND_FAILED, user, client, admitted=admitted)
        raise WrongCode


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash of a password that nobody has, at the same cost as a real one."""
    return make_password("nobody has this password, and no account keeps its hash")
