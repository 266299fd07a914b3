"""What is wrong with the installation, since when, and which jobs gave a sign of life."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Finding(models.Model):
    """Something that should have happened and did not. Of one rule and key one is open.

    ``rule`` is the check's name; ``key`` tells several faults of one check apart.
    """

    rule = models.CharField("检查", max_length=60)
    key = models.CharField("对象", max_length=120, blank=True)
    text = models.CharField("问题", max_length=500)
    first_seen = models.DateTimeField("首次发现")
    last_seen = models.DateTimeField("最近发现")
    closed_at = models.DateTimeField("消除时间", null=True, blank=True)

    class Meta:
        ordering = ["-first_seen", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "key"],
                condition=Q(closed_at__isnull=True),
                name="one_open_finding",
            )
        ]
        verbose_name = verbose_name_plural = "系统问题"

    def __str__(self) -> str:
        return self.text


class Heartbeat(models.Model):
    """When the job ``name`` last ended well. ``place``: where it goes on, if it has one."""

    name = models.CharField("任务", max_length=60, primary_key=True)
    at = models.DateTimeField("最近完成")
    place = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务心跳"

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"
