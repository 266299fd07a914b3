"""Reading the audit rows of one thing as its timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from anlan.kernel.access.models import User
from anlan.kernel.audit.models import AuditRow

if TYPE_CHECKING:
    from anlan.kernel.flow import Flow


@dataclass(frozen=True)
class Entry:
    """One step of a timeline, in the form of the ``timeline`` component."""

    at: datetime
    title: str
    who: str
    text: str = ""
    note: str = ""


def history(instance: models.Model, flow: Flow, *, limit: int = 100) -> list[Entry]:
    """What happened to ``instance``, newest first: each change of state and its first storing."""
    rows = AuditRow.objects.filter(
        table_name=instance._meta.db_table, row_id=str(instance.pk)
    ).filter(models.Q(operation="INSERT") | models.Q(changes__has_key="state"))
    shown = list(rows.order_by("-xid", "-id")[:limit])
    people = User.objects.in_bulk({pk for r in shown for pk in (r.user_id, r.principal_id) if pk})
    return [_entry(row, flow, people) for row in shown]


def _entry(row: AuditRow, flow: Flow, people: dict[int, User]) -> Entry:
    after = row.changes.get("state", [None, None])[1]
    verb = row.verb.rpartition(".")[2]
    labels = {each.verb: each.label for each in flow.transitions}
    title = labels.get(verb) or ("建立" if row.operation == "INSERT" else flow.states(after).label)
    who = str(people[row.user_id]) if row.user_id in people else "系统"
    if row.principal_id in people:
        who += f"（代{people[row.principal_id]}）"
    note = f"代理依据：{row.authority}" if row.authority else ""
    return Entry(row.at, title, who, row.reason, note)
