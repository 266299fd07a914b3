"""One-time codes (TOTP, RFC 6238): secret, picture to scan, and which step a code belongs to.

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
from django.utils.crypto import salted_hmac

from anlan.kernel.access.models import User

STEP = 30  # seconds that a code is shown
WINDOW = 1  # steps by which the phone's clock may differ
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0 O 1 I to confuse on paper


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
    address = pyotp.TOTP(secret(user, salt)).provisioning_uri(
        name=user.username, issuer_name="安澜"
    )
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=2))


def tidy(code: str) -> str:
    """A code as people type it, without its spaces and hyphens."""
    return "".join(code.split()).replace("-", "").upper()


def step_of(user: User, salt: str, code: str, *, at: float | None = None) -> int | None:
    """The time step whose code this is, within the window around ``at`` (seconds), or None."""
    totp = pyotp.TOTP(secret(user, salt), interval=STEP)
    now = int((time.time() if at is None else at) // STEP)
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):  # all of them, in constant time
        if hmac.compare_digest(totp.generate_otp(step).encode(), tidy(code).encode()):
            found = step
    return found


def new_recovery_code() -> str:
    """Ten letters and digits: 50 random bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


def digest(user: User, code: str) -> str:
    """What is kept of a recovery code: random bits under a key need no slow hash."""
    salt = f"anlan.recovery.{user.pk}"
    return salted_hmac(salt, tidy(code), algorithm="sha256").hexdigest()
