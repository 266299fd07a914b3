"""The second factor of an account: switched on with proof, used once per code, switched off."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from anlan.kernel.access import totp
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import (
    LoginEvent,
    LoginEventKind,
    LoginState,
    RecoveryCode,
    User,
)
from anlan.kernel.access.services import attempts
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.write import Write

RECOVERY_CODES = 10


def accept(*, user: User, code: str, client: Client, at: float | None = None) -> bool:
    """Whether the code opens the account, which uses it up; a recovery code does so too."""
    with transaction.atomic():
        state, _ = LoginState.objects.select_for_update().get_or_create(user=user)
        step = totp.step_of(user, user.totp_salt, code, at=at)
        if step is None:
            return _recover(user, code, client)
        if step <= state.totp_last_step:
            return False
        state.totp_last_step = step
        state.save(update_fields=["totp_last_step"])
    return True


def _recover(user: User, code: str, client: Client) -> bool:
    unused = RecoveryCode.objects.filter(user=user, used_at=None)
    used = unused.filter(digest=totp.digest(user, code)).update(used_at=timezone.now())
    if used:
        detail = f"剩余 {unused.count()} 个"
        LoginEvent.record(LoginEventKind.RECOVERY, user, client, detail=detail)
    return bool(used)


def enable(*, actor: Actor, salt: str, code: str, client: Client) -> list[str]:
    """Switch the second factor on after a code proved that the phone has it.

    Returns the recovery codes, shown once and kept only as digests. WrongState if it is on.
    """
    user = actor.person
    step = totp.step_of(user, salt, code)
    if step is None:
        raise Refused("wrong_code", "动态口令不正确。请核对手机时间，输入当前显示的六位数字。")
    with Write(actor, "access.totp.enable") as write:
        user = write.lock(User.objects.all(), user.pk)
        if user.totp_salt:
            raise WrongState("动态口令已经启用。更换手机请先停用，再重新设置。")
        write.change(user, totp_salt=salt)
        LoginState.objects.update_or_create(user=user, defaults={"totp_last_step": step})
        codes = _new_codes(user)
        LoginEvent.record(LoginEventKind.TOTP_ON, user, client)
    return codes


def disable(*, actor: Actor, password: str, client: Client) -> None:
    """Switch the second factor off; asks for the password again."""
    user = actor.person
    attempts.confirm(user=user, password=password, client=client)
    with Write(actor, "access.totp.disable") as write:
        remove(write, write.lock(User.objects.all(), user.pk))
        LoginEvent.record(LoginEventKind.TOTP_OFF, user, client)


def remove(write: Write, user: User) -> None:
    """Forget the second factor and its recovery codes, inside the write of the caller."""
    write.change(user, totp_salt="")
    RecoveryCode.objects.filter(user=user).delete()


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [totp.new_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=totp.digest(user, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]
