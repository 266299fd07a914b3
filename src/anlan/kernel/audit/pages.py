"""The auditor's page: every change, to filter, search and export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.html import format_html

from anlan.kernel.access.models import User
from anlan.kernel.access.policies import page
from anlan.kernel.audit import chain
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.audit.policies import VIEW
from anlan.kernel.audit.words import columns, said, tables, verbs
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows

RECENT = 20_000  # among so many last rows persons and verbs are collected to choose from
DAYS = {"today": "今天", "7": "近 7 天", "30": "近 30 天", "365": "近一年"}
MONTHS = 24
OPERATIONS = {"INSERT": "新增", "UPDATE": "修改", "DELETE": "删除"}
NONE = "-"


def _tables(request: HttpRequest) -> list[tuple[str, str]]:
    return sorted(tables().items(), key=lambda item: item[1])


def _people(request: HttpRequest) -> list[tuple[str, str]]:
    names = User.objects.filter(pk__in=_recent("user_id")).order_by("name", "username")
    found = [(str(user.pk), f"{user.name}（{user.username}）") for user in names]
    return [(NONE, "系统自动"), *found]


def _verbs(request: HttpRequest) -> list[tuple[str, str]]:
    found = sorted((verbs().get(verb, verb), verb) for verb in _recent("verb") if verb)
    return [(NONE, "未具名的改动"), *((verb, words) for words, verb in found)]


def _recent(field: str) -> set[Any]:
    last = AuditRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = AuditRow.objects.filter(pk__gt=last - RECENT).order_by()
    return set(rows.values_list(field, flat=True).distinct())


def _dates(request: HttpRequest) -> list[tuple[str, str]]:
    today = timezone.localdate()
    months = [today.year * 12 + today.month - 1 - back for back in range(MONTHS)]
    return [
        *DAYS.items(),
        *((f"{m // 12}-{m % 12 + 1:02}", f"{m // 12} 年 {m % 12 + 1} 月") for m in months),
    ]


def _by_date(rows: Rows, value: str) -> Rows:
    if value in DAYS:
        back = 0 if value == "today" else int(value) - 1
        return rows.filter(at__gte=_midnight(timezone.localdate() - timedelta(days=back)))
    year, month = map(int, value.split("-"))
    first, following = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    return rows.filter(at__gte=_midnight(first), at__lt=_midnight(following))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _is(field: str, none: Any) -> Callable[[Rows, str], Rows]:
    def apply(rows: Rows, value: str) -> Rows:
        return rows.filter(**{field: none if value == NONE else value})

    return apply


def _who(row: Any) -> str:
    who = row.who or ("系统" if row.user_id is None else f"账号 {row.user_id}")
    return f"{who}（代{row.principal}）" if row.principal else str(who)


def _table(row: AuditRow) -> str:
    return tables().get(row.table_name, row.table_name)


def _operation(row: AuditRow) -> str:
    return OPERATIONS.get(row.operation, row.operation)


def _verb(row: AuditRow) -> str:
    """In words, and the verb itself, by which programs and logs know it."""
    words = verbs().get(row.verb)
    return f"{words}（{row.verb}）" if words else row.verb or "（未具名）"


def _verb_cell(row: AuditRow) -> str:
    words = verbs().get(row.verb)
    if words is None:
        return _verb(row)
    return format_html('{}<br><small class="muted">{}</small>', words, row.verb)


def _whole(words: str) -> str:
    """Short words beside a long text keep their line."""
    return format_html('<span class="nowrap">{}</span>', words)


def _reason(row: AuditRow) -> str:
    """Beside long changes a reason keeps room to be read."""
    return format_html('<span class="audit-reason">{}</span>', row.reason) if row.reason else ""


def _changes(row: AuditRow) -> str:
    """Field by field from what to what; of an insert or a delete what there was."""
    names = columns(row.table_name)
    return "；".join(
        f"{names.get(column, column)}：{_moved(row, column, old, new)}"
        for column, (old, new) in row.changes.items()
    )


def _moved(row: AuditRow, column: str, old: Any, new: Any) -> str:
    told = [said(row.table_name, column, each) for each in (old, new)]
    if row.operation == "UPDATE":
        return " → ".join(told)
    return told[1] if row.operation == "INSERT" else told[0]


def _short(row: AuditRow) -> str:
    text = _changes(row)
    return text if len(text) <= 120 else f"{text[:120]}…（导出可看全部）"


ROWS = List(
    key="audit.rows",
    name="审计记录",
    columns=(
        Column("at", "时间", lambda r: r.at, sort=("xid", "id"), width=20),
        Column("who", "操作人", _who, cell=lambda r: _whole(_who(r)), width=20),
        Column("verb", "事项", _verb, cell=_verb_cell, main=True, width=24),
        Column("table", "数据", _table, cell=lambda r: _whole(_table(r)), width=14),
        Column("row", "行", lambda r: r.row_id, width=10),
        Column("operation", "操作", _operation, cell=lambda r: _whole(_operation(r)), width=8),
        Column("changes", "变更", _changes, cell=_short, width=80),
        Column("reason", "理由", lambda r: r.reason, cell=_reason, width=40),
        Column("number", "记录号", lambda r: r.pk, number=True, width=10),
    ),
    filters=(
        Filter("table", "数据", _tables, _is("table_name", "")),
        Filter("person", "人员", _people, _is("user_id", None)),
        Filter("verb", "事项", _verbs, _is("verb", "")),
        Filter("date", "时间", _dates, _by_date),
        Filter("operation", "操作", list(OPERATIONS.items()), _is("operation", "")),
    ),
    search=("who", "verb", "reason", "row_id", "request"),
    order="-at",
    empty=Empty("还没有审计记录", "每一次新增、修改、删除都由数据库记录在这里。"),
)


@page(VIEW)
def rows(request: HttpRequest) -> HttpResponseBase:
    """All changes, newest first, and where the chain ends."""
    found = AuditRow.objects.annotate(
        who=_name_of("user_id"), principal=_name_of("principal_id")
    ).order_by(F("xid").desc(), F("id").desc())
    return ROWS.respond(request, found, "audit/rows.html", {"head": chain.head()})


def _name_of(field: str) -> Subquery:
    return Subquery(User.objects.filter(pk=OuterRef(field)).values("name")[:1])
