"""Work records: that a thing was done, on a day, by somebody, with proof."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from anlan.kernel.access.actor import Actor
from anlan.kernel.audit.triggers import audited
from anlan.kernel.orgs.models import Area, Organisation, OrganisationKind
from anlan.kernel.typed.models import TypeBase, VersionBase
from anlan.records import flow
from anlan.records.choices import STANDING, MarkKind, RecordSource, RecordState
from anlan.records.visibility import record_scope

USER = settings.AUTH_USER_MODEL


class RecordType(TypeBase):
    """What kind of work is recorded: a study session, a meeting, a drill, a problem solved.

    ``item``: the item of the notice that asks for it. ``group`` is what it is found under.
    """

    item = models.PositiveSmallIntegerField("通知条目")
    group = models.CharField("类别", max_length=30)
    help = models.CharField("填报说明", max_length=300, blank=True)

    class Meta:
        ordering = ["sort", "pk"]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "记录类型"


class RecordTypeVersion(VersionBase):
    """The rules by which a record of the type is written, judged and counted, from a day on.

    ``kinds``: which organisations may record it, all if empty. ``evidence_least``: how many
    pieces of proof a submission needs. ``several_a_day``: the same title may stand twice on one
    day. ``spans_days``: it may last until a second day. ``meeting``: a day of rest is marked.
    ``unit``: what one record counts as. ``sums``: keys of number fields that are summed besides.
    """

    type = models.ForeignKey(RecordType, models.PROTECT, related_name="versions")
    kinds = models.JSONField("填报单位类别", default=list, blank=True)
    evidence_least = models.PositiveSmallIntegerField("最少佐证数", default=1)
    several_a_day = models.BooleanField("同日可有多条同名记录", default=False)
    spans_days = models.BooleanField("可跨日", default=False)
    meeting = models.BooleanField("会议", default=False)
    unit = models.CharField("计量单位", max_length=10, default="次")
    sums = models.JSONField("合计字段", default=list, blank=True)

    class Meta:
        ordering = ["type", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["type", "number"], name="record_type_version_once")
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "记录类型版本"

    def open_to(self, organisation: Organisation) -> bool:
        """Whether an organisation of this kind records by it."""
        return not self.kinds or organisation.kind in self.kinds

    @property
    def kinds_in_words(self) -> str:
        """Who records it, for people."""
        return "、".join(OrganisationKind(kind).label for kind in self.kinds) or "所有单位"


class RecordQuerySet(models.QuerySet["Record"]):
    def visible_to(self, actor: Actor) -> Self:
        """See ``visibility.record_scope``."""
        return self.filter(record_scope(actor))


class Record(models.Model):
    """One thing done by ``organisation`` on ``held_on`` (through ``held_until``, if it lasted).

    ``makers``: the accounts by which and in whose name it was written, changed or submitted.
    ``several`` repeats the version's ``several_a_day``, for the constraint; ``mark_count`` the
    number of marks, for the queue; ``grams`` is the title cut up for the search.
    """

    # A million rows a year: no index but those that Meta names and why.
    type = models.ForeignKey(RecordType, models.PROTECT, related_name="records", db_index=False)
    version = models.ForeignKey(RecordTypeVersion, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="records", db_index=False
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    held_on = models.DateField("日期")
    held_until = models.DateField("至", null=True, blank=True)
    title = models.CharField("内容", max_length=200)
    values = models.JSONField("填报内容", default=dict, blank=True)
    several = models.BooleanField(default=False)
    author = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    makers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    source = models.CharField("来源", max_length=10, choices=RecordSource)
    state = flow.RECORD.field()
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    entered_on = models.DateField("首次提交日期", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    mark_count = models.PositiveSmallIntegerField("疑点数", default=0)
    verifier = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    verified_at = models.DateTimeField("核验时间", null=True, blank=True)
    reason = models.TextField("意见", blank=True)
    grams = ArrayField(models.CharField(max_length=2), default=list, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        indexes = [
            # a unit's list, a measure's rows, the same title on the same day
            models.Index(fields=["organisation", "type", "held_on"], name="record_of_unit"),
            # lists of an office, newest first
            models.Index(fields=["-held_on", "-id"], name="record_by_day"),
            models.Index(fields=["area", "-held_on"], name="record_of_area"),
            models.Index(fields=["type", "state", "held_on"], name="record_of_type"),
            # how many a unit submitted within the hour
            models.Index(fields=["organisation", "submitted_at"], name="record_submitted"),
            # the queue: what is marked first, then what has waited longest
            models.Index(
                fields=["-mark_count", "submitted_at"],
                condition=Q(state=RecordState.SUBMITTED),
                name="record_queue",
            ),
            # the same of one unit, of one area, and the number beside the navigation
            models.Index(
                fields=["organisation", "-mark_count", "submitted_at"],
                condition=Q(state=RecordState.SUBMITTED),
                name="record_queue_of_unit",
            ),
            models.Index(
                fields=["area", "-mark_count", "submitted_at"],
                condition=Q(state=RecordState.SUBMITTED),
                name="record_queue_of_area",
            ),
            GinIndex(fields=["grams"], name="record_grams"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "type", "held_on", "title"],
                condition=Q(state__in=STANDING, several=False),
                name="record_once",
            ),
            models.CheckConstraint(
                condition=Q(held_until__isnull=True) | Q(held_until__gte=F("held_on")),
                name="record_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(verifier__isnull=True) | ~Q(verifier=F("author")),
                name="record_verified_by_another",
            ),
        ]
        # The log keeps what people wrote, not how the search cuts it up.
        triggers = [flow.RECORD.trigger(), audited(derived=("grams",))]
        verbose_name = verbose_name_plural = "工作记录"

    def __str__(self) -> str:
        return self.title

    @property
    def last_day(self) -> date:
        """The day on which it was over."""
        return self.held_until or self.held_on


class Mark(models.Model):
    """Why a verifier should look twice at a record; computed anew at each submission."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="marks", db_index=False)
    kind = models.CharField("疑点", max_length=10, choices=MarkKind)
    text = models.CharField("说明", max_length=300)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["record", "kind"], name="mark_once")]
        indexes = [models.Index(fields=["kind", "record"], name="mark_by_kind")]
        verbose_name = verbose_name_plural = "疑点"

    def __str__(self) -> str:
        return self.text
