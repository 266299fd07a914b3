"""Enterprises from Excel: new ones alone. What stands already is named, not changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.imports.models import ImportBatch, ImportRow
from anlan.kernel.imports.registry import (
    Context,
    ImportColumn,
    Importer,
    Judged,
    RawRow,
    register,
)
from anlan.kernel.imports.sheets.cells import Cell
from anlan.kernel.orgs.models import Area
from anlan.kernel.orgs.places import within
from anlan.kernel.typed.fields import Choice, Field, FieldError, Kind
from anlan.kernel.write import Write
from anlan.registry import naming, policies
from anlan.registry.choices import Business
from anlan.registry.importing.lookups import (
    AREA_HELP,
    CODE_HELP,
    Areas,
    Faults,
    Reach,
    checked_name,
    code,
    folded,
    text,
)
from anlan.registry.models import Enterprise, Sector
from anlan.registry.regulators import Regulators
from anlan.registry.services.bringing import enterprises_bring
from anlan.registry.services.facts import EnterpriseFacts

KEY = "registry.enterprises"
NAME = Field("name", "企业名称", Kind.TEXT, required=True)
ADDRESS = Field("address", "地址", Kind.TEXT)
BUSINESS = Field(
    "business",
    "生产经营状态",
    Kind.CHOICE,
    choices=tuple(Choice(value, label) for value, label in Business.choices),
)
STAFF = Field(
    "staff", "从业人数", Kind.INTEGER, minimum=Decimal(0), maximum=Decimal(10_000_000)
)  # fmt: skip
LONGITUDE = Field(
    "longitude", "经度", Kind.NUMBER, minimum=Decimal(-180), maximum=Decimal(180)
)  # fmt: skip
LATITUDE = Field("latitude", "纬度", Kind.NUMBER, minimum=Decimal(-90), maximum=Decimal(90))
FIELDS = (NAME, ADDRESS, BUSINESS, STAFF, LONGITUDE, LATITUDE)


def columns(context: Context) -> list[ImportColumn]:
    """The facts of an enterprise; its regulator follows from sector and area."""
    return [
        ImportColumn("name", NAME.label, required=True, example="演示煤业有限公司（示例）"),
        ImportColumn("credit_code", "统一社会信用代码", help=f"{CODE_HELP}还没有的可以不填。"),
        ImportColumn("sector", "行业领域", True, words=[each.name for each in _sectors()]),
        ImportColumn("area", "所在区划", True, AREA_HELP, "东镇（示例）"),
        ImportColumn("address", ADDRESS.label),
        ImportColumn(
            "business", BUSINESS.label, help="不填就是正常生产经营。", words=Business.labels
        ),
        ImportColumn("staff", STAFF.label, example=120),
        ImportColumn("longitude", LONGITUDE.label, help="WGS-84，单位为度。", example=111.1345),
        ImportColumn("latitude", LATITUDE.label, help="WGS-84，单位为度。", example=37.5243),
    ]


def _sectors() -> Iterable[Sector]:
    return Sector.objects.filter(Q(retired_on=None) | Q(retired_on__gt=timezone.localdate()))


def judge(context: Context, rows: list[RawRow]) -> list[Judged]:
    """Each row by the rules of an enterprise; one that stands already is a fault that names it."""
    judging = _Judging(context)
    judged = [judging.row(each) for each in rows]
    standing = _Standing(context.actor, judged, judging.regulators)
    return [
        Judged(each.values, {**standing.faults(each.values), **each.faults}, each.same)
        for each in judged
    ]


class _Judging:
    """What all rows of a portion are judged by."""

    def __init__(self, context: Context) -> None:
        self.reach = Reach.of(context)
        self.areas = Areas(self.reach)
        self.regulators = Regulators()
        self.sectors: dict[str, Sector] = {}
        for each in _sectors():
            self.sectors |= {folded(each.name): each, each.code: each}

    def row(self, row: RawRow) -> Judged:
        cells, faults = row.cells, Faults()
        plain = {
            each.key: faults.judge(each.key, each.parse, cells.get(each.key)) for each in FIELDS
        }
        name = faults.judge("name", checked_name, plain["name"])
        credit_code = faults.judge("credit_code", code, cells.get("credit_code"))
        sector = faults.judge("sector", self._sector, cells.get("sector"))
        area = faults.judge("area", self.areas.find, cells.get("area"))
        if area and sector:
            faults.judge("sector", self._check_reach, sector, area)
        if "longitude" not in faults and "latitude" not in faults:
            faults.judge(
                "longitude", self._check_place, plain["longitude"], plain["latitude"], area
            )
        values = {
            **plain,
            "business": plain["business"] or Business.RUNNING,
            "credit_code": credit_code,
            "sector": sector.pk if sector else None,
            "area": area.pk if area else None,
            "county": self.regulators.county(area) if area else None,
        }
        return Judged(values, faults, self._same(values) if name and area else "")

    def _sector(self, cell: Cell) -> Sector:
        word = text(cell)
        if not word:
            raise FieldError("“行业领域”没有填写。")
        if found := self.sectors.get(folded(word)):
            return found
        raise FieldError(f"没有叫“{word}”的行业领域。请从模板的下拉列表中选。")

    def _check_reach(self, sector: Sector, area: Area) -> None:
        regulator = self.regulators.of(sector.pk, area)
        if not self.reach.keeps(regulator, area):
            raise self.reach.refuse(regulator)

    @staticmethod
    def _check_place(longitude: str | None, latitude: str | None, area: Area | None) -> None:
        """Nobody can be asked whether he is sure: what lies elsewhere is left out or mended."""
        if (longitude is None) is not (latitude is None):
            raise FieldError("经度和纬度要么都填，要么都不填。")
        if longitude is None or latitude is None or area is None:
            return
        if within(area, longitude=float(longitude), latitude=float(latitude)) is False:
            raise FieldError(
                f"填写的经纬度不在“{area}”所属的县（市、区）。请核对；拿不准的可以不填。"
            )

    @staticmethod
    def _same(values: Mapping[str, Any]) -> str:
        named = f"{values['county']} {naming.key(values['name'])}"
        return values["credit_code"] or named


class _Standing:
    """Which of the rows stand in the registry already: by code, or by name in the county."""

    def __init__(self, actor: Actor, judged: list[Judged], counties: Regulators) -> None:
        codes = {each.values["credit_code"] for each in judged} - {None, ""}
        keys = {naming.key(each.values["name"]) for each in judged if each.values["name"]}
        named = Q(name_key__in=keys, merged_into=None)
        found = Enterprise.objects.filter(Q(credit_code__in=codes) | named).select_related("area")
        self._codes: dict[str, Enterprise] = {}
        self._names: defaultdict[tuple[str, str], list[Enterprise]] = defaultdict(list)
        for each in found:
            if each.credit_code:
                self._codes[each.credit_code] = each
            if each.merged_into_id is None:
                self._names[counties.county(each.area), each.name_key].append(each)
        seen = Enterprise.objects.visible_to(actor).filter(pk__in=[each.pk for each in found])
        self._seen = set(seen.values_list("pk", flat=True))

    def faults(self, values: Mapping[str, Any]) -> dict[str, str]:
        given = values["credit_code"]
        if given and (same := self._codes.get(given)):
            said = f"统一社会信用代码 {given} 已登记在“{same}”名下，导入不改动它。"
            return {"credit_code": said + self._where(same)}
        if not values["name"] or values["county"] is None:
            return {}
        for each in self._names[values["county"], naming.key(values["name"])]:
            if not (given and each.credit_code):  # two codes are two enterprises
                told = f"同一县（市、区）已登记“{each}”（{each.credit_code or '没有代码'}），"
                return {"name": f"{told}导入不改动它。{self._where(each)}"}
        return {}

    def _where(self, enterprise: Enterprise) -> str:
        """Where it stands, for who sees it."""
        if enterprise.pk not in self._seen:
            return "它不在您的管辖范围内，请核对填写的内容。"
        address = reverse("registry:enterprise", args=[enterprise.pk])
        return f"要修改或补充请到那一条办理：{address}"


def take(write: Write, context: Context, rows: list[ImportRow]) -> list[int]:
    """The rows as enterprises."""
    sectors = Sector.objects.in_bulk({each.values["sector"] for each in rows})
    areas = Area.objects.in_bulk({each.values["area"] for each in rows})
    facts = [
        _facts(v, sectors[v["sector"]], areas[v["area"]]) for v in (each.values for each in rows)
    ]
    return enterprises_bring(write, facts=facts)


def _facts(values: Mapping[str, Any], sector: Sector, area: Area) -> EnterpriseFacts:
    return EnterpriseFacts(
        name=values["name"],
        credit_code=values["credit_code"] or "",
        sector=sector,
        area=area,
        address=values["address"] or "",
        business=values["business"],
        staff=values["staff"],
        longitude=_degrees(values["longitude"]),
        latitude=_degrees(values["latitude"]),
    )


def _degrees(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)


def url(batch: ImportBatch) -> str:
    """The list of enterprises."""
    return reverse("registry:enterprises")


register(
    Importer(
        key=KEY,
        label="企业",
        policy=policies.KEEP,
        columns=columns,
        judge=judge,
        take=take,
        url=url,
    )
)
