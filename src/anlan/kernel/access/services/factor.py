"""The second factor: one-time codes from a phone (TOTP, RFC 6238) and recovery codes.

The secret is never stored. It is derived (HKDF-Expand with HMAC-SHA-256, RFC 5869) from the
installation's secret key and a random salt; the account keeps the salt alone, so that whoever
reads the database learns no secret.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import time

import pyotp
import segno
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import (
    LoginEvent,
    LoginEventKind,
    LoginState,
    RecoveryCode,
    User,
)
from anlan.kernel.errors import Refused, WrongState
from anlan.kernel.write import Write

STEP = 30  # seconds that a code is shown
WINDOW = 1  # steps by which the phone's clock may differ
RECOVERY_CODES = 10


def new_salt() -> str:
    """A salt for a secret that is being set up."""
    return secrets.token_urlsafe(32)


def secret(user: User, salt: str) -> str:
    """The secret that belongs to this account and salt, in base32 as phones take it."""
    info = f"anlan totp {user.pk} {salt}".encode()
    derived = hmac.digest(settings.SECRET_KEY.encode(), info + b"\x01", "sha256")
    return base64.b32encode(derived[:20]).decode()


def picture(user: User, salt: str) -> str:
    """The QR code to scan, as an SVG data address."""
    address = pyotp.TOTP(secret(user, salt)).provisioning_uri(user.username, issuer_name="安澜")
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=2))


def step_of(user: User, salt: str, code: str, *, at: float | None = None) -> int | None:
    """The time step whose code this is, within the window around ``at`` (seconds), or None."""
    totp = pyotp.TOTP(secret(user, salt), interval=STEP)
    now = int((time.time() if at is None else at) // STEP)
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):  # all of them, in constant time
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def accept(*, user: User, code: str, client: Client, at: float | None = None) -> bool:
    """Whether the code opens the account, which uses it up; a recovery code does so too."""
    code = "".join(code.split()).upper()
    with transaction.atomic():
        state, _ = LoginState.objects.select_for_update().get_or_create(user=user)
        step = step_of(user, user.totp_salt, code, at=at)
        if step is None:
            return _recover(user, code, client)
        if step <= state.totp_last_step:
            return False
        state.totp_last_step = step
        state.save(update_fields=["totp_last_step"])
    return True


def _recover(user: User, code: str, client: Client) -> bool:
    used = RecoveryCode.objects.filter(user=user, digest=digest(user, code), used_at=None).update(
        used_at=timezone.now()
    )
    if used:
        left = RecoveryCode.objects.filter(user=user, used_at=None).count()
        LoginEvent.record(LoginEventKind.RECOVERY, user, client, detail=f"剩余 {left} 个")
    return bool(used)


def digest(user: User, code: str) -> str:
    """What is kept of a recovery code: 50 random bits under a key need no slow hash."""
    plain = code.replace("-", "")
    return salted_hmac(f"anlan.recovery.{user.pk}", plain, algorithm="sha256").hexdigest()


def enable(*, actor: Actor, salt: str, code: str, client: Client) -> list[str]:
    """Switch the second factor on after a code proved that the phone has it; the recovery codes.

    They are shown once and kept only as digests.
    """
    user = _own(actor)
    step = step_of(user, salt, "".join(code.split()))
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
    user = _own(actor)
    if not check_password(password, user.password):
        raise Refused("wrong_password", "当前口令不正确，动态口令没有停用。")
    with Write(actor, "access.totp.disable") as write:
        remove(write, write.lock(User.objects.all(), user.pk))
        LoginEvent.record(LoginEventKind.TOTP_OFF, user, client)


def remove(write: Write, user: User) -> None:
    """Forget the second factor and its recovery codes, inside a write that has a reason."""
    write.change(user, totp_salt="")
    RecoveryCode.objects.filter(user=user).delete()


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    plain = ["".join(secrets.choice(alphabet) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=digest(user, code)) for code in plain
    )
    return [f"{code[:5]}-{code[5:]}" for code in plain]


def _own(actor: Actor) -> User:
    if actor.user is None:
        raise Refused("no_account", "请先登录。")
    return actor.user
