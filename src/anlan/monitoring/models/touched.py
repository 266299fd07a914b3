"""What the tamper detector says of the history, night by night, and what people found out."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.monitoring import flow
from anlan.monitoring.choices import TamperState
from anlan.monitoring.models.alarms import moment
from anlan.monitoring.models.points import Point
from anlan.monitoring.tamper.signals import KINDS
from anlan.monitoring.visibility import of_sites_seen
from anlan.registry.models import Site

USER = settings.AUTH_USER_MODEL


class TamperSignalQuerySet(models.QuerySet["TamperSignal"]):
    def visible_to(self, actor: Actor) -> Self:
        """Signals of the sites that the actor sees."""
        return self.filter(of_sites_seen(actor))

    def waiting(self) -> Self:
        """Those that nobody has judged yet."""
        return self.filter(state=TamperState.OPEN)


class TamperSignal(models.Model):
    """A stretch of a point's readings that looks touched (docs/tamper.md): a reason to look.

    Times in ms by the device's clock, both ends belong to it. ``score``: see docs/tamper.md, "One
    scale". ``beside``: points whose readings prove it. ``finding``: what a person found out.
    """

    point = models.ForeignKey(
        Point, models.PROTECT, related_name="tamper_signals", verbose_name="测点"
    )
    site = models.ForeignKey(
        Site, models.PROTECT, related_name="tamper_signals", verbose_name="场所"
    )
    kind = models.CharField("疑点类别", max_length=16, choices=tuple(KINDS.items()))
    begin_ms = models.BigIntegerField("开始")
    end_ms = models.BigIntegerField("结束")
    score = models.FloatField("分数")
    why = models.CharField("理由", max_length=1000)
    beside = ArrayField(
        models.BigIntegerField(), default=list, blank=True, verbose_name="印证的测点"
    )
    found_on = models.DateField("检测到的数据日")
    state = flow.TAMPER.field()
    finding = models.CharField("核查情况", max_length=1000, blank=True)
    judged_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核查人"
    )
    judged_at = models.DateTimeField("核查时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = TamperSignalQuerySet.as_manager()

    class Meta:
        ordering = ["-end_ms", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "kind", "begin_ms"], name="tamper_signal_once"
            ),
            models.CheckConstraint(
                condition=Q(end_ms__gte=F("begin_ms")), name="tamper_signal_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(
                fields=["site"], condition=Q(state=TamperState.OPEN), name="tamper_signal_waiting"
            )
        ]
        triggers = [flow.TAMPER.trigger(), audited()]
        verbose_name = verbose_name_plural = "篡改疑点"

    def __str__(self) -> str:
        return f"{self.point} {self.get_kind_display()}"

    @property
    def began(self) -> datetime | None:
        """By the device's clock."""
        return moment(self.begin_ms)

    @property
    def ended(self) -> datetime | None:
        """By the device's clock."""
        return moment(self.end_ms)


class TamperLook(models.Model):
    """How far the detector has come at a site: resumes there after whatever stopped it.

    ``day``: the last whose readings were judged. ``unjudged``: what it could not judge on that day,
    as [point, kind, why]. ``failed_at`` and ``problem``: why it could not be done at all.
    """

    site = models.OneToOneField(Site, models.CASCADE, primary_key=True, related_name="tamper_look")
    day = models.DateField(null=True, blank=True)
    unjudged = models.JSONField(default=list, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "篡改检测进度"

    def __str__(self) -> str:
        return f"{self.site_id} {self.day}"
