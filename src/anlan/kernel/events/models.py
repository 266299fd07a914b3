"""The outbox: what happened, committed together with what changed."""

from __future__ import annotations

import pgtrigger
from django.db import models

from anlan.kernel.orgs.models import Area, Organisation


class TransactionId(models.Field):  # type: ignore[type-arg]
    """``xid8``: the transaction that wrote the row; orders events by when they become visible."""

    def db_type(self, connection: object) -> str:
        return "xid8"

    def from_db_value(self, value: object, expression: object, connection: object) -> int | None:
        return None if value is None else int(str(value))

    def get_prep_value(self, value: object) -> object:
        prepared = super().get_prep_value(value)
        return str(prepared) if isinstance(prepared, int) else prepared

    def get_placeholder(self, value: object, compiler: object, connection: object) -> str:
        """PostgreSQL makes an xid8 of text alone, and of that only when told to."""
        return "%s::text::xid8"


class Event(models.Model):
    """Something happened to ``subject``. Holds ids only: who may see it reads it by his own rights.

    Readers follow (xid, id) and stop before the oldest transaction still running: a row that
    commits late is never skipped, however ids were handed out.
    """

    xid = TransactionId(db_default=models.Func(function="pg_current_xact_id"), editable=False)
    at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"), editable=False)
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_id = models.BigIntegerField(null=True, blank=True)
    ids = models.JSONField(default=dict)

    class Meta:
        ordering = ["xid", "id"]
        indexes = [models.Index(fields=["xid", "id"], name="event_order")]
        triggers = [
            pgtrigger.Trigger(
                name="announce",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="NOTIFY anlan_events; RETURN NULL;",
            ),
        ]
        verbose_name = verbose_name_plural = "事件"

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"
