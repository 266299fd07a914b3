"""The measures that types of record offer by themselves: how many records of a type were verified,
and the sum of each field that its rules name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import DecimalField, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.urls import reverse

from anlan.kernel.indicators.registry import Measure, provide
from anlan.records.choices import RecordState
from anlan.records.models import Record, RecordTypeVersion

LEDGER = "records"
INNER = str.maketrans("“”", "‘’")  # quotation marks within quotation marks
NUMBER = DecimalField(max_digits=20, decimal_places=3)


@dataclass(frozen=True)
class Rows:
    """The verified records of one type; the day on which the work was done decides."""

    type_id: int

    def __call__(self, start: date, end: date) -> QuerySet[Record]:
        return Record.objects.filter(
            type=self.type_id, state=RecordState.VERIFIED, held_on__range=(start, end)
        )


def _page(record: Record) -> str:
    return reverse("records:record", args=[record.pk])


def measures() -> Iterator[Measure]:
    """Those of every type, by the newest version of its rules; a retired one's still count."""
    newest = RecordTypeVersion.objects.order_by("type_id", "-number").distinct("type_id")
    for version in newest.select_related("type"):
        yield from _of(version)


def _of(version: RecordTypeVersion) -> Iterable[Measure]:
    kind = version.type
    how = f"期内已核验的“{str(kind).translate(INNER)}”记录，按填报单位、按工作日期计"
    yield Measure(
        key=f"{LEDGER}.{kind.code}",
        name=kind.name,
        unit=version.unit,
        how=f"{how}，每条计 1",
        rows=Rows(kind.pk),
        version=version.number,
        clause=str(kind.item),
        url=_page,
    )
    for key in version.sums:
        field = version.schema[key]
        yield Measure(
            key=f"{LEDGER}.{kind.code}.{key}",
            name=f"{kind.name}：{field.label}",
            unit=field.unit,
            how=f"{how}，合计“{field.label}”",
            rows=Rows(kind.pk),
            version=version.number,
            clause=str(kind.item),
            url=_page,
            amount=summed(key),
        )


def summed(key: str) -> Sum:
    """The sum of a number field; a record by older rules that lacks it adds nothing."""
    return Sum(Cast(KT(f"values__{key}"), NUMBER), default=0, output_field=NUMBER)


provide(LEDGER, measures)
