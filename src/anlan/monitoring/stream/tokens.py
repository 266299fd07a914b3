"""Tokens of the broker: JSON with an Ed25519 signature, keys in NATS's own writing (nkeys).

Sources: NATS, ADR-14 (JWT libraries), ADR-26 (authorization callouts); RFC 8032 (Ed25519).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ACCOUNT = b"\x00"  # the first byte of an account's public key, which makes its first letter an A
HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}
Claims = Mapping[str, Any]


def fresh_seed() -> str:
    """The secret of an account that may issue tokens, 256 bits in hexadecimal."""
    return secrets.token_hex(32)


class Issuer:
    """Signs tokens with a seed."""

    def __init__(self, seed: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        self.public = _written(self._key.public_key().public_bytes_raw())

    def token(self, claims: Claims, now: float) -> str:
        """``claims`` with issuer, time (seconds since 1970 UTC) and a number of its own, signed."""
        whole = {**claims, "iss": self.public, "iat": int(now)}
        digest = hashlib.sha256(_json(whole)).digest()
        whole["jti"] = base64.b32encode(digest).rstrip(b"=").decode()
        body = f"{_text(_json(HEADER))}.{_text(_json(whole))}"
        return f"{body}.{_text(self._key.sign(body.encode()))}"


def claims(token: bytes) -> Claims:
    """What a token of the broker says; ``ValueError`` where it is none. Its signature is not looked
    at: it comes over our own connection, on a subject that the broker alone writes to."""
    try:
        body = token.split(b".")[1]
        found = json.loads(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    except (IndexError, ValueError) as error:
        raise ValueError("not a token") from error
    if not isinstance(found, dict):
        raise ValueError("not a token")
    return found


def _written(public: bytes) -> str:
    """A public key as NATS writes it: prefix, key and CRC-16 (XMODEM, low byte first) in base32."""
    said = ACCOUNT + public
    return base64.b32encode(said + binascii.crc_hqx(said, 0).to_bytes(2, "little")).decode()


def _json(value: Claims) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
