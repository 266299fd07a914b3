"""What keeps alarms quiet: silences, and points that are being maintained."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.monitoring.models.points import Device, Point
from anlan.monitoring.models.rules import Rule
from anlan.monitoring.visibility import of_sites_seen
from anlan.registry.models import Site

USER = settings.AUTH_USER_MODEL


class SilenceQuerySet(models.QuerySet["Silence"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of sites that the actor sees, and those that hold everywhere."""
        seen = of_sites_seen(actor) | of_sites_seen(actor, "point__site")
        return self.filter(seen | Q(point=None, site=None))


class Silence(models.Model):
    """Nobody is called for alarms of a point, a site, a rule, or a rule at a site, until a
    moment."""

    point = models.ForeignKey(
        Point, models.CASCADE, null=True, blank=True, related_name="silences", verbose_name="测点"
    )
    site = models.ForeignKey(
        Site, models.CASCADE, null=True, blank=True, related_name="silences", verbose_name="场所"
    )
    rule = models.ForeignKey(
        Rule, models.CASCADE, null=True, blank=True, related_name="silences", verbose_name="规则"
    )
    begin = models.DateTimeField("自", default=timezone.now)
    until = models.DateTimeField("至", db_index=True)
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="设定人")
    created_at = models.DateTimeField("设定时间", auto_now_add=True)

    objects = SilenceQuerySet.as_manager()

    class Meta:
        ordering = ["-until", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(point__isnull=False, site__isnull=True, rule__isnull=True)
                | (Q(point__isnull=True) & (Q(site__isnull=False) | Q(rule__isnull=False))),
                name="silence_is_of_something",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("begin")), name="silence_ends_after_it_begins"
            ),
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "报警静默"

    def __str__(self) -> str:
        if self.rule is not None and self.site is not None:
            return f"{self.site}：{self.rule}"
        return f"{self.point or self.site or self.rule}"

    @property
    def place(self) -> Site | None:
        """Whose site it is; None for a rule everywhere."""
        return self.point.site if self.point is not None else self.site


class WindowQuerySet(models.QuerySet["Window"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of points of the sites that the actor sees."""
        return self.filter(of_sites_seen(actor, "point__site"))


class Window(models.Model):
    """A point is being maintained or calibrated: what it says then calls nobody. ``device``: it is
    one of the points of a device that is maintained as a whole."""

    point = models.ForeignKey(Point, models.CASCADE, related_name="windows", verbose_name="测点")
    device = models.ForeignKey(
        Device, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="设备"
    )
    begin = models.DateTimeField("自")
    end = models.DateTimeField("至", db_index=True)
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="设定人")

    objects = WindowQuerySet.as_manager()

    class Meta:
        ordering = ["-end", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("begin")), name="window_ends_later")
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "维护时段"

    def __str__(self) -> str:
        return f"{self.point}"
