"""The year's plan: what the published notice asks, of whom, by when; and what was done about it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.kernel.indicators.models import DefinitionVersion
from anlan.kernel.orgs.models import Area, Organisation
from anlan.plan import flow, origins, searching, tally, urgency
from anlan.plan.choices import Standing, UnitRole
from anlan.plan.tally import Tally as Tally
from anlan.plan.visibility import duty_scope
from anlan.plan.wording import ClauseWords as ClauseWords

USER = settings.AUTH_USER_MODEL


class Plan(models.Model):
    """One year's notice of one government, as published; ``origin`` names the document's id."""

    year = models.PositiveSmallIntegerField("年度")
    area = models.ForeignKey(Area, models.PROTECT)
    title = models.CharField("标题", max_length=200)
    issuer = models.CharField("发文机关", max_length=100)
    origin = models.BigIntegerField("来源文件", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    published_at = models.DateTimeField("发布时间")

    class Meta:
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["year", "area"], name="one_plan_a_year")]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "年度计划"

    def __str__(self) -> str:
        return self.title


class KeyDuty(models.Model):
    """An item of the notice (重点任务). ``retired_at``: a revision took it out; history stays.

    ``observed``: the keys of indicators that tell of the work on it. They close nothing.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="key_duties")
    chapter_number = models.PositiveSmallIntegerField("章", null=True, blank=True)
    chapter_title = models.CharField("章名", max_length=100, blank=True)
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("任务", max_length=200)
    text = models.TextField("主要内容", blank=True)
    observed = models.JSONField("观察指标", default=list, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                condition=Q(retired_at__isnull=True),
                name="key_duty_number_once",
            )
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "重点任务"

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Clause(ClauseWords):
    """A binding clause of a key duty. ``lines``: where it stands in the document."""

    key_duty = models.ForeignKey(KeyDuty, models.CASCADE, related_name="clauses")
    lines = models.JSONField("原文行", default=list, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["key_duty", "number"]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "条款"


class Assignment(models.Model):
    """``organisation`` answers for the key duty (or one part of it) in ``role``.

    ``name``: the notice's words for it; a group's name stands beside each of its members.
    """

    key_duty = models.ForeignKey(KeyDuty, models.CASCADE, related_name="assignments")
    part = models.CharField("方面", max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField("责任", max_length=12, choices=UnitRole)
    name = models.CharField("通知中的名称", max_length=120)
    inherited = models.BooleanField("概括指定", default=False)

    class Meta:
        ordering = ["key_duty", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key_duty", "part", "organisation"], name="assigned_once"
            )
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "责任分工"

    def __str__(self) -> str:
        return f"{self.key_duty} · {self.organisation}"


class DutyQuerySet(models.QuerySet["Duty"]):
    def visible_to(self, actor: Actor) -> Self:
        """Duties in the areas that the actor oversees and of the organisations he works for."""
        return self.filter(duty_scope(actor))

    def running(self) -> Self:
        """Not cancelled by a revision."""
        return self.exclude(state="cancelled")


class Duty(origins.Originated):
    """What one organisation must do by one date: a key duty, one clause of it, or a sub-duty.

    ``period_start``..``due_on`` is the time it is measured over. ``progress`` is the verified
    value (in ``clause.unit``; for a duty without a number, percent); ``standing`` is computed.
    Where a ledger counts it, ``counted_by`` and ``counted_at`` say by what version of the indicator
    and when it was last computed, whether or not it changed.
    """

    key_duty = models.ForeignKey(KeyDuty, models.PROTECT, related_name="duties")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="duties")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="duties")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    role = models.CharField("责任", max_length=12, choices=UnitRole)
    title = models.CharField("任务", max_length=300)
    note = models.TextField("下达说明", blank=True)
    target = models.DecimalField("目标值", max_digits=14, decimal_places=3, null=True, blank=True)
    period_start = models.DateField("起")
    due_on = models.DateField("完成期限")
    state = flow.DUTY.field()
    standing = models.CharField(
        "状态", max_length=12, choices=Standing, default=Standing.NOT_MEASURED
    )
    progress = models.DecimalField(
        "已核验进度", max_digits=14, decimal_places=3, null=True, blank=True
    )
    progress_at = models.DateTimeField("进度核验时间", null=True, blank=True)
    counted_by = models.ForeignKey(
        DefinitionVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    counted_at = models.DateTimeField("最近计数时间", null=True, blank=True)
    met_at = models.DateTimeField("完成时间", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    urgency = urgency.field()

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            *urgency.indexes(),
            # counted and not reached: few of many, looked through for those that will be missed
            models.Index(
                fields=["due_on"],
                condition=Q(state="open", counted_by__isnull=False),
                name="duty_counted",
            ),
            # counts of a unit and those below it: no tally is kept by unit
            models.Index(
                fields=["organisation", "key_duty", "standing"],
                include=["area", "parent", "id"],
                condition=~Q(state="cancelled"),
                name="duty_counts_of_unit",
            ),
        ]
        constraints = [
            *origins.constraints(),
            models.UniqueConstraint(
                fields=["parent", "organisation"],
                condition=Q(parent__isnull=False) & ~Q(state="cancelled"),
                name="handed_down_once",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("period_start")), name="duty_ends_after_it_begins"
            ),
        ]
        triggers = [
            flow.DUTY.trigger(),
            audited(derived=("urgency", "counted_at")),  # counting anew is no news
            *tally.tallied(),
            *searching.titled(),
        ]
        verbose_name = verbose_name_plural = "任务"

    def __str__(self) -> str:
        return self.title


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, actor: Actor) -> Self:
        """Reports on the duties that the actor sees."""
        return self.filter(duty_scope(actor, "duty__"))


