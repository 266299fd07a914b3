"""Progress calls: what is frozen when one is taken, who explains, what is decided."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from anlan.calls import flow, periods
from anlan.calls.choices import CallKind, CallState, Change, ExplanationState
from anlan.calls.policies import OVERVIEW
from anlan.calls.visibility import call_scope, frozen_scope, own, row_scope
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.scope import within_areas
from anlan.kernel.audit.triggers import append_only, audited
from anlan.kernel.orgs.models import Area, Organisation
from anlan.plan.choices import Standing
from anlan.plan.models import Duty, KeyDuty, Plan

USER = settings.AUTH_USER_MODEL


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, actor: Actor) -> Self:
        """See ``visibility``."""
        return self.filter(call_scope(actor))

    def held(self) -> Self:
        """Not cancelled."""
        return self.exclude(state=CallState.CANCELLED)


class Call(models.Model):
    """A progress call of ``kind`` for the period that begins on ``first_day``.

    ``counted_at`` is the moment of its figures. They are compared with those of ``previous``, or
    else with the day ``baseline`` of the cockpit's record. ``limits`` judged who must explain.
    ``makers``: the accounts by which and in whose name the minutes were written.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="calls")
    kind = models.CharField("类型", max_length=10, choices=CallKind)
    first_day = models.DateField("周期首日")
    meets_at = models.DateTimeField("会议时间")
    counted_at = models.DateTimeField("计数时间")
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="following"
    )
    baseline = models.DateField("比较基准日", null=True, blank=True)
    limits = models.JSONField("说明标准", default=dict)
    state = flow.CALL.field()
    taken_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    makers = ArrayField(
        models.BigIntegerField(), default=list, blank=True, verbose_name="纪要经手人"
    )
    closed_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    reason = models.TextField("意见", blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-meets_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "kind", "first_day"],
                condition=~Q(state=CallState.CANCELLED),
                name="call_once_a_period",
            ),
            models.CheckConstraint(
                condition=~Q(makers__contains=[F("closed_by")]), name="call_closed_by_another"
            ),
        ]
        triggers = [flow.CALL.trigger(), audited()]
        verbose_name = verbose_name_plural = "调度"

    def __str__(self) -> str:
        return self.period.title

    @property
    def period(self) -> periods.Period:
        return periods.period(self.kind, self.first_day)


class Item(models.Model):
    """What a key duty was called when the call was taken."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="items")
    key_duty = models.ForeignKey(KeyDuty, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("任务", max_length=200)

    class Meta:
        ordering = ["number", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "key_duty"], name="call_item_once")]
        triggers = append_only()
        verbose_name = verbose_name_plural = "调度时的重点任务"

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Place(models.Model):
    """An area of county rank as it stood, or the city's own units together (``rank`` None).

    ``organisation`` answers for the area: its government.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="places")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField("地区", max_length=60)
    rank = models.PositiveSmallIntegerField("名次", null=True, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "area"], name="call_place_once")]
        triggers = append_only()
        verbose_name = verbose_name_plural = "调度时的名次"

    def __str__(self) -> str:
        return self.name


class FrozenDutyQuerySet(models.QuerySet["FrozenDuty"]):
    def visible_to(self, actor: Actor) -> Self:
        """See ``visibility``."""
        calls = Call.objects.visible_to(actor)
        return self.filter(frozen_scope(actor, OuterRef("call")), call__in=calls)

    def compared_by(self, actor: Actor, call: Call) -> Self:
        """The rows of the call before ``call``, as far as the actor sees such rows in ``call``:
        for the comparison that he reads there, whether or not the one before named him."""
        return self.filter(frozen_scope(actor, call), call=call.previous)


