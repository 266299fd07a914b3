"""A notice on its way from a file to the plan: what was read, what people decided about it."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models

from anlan.intake import flow
from anlan.intake.choices import (
    CarriedKind,
    CarriedSource,
    CarriedState,
    Decision,
    DocumentKind,
    PointKind,
)
from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.kernel.evidence.models import File
from anlan.kernel.orgs.models import Area, Group, Organisation
from anlan.plan.choices import UnitRole
from anlan.plan.models import ClauseWords, Plan
from anlan.plan.periods import FIRST, LAST

USER = settings.AUTH_USER_MODEL


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, actor: Actor) -> Self:
        """Documents of the areas whose committee office the actor belongs to."""
        from anlan.intake.policies import OFFICE

        if actor.is_system:
            return self
        return self.filter(area_id__in=[g.area_id for g in actor.grants if g.role in OFFICE])


class Document(models.Model):
    """One version of a notice. ``lines``: the source as read, shown beside what was made of it."""

    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    kind = models.CharField("版本", max_length=12, choices=DocumentKind, blank=True)
    state = flow.DOCUMENT.field()
    error = models.TextField("读取失败的原因", blank=True)
    title = models.CharField("标题", max_length=200, blank=True)
    issuer = models.CharField("发文机关", max_length=100, blank=True)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    preamble = models.TextField(blank=True)
    closing = models.TextField(blank=True)
    lines = models.JSONField(default=list, blank=True)
    repairs = models.JSONField(default=list, blank=True)
    table = models.JSONField(default=list, blank=True)
    confidence = models.FloatField("识别可信度", null=True, blank=True)
    plan = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="documents")
    uploaded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("导入时间", auto_now_add=True)
    submitted_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    changes = models.JSONField("发布时的变更", default=list, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        triggers = [flow.DOCUMENT.trigger(), audited()]
        verbose_name = verbose_name_plural = "通知"

    def __str__(self) -> str:
        return self.title or self.name

    def what_is_missing(self) -> str | None:
        """Why this cannot be published yet, in words; None when it can."""
        faults = [
            (self.points.filter(decision=Decision.OPEN).count(), "条核对事项没有处理"),
            (self.units_unbound().count(), "个责任单位没有对应到单位库"),
            (self.items.filter(units=None).count(), "项任务没有责任单位"),
        ]
        said = [f"还有 {count} {what}" for count, what in faults if count]
        named = [(self.year, "年度"), (self.title, "标题"), (self.issuer, "发文机关")]
        said += [f"没有读出{what}，请填写" for value, what in named if not value]
        said += self.dates_wrong()
        if not self.items.exists():
            said.append("没有读出任何任务")
        return "；".join(said) + "。" if said else None

    def dates_wrong(self) -> list[str]:
        """Which dates no plan of the year can have: none is due before the year begins."""
        if self.year is None:
            return []
        if not FIRST.year <= self.year <= LAST.year:
            return [f"年度 {self.year} 不对，请核对"]
        early = self.items.filter(due_on__lt=date(self.year, 1, 1)).count()
        late = self.items.filter(due_on__gt=LAST).count()
        outside = ~models.Q(deadline__range=(FIRST, LAST))
        clauses = Clause.objects.filter(outside, item__document=self, deadline__isnull=False)
        faults = [
            (early, f"项任务的完成期限早于 {self.year} 年"),
            (late, "项任务的完成期限过晚"),
            (clauses.count(), "条条款的期限不对"),
        ]
        return [f"有 {count} {what}，请更正" for count, what in faults if count]

    def units_unbound(self) -> models.QuerySet[Unit]:
        """The named units that are bound to neither an organisation nor a group, nor left out."""
        return Unit.objects.filter(
            item__document=self, organisation=None, group=None, left_out=False
        )


class Item(models.Model):
    """An item as read and corrected. ``lines``: first and last line of the source."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="items")
    chapter_number = models.PositiveSmallIntegerField(null=True, blank=True)
    chapter_title = models.CharField("章", max_length=100, blank=True)
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("任务", max_length=200)
    text = models.TextField("主要内容", blank=True)
    responsible = models.TextField("责任原文", blank=True)
    due_on = models.DateField("完成期限")
    first_line = models.PositiveIntegerField(default=0)
    last_line = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="item_number_once")
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "任务项"

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Unit(models.Model):
    """A responsible unit as named, and what it is bound to: an organisation or a group.

    ``left_out``: a person decided, with ``note``, that nobody is bound by this name.
    """

    item = models.ForeignKey(Item, models.CASCADE, related_name="units")
    part = models.CharField("方面", max_length=60, blank=True)
    name = models.CharField("通知中的名称", max_length=120)
    role = models.CharField("责任", max_length=12, choices=UnitRole)
    inherited = models.BooleanField("概括指定", default=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    how = models.CharField(max_length=12, blank=True)
    suggestions = models.JSONField(default=list, blank=True)
    left_out = models.BooleanField("不对应", default=False)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        ordering = ["item", "inherited", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organisation=None) | models.Q(group=None),
                name="unit_bound_to_one_thing",
            )
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "责任单位"

    def __str__(self) -> str:
        return self.name


class Clause(ClauseWords):
    """A binding clause as read and corrected."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="clauses")

    class Meta:
        ordering = ["item", "number"]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "条款"


class Point(models.Model):
    """One entry of the checking list: a difference or a remark, and what a person decided."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="points")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField("类别", max_length=12, choices=PointKind)
    code = models.CharField("种类", max_length=40)
    item_number = models.PositiveSmallIntegerField("任务", null=True, blank=True)
    body = models.TextField("正文", blank=True)
    table = models.TextField("附表", blank=True)
    text = models.TextField("疑问", blank=True)
    decision = models.CharField(
        "处理", max_length=10, choices=Decision, default=Decision.OPEN, db_index=True
    )
    note = models.TextField("意见", blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "核对事项"

    def __str__(self) -> str:
        return self.text or f"{self.body} / {self.table}"


class Carried(models.Model):
    """One decision on the version before, or one proposal from the published plan, and what became
    of it in this version (``source`` tells which).

    ``was``, ``before``, ``after``: columns of the row with what the version before was read as,
    what this one was read as, and what people had decided. ``label``: the row's name there.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="carried")
    kind = models.CharField("类别", max_length=10, choices=CarriedKind)
    source = models.CharField(
        "依据", max_length=10, choices=CarriedSource, default=CarriedSource.VERSION
    )
    state = models.CharField("沿用情况", max_length=10, choices=CarriedState)
    label = models.CharField("对象", max_length=200)
    item = models.ForeignKey(Item, models.CASCADE, null=True, blank=True, related_name="+")
    clause = models.ForeignKey(Clause, models.CASCADE, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="+")
    was = models.JSONField("上一版原读作", default=dict, blank=True)
    before = models.JSONField("新版读作", default=dict, blank=True)
    after = models.JSONField("上一版更正为", default=dict, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "沿用的更正"

    def __str__(self) -> str:
        return self.label
