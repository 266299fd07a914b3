"""What happened to a subject, from the audit rows of itself, its posts, grades and entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q

from anlan.kernel.access.models import User
from anlan.kernel.audit.models import AuditRow
from anlan.kernel.audit.selectors import Entry as Step
from anlan.registry.models import Enterprise, Entry, Grade, Post, Site

_MOST = 50
_HIDDEN = {"id", "name_key", "revision", "token", "is_demo"}
_TOLD: dict[type[models.Model], set[str]] = {
    Grade: {"colour", "basis"},
    Post: {"valid_from", "valid_to"},
}
_LABELS = {
    "registry.enterprise.add": "登记企业",
    "registry.enterprise.change": "修改企业",
    "registry.site.add": "登记场所",
    "registry.site.change": "修改场所",
    "registry.site.relabel": "换发标签",
    "registry.enterprise.merge": "合并企业",
    "registry.site.merge": "合并场所",
    "registry.dispute.decide": "归属争议决定监管部门",
    "registry.post.begin": "登记任职",
    "registry.post.end": "登记离任",
    "registry.grade.set": "评定风险等级",
    "registry.entry.put": "填写台账",
}
_REPEATED = {"registry.grade.set"}  # the grade says it; that the subject repeats it is no news


def history(subject: Enterprise | Site) -> list[Step]:
    """The last changes, newest first."""
    own: dict[type[models.Model], list[Any]] = {type(subject): [subject]}
    own[Entry] = list(subject.entries.select_related("register", "version"))
    own[Grade] = list(subject.grades.all())
    if isinstance(subject, Enterprise):
        own[Post] = list(subject.posts.select_related("person"))
    known = {(m._meta.db_table, str(r.pk)): r for m, rows in own.items() for r in rows}
    found = Q(pk__in=[])
    for model, rows in own.items():
        found |= Q(table_name=model._meta.db_table, row_id__in=[str(r.pk) for r in rows])
    repeated = Q(table_name=subject._meta.db_table, verb__in=_REPEATED)
    steps = list(AuditRow.objects.filter(found & ~repeated).order_by("-xid", "-id")[:_MOST])
    people = User.objects.in_bulk({pk for r in steps for pk in (r.user_id, r.principal_id) if pk})
    names = _Names(known.values(), steps)
    return [_step(row, known[row.table_name, row.row_id], names, people) for row in steps]


def _step(row: AuditRow, about: Any, names: _Names, people: dict[int, User]) -> Step:
    who = str(people[row.user_id]) if row.user_id in people else "系统"
    if row.principal_id in people:
        who += f"（代{people[row.principal_id]}）"
    title = _LABELS.get(row.verb) or (row.verb and "其他改动") or "未具名的改动"
    told = _entry(row, about) if isinstance(about, Entry) else _columns(row, about, names)
    if isinstance(about, Post):
        told = [f"{about.person}，{about.get_kind_display()}", *told]
    if row.reason:
        told.append(f"说明：{row.reason}")
    note = f"代理依据：{row.authority}" if row.authority else ""
    return Step(row.at, title, who, "；".join(told), note)


def _columns(row: AuditRow, about: models.Model, names: _Names) -> list[str]:
    """Column by column from what to what; of a subject's first storing nothing: the page tells."""
    if row.operation == "INSERT" and isinstance(about, Enterprise | Site):
        return []
    told = []
    for field in _fields(about):
        change = row.changes.get(str(field.column))
        if change and (row.operation == "UPDATE" or change[1] not in (None, "")):
            old, new = (names.shown(field, value) for value in change)
            shown = f"{old} → {new}" if row.operation == "UPDATE" else new
            told.append(f"{field.verbose_name}：{shown}")
    return told


def _fields(about: models.Model) -> list[Any]:
    told = _TOLD.get(type(about))
    fields = about._meta.concrete_fields
    return [each for each in fields if (each.name in told if told else each.name not in _HIDDEN)]


def _entry(row: AuditRow, entry: Entry) -> list[str]:
    """Which register, and field by field what became of it."""
    old, new = (each or {} for each in row.changes.get("values", [None, None]))
    told = [str(entry.register)]
    for field in entry.version.schema:
        before, after = field.show(old.get(field.key)), field.show(new.get(field.key))
        if before != after and row.operation == "UPDATE":
            told.append(f"{field.label}：{before or '空'} → {after or '空'}")
    return told


class _Names:
    """What foreign keys in the rows mean, read at once per table."""

    def __init__(self, about: Iterable[models.Model], rows: Iterable[AuditRow]) -> None:
        self._found: dict[type[models.Model], dict[int, models.Model]] = {}
        wanted: dict[type[models.Model], set[int]] = {}
        models_ = {type(each)._meta.db_table: type(each) for each in about}
        for row in rows:
            for field in models_[row.table_name]._meta.concrete_fields:
                if field.is_relation and str(field.column) in row.changes:
                    pks = {pk for pk in row.changes[str(field.column)] if pk}
                    wanted.setdefault(field.related_model, set()).update(pks)  # type: ignore[arg-type]
        for model, pks in wanted.items():
            self._found[model] = model._default_manager.in_bulk(pks)

    def shown(self, field: Any, value: Any) -> str:
        if value in (None, ""):
            return "空"
        if field.is_relation:
            return str(self._found.get(field.related_model, {}).get(value, value))
        return str(dict(field.flatchoices).get(value, value))
