"""Who did something, read from the audit rows: the doer, and the one in whose name he did it."""

from __future__ import annotations

from django.db import models


def acted(instance: models.Model, verb: str) -> set[int]:
    """The accounts by whom and in whose name ``verb`` was last done to ``instance``.

    A deputy's work is his principal's too: neither of them is a second person for it.
    """
    from anlan.kernel.audit.models import AuditRow  # flows are declared before models exist

    rows = AuditRow.objects.filter(
        table_name=instance._meta.db_table, row_id=str(instance.pk), verb=verb
    )
    last = rows.order_by("-xid", "-id").values_list("user_id", "principal_id").first()
    return {pk for pk in last or () if pk}
