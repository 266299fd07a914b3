"""Which sites should be monitored, and which are: item 13 of the notice asks for full coverage."""

from __future__ import annotations

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


def judged(sites: QuerySet[Any]) -> QuerySet[Any]:
    """With ``connected``: it has a point in use; and ``silent``: one of them sends nothing now."""
    quiet = Alarm.objects.filter(
        site=OuterRef("pk"), cleared_ms=None, version__measure=MeasureKind.SILENCE
    )
    found: QuerySet[Any] = sites.annotate(
        connected=Exists(Point.objects.filter(site=OuterRef("pk"), retired_at=None)),
        silent=Exists(quiet),
    )
    return found


def connected() -> QuerySet[Any]:
    """Those of :func:`asked` that have a point in use."""
    return judged(asked()).filter(connected=True)
