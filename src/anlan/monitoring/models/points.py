"""What is measured where, and by which device it comes."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.monitoring.choices import Place, Protocol, Quantity, in_words
from anlan.monitoring.models.counting import counted
from anlan.monitoring.visibility import of_sites_seen
from anlan.registry.models import Site


class PointQuerySet(models.QuerySet["Point"]):
    def visible_to(self, actor: Actor) -> Self:
        """Points of the sites that the actor sees."""
        return self.filter(of_sites_seen(actor))

    def standing(self) -> Self:
        """Without those that were taken away."""
        return self.filter(retired_at=None)


class Point(models.Model):
    """A point of measurement (测点). Its number here is its number in the engine and on the stream.

    ``low`` and ``high``: the range of the sensor; ``resolution``: its smallest step.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="points", verbose_name="场所")
    name = models.CharField("名称", max_length=80)
    place = models.CharField("地点类别", max_length=24, choices=Place, default=Place.OTHER)
    place_text = models.CharField("安装地点", max_length=120, blank=True)
    quantity = models.CharField("监测量", max_length=20, choices=Quantity)
    unit = models.CharField("单位", max_length=20, blank=True)
    low = models.FloatField("量程下限", null=True, blank=True)
    high = models.FloatField("量程上限", null=True, blank=True)
    resolution = models.FloatField("分辨率", null=True, blank=True)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = PointQuerySet.as_manager()

    class Meta:
        ordering = ["site", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"], condition=Q(retired_at=None), name="point_once_at_its_site"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(high__gt=F("low")),
                name="point_range_goes_up",
            ),
        ]
        indexes = [
            models.Index(
                fields=["quantity", "place"], condition=Q(retired_at=None), name="point_watched"
            )
        ]
        triggers = [audited(), counted()]
        verbose_name = verbose_name_plural = "测点"

    def __str__(self) -> str:
        return self.name

    @property
    def where(self) -> str:
        """Where it stands, in the words of whoever installed it, else of its kind of place."""
        return self.place_text or (
            "" if self.place == Place.OTHER else str(self.get_place_display())
        )

    def in_words(self, value: float) -> str:
        """A reading of this point as people say it, no finer than its sensor is."""
        return in_words(self.quantity, value, self.unit, self.resolution)


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, actor: Actor) -> Self:
        """Devices of the sites that the actor sees."""
        return self.filter(of_sites_seen(actor))


class Device(models.Model):
    """What speaks to a gateway. ``address`` is its registered number in its protocol.

    ``secret_digest``: see ``monitoring.keys``; empty: it has none. ``rate``: readings per second
    beyond which it is held back. ``heard_at``: the time of its newest reading that was stored; kept
    by the monitor (``monitoring.hearing``), not by people.
    """

    name = models.CharField("名称", max_length=80)
    protocol = models.CharField("协议", max_length=10, choices=Protocol)
    address = models.CharField("注册编号", max_length=64)
    site = models.ForeignKey(Site, models.PROTECT, related_name="devices", verbose_name="场所")
    secret_digest = models.CharField("密钥摘要", max_length=64, blank=True)
    rate = models.PositiveIntegerField("每秒读数上限", default=100)
    heard_at = models.DateTimeField("最近读数", null=True, blank=True)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["site", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["protocol", "address"], name="device_address_once")
        ]
        triggers = [
            audited(secret=("secret_digest",), derived=("heard_at",)),
            # not ``heard_at``: that changes all the time
            counted("protocol", "address", "site_id", "secret_digest", "rate", "retired_at"),
        ]
        verbose_name = verbose_name_plural = "监测设备"

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    """Which point a device's channel is: a device speaks for its own points alone."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="channels")
    address = models.CharField("通道编号", max_length=64)
    point = models.ForeignKey(Point, models.PROTECT, related_name="channels")

    class Meta:
        ordering = ["device", "address"]
        constraints = [
            models.UniqueConstraint(fields=["device", "address"], name="channel_address_once")
        ]
        triggers = [audited(), counted()]
        verbose_name = verbose_name_plural = "设备通道"

    def __str__(self) -> str:
        return self.address
