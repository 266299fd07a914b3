"""Numbers that code goes by, from the norms in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from anlan.kernel.norms.selectors import norms_in_force


def values(defaults: Mapping[str, Any], *, on: date | None = None) -> dict[str, Any]:
    """The values of the named norms in force on the day (default: today).

    ``defaults`` serve only an installation whose norms are not loaded yet.
    """
    found = norms_in_force(on=on or timezone.localdate()).filter(key__in=defaults)
    return {**defaults, **{norm.key: norm.value for norm in found}}
