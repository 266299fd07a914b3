"""Which sites should be monitored, and which are: item 13 of the notice asks for full coverage."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from anlan.monitoring.choices import MeasureKind
from anlan.monitoring.models import Alarm, Point
from anlan.registry.choices import Business
from anlan.registry.models import Site
from anlan.registry.models.subjects import SubjectQuerySet

# 通知第十三项：矿山、尾矿库、钢铁、深井铸造、粉尘涉爆
SECTORS = ("coal", "non-coal-mine", "tailings", "metallurgy", "deep-well-casting", "dust")


def asked() -> SubjectQuerySet:
    """Standing sites of those sectors that are not closed for good."""
    within = Q(sector__code__in=SECTORS) | Q(sector__parent__code="non-coal-mine")
    sites: SubjectQuerySet = Site.objects.standing()
    return sites.filter(within).exclude(business=Business.CLOSED)


def judged(sites: QuerySet[Any], quiet: Collection[int] | None = None) -> QuerySet[Any]:
    """With ``connected``: it has a point in use; and ``silent``: one of them sends nothing.

    ``quiet``: the points that send nothing now or never did (``live.silent``). Without, where the
    worker was not asked or does not answer, an alarm of silence that goes on tells.
    """
    standing = Point.objects.filter(site=OuterRef("pk"), retired_at=None)
    told = Alarm.objects.filter(
        site=OuterRef("pk"), cleared_ms=None, version__measure=MeasureKind.SILENCE
    )
    # no point is numbered 0: an empty condition would be a constant, by which nothing sorts
    silent = told if quiet is None else standing.filter(pk__in=[0, *quiet])
    found: QuerySet[Any] = sites.annotate(connected=Exists(standing), silent=Exists(silent))
    return found


def connected() -> QuerySet[Any]:
    """Those of :func:`asked` that have a point in use."""
    return judged(asked()).filter(connected=True)
