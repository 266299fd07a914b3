"""A version of a rule tried on past days: kept for who decides on the version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from anlan.kernel.audit.triggers import audited
from anlan.kernel.orgs.models import PublicQuerySet
from anlan.monitoring.choices import TrialState
from anlan.monitoring.models.rules import RuleVersion

QUIET = timedelta(minutes=3)  # without progress: its job is gone


class Trial(models.Model):
    """``against``: the version then in force, where it was another. ``done`` of ``parts``: how far
    it came (a part is a day of a portion of the points).

    ``result``: ``counts`` and ``against``, alarms by colour; ``points``, those with the most, as
    ``[point, {level: count}, {level: count}]``, of ``points_with`` in all; ``worst``, of each
    side the worst alarms as ``[point, level, begin, end, peak]`` (ms; end None: still on at
    the end); ``points_tried``.
    """

    version = models.ForeignKey(
        RuleVersion, models.PROTECT, related_name="trials", verbose_name="版本"
    )
    against = models.ForeignKey(
        RuleVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="对照版本",
    )
    first = models.DateField("第一天")
    last = models.DateField("最后一天")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="试运行人",
    )
    asked_at = models.DateTimeField("要求时间", auto_now_add=True)
    state = models.CharField(
        "状态", max_length=10, choices=TrialState, default=TrialState.WAITING
    )  # fmt: skip
    moved_at = models.DateTimeField("进展时间", default=timezone.now, editable=False)
    done = models.PositiveIntegerField("已完成份数", default=0, editable=False)
    parts = models.PositiveIntegerField("总份数", default=0, editable=False)
    readings = models.BigIntegerField("读数", default=0)
    stopped = models.CharField("没有试完的原因", max_length=200, blank=True)
    result: Any = models.JSONField("结果", default=dict, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="trial_days_go_on"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(state__in=["waiting", "running"]),
                name="trial_one_at_a_time",
            ),
        ]  # fmt: skip
        # who asked for which days is logged; how far it came changes all the time
        triggers = [
            audited(derived=("state", "moved_at", "done", "parts", "readings", "stopped", "result"))
        ]
        verbose_name = verbose_name_plural = "规则试运行"

    def __str__(self) -> str:
        return f"{self.first:%Y-%m-%d} 至 {self.last:%Y-%m-%d}"

    @property
    def at_work(self) -> bool:
        """Whether its job waits or runs."""
        return self.state in (TrialState.WAITING, TrialState.RUNNING)

    @property
    def halted(self) -> bool:
        """Whether it should be at work and has shown no progress for a while."""
        return self.at_work and timezone.now() - self.moved_at > QUIET
