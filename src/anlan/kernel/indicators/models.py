"""Definitions of indicators: what is counted, of whom and how; data with versions."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anlan.kernel.audit.triggers import append_only, audited
from anlan.kernel.indicators.choices import Reach
from anlan.kernel.orgs.models import PublicQuerySet


class Definition(models.Model):
    """An indicator under a name that stays: clauses name it by ``key``.

    ``edited``: a person has made one of its versions, and loading files leaves it alone from then
    on. ``sort``: its place in lists.
    """

    key = models.CharField("代码", max_length=80, unique=True)
    edited = models.BooleanField(default=False, editable=False)
    sort = models.PositiveIntegerField(default=0)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["sort", "key"]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "指标"

    def __str__(self) -> str:
        return self.key


class DefinitionVersion(models.Model):
    """How the indicator is counted from ``effective_from`` on. Never edited: a change makes the
    next number, so that a value can always say by what it was counted.

    ``measure``: whose rows are counted (``registry.Measure``); ``rule``: the version of its rule
    in code. ``reach``: whose rows count for an organisation. ``items``: of the notice.
    """

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    name = models.CharField("名称", max_length=80)
    unit = models.CharField("计量单位", max_length=20)
    measure = models.CharField("数据来源", max_length=80)
    rule = models.PositiveSmallIntegerField("来源规则版本", default=1)
    reach = models.CharField("统计口径", max_length=10, choices=Reach, default=Reach.OWN)
    items = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name="通知条目", default=list, blank=True
    )
    how = models.TextField("怎样计数")
    effective_from = models.DateField("启用日期")
    reason = models.CharField("修订理由", max_length=300, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["definition", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["definition", "number"], name="definition_version_once")
        ]
        triggers = [*append_only(), audited()]
        verbose_name = verbose_name_plural = "指标版本"

    def __str__(self) -> str:
        return f"{self.name}（第 {self.number} 版）"

    @property
    def items_in_words(self) -> str:
        """第 2、4 项; empty where it serves none in particular."""
        return f"第 {'、'.join(map(str, self.items))} 项" if self.items else ""
