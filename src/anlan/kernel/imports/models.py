"""A file on its way into a ledger: the batch, and each of its rows as read and as judged."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from anlan.kernel.access.actor import Actor, ActorSource
from anlan.kernel.access.models import Deputy
from anlan.kernel.audit.triggers import audited
from anlan.kernel.imports import flow, registry
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.orgs.models import Organisation

USER = settings.AUTH_USER_MODEL
QUIET = timedelta(minutes=2)  # without progress, after which a person may set the job going again
WORKING = (BatchState.UPLOADED, BatchState.TAKING)


class BatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those that the actor brought himself, and those of the organisations for which he may
        use the importer."""
        if actor.is_system:
            return self
        seen = Q(pk__in=[])
        for each in registry.importers():
            if each.policy.allows(actor):
                places = Q(organisation__in=registry.organisations(each, actor))
                seen |= Q(importer=each.key) & (places | Q(by__in=actor.people))
        return self.filter(seen)


class ImportBatch(models.Model):
    """One uploaded file. ``read_to`` is the number of the last row that was read and kept,
    ``place`` that of the last row that was taken or refused: from there a job goes on.

    ``asked``: what the address of the start page asked for, from which ``options`` were made.
    ``good`` and ``faulty`` count the rows as judged, ``taken`` and ``refused`` those of the good
    ones that entered the ledger or did not. ``version``: by which rules they were judged.
    ``moved_at``: when a job last made progress.
    """

    importer = models.CharField("导入内容", max_length=80)
    title = models.CharField("名称", max_length=120)
    options = models.JSONField("选项", default=dict, blank=True)
    asked = models.JSONField(default=dict, blank=True)
    name = models.CharField("文件名", max_length=200)
    digest = models.CharField("摘要", max_length=64, db_index=True)
    size = models.BigIntegerField("大小（字节）")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Deputy, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    state = flow.BATCH.field()
    error = models.TextField("读取失败的原因", blank=True)
    version = models.CharField(max_length=80, blank=True)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    heading_row = models.PositiveIntegerField(default=0)
    keys = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True)
    read_to = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField("可接收", default=0)
    faulty = models.PositiveIntegerField("有问题", default=0)
    consented_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    consented_as = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+"
    )
    consented_at = models.DateTimeField("同意接收的时间", null=True, blank=True)
    place = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField("已接收", default=0)
    refused = models.PositiveIntegerField("接收时退回", default=0)
    moved_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        triggers = [flow.BATCH.trigger(), audited()]
        verbose_name = verbose_name_plural = "Excel 导入"

    def __str__(self) -> str:
        return f"{self.title}：{self.name}"

    @property
    def path(self) -> Path:
        """Where the file lies in the data folder."""
        return Path(settings.VAR) / "imports" / self.digest[:2] / self.digest

    @property
    def halted(self) -> bool:
        """Whether a job should be at work and has shown no progress for a while."""
        return self.state in WORKING and timezone.now() - self.moved_at > QUIET

    def bringer(self) -> registry.Context:
        """In whose name the rows are judged: who uploaded them."""
        actor = Actor(user=self.by, source=ActorSource.IMPORT, deputy=self.deputy)
        return registry.Context(actor, self.organisation, self.options, self)

    def taker(self) -> registry.Context:
        """In whose name the rows enter the ledger: who consented."""
        actor = Actor(user=self.consented_by, source=ActorSource.IMPORT, deputy=self.consented_as)
        return registry.Context(actor, self.organisation, self.options, self)


class ImportRow(models.Model):
    """A row. ``cells`` as read and ``faults`` by column key, ``values`` as the importer judged
    them; ``same``: digest of what makes it the same thing as another row; ``became``: id of what
    it became in the ledger."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行号")
    cells = models.JSONField()
    values = models.JSONField()
    faults = models.JSONField("问题", default=dict)
    good = models.BooleanField()
    same = models.CharField(max_length=32, blank=True)
    became = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(became__isnull=True) | Q(good=True), name="import_only_good_rows_taken"
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "good", "number"], name="import_row_good"),
            models.Index(fields=["batch", "same"], name="import_row_same", condition=~Q(same="")),
        ]
        verbose_name = verbose_name_plural = "导入的行"

    def __str__(self) -> str:
        return f"第 {self.number} 行"
