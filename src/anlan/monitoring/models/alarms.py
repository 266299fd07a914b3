"""Alarms, what keeps them quiet, and how far the engine has come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.monitoring import flow
from anlan.monitoring.choices import (
    OPEN,
    AlarmState,
    Counted,
    Level,
    MeasureKind,
    in_words,
    rounded,
)
from anlan.monitoring.models.points import Point
from anlan.monitoring.models.rules import Rule, RuleVersion
from anlan.monitoring.visibility import of_sites_seen
from anlan.registry.models import Site

USER = settings.AUTH_USER_MODEL


def moment(ms: int | None) -> datetime | None:
    """Milliseconds since 1970 as an aware moment."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)


class EngineState(models.Model):
    """How far the engine of a partition has come, and what it remembers; written with the alarms.

    ``holder``: the worker that has taken the partition; no other may write. ``last``: number of
    the last message of the stream that ``state`` counts, under the plan of ``revision``.
    """

    partition = models.PositiveIntegerField("分区", unique=True)
    holder = models.UUIDField(null=True, blank=True)
    last = models.BigIntegerField(default=0)
    revision = models.BigIntegerField(default=0)
    state = models.BinaryField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "监测引擎状态"

    def __str__(self) -> str:
        return f"{self.partition}"


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def visible_to(self, actor: Actor) -> Self:
        """Alarms of the sites that the actor sees."""
        return self.filter(of_sites_seen(actor))

    def open(self) -> Self:
        """Those that people are not done with."""
        return self.filter(state__in=OPEN)


class Alarm(models.Model):
    """One event of one rule at one point, however its level rises and falls.

    ``level``: now, None once the event is over; ``highest``: the worst it reached. ``value`` as it
    was raised, ``peak`` the farthest. Times in ms by the device's clock; ``raised_at`` by ours.
    ``late``: it came an hour or more after it began. ``hushed``: why nobody was called, and
    ``hushed_until``; ``called``: who was called last. ``doubted_by``: who put a red one forward as
    false.
    """

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="alarms", verbose_name="规则")
    version = models.ForeignKey(
        RuleVersion, models.PROTECT, related_name="+", verbose_name="规则版本"
    )
    point = models.ForeignKey(Point, models.PROTECT, related_name="alarms", verbose_name="测点")
    site = models.ForeignKey(Site, models.PROTECT, related_name="alarms", verbose_name="场所")
    begin_ms = models.BigIntegerField("开始")
    cleared_ms = models.BigIntegerField("解除", null=True, blank=True)
    level = models.SmallIntegerField("现在的级别", choices=Level, null=True, blank=True)
    highest = models.SmallIntegerField("最高级别", choices=Level)
    value = models.FloatField("报警时的值", null=True, blank=True)
    peak = models.FloatField("极值", null=True, blank=True)
    state = flow.ALARM.field()
    raised_at = models.DateTimeField("报警时间")
    late = models.BooleanField("迟到", default=False)
    hushed = models.CharField("未通知的原因", max_length=200, blank=True)
    called = models.CharField("最近通知", max_length=200, blank=True)
    called_at = models.DateTimeField("最近通知时间", null=True, blank=True)
    hushed_until = models.DateTimeField("不通知至", null=True, blank=True)
    answered_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="应答人"
    )
    answered_at = models.DateTimeField("应答时间", null=True, blank=True)
    handling = models.CharField("处置情况", max_length=1000, blank=True)
    false_reason = models.CharField("误报理由", max_length=300, blank=True)
    doubted_by = ArrayField(
        models.BigIntegerField(), default=list, blank=True, verbose_name="提请误报的人"
    )
    is_demo = models.BooleanField("演示数据", default=False)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "point", "begin_ms"], name="alarm_once_for_an_event"
            ),
            models.CheckConstraint(
                condition=Q(cleared_ms__isnull=True) | Q(cleared_ms__gte=F("begin_ms")),
                name="alarm_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(highest__gte=F("level")),
                name="alarm_level_is_at_most_the_highest",
            ),
        ]
        indexes = [
            models.Index(
                fields=["point", "rule"], condition=Q(cleared_ms=None), name="alarm_going_on"
            ),
            models.Index(
                fields=["site", "-highest"],
                condition=Q(state__in=OPEN),
                name="alarm_open_at_site",
            ),
            models.Index(
                fields=["raised_at"], condition=Q(state=AlarmState.RAISED), name="alarm_to_call"
            ),
            models.Index(fields=["-raised_at", "-id"], name="alarm_newest"),
        ]
        # The log keeps what was decided; the extremes of the measurement lie with the spans.
        triggers = [flow.ALARM.trigger(), audited(derived=("value", "peak"))]
        verbose_name = verbose_name_plural = "报警"

    def __str__(self) -> str:
        return f"{self.site} {self.point} {self.rule}"

    @property
    def began(self) -> datetime | None:
        """When it began, by the device's clock."""
        return moment(self.begin_ms)

    @property
    def cleared(self) -> datetime | None:
        """When it was over, by the device's clock; None while it goes on."""
        return moment(self.cleared_ms)

    def in_words(self, value: float | None) -> str:
        """A number of this alarm with its unit, as people say it; empty for none."""
        if value is None or self.version.measure == MeasureKind.QUALITY:
            return ""
        if self.version.measure == MeasureKind.SILENCE:  # the engine counts ms
            return f"{value / 60_000:.0f} 分钟"
        if self.version.measure == MeasureKind.COMBINED:
            return f"{value:.0f} {'项' if self.version.counts == Counted.ITEMS else '个测点'}"
        if self.version.measure == MeasureKind.RATE:
            return f"{rounded(value)} {self.point.unit}/分钟"
        if self.version.measure == MeasureKind.VALUE:
            return self.point.in_words(value)
        # a mean and a spread are reckoned: finer than any single reading
        return in_words(self.point.quantity, value, self.point.unit)

    @property
    def colour(self) -> str:
        """The worst level, as style sheets and ``severity`` name it."""
        return Level(self.highest).colour


class Span(models.Model):
    """One level of an alarm from its beginning to its end, as the engine told it: its own log.

    ``begin_ms`` with rule, version, level and point names the engine's event, so that what is told
    twice is stored once.
    """

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="spans", db_index=True)
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    level = models.SmallIntegerField(choices=Level)
    point = models.ForeignKey(Point, models.PROTECT, related_name="+", db_index=False)
    begin_ms = models.BigIntegerField()
    raised_ms = models.BigIntegerField()
    cleared_ms = models.BigIntegerField(null=True, blank=True)
    value = models.FloatField(null=True, blank=True)
    peak = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["raised_ms", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "rule", "version", "level", "begin_ms"], name="span_once"
            )
        ]
        verbose_name = verbose_name_plural = "报警级别时段"

    def __str__(self) -> str:
        return f"{self.alarm_id} {Level(self.level).label}"