class Report(models.Model):
    """A progress report: text, a number where the duty has one, evidence; verified by another."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="reports")
    author = models.ForeignKey(USER, models.PROTECT, related_name="+")
    text = models.TextField("工作进展")
    value = models.DecimalField("累计完成", max_digits=14, decimal_places=3, null=True, blank=True)
    complete = models.BooleanField("申请办结", default=False)
    state = flow.REPORT.field()
    submitted_at = models.DateTimeField("上报时间", auto_now_add=True)
    verifier = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField("核验时间", null=True, blank=True)
    reason = models.TextField("核验意见", blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty"], condition=Q(state="submitted"), name="one_report_at_a_time"
            )
        ]
        triggers = [flow.REPORT.trigger(), audited()]
        verbose_name = verbose_name_plural = "进展上报"

    def __str__(self) -> str:
        return f"{self.duty} {self.submitted_at:%m-%d}"


class Extension(models.Model):
    """An application to finish later, until ``until``; the count of grants stays visible."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="extensions")
    applicant = models.ForeignKey(USER, models.PROTECT, related_name="+")
    was_due = models.DateField("原期限")
    until = models.DateField("延至")
    text = models.TextField("申请理由")
    state = flow.EXTENSION.field()
    applied_at = models.DateTimeField("申请时间", auto_now_add=True)
    decider = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    reason = models.TextField("审批意见", blank=True)

    class Meta:
        ordering = ["-applied_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty"], condition=Q(state="applied"), name="one_application_at_a_time"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("was_due")), name="extension_is_later"),
        ]
        triggers = [flow.EXTENSION.trigger(), audited()]
        verbose_name = verbose_name_plural = "延期申请"

    def __str__(self) -> str:
        return f"{self.duty} → {self.until}"


class SupervisionOrder(models.Model):
    """A supervision order (督办): proposed by a rule with its grounds, signed by a person."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="orders")
    number = models.CharField("文号", max_length=40, blank=True)
    grounds = models.TextField("事由")
    state = flow.ORDER.field()
    proposed_at = models.DateTimeField("建议时间", auto_now_add=True)
    signatory = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField("下达时间", null=True, blank=True)
    until = models.DateField("回复期限", null=True, blank=True)
    answer = models.TextField("办理情况", blank=True)
    answered_at = models.DateTimeField("回复时间", null=True, blank=True)
    reason = models.TextField("意见", blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty"],
                condition=~Q(state__in=["dismissed", "closed"]),
                name="one_order_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="order_number_once"
            ),
        ]
        triggers = [flow.ORDER.trigger(), audited()]
        verbose_name = verbose_name_plural = "督办"

    def __str__(self) -> str:
        return self.number or f"督办建议 {self.pk}"
