"""What the cockpit keeps of its own: how each day began."""

from __future__ import annotations

from typing import Self

from django.db import models

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import Area
from anlan.plan.choices import Standing
from anlan.plan.models import KeyDuty, Plan
from anlan.plan.visibility import duty_scope


class DailyQuerySet(models.QuerySet["Daily"]):
    def visible_to(self, actor: Actor) -> Self:
        """Of the areas that the actor oversees; only for whom ``plan.tally.suffices``."""
        return self.filter(duty_scope(actor))


class Daily(models.Model):
    """How many duties of a key duty stood where in an area of county rank (or at the city's own
    units) when ``day`` began, its standings just computed. Written once, by ``snapshots.take``.

    Not audited: it restates the duties' own audited history, and nobody edits it.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    key_duty = models.ForeignKey(KeyDuty, models.CASCADE, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    standing = models.CharField("状态", max_length=12, choices=Standing)
    count = models.PositiveIntegerField("项数")

    objects = DailyQuerySet.as_manager()

    class Meta:
        ordering = ["day", "area", "key_duty"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "day", "area", "key_duty", "standing"], name="daily_once"
            )
        ]
        verbose_name = verbose_name_plural = "每日态势"

    def __str__(self) -> str:
        return f"{self.day} {self.area_id} {self.standing} {self.count}"
