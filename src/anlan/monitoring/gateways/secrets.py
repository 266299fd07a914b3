"""Digests of devices' secrets: HMAC-SHA-256 under a key that is the city's."""

from __future__ import annotations

import hashlib
import hmac


def digest(secret: str, key: bytes) -> str:
    """What is stored of a secret."""
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


def fits(secret: str, stored: str, key: bytes) -> bool:
    """Whether the secret is the one of which ``stored`` is the digest; nothing fits the empty."""
    return bool(stored) and hmac.compare_digest(digest(secret, key), stored)
