"""Every change: who, when, from what to what, why. Written by the database, sealed in a chain."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from anlan.kernel.audit.triggers import append_only
from anlan.kernel.events.models import TransactionId


class AuditRow(models.Model):
    """One change of one row. ``changes`` maps a column to [old, new]; an insert has only new."""

    xid = TransactionId(db_default=models.Func(function="pg_current_xact_id"), editable=False)
    at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"), editable=False)
    table_name = models.CharField("表", max_length=63)
    row_id = models.CharField("行", max_length=64)
    operation = models.CharField("操作", max_length=6)
    changes = models.JSONField("变更")
    user_id = models.BigIntegerField("操作人", null=True)
    principal_id = models.BigIntegerField("被代理人", null=True)
    authority = models.CharField("代理依据", max_length=200, blank=True)
    source = models.CharField("来源", max_length=10, blank=True)
    request = models.CharField("请求编号", max_length=32, blank=True)
    verb = models.CharField("事项", max_length=80, blank=True)
    reason = models.TextField("理由", blank=True)

    class Meta:
        ordering = ["xid", "id"]
        indexes = [
            models.Index(fields=["xid", "id"], name="audit_order"),
            models.Index(fields=["table_name", "row_id"], name="audit_of_row"),
            models.Index(fields=["user_id", "-id"], name="audit_of_user"),
            models.Index(fields=["at"], name="audit_unnamed", condition=models.Q(verb="")),
            BrinIndex(fields=["at"], name="audit_of_day"),
        ]
        triggers = append_only()
        verbose_name = verbose_name_plural = "审计记录"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.table_name}/{self.row_id}"


class Seal(models.Model):
    """Link ``number`` of the chain: an HMAC over the link before it and one audit row."""

    number = models.BigIntegerField(primary_key=True)
    row = models.BigIntegerField(unique=True)  # no foreign key: a lost row must leave its seal
    xid = TransactionId()  # where sealing goes on: after (xid, row)
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))

    class Meta:
        ordering = ["number"]
        triggers = append_only()
        verbose_name = verbose_name_plural = "审计封存"

    def __str__(self) -> str:
        return f"{self.number}"
