"""What a device proves itself by: a random secret, of which only a keyed digest is stored.

HMAC-SHA-256 under a key that is derived (HKDF, RFC 5869) from the secret ``device-key`` in the data
folder: who holds the database alone can try nothing out. The secret is shown once, when it is made.
"""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from anlan.kernel.secret import kept
from anlan.monitoring.gateways import secrets as hashing

SECRET = "device-key"  # noqa: S105 — the name of the file


def fresh() -> str:
    """A secret of 256 bits, to be typed into the device."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashing.digest(secret, key())


def fits(secret: str, stored: str) -> bool:
    """Whether the secret is the one of which ``stored`` is the digest; nothing fits the empty."""
    return hashing.fits(secret, stored, key())


def key() -> bytes:
    """Under which digests are made; a county's node is given it too."""
    source = kept(settings.VAR, SECRET).encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"anlan device digest").derive(
        source
    )
