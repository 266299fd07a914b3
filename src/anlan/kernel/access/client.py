"""From where somebody comes: address and browser of a request."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True)
class Client:
    """``address`` None: not a network client (a command, a test)."""

    address: str | None = None
    agent: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The client of a request; through a proxy of ours, the one that the proxy saw."""
        agent = request.headers.get("User-Agent", "").replace("\x00", "")[:200]
        return cls(_address(request), agent)


def _address(request: HttpRequest) -> str | None:
    direct = _valid(request.META.get("REMOTE_ADDR"))
    if direct in getattr(settings, "TRUSTED_PROXIES", ()):
        # The last entry is the one our proxy wrote; those before it are the client's own words.
        return _valid(request.headers.get("X-Forwarded-For", "").split(",")[-1]) or direct
    return direct


def _valid(text: str | None) -> str | None:
    try:
        return str(ip_address((text or "").strip()))
    except ValueError:
        return None
