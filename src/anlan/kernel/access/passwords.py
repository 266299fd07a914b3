"""What a password must be, and making one-time passwords.

GB/T 22239-2019 8.1.4.1 a): complexity and periodic change. The classes are the usual four; how
many must occur, and the other numbers, are norms (see ``rules``).
"""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from anlan.kernel.access import rules
from anlan.kernel.access.models import PastPassword, User

LONGEST = 128
_UPPER, _LOWER, _DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789"


def told() -> str:
    """The rule, as the form tells it."""
    rule = rules.current()
    return (
        f"至少 {rule.password_min_length} 位；"
        f"大写字母、小写字母、数字、符号至少 {rule.password_min_classes} 类；"
        f"不含账号或姓名；不与最近 {rule.password_history} 次相同；"
        f"每 {rule.password_max_age_days} 天更换。"
    )


def problems(user: User, password: str) -> list[str]:
    """What is wrong with ``password`` for this account, in Chinese; empty if nothing."""
    return [*_shape(password), *_names(user, password), *_history(user, password)]


def _shape(password: str) -> list[str]:
    found = []
    shortest = rules.current().password_min_length
    if not shortest <= len(password) <= LONGEST:
        found.append(f"口令长度应为 {shortest} 至 {LONGEST} 位，现为 {len(password)} 位。")
    least = rules.current().password_min_classes
    if classes(password) < least:
        found.append(f"口令应包含大写字母、小写字母、数字、符号中的至少 {least} 类。")
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        found.append("口令过于常见，容易被猜中。")
    return found


def classes(password: str) -> int:
    """How many of upper case, lower case, digits and other characters occur."""
    kinds = {
        "upper" if each.isupper() else "lower" if each.islower() else
        "digit" if each.isdigit() else "other"
        for each in password
    }  # fmt: skip
    return len(kinds)


def _names(user: User, password: str) -> list[str]:
    held = [part for part in (user.username, user.name) if len(part) >= 2]
    if any(part.casefold() in password.casefold() for part in held):
        return ["口令不能包含账号或姓名。"]
    return []


def _history(user: User, password: str) -> list[str]:
    number = rules.current().password_history
    past = PastPassword.objects.filter(user=user).values_list("password", flat=True)[:number]
    if any(check_password(password, each) for each in {user.password, *past} if each):
        return [f"口令不能与最近 {number} 次用过的相同。"]
    return []


def generate() -> str:
    """A one-time password that meets the shape: three groups to read out, about 50 random bits."""
    groups = ["".join(secrets.choice(a) for a in (_UPPER, _LOWER, _DIGITS, _LOWER + _DIGITS))]
    while len(groups) < 3:
        groups.append("".join(secrets.choice(_UPPER + _LOWER + _DIGITS) for _ in range(4)))
    return "-".join(groups)
