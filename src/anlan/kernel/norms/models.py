"""Norms: criteria, thresholds, time limits and amounts as dated data, each with its document."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from anlan.kernel.audit.triggers import audited

# An exclusion constraint over (key, period) would need the extension btree_gist, which the
# embedded server does not carry. The lock makes two writers of one key take turns, so that each
# sees what the other committed.
ONE_IN_FORCE = pgtrigger.Trigger(
    name="one_in_force",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        PERFORM pg_advisory_xact_lock(hashtextextended('anlan.norm ' || NEW.key, 0));
        IF EXISTS (
            SELECT FROM norms_norm AS other
            WHERE other.key = NEW.key AND other.id <> NEW.id
              AND daterange(other.effective_from, other.effective_to, '[]')
               && daterange(NEW.effective_from, NEW.effective_to, '[]')
        ) THEN
            RAISE exclusion_violation USING
                CONSTRAINT = 'norm_one_in_force',
                MESSAGE = format('norm %s would be in force twice', NEW.key);
        END IF;
        RETURN NULL;
    """,
)


class NormDocument(models.Model):
    """A law, standard or rule. ``effective_to`` is the last day it is in force."""

    number = models.CharField("文号", max_length=60, unique=True)
    title = models.CharField("名称", max_length=200)
    issuer = models.CharField("发布机关", max_length=120, blank=True)
    effective_from = models.DateField("施行日期", null=True, blank=True)
    effective_to = models.DateField("失效日期", null=True, blank=True)
    source_url = models.URLField("来源", blank=True)
    verified = models.BooleanField("已核实", default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="norm_document_ends_after_it_begins",
            ),
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "规范文件"

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）"


class Norm(models.Model):
    """One value in force from ``effective_from`` through ``effective_to``, both included.

    Of one ``key`` at most one norm is in force on any day; the database refuses a second.
    ``unit`` is the unit of ``value`` (分钟, 次, 天 …). ``edited``: a person has changed it, and
    loading files leaves its key alone from then on.
    """

    key = models.CharField("键", max_length=80)
    document = models.ForeignKey(NormDocument, models.PROTECT, related_name="norms")
    article = models.CharField("条款", max_length=80, blank=True)
    value = models.JSONField("值")
    unit = models.CharField("单位", max_length=20, blank=True)
    effective_from = models.DateField("自")
    effective_to = models.DateField("至", null=True, blank=True)
    verified = models.BooleanField("已核实", default=False)
    note = models.CharField("说明", max_length=400, blank=True)
    edited = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["key", "effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["key", "effective_from"], name="norm_once_a_day"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="norm_ends_after_it_begins",
            ),
        ]
        triggers = [audited(), ONE_IN_FORCE]
        verbose_name = verbose_name_plural = "规范值"

    def __str__(self) -> str:
        return f"{self.key} = {self.value}{self.unit}"
