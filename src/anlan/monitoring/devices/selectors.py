"""Reads of devices and of what they last said, scoped to the viewer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Unknown
from anlan.monitoring.models import Channel, Device, Point
from anlan.registry.models import Site

# The same as the rule 测点无数据 as shipped: an assumption.
SILENT_AFTER = timedelta(minutes=10)
RATED = timedelta(minutes=10)  # over which a device's own rate is reckoned
STANDINGS = {
    "speaking": ("正在上报", "green"),
    "silent": ("已中断", "red"),
    "never": ("从未上报", "orange"),
    "retired": ("已停用", "grey"),
}


def devices(actor: Actor) -> QuerySet[Device]:
    """Those that the actor sees, with what a row of the list says."""
    rows = Device.objects.visible_to(actor).annotate(bound=Count("channels"))
    return rows.select_related("site__area__parent")


def device(actor: Actor, pk: int) -> Device:
    """One device that the actor sees; Unknown if there is none."""
    found = devices(actor).filter(pk=pk).first()
    if found is None:
        raise Unknown("没有这台设备，或不在您的管辖范围内。请从设备清单重新进入。")
    return found


def site(actor: Actor, pk: int) -> Site:
    """One site that the actor sees and that stands; Unknown if there is none."""
    rows: QuerySet[Site] = Site.objects.visible_to(actor).standing()
    found = rows.filter(pk=pk).select_related("area__parent", "sector", "regulator").first()
    if found is None:
        raise Unknown("没有这个场所，或不在您的管辖范围内。请从场所清单重新进入。")
    return found


def standing(found: Device, now: datetime) -> str:
    """A key of ``STANDINGS``."""
    if found.retired_at is not None:
        return "retired"
    if found.heard_at is None:
        return "never"
    return "speaking" if now - found.heard_at <= SILENT_AFTER else "silent"


def of_standing(rows: QuerySet[Any], chosen: str) -> QuerySet[Any]:
    """The same as a condition."""
    if chosen == "retired":
        return rows.filter(retired_at__isnull=False)
    rows = rows.filter(retired_at=None)
    if chosen == "never":
        return rows.filter(heard_at=None)
    since = timezone.now() - SILENT_AFTER
    return (
        rows.filter(heard_at__gte=since)
        if chosen == "speaking"
        else rows.filter(heard_at__lt=since)
    )


def points(found: Site) -> QuerySet[Point]:
    """All points of the site, those in use first, with their channels."""
    rows = Point.objects.filter(site=found).prefetch_related("channels__device")
    return rows.order_by("retired_at", "quantity", "name")


def rate(found: Device, channels: list[Channel]) -> float | None:
    """Readings a second in the ten minutes before the device's newest one, as the history has
    them; None for a device that never spoke."""
    if found.heard_at is None or not channels:
        return None
    # not with the module: Arrow and Delta Lake would burden every process that knows addresses
    from anlan.monitoring.history.table import History

    end = int(found.heard_at.timestamp() * 1000) + 1
    begin = end - int(RATED.total_seconds() * 1000)
    wanted = sorted({each.point_id for each in channels})
    count = History.at(settings.VAR / "history").read(wanted, begin, end).num_rows
    return float(count / RATED.total_seconds())
