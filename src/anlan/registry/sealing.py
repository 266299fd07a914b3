"""Identity numbers as they lie in the database: encrypted, and found by a keyed digest.

AES-256-GCM (NIST SP 800-38D) with a fresh nonce of 96 bits for each number; the digest is
HMAC-SHA-256 and stands beside the cipher as its associated data, so that a cipher that was moved to
another person does not open. Both keys are derived (HKDF, RFC 5869) from the secret
``identity-key`` in the data folder: who holds the database alone reads nothing and can try nothing
out. Without the file the numbers are lost, so that it must be in the backup.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from anlan.kernel.secret import kept

SECRET = "identity-key"  # noqa: S105 — the name of the file
_FORM = b"\x01"  # how the cipher was made, for the day on which it is made otherwise
_NONCE = 12  # bytes


class SealBroken(Exception):
    """The cipher was not made under this installation's key, or was changed since."""


def digest(number: str) -> str:
    """What finds a number without telling it; the number in normal form."""
    return hmac.new(_key(b"digest"), number.encode(), hashlib.sha256).hexdigest()


def seal(number: str) -> bytes:
    """The number encrypted; each time another text."""
    nonce = os.urandom(_NONCE)
    aside = digest(number).encode()
    return _FORM + nonce + AESGCM(_key(b"cipher")).encrypt(nonce, number.encode(), aside)


def opened(cipher: bytes, beside: str) -> str:
    """The number that ``cipher`` holds; ``beside`` is the digest that stands with it.

    SealBroken if they do not belong together or to this installation.
    """
    form, nonce, rest = cipher[:1], cipher[1 : 1 + _NONCE], cipher[1 + _NONCE :]
    if form != _FORM:
        raise SealBroken
    try:
        return AESGCM(_key(b"cipher")).decrypt(nonce, rest, beside.encode()).decode()
    except InvalidTag as error:
        raise SealBroken from error


def _key(purpose: bytes) -> bytes:
    secret = kept(settings.VAR, SECRET).encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"anlan identity " + purpose).derive(
        secret
    )
