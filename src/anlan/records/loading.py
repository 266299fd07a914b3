"""Loading types of record from a city's file (``data/<city>/record_types.yaml``). Safe to repeat.

A type whose rules differ from its newest version gets a new version; what was recorded keeps its
own. Nothing is deleted: a type that is no longer wanted has ``retired_on`` in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import connection
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import OrganisationKind
from anlan.kernel.typed import finding
from anlan.kernel.typed.fields import Kind
from anlan.kernel.typed.schema import Schema, SchemaError
from anlan.kernel.write import Write
from anlan.records.models import RecordType, RecordTypeVersion

_TYPE = {"code", "name", "help", "item", "group", "retired_on"}
_RULES = {
    "kinds", "evidence", "several_a_day", "spans_days", "meeting", "unit", "sums", "fields",
}  # fmt: skip
_NEEDED = {"code", "name", "item", "group", "fields"}


class TypeFactsError(Exception):
    """A file of types that contradicts itself. The message is Chinese and names the type."""


@dataclass
class Report:
    created: int = 0
    changed: int = 0
    versions: int = 0


def load(file: Path, *, actor: Actor) -> Report:
    """Load all types of ``file``, all or nothing; TypeFactsError if one is not described well."""
    facts = yaml.safe_load(file.read_text(encoding="utf-8"))
    entries = [_checked(each) for each in facts["types"]]
    report = Report()
    with Write(actor, "records.types.load", reason=f"载入 {file.name}") as write:
        _take_turns()
        for sort, entry in enumerate(entries, start=1):
            since = entry.get("effective_from", facts["effective_from"])
            kind = _type(write, entry, sort, report)
            _version(write, kind, _rules(entry), since, report)
    return report


def _take_turns() -> None:
    """Of two loads at once, the second waits for the first and then finds all in place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('anlan.records.load', 0))")


def _type(write: Write, entry: dict[str, Any], sort: int, report: Report) -> RecordType:
    values = {
        "name": entry["name"],
        "help": entry.get("help", ""),
        "item": entry["item"],
        "group": entry["group"],
        "retired_on": entry.get("retired_on"),
        "sort": sort,
    }
    row = RecordType.objects.filter(code=entry["code"]).first()
    if row is None:
        report.created += 1
        return write.add(RecordType(code=entry["code"], **values))
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    if different:
        report.changed += 1
        write.change(row, **different)
    return row


def _version(
    write: Write, kind: RecordType, rules: dict[str, Any], since: date, report: Report
) -> None:
    newest = kind.versions.order_by("-number").first()
    if newest is not None:
        if all(getattr(newest, name) == value for name, value in rules.items()):
            return
        # A change cannot reach back before the rules that it replaces.
        since = since if since > newest.effective_from else timezone.localdate()
    number = newest.number + 1 if newest else 1
    write.add(RecordTypeVersion(type=kind, number=number, effective_from=since, **rules))
    report.versions += 1


def _rules(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "fields": Schema.load(entry["fields"]).dump(),
        "kinds": entry.get("kinds", []),
        "evidence_least": entry.get("evidence", 0),
        "several_a_day": entry.get("several_a_day", False),
        "spans_days": entry.get("spans_days", False),
        "meeting": entry.get("meeting", False),
        "unit": entry.get("unit", "次"),
        "sums": entry.get("sums", []),
    }


def _checked(entry: dict[str, Any]) -> dict[str, Any]:
    code = entry.get("code", "?")
    if missing := _NEEDED - entry.keys():
        raise TypeFactsError(f"记录类型“{code}”缺少：{'、'.join(sorted(missing))}")
    if unknown := entry.keys() - _TYPE - _RULES - {"effective_from"}:
        raise TypeFactsError(f"记录类型“{code}”有不认识的项：{'、'.join(sorted(unknown))}")
    try:
        schema = Schema.load(entry["fields"])
    except SchemaError as error:
        raise TypeFactsError(f"记录类型“{code}”的字段有误：{error}") from error
    if keys := finding.unknown(schema):
        raise TypeFactsError(f"记录类型“{code}”的字段所指没有台账提供：{keys[0]}")
    if kinds := set(entry.get("kinds", [])) - set(OrganisationKind.values):
        raise TypeFactsError(f"记录类型“{code}”的单位类别有误：{'、'.join(sorted(kinds))}")
    summed = {each.key for each in schema if each.kind in (Kind.INTEGER, Kind.NUMBER)}
    if sums := set(entry.get("sums", [])) - summed:
        raise TypeFactsError(f"记录类型“{code}”合计的不是数字字段：{'、'.join(sorted(sums))}")
    return entry
