"""Addresses of rows, where a page has hundreds of them."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

_PLACE = 987654321


def address(name: str, pk: int) -> str:
    """``reverse(name, args=[pk])``, the pattern resolved once for all rows of a process."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@lru_cache(maxsize=256)
def _around(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_PLACE]).partition(str(_PLACE))
    return before, after