class FrozenDuty(models.Model):
    """How a duty given by the plan stood when the call was taken; all figures are sums of these.

    ``area`` is of county rank, or the city for its own units. ``days``: overdue for so many.
    ``forecast``: the working by which its number will be missed. ``change``: since the last call.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="rows", db_index=False)
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="frozen")
    key_duty = models.ForeignKey(KeyDuty, models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    owner = models.CharField("责任单位", max_length=60)
    title = models.CharField("任务", max_length=300)
    due_on = models.DateField("完成期限")
    standing = models.CharField("状态", max_length=12, choices=Standing)
    days = models.PositiveIntegerField("逾期天数", default=0)
    forecast = models.CharField("预测", max_length=200, blank=True)
    change = models.CharField("变化", max_length=10, choices=Change, blank=True)

    objects = FrozenDutyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["call", "area", "key_duty", "standing"], name="frozen_cells"),
            models.Index(fields=["call", "organisation", "standing"], name="frozen_of_unit"),
        ]
        constraints = [models.UniqueConstraint(fields=["call", "duty"], name="frozen_once")]
        triggers = append_only()
        verbose_name = verbose_name_plural = "调度时的任务"

    def __str__(self) -> str:
        return self.title


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    def visible_to(self, actor: Actor) -> Self:
        """See ``visibility``."""
        return self.filter(row_scope(actor, "organisation"))


class Explanation(models.Model):
    """``organisation`` must explain at the call: by the rule, or because the office says so.

    ``grounds``: each ground with its working, a line each. ``reason``: of the office's last word on
    whether it must. ``asked_at``: when it last asked itself; None: the rule did, as the call was
    taken. ``cause``, ``measure``, ``until``: what the organisation answered.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="explanations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by_rule = models.BooleanField("按标准列出")
    grounds = models.TextField("事由")
    reason = models.TextField("安委办意见", blank=True)
    asked_at = models.DateTimeField("要求时间", null=True, blank=True)
    state = flow.EXPLANATION.field()
    cause = models.TextField("原因", blank=True)
    measure = models.TextField("整改措施", blank=True)
    until = models.DateField("新的完成时间", null=True, blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("说明时间", null=True, blank=True)
    late = models.BooleanField("迟报", default=False)

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "organisation"], name="explains_once")
        ]
        triggers = [flow.EXPLANATION.trigger(), audited()]
        verbose_name = verbose_name_plural = "调度说明"

    def __str__(self) -> str:
        return f"{self.organisation} {self.call}"

    @property
    def after_meeting(self) -> bool:
        """Whether it was asked for only when the meeting's moment had passed."""
        return self.asked_at is not None and self.asked_at >= self.call.meets_at

    def late_at(self, moment: datetime) -> bool:
        """Whether an answer at that moment is late. Nobody is late with what he was asked for after
        the meeting; an answer that is mended stays what it was."""
        if self.state != ExplanationState.ASKED:
            return self.late
        return moment >= self.call.meets_at and not self.after_meeting


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whole where the call is; else, once it is closed, what was decided for one's own."""
        if actor.is_system:
            return self.all()
        mine = Charge.objects.filter(own(actor, "organisation"), decision=OuterRef("pk"))
        return self.filter(
            within_areas(actor, "call__plan__area", *OVERVIEW)
            | (Q(call__state=CallState.CLOSED) & Exists(mine))
        )


class Decision(models.Model):
    """A line of the minutes: its organisations must do ``text`` by ``due_on``. ``revision`` counts
    its changes, of its organisations too."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="decisions")
    key_duty = models.ForeignKey(KeyDuty, models.PROTECT, related_name="+")
    text = models.CharField("议定事项", max_length=280)
    due_on = models.DateField("完成期限")
    author = models.ForeignKey(USER, models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField("修改次序", default=1, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "key_duty", "text"], name="decided_once")
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "议定事项"

    def __str__(self) -> str:
        return self.text


class ChargeQuerySet(models.QuerySet["Charge"]):
    def visible_to(self, actor: Actor) -> Self:
        """See ``visibility``."""
        return self.filter(row_scope(actor, "organisation", "decision__call"))


class Charge(models.Model):
    """A decision binds an organisation; ``duty`` is what it became when the call was closed."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="charges")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    duty = models.OneToOneField(Duty, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ChargeQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__area__sort", "organisation__sort", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "organisation"], name="charged_once")
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "议定事项责任单位"

    def __str__(self) -> str:
        return f"{self.decision} → {self.organisation}"
