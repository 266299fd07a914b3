"""Which norm is in force on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from anlan.kernel.norms.models import Norm


class NormError(LookupError):
    """No norm, or more than one, of this key is in force: the installation is at fault."""


def norm(key: str, *, on: date | None = None) -> Norm:
    """The norm of ``key`` in force on the day (default: today), with its document.

    Raises NormError unless exactly one is in force.
    """
    on = on or timezone.localdate()
    found = list(_in_force(on).filter(key=key)[:2])
    if not found:
        raise NormError(
            f"没有在 {on} 有效的规范值“{key}”。请检查 data/norms 是否已载入、日期是否衔接。"
        )
    if len(found) > 1:
        raise NormError(f"规范值“{key}”在 {on} 有两个同时有效。请在规范管理中结束其中一个。")
    return found[0]


def norms_in_force(*, on: date) -> QuerySet[Norm]:
    """All norms in force on the day, by key."""
    return _in_force(on).order_by("key")


def _in_force(on: date) -> QuerySet[Norm]:
    open_or_later = Q(effective_to__isnull=True) | Q(effective_to__gte=on)
    return Norm.objects.filter(open_or_later, effective_from__lte=on).select_related("document")
