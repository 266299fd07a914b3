"""Loading sectors and registers from a city's files. Safe to repeat.

``sectors.yaml`` is the truth about sectors, but for who regulates one where a dispute was decided
for the whole of it: what the office decided is not undone by a file. A register whose fields differ
from its newest version gets a new version; entries keep the one by which they were made. Nothing is
deleted: what is no longer wanted has ``retired_on`` in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import connection, models
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.typed.finding import unknown
from anlan.kernel.typed.schema import Schema, SchemaError
from anlan.kernel.write import Write
from anlan.registry.choices import SiteKind, SubjectKind
from anlan.registry.models import Dispute, Register, RegisterVersion, Sector

M = TypeVar("M", bound=models.Model)

_SECTOR = {
    "code", "name", "parent", "committee_office", "city_regulator", "county_regulator",
    "verified", "retired_on",
}  # fmt: skip
_DECIDED = {"city_regulator", "county_regulator", "verified"}
_REGISTER = {
    "code", "name", "sector", "subject", "site_kind", "check_months", "retired_on", "fields",
    "effective_from", "note",
}  # fmt: skip


class RegistryFactsError(Exception):
    """A file that contradicts itself. The message is Chinese and names the entry."""


@dataclass
class Report:
    created: int = 0
    changed: int = 0
    versions: int = 0


def load(folder: Path, *, actor: Actor) -> Report:
    """Load ``sectors.yaml`` and ``registers.yaml`` of the folder, all or nothing."""
    sectors, registers = (_read(folder / f"{name}.yaml") for name in ("sectors", "registers"))
    report = Report()
    with Write(actor, "registry.load", reason=f"载入 {folder.name}") as write:
        _take_turns()
        known = _load_sectors(write, sectors, report)
        for sort, entry in enumerate(registers["registers"], start=1):
            _known(entry, _REGISTER, {"code", "name", "subject", "fields"}, "行业台账")
            fields = _fields(entry)
            register = _load_register(write, entry, sort, known, report)
            since = entry.get("effective_from", registers["effective_from"])
            _load_version(write, register, fields, since, entry.get("note", ""), report)
    return report


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise RegistryFactsError(f"{file.name}：读不了：{error}") from error
    if not isinstance(content, dict) or file.stem not in content:
        raise RegistryFactsError(f"{file.name}：没有“{file.stem}”一节")
    return content


def _take_turns() -> None:
    """Of two loads at once, the second waits for the first and then finds all in place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('anlan.registry.load', 0))")


def _load_sectors(write: Write, facts: dict[str, Any], report: Report) -> dict[str, Sector]:
    organisations = _organisations(facts["sectors"])
    decided = set(Dispute.objects.exclude(sector=None).values_list("sector__code", flat=True))
    known: dict[str, Sector] = {}
    for sort, entry in enumerate(facts["sectors"], start=1):
        _known(entry, _SECTOR, {"code", "name"}, "行业领域")
        if (parent := entry.get("parent")) and parent not in known:
            raise RegistryFactsError(f"行业领域“{entry['code']}”的上级“{parent}”没有列在它前面")
        values = {
            "name": entry["name"],
            "parent": known.get(parent or ""),
            "committee_office": organisations.get(entry.get("committee_office", "")),
            "city_regulator": organisations.get(entry.get("city_regulator", "")),
            "county_regulator": entry.get("county_regulator", ""),
            "verified": entry.get("verified", facts.get("verified", True)),
            "retired_on": entry.get("retired_on"),
            "sort": sort,
        }
        if entry["code"] in decided:
            values = {name: values[name] for name in values.keys() - _DECIDED}
        row = Sector.objects.filter(code=entry["code"]).first() or Sector(code=entry["code"])
        known[entry["code"]] = _store(write, row, values, report)
    return known


def _organisations(entries: Iterable[dict[str, Any]]) -> dict[str, Organisation]:
    named = {
        entry[name]
        for entry in entries
        for name in ("committee_office", "city_regulator")
        if name in entry
    }
    found: dict[str, Organisation] = {
        each.code: each for each in Organisation.objects.filter(code__in=named)
    }
    if missing := named - found.keys():
        raise RegistryFactsError(f"单位库中没有代码：{'、'.join(sorted(missing))}")
    return found


def _load_register(
    write: Write, entry: dict[str, Any], sort: int, sectors: dict[str, Sector], report: Report
) -> Register:
    code, sector = entry["code"], entry.get("sector")
    if sector and sector not in sectors:
        raise RegistryFactsError(f"行业台账“{code}”的行业领域“{sector}”不在 sectors.yaml 中")
    if entry["subject"] not in SubjectKind.values:
        raise RegistryFactsError(f"行业台账“{code}”的登记对象须是 enterprise 或 site")
    if entry.get("site_kind", "") not in ("", *SiteKind.values):
        raise RegistryFactsError(f"行业台账“{code}”的场所类别“{entry['site_kind']}”没有定义")
    values = {
        "name": entry["name"],
        "sector": sectors.get(sector or ""),
        "subject": entry["subject"],
        "site_kind": entry.get("site_kind", ""),
        "check_months": entry.get("check_months"),
        "retired_on": entry.get("retired_on"),
        "sort": sort,
    }
    row = Register.objects.filter(code=code).first() or Register(code=code)
    return _store(write, row, values, report)


def _load_version(
    write: Write, register: Register, fields: list[Any], since: date, note: str, report: Report
) -> None:
    newest = register.versions.order_by("-number").first()
    if newest is not None:
        if newest.fields == fields:
            return
        # A change cannot reach back before the fields that it replaces.
        since = since if since > newest.effective_from else timezone.localdate()
    number = newest.number + 1 if newest else 1
    write.add(
        RegisterVersion(
            type=register, number=number, fields=fields, effective_from=since, note=note
        )
    )
    report.versions += 1


def _fields(entry: dict[str, Any]) -> list[Any]:
    try:
        schema = Schema.load(entry["fields"])
    except SchemaError as error:
        raise RegistryFactsError(f"行业台账“{entry['code']}”的字段有误：{error}") from error
    if keys := unknown(schema):
        raise RegistryFactsError(f"行业台账“{entry['code']}”的字段所指没有台账提供：{keys[0]}")
    return schema.dump()


def _known(entry: dict[str, Any], names: set[str], needed: set[str], what: str) -> None:
    code = entry.get("code", "?")
    if missing := needed - entry.keys():
        raise RegistryFactsError(f"{what}“{code}”缺少：{'、'.join(sorted(missing))}")
    if unknown := entry.keys() - names:
        raise RegistryFactsError(f"{what}“{code}”有不认识的项：{'、'.join(sorted(unknown))}")


def _store(write: Write, row: M, values: dict[str, Any], report: Report) -> M:
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    if row.pk is None:
        for name, value in values.items():
            setattr(row, name, value)
        report.created += 1
        return write.add(row)
    if different:
        write.change(row, **different)
        report.changed += 1
    return row
