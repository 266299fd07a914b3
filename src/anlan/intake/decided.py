"""What people decided about a document while they checked it, as the audit rows tell it.

The audit keeps each corrected column as it was before; the reading needs no second copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models

from anlan.intake.models import Document, Unit
from anlan.kernel.audit.models import AuditRow

TAKE, UNDO = "intake.carried.take", "intake.carried.undo"
CORRECTING = (
    "intake.item.edit",
    "intake.clause.edit",
    "intake.unit.bind",
    "intake.unit.leave_out",
    TAKE,
    UNDO,
)
ADDING = ("intake.unit.add", TAKE)
REMOVING = ("intake.unit.remove", TAKE)
UNIT = ("part", "name", "role", "inherited", "organisation_id", "group_id", "left_out", "note")

M = TypeVar("M", bound=models.Model)


def as_read(rows: Iterable[M]) -> dict[int, M]:
    """pk → a copy of the row with every corrected column as the reader left it."""
    copies: dict[int, M] = {row.pk: copy(row) for row in rows}
    if not copies:
        return copies
    model = type(next(iter(copies.values())))
    corrected = _audit(model, operation="UPDATE", verb__in=CORRECTING)
    turned: set[tuple[int, str]] = set()
    for each in corrected.filter(row_id__in=[str(pk) for pk in copies]):
        for column, (old, _) in each.changes.items():
            if (key := (int(each.row_id), column)) not in turned:  # the first change tells
                turned.add(key)
                setattr(copies[key[0]], column, typed(model, column, old))
    return copies


def added(units: Iterable[Unit]) -> list[Unit]:
    """Those of ``units`` that people added by hand."""
    by_hand = set(
        _audit(Unit, operation="INSERT", verb__in=ADDING)
        .filter(row_id__in=[str(each.pk) for each in units])
        .values_list("row_id", flat=True)
    )
    return [each for each in units if str(each.pk) in by_hand]


def removed(document: Document) -> list[Unit]:
    """Units that were read and that people took off their items, as they last were (unsaved)."""
    items = list(document.items.values_list("pk", flat=True))
    gone = _audit(Unit, operation="DELETE", verb__in=REMOVING)
    rows = list(gone.filter(changes__item_id__0__in=items))
    by_hand = set(
        _audit(Unit, operation="INSERT", verb__in=ADDING)
        .filter(row_id__in=[each.row_id for each in rows])
        .values_list("row_id", flat=True)
    )
    found = [each.changes for each in rows if each.row_id not in by_hand]
    columns = ("item_id", *UNIT)
    # A column that was NULL did not change by the deletion: it is not among the changes.
    return [Unit(**{name: c[name][0] if name in c else None for name in columns}) for c in found]


def plain(row: models.Model, columns: Sequence[str]) -> dict[str, Any]:
    """The columns of the row as they can be kept in JSON; equal values give equal words."""
    return {name: _plain(getattr(row, name)) for name in columns}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def typed(model: type[models.Model], column: str, value: Any) -> Any:
    """What ``plain`` or the audit made of a column's value, as the model holds it."""
    fields = {each.attname: each for each in model._meta.concrete_fields}
    field = fields[column]
    return value if field.is_relation else field.to_python(value)


def _audit(model: type[models.Model], **which: Any) -> models.QuerySet[AuditRow]:
    rows = AuditRow.objects.filter(table_name=model._meta.db_table, **which)
    return rows.order_by("xid", "id")
