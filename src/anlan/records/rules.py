"""What a record must be, so that it can be kept or submitted. Each refusal says what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from anlan.kernel.errors import Refused
from anlan.kernel.norms.values import values
from anlan.kernel.typed.fields import Finds, Stored
from anlan.kernel.typed.schema import Schema

if TYPE_CHECKING:
    from anlan.kernel.orgs.models import Organisation
    from anlan.records.models import RecordTypeVersion

LONGEST_TITLE = 200
# Numbers of an installation whose norms (data/norms/work.yaml) are not loaded yet.
NORMS = {"record.late_days": 7, "record.bulk_hour": 10, "record.prior_year_days": 31}


def numbers() -> dict[str, int]:
    """The norms of work records in force today, by the last part of their key."""
    return {key.rpartition(".")[2]: int(value) for key, value in values(NORMS).items()}


def check_unit(version: RecordTypeVersion, organisation: Organisation, day: date) -> None:
    """Refused for a unit that does not record this type, or did not exist on the day."""
    if not version.open_to(organisation):
        raise Refused(
            "not_for_unit",
            f"“{version.type}”由{version.kinds_in_words}填报，"
            f"{organisation}是{organisation.get_kind_display()}。",
        )
    last = organisation.valid_to or date.max
    if not organisation.valid_from <= day <= last:
        raise Refused("unit_not_in_being", f"{organisation}在 {day} 不存在（未成立或已撤销）。")


def check_day(
    day: date, until: date | None, *, spans_days: bool, prior_year_days: int | None = None
) -> None:
    """Refused for a last day that is none of this type, or that comes before the first; for days
    to come; for a year that is closed. Who judges many rows reads the norm once."""
    today = timezone.localdate()
    if until is not None and not spans_days:
        raise Refused("one_day", "这类记录只填一个日期，不填结束日期。")
    if until is not None and until < day:
        raise Refused("ends_before", f"结束日期 {until} 早于开始日期 {day}，请核对。")
    if (until or day) > today:
        raise Refused("day_to_come", f"{until or day} 还没有到。工作完成之后再填报。")
    grace_days = numbers()["prior_year_days"] if prior_year_days is None else prior_year_days
    check_year(day, today, grace_days)


def check_year(day: date, today: date, grace_days: int) -> None:
    """This year's work at any time; last year's in the first days of the new one only."""
    grace = date(today.year, 1, 1) + timedelta(days=grace_days - 1)
    if day.year < today.year - 1 or (day.year < today.year and today > grace):
        raise Refused(
            "year_closed",
            f"{day} 属于 {day.year} 年，已不能补记：上一年的工作最迟在次年"
            f" {grace.month} 月 {grace.day} 日补记。",
        )


def checked_title(title: str) -> str:
    """The title without blanks around it; Refused if there is none or it is a text."""
    title = " ".join(title.split())
    if not title:
        raise Refused("title_needed", "请用一句话写明做了什么。")
    if any(unicodedata.category(each) == "Cc" for each in title):
        raise Refused("invalid", "“做了什么”中有不能保存的控制字符，请删去后重试。")
    if len(title) > LONGEST_TITLE:
        raise Refused("title_too_long", f"“做了什么”最多 {LONGEST_TITLE} 字，其余写在下面各栏。")
    return title


def lenient(schema: Schema) -> Schema:
    """The same fields, none of them required: a draft may have gaps."""
    return Schema(tuple(replace(each, required=False) for each in schema))


def kept(schema: Schema, raw: Mapping[str, object], finder: Finds) -> dict[str, Stored]:
    """What of ``raw`` a draft keeps: gaps are allowed, nonsense is Refused."""
    found = lenient(schema).clean(raw, finder)
    if found.faults:
        raise Refused("invalid", "".join(found.faults.values()))
    return found.values


def complete(schema: Schema, stored: Mapping[str, Stored], finder: Finds) -> dict[str, Stored]:
    """The values by the rules of ``schema``; Refused names what is missing or wrong."""
    found = schema.clean(stored, finder)
    if found.faults:
        raise Refused("incomplete", f"还不能提交：{''.join(found.faults.values())}")
    return found.values


def check_evidence(version: RecordTypeVersion, count: int) -> None:
    """Refused with less proof than the type asks for."""
    if count < version.evidence_least:
        raise Refused(
            "evidence_needed",
            f"还不能提交：“{version.type}”至少要 {version.evidence_least} 份佐证（照片或文件），"
            f"现有 {count} 份。",
        )
