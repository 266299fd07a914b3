"""Rules as data: what is watched, at which limits, on whose word, from when."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anlan.kernel.access.models import User
from anlan.kernel.audit.triggers import append_only, audited
from anlan.kernel.norms.models import NormDocument
from anlan.kernel.orgs.models import PublicQuerySet
from anlan.monitoring import flow
from anlan.monitoring.choices import COLOURS, Counted, Level, MeasureKind, Place, Quantity
from anlan.monitoring.models.counting import counted
from anlan.registry.models import Sector

USER = settings.AUTH_USER_MODEL


class Rule(models.Model):
    """A rule under one name, for the sites of a line of business (none: of all); what it says is
    in its versions. ``edited``: a person drew up a version, and loading files leaves it alone."""

    code = models.SlugField("代码", max_length=60, unique=True)
    name = models.CharField("名称", max_length=80)
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="行业领域"
    )
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)
    edited = models.BooleanField(default=False, editable=False)
    sort = models.PositiveSmallIntegerField(default=0)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["sort", "pk"]
        triggers = [audited(), counted()]
        verbose_name = verbose_name_plural = "报警规则"

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """The contents of a rule; never changed. Another person than its makers publishes it.

    ``levels``: ``[{"level": "red", "limit": 1.5, "back": 1.0}]``; limits in the point's unit, of
    silence in minutes; ``back`` may be missing. Of a combination ``limit`` is how many must be
    raised, at the level ``of`` or worse; ``counts`` says how many of what. ``hold`` and ``window``
    in seconds. ``spans``: when in the week it holds, ``[[weekday, first minute, minute after the
    last]]``, Monday 0; empty: always.

    It holds for the points ``points``, where any are named, else for all of ``quantity`` (empty:
    any) at ``places`` (none: any) of ``sites`` (none: all). ``document`` and ``article``, or
    ``basis`` in words: on whose word. ``verified``: the text was read.
    """

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本")
    measure = models.CharField("比较的量", max_length=10, choices=MeasureKind)
    counts = models.CharField("计数对象", max_length=12, choices=Counted, blank=True)
    above = models.BooleanField("高于时报警", default=True)
    levels = models.JSONField("级别和限值")
    hold = models.PositiveIntegerField("持续秒数", default=0)
    window = models.PositiveIntegerField("统计时段秒数", default=0)
    spans = models.JSONField("适用时间", default=list, blank=True)
    quantity = models.CharField("监测量", max_length=20, choices=Quantity, blank=True)
    places = ArrayField(
        models.CharField(max_length=24, choices=Place),
        default=list, blank=True, verbose_name="地点类别",
    )  # fmt: skip
    sites = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name="场所")
    points = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name="测点")
    document = models.ForeignKey(
        NormDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据"
    )
    article = models.CharField("条款", max_length=80, blank=True)
    basis = models.CharField("依据说明", max_length=300, blank=True)
    verified = models.BooleanField("已核实", default=False)
    reason = models.CharField("修改理由", max_length=300, blank=True)
    makers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    created_at = models.DateTimeField("拟订时间", auto_now_add=True)
    state = flow.RULE_VERSION.field()
    effective_from = models.DateField("生效日期")
    decided_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision = models.CharField("决定意见", max_length=300, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["rule", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once"),
            models.CheckConstraint(
                condition=Q(measure__in=MeasureKind.values), name="rule_version_measures_something"
            ),
            models.CheckConstraint(
                condition=~Q(measure=MeasureKind.COMBINED) | Q(counts__in=Counted.values),
                name="rule_version_counts_something",
            ),
        ]
        triggers = [
            flow.RULE_VERSION.trigger(),
            pgtrigger.ReadOnly(
                name="unchanged", exclude=["state", "decided_by", "decided_at", "decision"]
            ),
            pgtrigger.Protect(name="not_removed", operation=pgtrigger.Delete),
            append_only()[1],
            audited(),
            counted(),
        ]
        verbose_name = verbose_name_plural = "报警规则版本"

    def __str__(self) -> str:
        return f"第 {self.number} 版"

    @property
    def source(self) -> str:
        """Document and article, or the basis in words."""
        if self.document is None:
            return self.basis
        return f"{self.document.title}{self.article}"

    @property
    def holds_for(self) -> str:
        """What it watches, for people."""
        quantity = str(self.get_quantity_display()) if self.quantity else "各种监测量"
        if self.points:
            return f"{quantity}，指定的 {len(self.points)} 个测点"
        places = "、".join(str(Place(each).label) for each in self.places)
        sites = f"指定的 {len(self.sites)} 处场所" if self.sites else ""
        return "，".join(each for each in (quantity, places, sites) if each)

    @property
    def makers_named(self) -> str:
        """Who drew it up; empty for loading."""
        people = User.objects.filter(pk__in=self.makers).order_by("pk")
        return "、".join(str(each) for each in people)

    @property
    def in_order(self) -> list[tuple[Level, float, float]]:
        """Level, limit and way back; the worst first."""
        found = [
            (COLOURS[each["level"]], float(each["limit"]), float(each.get("back", each["limit"])))
            for each in self.levels
        ]
        return sorted(found, key=lambda each: -each[0])


class Revision(models.Model):
    """One row: how often points, channels, rules and versions were changed (``counting``)."""

    number = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "监测配置版次"

    def __str__(self) -> str:
        return str(self.number)
