"""Work records from Excel: one type at a time, for one's own unit and those directly below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.errors import Refused
from anlan.kernel.imports.models import ImportBatch, ImportRow
from anlan.kernel.imports.registry import (
    Context,
    ImportColumn,
    Importer,
    Judged,
    RawRow,
    register,
)
from anlan.kernel.imports.typed import typed_column
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.selectors import answering_to
from anlan.kernel.typed.fields import Field, FieldError, Kind
from anlan.kernel.typed.finding import Finder
from anlan.kernel.typed.forms import PREFIX
from anlan.kernel.write import Write
from anlan.records import policies, rules, selectors
from anlan.records.choices import STANDING
from anlan.records.models import Record, RecordTypeVersion
from anlan.records.services.bringing import Brought, records_bring

KEY = "records.records"
DAY = Field("held_on", "日期", Kind.DATE, required=True)
UNTIL = Field("held_until", "结束日期", Kind.DATE)


def options(actor: Actor, given: Mapping[str, str]) -> dict[str, Any]:
    """``type``: the code of the type whose records are brought."""
    return {"type": selectors.version_of(given.get("type", "")).type.code}


def columns(context: Context) -> list[ImportColumn]:
    """Unit, day, title, and the fields of the type."""
    version = _version(context)
    until = [typed_column(UNTIL)] if version.spans_days else []
    return [
        ImportColumn("unit", "单位", help=f"不填就是{context.organisation}。"),
        typed_column(DAY),
        *until,
        ImportColumn("title", "做了什么", required=True, example=f"{version.type}（示例）"),
        *(typed_column(each, PREFIX, Finder(context.actor)) for each in version.schema),
    ]


def judge(context: Context, rows: list[RawRow]) -> list[Judged]:
    """Each row by the rules of a record; a record that stands already is a fault."""
    version = _version(context)
    units = dict(_named(context.organisation))
    grace = rules.numbers()["prior_year_days"]
    finder = Finder(context.actor)
    finder.prime(version.schema, [_typed(version, row) for row in rows])
    judged = [_judge(context, version, units, grace, finder, row) for row in rows]
    if version.several_a_day:
        return judged
    standing = _standing(version, judged)
    twice = {"title": "本单位当天已有一条同名记录。"}
    return [
        Judged(each.values, {**each.faults, **twice}, each.same) if each.same in standing else each
        for each in judged
    ]


def _judge(
    context: Context,
    version: RecordTypeVersion,
    units: Mapping[str, Organisation],
    grace: int,
    finder: Finder,
    row: RawRow,
) -> Judged:
    faults: dict[str, str] = {}
    unit = _unit(context, units, row, faults)
    day, until = _day(DAY, row, faults), _day(UNTIL, row, faults)
    title = _title(row, faults)
    cleaned = version.schema.clean(_typed(version, row), finder)
    faults |= {f"{PREFIX}{key}": said for key, said in cleaned.faults.items()}
    if day and unit:
        _rules(version, unit, day, until, grace, faults)
    values = {
        "organisation": unit.pk if unit else None,
        "held_on": day.isoformat() if day else None,
        "held_until": until.isoformat() if until else None,
        "title": title,
        "values": cleaned.values,
    }
    same = "" if faults or version.several_a_day or not unit else _same(unit.pk, str(day), title)
    return Judged(values, faults, same)


def _typed(version: RecordTypeVersion, row: RawRow) -> dict[str, Any]:
    """What stands in the row for the type's fields."""
    return {each.key: row.cells.get(f"{PREFIX}{each.key}") for each in version.schema}


def _rules(
    version: RecordTypeVersion,
    unit: Organisation,
    day: date,
    until: date | None,
    grace: int,
    faults: dict[str, str],
) -> None:
    for key, judged in (
        ("held_on", lambda: rules.check_day(
            day, until, spans_days=version.spans_days, prior_year_days=grace
        )),
        ("unit", lambda: rules.check_unit(version, unit, day)),
    ):  # fmt: skip
        try:
            judged()
        except Refused as refused:
            faults.setdefault(key, refused.message)


def _unit(
    context: Context, units: Mapping[str, Organisation], row: RawRow, faults: dict[str, str]
) -> Organisation | None:
    name = str(row.cells.get("unit") or "").strip()
    found = units.get(name) if name else context.organisation
    if found is None:
        faults["unit"] = f"“{name}”不是{context.organisation}或其直接下级单位的名称。"
    return found


def _day(field: Field, row: RawRow, faults: dict[str, str]) -> date | None:
    try:
        stored = field.parse(row.cells.get(field.key))
    except FieldError as error:
        faults[field.key] = str(error)
        return None
    return date.fromisoformat(str(stored)) if stored else None


def _title(row: RawRow, faults: dict[str, str]) -> str:
    try:
        return rules.checked_title(str(row.cells.get("title") or ""))
    except Refused as refused:
        faults["title"] = refused.message
        return ""


def _standing(version: RecordTypeVersion, judged: Sequence[Judged]) -> set[str]:
    """Which of the rows stand in the ledger already."""
    good = [each.values for each in judged if each.same]
    stands = Record.objects.filter(
        type=version.type_id,
        organisation__in={each["organisation"] for each in good},
        held_on__in={each["held_on"] for each in good},
        title__in={each["title"] for each in good},
        state__in=STANDING,
    )
    return {
        _same(unit, str(day), title)
        for unit, day, title in stands.values_list("organisation", "held_on", "title")
    }


def _same(unit: int, day: str, title: str) -> str:
    return f"{unit} {day} {title}"


def take(write: Write, context: Context, rows: list[ImportRow]) -> list[int]:
    """The rows as records of the type."""
    return records_bring(
        write, version=_version(context), brought=[_brought(row.values) for row in rows]
    )


def _brought(values: Mapping[str, Any]) -> Brought:
    until = values["held_until"]
    return Brought(
        organisation=values["organisation"],
        held_on=date.fromisoformat(values["held_on"]),
        held_until=date.fromisoformat(until) if until else None,
        title=values["title"],
        values=values["values"],
    )


def url(batch: ImportBatch) -> str:
    """The list, by the type: drafts that need their proof, or what waits to be verified."""
    query = urlencode({"type": batch.options.get("type", "")})
    return f"{reverse('records:records')}?{query}"


def _version(context: Context) -> RecordTypeVersion:
    return selectors.version_of(context.options["type"])


def _named(organisation: Organisation) -> Iterator[tuple[str, Organisation]]:
    """The unit and those directly below it, by what they are called."""
    for unit in [*answering_to(organisation, on=timezone.localdate()), organisation]:
        yield unit.name, unit
        yield unit.short_name, unit


register(
    Importer(
        key=KEY,
        label="工作记录",
        policy=policies.RECORD,
        columns=columns,
        judge=judge,
        take=take,
        url=url,
        options=options,
        title=lambda context: f"工作记录：{_version(context).type}",
        version=lambda context: str(_version(context).pk),
    )
)
