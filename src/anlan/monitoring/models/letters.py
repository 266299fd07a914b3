"""Who had which dead letter read again, and what was stored of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from anlan.kernel.audit.triggers import append_only, audited
from anlan.monitoring.models.points import Device


class Replay(models.Model):
    """A letter lies on the broker; ``number`` is its place there and ``received`` (ms) tells it
    from one of another stream. ``points``: those of which readings were stored. ``rest``: what
    is still not understood; empty: nothing, and the letter is done with.
    """

    number = models.BigIntegerField("报文号")
    received = models.BigIntegerField("收到时间（毫秒）")
    device = models.ForeignKey(
        Device, models.PROTECT, related_name="replays", verbose_name="监测设备"
    )
    points = ArrayField(models.BigIntegerField(), verbose_name="入库的测点")
    readings = models.PositiveIntegerField("入库读数")
    rest = models.CharField("仍未入库", max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="重放人"
    )
    at = models.DateTimeField("重放时间", auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["number", "received"], name="replay_of_letter")]
        triggers = [audited(), *append_only()]
        verbose_name = verbose_name_plural = "报文重放"

    def __str__(self) -> str:
        return f"{self.number}"
